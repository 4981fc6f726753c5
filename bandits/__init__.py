"""Bandits: testbeds, policies, the compiled simulator, exact theory, and the trial of a plugin.

    >>> import bandits
    >>> simulation = bandits.simulate("two-arms", ["ucb1", "thompson"], runs=200, horizon=1000, seed=0)
    >>> [(policy.spec, round(policy.regret, 1)) for policy in simulation.policies]
    [('ucb1', 24.9), ('thompson', 7.2)]

Names are imported on first use. The public names are listed in `__init__.pyi`.
"""

import lazy_loader

from explore.version import __version__  # noqa: F401

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
