"""One step of gradient ascent against NumPy, that it climbs the gradient of the expected reward, and the choice."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from bandits.policies import gradient
from bandits.policies.gradient import Gradient
from bandits.testbeds.bernoulli import Bernoulli

BED = Bernoulli(means="0.1/0.4/0.3")
PREFERENCES = np.array([0.5, -1.0, 2.0])
Floats = npt.NDArray[np.float64]


def begun(baseline: bool) -> Floats:
    """The state after four rewards of mean 3, with these preferences and the chances that follow."""
    state = Gradient(alpha=0.2, baseline=baseline).initial(BED, 100)
    state[gradient.AVERAGE, 0], state[gradient.STEPS, 0], state[gradient.PREFERENCES] = 3.0, 4.0, PREFERENCES
    gradient.select(state, 5, np.array([3], np.uint64))
    return state


def softmax(preferences: Floats) -> Floats:
    weights = np.exp(preferences)
    return np.asarray(weights / weights.sum())


@pytest.mark.parametrize("arm", [0, 1, 2])
@pytest.mark.parametrize(("baseline", "average"), [(True, 4.0), (False, 0.0)])
def test_one_step(arm: int, baseline: bool, average: float) -> None:
    """H + α (R − R̄)(1[A] − π) with the reward 8, which is in its own baseline: R̄ = (4 · 3 + 8)/5 = 4."""
    state = begun(baseline)
    gradient.update(state, arm, 8.0, np.array([3], np.uint64))
    expected = PREFERENCES + 0.2 * (8.0 - average) * (np.eye(3)[arm] - softmax(PREFERENCES))
    assert state[gradient.PREFERENCES] == pytest.approx(expected)
    assert state[gradient.AVERAGE, 0] == pytest.approx(4.0)
    assert state[gradient.STEPS, 0] == 5


def test_the_mean_step_is_the_gradient_of_the_expected_reward() -> None:
    """Σ_a π(a) ΔH / α against ∂/∂H Σ_a π(a) μ_a by differences; without baseline it is so exactly."""
    means, moved = np.array([1.0, -2.0, 0.5]), np.zeros(3)
    for arm, chance in enumerate(softmax(PREFERENCES)):
        state = begun(baseline=False)
        gradient.update(state, arm, means[arm], np.array([3], np.uint64))
        moved += chance * (state[gradient.PREFERENCES] - PREFERENCES) / 0.2
    h = 1e-6 * np.eye(3)
    slope = [(softmax(PREFERENCES + d) @ means - softmax(PREFERENCES - d) @ means) / 2e-6 for d in h]
    assert moved == pytest.approx(slope, abs=1e-8)


def test_the_choice_is_softmax_whatever_is_added_to_all() -> None:
    """χ² of 6,000 choices; preferences of a thousand do not overflow."""
    rng, state = np.array([3], np.uint64), begun(baseline=True)
    state[gradient.PREFERENCES] = PREFERENCES + 1000.0
    counted = np.bincount([gradient.select(state, 9, rng) for _ in range(6000)], minlength=3)
    assert state[gradient.PROBABILITIES] == pytest.approx(softmax(PREFERENCES))
    assert stats.chisquare(counted, 6000 * softmax(PREFERENCES)).pvalue > 1e-3
