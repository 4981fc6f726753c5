"""Duff's learner in the bed: against the formula in NumPy, where it converges and where it sticks."""

from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest

from bandits.policies import duff
from bandits.policies.duff import Duff
from bandits.policy import Policy, rows
from bandits.simulator.simulation import simulate
from bandits.testbeds import markov
from bandits.testbeds.markov import STATE, Markov, TwoTasks
from explore.errors import BadInput

RECORDED = [24.42, 16.94, 10.22, 30.16]  # one run of 100,000 pulls under constant ε = 0.2
EXACT = [24.333, 16.927, 10.152, 30.333]
CONTINUE, RESTART = 0, 1


def by_formula(pulls: list[Any], arms: int, states: int, discount: float, alpha0: float, tau: float) -> Any:
    """Q `(arms, state, action, restart state)` after these pulls (arm, i, j, reward), every update from the old Q."""
    q = np.zeros((arms, states, 2, states))
    for n, (arm, i, j, reward) in enumerate(pulls):
        alpha, old = alpha0 * tau / (tau + n), q[arm].copy()
        target = reward + discount * old[j].max(axis=0)
        q[arm, i, CONTINUE] = (1 - alpha) * old[i, CONTINUE] + alpha * target
        q[arm, :, RESTART, i] = (1 - alpha) * old[:, RESTART, i] + alpha * target[i]
    return q


@pytest.mark.parametrize("delay", [0, 1, 4])
def test_the_update_is_the_formula(delay: int) -> None:
    """Choices and chains as they come, rewards `delay` steps late: all pulls whose reward was told are learnt from."""
    bed, policy = Markov(arms=3, states=4, seed=3, delay=delay), Duff(epsilon=0.3, alpha0=0.8, tau=20)
    arms, rng = np.empty((bed.arms, bed.columns)), np.array([11], np.uint64)
    markov.sample_arms(arms, bed.parameters, rng)
    state = np.vstack([policy.initial(bed, 300), np.zeros((bed.context_rows, bed.arms))])
    pulls: list[Any] = []
    words = np.random.default_rng(2).integers(2**64, size=301, dtype=np.uint64)
    for t, word in enumerate(words, start=1):
        markov.write_context(arms, state[len(state) - bed.context_rows :])
        arm = duff.select(state, t, rng)
        if t == len(words):
            break
        i = int(arms[arm, STATE])
        reward = markov.sample_reward(arms, arm, np.uint64(word))
        pulls.append((arm, i, int(arms[arm, STATE]), reward))
        if t > delay:
            duff.update(state, pulls[t - 1 - delay][0], pulls[t - 1 - delay][3], rng)
    expected = by_formula(pulls[: len(pulls) - delay], 3, 4, 0.9, 0.8, 20)
    first = int(state[duff.FIRST, 0])
    for arm in range(3):
        np.testing.assert_allclose(state[first : first + 16, arm], expected[arm, :, CONTINUE].ravel(), atol=1e-12)
        np.testing.assert_allclose(state[first + 16 : first + 32, arm], expected[arm, :, RESTART].ravel(), atol=1e-12)
    assert {arm for arm, *_ in pulls} == {0, 1, 2}


class Follower(Policy):
    """Pulls the only arm and notes (state, reward)."""

    seen: ClassVar[list[tuple[int, float]]] = []

    def initial(self, bed: Any, horizon: int) -> Any:
        self.seen.clear()
        return rows(bed.arms, 0.0)

    @staticmethod
    def select(state: Any, t: int, rng: Any) -> int:
        Follower.seen.append((int(state[1 + markov.NOW, 0]), 0.0))
        return 0

    @staticmethod
    def update(state: Any, arm: int, reward: float, rng: Any) -> None:
        Follower.seen[-1] = (Follower.seen[-1][0], reward)


