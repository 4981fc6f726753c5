"""Steps of a policy outside the simulator: states after given rewards, and choices counted over many draws."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from bandits.policies.base import action_value
from bandits.policies.base.optimism import INDEX
from bandits.policy import Policy
from bandits.testbed import Testbed
from bandits.testbeds.bernoulli import Bernoulli, TwoArms

SEED = 3
DRAWS = 4000  # of an arm, to measure how often it is pulled


@dataclass
class EightPulls:
    """Five pulls of one arm and three of the other, before step 9 of 500: statistics of each arm, `(2,)`."""

    horizon = 500
    rewards = ((0.0, 1.0, 1.0, 0.0, 1.0), (1.0, 0.0, 0.5))
    pulls = np.array([5.0, 3.0])
    means = np.array([np.mean(r) for r in rewards])
    variances = np.array([np.var(r) for r in rewards])

    def index(self, policy: Any) -> Any:
        """The index in step 9 of a policy that pulls the arm where it is largest."""
        bed, rng = TwoArms(), np.array([1], np.uint64)
        state = policy.initial(bed, self.horizon)
        select, update = policy.functions(bed)
        for arm, rewards in enumerate(self.rewards):
            for reward in rewards:
                update(state, arm, reward, rng)
        assert select(state, 9, rng) == state[INDEX].argmax()
        return state[INDEX]


@pytest.fixture
def eight_pulls() -> EightPulls:
    return EightPulls()


@pytest.fixture
def share_of_best() -> Callable[[Policy, int], float]:
    """The measured share of pulls of the arm of the largest value, 2 of four, in step t."""
    bed = Bernoulli(means="0.1/0.4/0.3/0.2")

    def share(policy: Policy, t: int) -> float:
        state = policy.initial(bed, 100)
        state[action_value.VALUES] = [0.1, 0.2, 0.7, 0.3]
        rng, select = np.array([5], np.uint64), policy.functions(bed)[0]
        return float(np.mean([select(state, t, rng) == 2 for _ in range(DRAWS)]))

    return share


@pytest.fixture
def near() -> Callable[[float], object]:
    """A share of `DRAWS` draws of this probability, within five standard errors; exact for 0 and 1."""
    return lambda chance: pytest.approx(chance, abs=5 * (chance * (1 - chance) / DRAWS) ** 0.5)


@pytest.fixture
def state_after() -> Callable[..., Any]:
    """The state of a policy after the `pulls` (arm, reward), one update each."""

    def play(policy: Policy, bed: Testbed, pulls: Any, horizon: int = 100) -> Any:
        state, rng = policy.initial(bed, horizon), np.array([SEED], np.uint64)
        update = policy.functions(bed)[1]
        for arm, reward in pulls:
            update(state, arm, reward, rng)
        return state

    return play


@pytest.fixture
def chances_replayed() -> Callable[..., list[Any]]:
    """The probabilities of the arms before each of the `pulls` (arm, reward), which are made one after the other."""

    def play(policy: Policy, bed: Testbed, pulls: Any, horizon: int, row: int) -> list[Any]:
        state, rng = policy.initial(bed, horizon), np.array([SEED], np.uint64)
        select, update = policy.functions(bed)
        chances = []
        for t, (arm, reward) in enumerate(pulls, 1):
            select(state, t, rng)
            chances.append(state[row].copy())
            update(state, arm, reward, rng)
        return chances

    return play


@pytest.fixture
def arms_pulled() -> Callable[..., list[int]]:
    """The arms that a policy pulls in the first `steps`, where arm a pays `rewards[a]` without noise."""

    def play(policy: Policy, rewards: list[float], steps: int) -> list[int]:
        bed = Bernoulli(means="/".join(map(str, rewards)))
        state, rng = policy.initial(bed, steps), np.array([SEED], np.uint64)
        select, update = policy.functions(bed)
        arms: list[int] = []
        for t in range(1, steps + 1):
            arms.append(int(select(state, t, rng)))
            update(state, arms[-1], rewards[arms[-1]], rng)
        return arms

    return play


@pytest.fixture
def restarts() -> Callable[..., list[int]]:
    """After which `rewards` of arm 0 a policy began anew; `row` counts its restarts."""

    def play(policy: Policy, rewards: Any, row: int) -> list[int]:
        bed = Bernoulli(means="0.3/0.6")
        state, rng = policy.initial(bed, len(rewards)), np.array([SEED], np.uint64)
        update = policy.functions(bed)[1]
        after = []
        for n, reward in enumerate(rewards):
            before = state[row, 0]
            update(state, 0, float(reward), rng)
            if state[row, 0] > before:
                after.append(n)
        return after

    return play


@pytest.fixture
def ridge_history() -> Callable[..., tuple[Any, Any, Any]]:
    """A linear policy after 60 random rewards: its state, V `(models, d, d)` and θ̂ `(models, d)` by linear algebra."""

    def play(policy: Policy, bed: Testbed, steps: int = 60) -> tuple[Any, Any, Any]:
        rng, arms, d = np.random.default_rng(SEED), bed.arms, bed.settings.dimension
        models = arms if bed.settings.parameters == "disjoint" else 1
        state = np.vstack([policy.initial(bed, 100), np.zeros((d, arms))])
        update = policy.functions(bed)[1]
        V, b = np.tile(policy.settings.ridge * np.eye(d), (models, 1, 1)), np.zeros((models, d))
        for _ in range(steps):
            state[-d:] = rng.normal(size=(d, arms))
            arm, reward = int(rng.integers(arms)), float(rng.normal())
            x = state[-d:, arm].copy()
            update(state, arm, reward, np.zeros(1, np.uint64))
            V[arm % models] += np.outer(x, x)
            b[arm % models] += reward * x
        state[-d:] = rng.normal(size=(d, arms))
        return state, V, np.linalg.solve(V, b[..., None])[..., 0]

    return play
