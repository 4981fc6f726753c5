"""Contexts on the sphere, means that are linear in them, and what a policy sees, also where rewards come late."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bandits.policies.lin_ts import LinTS
from bandits.policy import Policy, rows
from bandits.simulator import kernel, simulation
from bandits.simulator.randomness import key
from bandits.testbeds import contextual
from bandits.testbeds.contextual import CONTEXT, Linear
from explore.errors import BadInput


def moved(bed: Linear, steps: int, seed: int = 3) -> Any:
    """The arms before each step, `(steps, arms, columns)`."""
    arms, rng = np.empty((bed.arms, bed.columns)), np.array([seed], np.uint64)
    contextual.sample_arms(arms, bed.parameters, rng)
    states = [arms.copy()]
    for t in range(2, steps + 1):
        contextual.advance(arms, bed.parameters, t, rng)
        states.append(arms.copy())
    return np.array(states)


@pytest.mark.parametrize("parameters", ["shared", "disjoint"])
def test_means_are_linear_in_contexts_on_the_sphere(parameters: str) -> None:
    """By Archimedes, a coordinate of a uniform point on the sphere in three dimensions is uniform on [−1, 1]."""
    arms = moved(Linear(arms=5, dimension=3, parameters=parameters), 2000)
    x, theta = arms[..., CONTEXT : CONTEXT + 3], arms[..., CONTEXT + 3 :]
    np.testing.assert_allclose(arms[..., 0], (x * theta).sum(-1), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(x, axis=-1), 1)
    np.testing.assert_allclose(np.linalg.norm(theta, axis=-1), 1)
    assert (theta == theta[0]).all()
    one, other = (x, theta) if parameters == "disjoint" else (theta, x)
    assert (one == one[:, :1]).all()
    assert (other[:, :1] != other[:, 1:]).any(-1).all()
    for coordinate in range(3):
        assert stats.kstest(x[:, 0, coordinate], stats.uniform(-1, 2).cdf).pvalue > 1e-3


def test_rewards_are_the_mean_and_noise() -> None:
    bed = Linear(arms=2, dimension=2, noise=0.3)
    arms = moved(bed, 1)[0]
    words = np.random.default_rng(8).integers(2**64, size=3000, dtype=np.uint64)
    paid = [contextual.sample_reward(arms, 1, word) for word in words]
    assert stats.kstest(paid, stats.norm(arms[1, 0], 0.3).cdf).pvalue > 1e-3
    assert bed.variance == pytest.approx(0.09)


class Witness(Policy):
    """Pulls arms in turn, from `first` on; notes what it saw of the pulled arm, and what it sees when it is told."""

    def __init__(self, first: int) -> None:
        super().__init__()
        self.first = first
        self.seen: list[tuple[int, Any]] = []
        self.updates: list[tuple[int, Any, float]] = []

    def initial(self, bed: Any, horizon: int) -> Any:
        return rows(bed.arms, 0.0)

    def functions(self, bed: Any) -> Any:
        def select(state: Any, t: int, rng: Any) -> int:
            arm = (t - 1 + self.first) % bed.arms
            self.seen.append((arm, state[-bed.context_rows :, arm].copy()))
            return arm

        def update(state: Any, arm: int, reward: float, rng: Any) -> None:
            self.updates.append((arm, state[-bed.context_rows :, arm].copy(), reward))

        return select, update


def played(first: int = 0, **settings: Any) -> Witness:
    witness = Witness(first)
    simulation.simulate(Linear(arms=3, dimension=2, **settings), [witness], runs=1, horizon=60, seed=6)
    return witness


def test_policies_see_the_contexts_of_the_step() -> None:
    start = int(key(np.uint64(6), np.uint64(0), kernel.ARMS_STREAM))
    arms = moved(Linear(arms=3, dimension=2), 60, start)
    for t, (arm, x) in enumerate(played().seen):
        np.testing.assert_array_equal(x, arms[t, arm, CONTEXT : CONTEXT + 2])


@pytest.mark.parametrize("delays", ["fixed", "geometric"])
def test_a_late_reward_comes_with_the_context_of_its_pull(delays: str) -> None:
    """Each (arm, context) that was seen is told with the reward it brought, at once or later."""
    at_once, late = played(), played(delay=5, delays=delays)
    rewards = {(arm, *x): reward for arm, x, reward in at_once.updates}
    assert len(rewards) == 60 > len(late.updates) > 35
    for arm, x, reward in late.updates:
        assert rewards[arm, *x] == reward


def test_the_nth_pull_of_an_arm_has_the_same_noise_in_whichever_step() -> None:
    """Two orders of pulls: the contexts of each step are the same, and so is the noise of the n-th pull of an arm."""
    start = int(key(np.uint64(6), np.uint64(0), kernel.ARMS_STREAM))
    means = moved(Linear(arms=3, dimension=2), 60, start)[..., 0]
    noises = []
    for first in (0, 1):
        updates = played(first).updates
        noises.append({arm: [r - means[t, arm] for t, (a, _, r) in enumerate(updates) if a == arm] for arm in range(3)})
    for arm in range(3):
        np.testing.assert_allclose(noises[0][arm], noises[1][arm], atol=1e-12)


def test_neither_threads_nor_blocks_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    bed = Linear(arms=6, dimension=4)
    one = simulation.simulate(bed, [LinTS()], runs=70, horizon=40, seed=5, threads=1).policies[0]
    monkeypatch.setattr(simulation, "BLOCK", 9)
    other = simulation.simulate(bed, [LinTS()], runs=70, horizon=40, seed=5, threads=4).policies[0]
    np.testing.assert_array_equal(one.regrets, other.regrets)


@pytest.mark.parametrize("settings", [{"dimension": 0}, {"noise": 0}, {"parameters": "none"}, {"arms": 0}])
def test_wrong_settings_are_refused(settings: Any) -> None:
    with pytest.raises(BadInput, match=next(iter(settings))):
        Linear(**settings)
