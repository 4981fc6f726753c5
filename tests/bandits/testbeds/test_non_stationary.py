"""How arms change, the regret that follows, and rewards that come late."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from bandits.policies.epsilon_greedy import EpsilonGreedy
from bandits.policy import Policy, rows
from bandits.simulator import batched, kernel, simulation
from bandits.testbed import TESTBEDS
from bandits.testbeds.gaussian import SuttonBarto
from explore.errors import BadInput


def moved(spec: str, steps: int, seed: int = 3) -> Any:
    """The means before each step, `(steps, arms)`."""
    bed = simulation._made_plugin(TESTBEDS, spec)
    arms, rng = np.empty((bed.arms, bed.columns)), np.array([seed], np.uint64)
    parameters = np.ascontiguousarray(bed.parameters)
    type(bed).sample_arms(arms, parameters, rng)
    path = [arms[:, 0].copy()]
    for t in range(2, steps + 1):
        type(bed).advance(arms, parameters, t, rng)
        path.append(arms[:, 0].copy())
    return np.array(path)


def test_drift_is_a_random_walk_from_equal_means() -> None:
    means = moved("drift:arms=50,step=0.1", 200)
    assert (means[0] == 0).all()
    assert stats.kstest(np.diff(means, axis=0).ravel() / 0.1, stats.norm.cdf).pvalue > 1e-3


def test_abrupt_changes_where_it_is_told_to() -> None:
    means = moved("abrupt:changes=10/25", 40)
    assert [t + 2 for t in range(39) if (means[t] != means[t + 1]).any()] == [10, 25]
    assert stats.kstest(moved("abrupt:arms=500", 2)[0], stats.uniform.cdf).pvalue > 1e-3


def test_abrupt_changes_at_random_times_at_its_rate() -> None:
    means = moved("abrupt:arms=2,rate=0.05", 4000)
    changes = int((np.diff(means, axis=0) != 0).any(1).sum())
    assert stats.binomtest(changes, 3999, 0.05).pvalue > 1e-3


def test_rotting_arms_pay_by_their_pulls() -> None:
    """The n-th pull pays μ n^{−θ}; another arm stays fresh."""
    bed = simulation._made_plugin(TESTBEDS, "rotting:arms=2,decay=0.5,noise=0.001")
    arms = np.empty((2, bed.columns))
    type(bed).sample_arms(arms, np.ascontiguousarray(bed.parameters), np.array([3], np.uint64))
    fresh = arms[:, 0].copy()
    rewards = [type(bed).sample_reward(arms, 0, np.uint64(n * 7919)) for n in range(9)]
    np.testing.assert_allclose(rewards, fresh[0] / np.sqrt(np.arange(1, 10)), atol=0.005)
    assert arms[1, 0] == fresh[1]


class Scripted(Policy):
    """Pulls arm 0, 1, 2, 0, 1, 2 … and notes, in row 0, how often it was told of each arm, in row 1 the last step."""

    def initial(self, bed: Any, horizon: int) -> Any:
        return rows(bed.arms, 0.0, 0.0)

    @staticmethod
    def select(state: Any, t: int, rng: Any) -> int:
        state[1, 0] = t
        return (t - 1) % 3

    @staticmethod
    def update(state: Any, arm: int, reward: float, rng: Any) -> None:
        TOLD.append((int(state[1, 0]), arm, reward))


TOLD: list[tuple[int, int, float]] = []


def pulls(spec: str, horizon: int) -> list[tuple[int, int, float]]:
    TOLD.clear()
    simulation.simulate(spec, [Scripted()], runs=1, horizon=horizon, seed=6)
    return list(TOLD)


def test_a_fixed_delay_brings_every_reward_so_many_steps_later() -> None:
    """The same arms and rewards in the same order, each 4 steps later; the last 4 never come."""
    at_once = pulls("sutton-barto:arms=3", 30)
    late = pulls("sutton-barto:arms=3,delay=4", 30)
    assert [(t + 4, arm, reward) for t, arm, reward in at_once[:-4]] == late


def test_random_delays_are_geometric_and_lose_nothing_but_the_end() -> None:
    at_once = pulls("sutton-barto:arms=3", 6000)
    late = pulls("sutton-barto:arms=3,delay=5,delays=geometric", 6000)
    begun = {reward: t for t, _, reward in at_once}
    delays = np.array([t - begun[reward] for t, _, reward in late])
    assert len({reward for _, _, reward in late}) == len(late) > 5900
    assert delays.min() == 0
    assert abs(delays.mean() - 5) < 4 * np.sqrt(5 * 6 / 6000)
    assert abs((delays == 0).mean() - 1 / 6) < 0.02  # the chance of no delay is 1 / (1 + mean)


def test_delay_costs_regret() -> None:
    prompt, late = (
        simulation.simulate(bed, ["epsilon-greedy"], runs=200, horizon=300, seed=1).policies[0]
        for bed in ("sutton-barto", "sutton-barto:delay=50")
    )
    assert late.regret > prompt.regret + 3 * (late.regret_se + prompt.regret_se)


def test_regret_in_a_changing_bed_is_against_the_best_arm_of_each_step() -> None:
    """A scripted policy on a drifting bed, against sums over the means that the bed moved through."""
    bed = simulation._made_plugin(TESTBEDS, "drift:arms=3,step=0.5,spread=1")
    result = simulation.simulate(bed, [Scripted()], runs=1, horizon=20, seed=6).policies[0]
    from bandits.simulator.randomness import key

    start = int(key(np.uint64(6), np.uint64(0), kernel.ARMS_STREAM))
    arms, rng = np.empty((3, 1)), np.array([start], np.uint64)
    parameters, expected = np.ascontiguousarray(bed.parameters), 0.0
    type(bed).sample_arms(arms, parameters, rng)
    for t in range(1, 21):
        if t > 1:
            type(bed).advance(arms, parameters, t, rng)
        expected += arms[:, 0].max() - arms[(t - 1) % 3, 0]
    assert result.regret == pytest.approx(expected, rel=1e-6)


def test_wrong_settings_are_refused() -> None:
    for spec, sentence in (("abrupt:changes=1/x", "are not steps"), ("sutton-barto:delay=-1", "delay")):
        with pytest.raises(BadInput, match=sentence):
            simulation.checked(spec, ["ucb"], runs=1, horizon=100)


def test_lanes_are_left_where_rewards_come_late() -> None:
    state = np.zeros((4, 10))
    for bed, kind in ((SuttonBarto(), batched.Workspace), (SuttonBarto(delay=3), kernel.Workspace)):
        assert isinstance(simulation._kernel(bed, EpsilonGreedy(), state)[1](), kind)