@pytest.mark.parametrize("delay", [0, 3])
def test_the_compiled_run_learns_what_the_formula_does(delay: int) -> None:
    """One arm, whose pulls no choice can change, through the whole simulation."""
    simulate("markov:arms=1,states=3,seed=8", [Follower()], runs=1, horizon=200, seed=4)
    seen = list(Follower.seen)
    pulls = [(0, i, j, reward) for (i, reward), (j, _) in pairwise(seen)]
    spec = f"markov:arms=1,states=3,seed=8,delay={delay}"
    result = simulate(spec, ["duff"], runs=1, horizon=200, seed=4).policies[0]
    expected = by_formula(pulls[: len(pulls) - delay], 1, 3, 0.9, 0.5, 300)
    assert result.estimates is not None
    np.testing.assert_allclose(result.estimates[0], [*(expected[0, k, CONTINUE, k] for k in range(3)), 0.0], rtol=1e-9)


@pytest.fixture(scope="module")
def study() -> Any:
    """Boltzmann and constant ε on the two tasks."""
    return simulate("two-tasks", ["duff", "duff:epsilon=0.2"], runs=40, horizon=100_000, seed=1).policies


VALUES, ABANDONED = [0, 1, 3, 4], [2, 5]


def test_constant_epsilon_converges(study: Any) -> None:
    """To the exact values, and to what another implementation found in one run, within the spread of runs."""
    result = study[1]
    np.testing.assert_allclose(result.estimands.exact[VALUES], EXACT, atol=5e-4)
    learnt, spread = result.estimates[:, VALUES], result.estimates[:, VALUES].std(0, ddof=1)
    assert np.all(np.abs(learnt.mean(0) - EXACT) < 4 * spread / np.sqrt(40) + 1e-3)
    assert np.all(spread < [0.5, 0.3, 0.6, 0.4])
    assert np.all(np.abs(np.array(RECORDED) - learnt.mean(0)) < 3 * spread)
    assert not result.estimates[:, ABANDONED].any()


def test_the_boltzmann_schedule_sticks_in_task_1(study: Any) -> None:
    """It is abandoned in most runs, and its values stay wrong; task 0 goes on and is right."""
    result = study[0]
    off = (np.abs(result.estimates - result.estimands.exact) > 0.1 * result.estimands.exact).mean(0)
    assert result.estimates[:, 5].mean() > 0.7
    assert off[3] > 0.5
    assert off[0] == off[1] == result.estimates[:, 2].mean() == 0
    poor = result.estimates[:, 3]
    assert poor.mean() < EXACT[2] - 3 * poor.std() / np.sqrt(40)
    assert result.estimands.names[3] == "V, task 1 state 0"
    assert result.estimands.names[5] == "task 1 abandoned"


def test_the_temperature_falls_by_its_schedule() -> None:
    bed, policy = TwoTasks(), Duff(t_max=50, t_min=2, beta=0.9)
    state = np.vstack([policy.initial(bed, 100), np.zeros((bed.context_rows, 2))])
    for t in range(1, 11):
        assert state[duff.TEMPERATURE, 0] == pytest.approx(2 + 0.9 ** (t - 1) * 48)
        duff.select(state, t, np.array([t], np.uint64))


def test_nothing_exact_is_known_of_chains_that_each_run_draws() -> None:
    assert Duff().estimands(Markov(arms=2, states=3)) is None
    lesson = Duff(discount=0.5).estimands(Markov(arms=2, states=3, seed=1))
    assert lesson is not None
    assert len(lesson.exact) == len(lesson.names) == 8


@pytest.mark.parametrize(
    ("testbed", "policy", "sentence"),
    [
        ("sutton-barto", "duff", "duff learns the states of Markov arms"),
        ("two-tasks:delay=3,delays=geometric", "duff", "take delays=fixed"),
        ("two-tasks", "duff:epsilon=1.5", "setting 'epsilon'"),
        ("two-tasks", "duff:alpha0=0", "setting 'alpha0'"),
        ("two-tasks", "duff:t_max=1,t_min=2", "t_max=1 is below t_min=2"),
        ("two-tasks", "duff:gamma=0.5", "unknown setting"),
    ],
)
def test_bad_input(testbed: str, policy: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        simulate(testbed, [policy], runs=1, horizon=20)
