"""The cheap traits of a few plugins are what was recorded: the same seeds, so that only the code can move them.

To record anew after a change that is meant: `python -m benchmarks traits --record`, and say why in the commit.
"""

import pytest

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits import combination_lock, long_learning, noise, novelty, regret
from bandits.trial.traits.catalogue import measured
from bandits.trial.traits.recorded import figures

PROBES = (*novelty.PROBES, *noise.PROBES, *combination_lock.PROBES, *regret.PROBES)


@pytest.mark.parametrize(
    ("kind", "spec", "probes"),
    [
        (
            "bonus",
            "count",
            (*PROBES, *long_learning.PROBES),
        ),  # the scale of a count that forgets nothing halves its bonus
        ("bonus", "mbie-eb", PROBES),
        ("strategy", "epsilon-greedy", (*combination_lock.PROBES, *regret.PROBES)),
        ("policy", "ucb", regret.PROBES_OF_POLICIES),
    ],
)
def test_traits_are_what_was_recorded(kind, spec, probes):
    recorded = figures(kind)[spec]
    for probe in probes:
        for trait in measured(plugin_under_test(spec, kind), probe):
            value, low, high = recorded[trait.name]
            assert trait.value == pytest.approx(value, rel=1e-4, abs=1e-6), trait.name
            assert trait.interval == pytest.approx((low, high), rel=1e-4, abs=1e-6), trait.name
