"""The mixture against a grid search, the sampled quantities against exact ones."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bandits.policies import information_directed as ids
from bandits.policies.information_directed import InformationDirected
from bandits.testbeds.bernoulli import TwoArms


@given(*(st.floats(0.0, 2.0),) * 2, *(st.floats(0.001, 2.0),) * 2)
def test_the_share_minimises_the_ratio(gap: float, other_gap: float, gain: float, other_gain: float) -> None:
    def ratio(q):
        return (q * gap + (1 - q) * other_gap) ** 2 / (q * gain + (1 - q) * other_gain)

    share = ids.best_share(gap, other_gap, gain, other_gain)
    assert 0 <= share <= 1
    assert ratio(share) <= ratio(np.linspace(0, 1, 1001)).min() + 1e-9


def test_gaps_and_gains_are_those_of_the_posterior() -> None:
    """Two Beta posteriors, by numerical integration over a grid."""
    won, lost = np.array([3, 1]), np.array([1, 2])
    bed, rng = TwoArms(), np.array([3], np.uint64)
    policy = InformationDirected(samples=60_000)
    state = policy.initial(bed, 100)
    select, update = policy.functions(bed)
    for arm in range(2):
        for n in range(won[arm] + lost[arm]):
            update(state, arm, float(n < won[arm]), rng)
    select(state, 8, rng)
    x = (np.arange(1500) + 0.5) / 1500
    one, two = (stats.beta(1 + w, 1 + f).pdf(x) / 1500 for w, f in zip(won, lost, strict=True))
    joint = np.outer(one, two)
    first = x[:, None] > x[None, :]
    p = np.array([joint[first].sum(), 1 - joint[first].sum()])
    means = np.array([one @ x, two @ x])
    given_first = np.array([(joint * x[:, None])[first].sum(), (joint * x[None, :])[first].sum()]) / p[0]
    given_second = (means - p[0] * given_first) / p[1]
    gains = p[0] * (given_first - means) ** 2 + p[1] * (given_second - means) ** 2
    reached = (joint * np.maximum(x[:, None], x[None, :])).sum()
    np.testing.assert_allclose(state[ids.GAPS], reached - means, atol=0.004)
    np.testing.assert_allclose(state[ids.GAINS], gains, rtol=0.1)
