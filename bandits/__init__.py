"""The bandit test bed: arms, policies, the compiled simulator, exact theory, and the trial of a plugin.

    simulation = bandits.simulate("sutton-barto", ["ucb:c=2", "thompson"], runs=2000, horizon=1000)

Names are imported when they are first asked for. The public names stand in `__init__.pyi`.
"""

import lazy_loader

from explore.version import __version__  # noqa: F401

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
