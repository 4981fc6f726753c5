"""Policies that estimate each arm's value and mostly take the best (Sutton & Barto 2018, chapter 2).

    Q(a) ← Q(a) + α (R − Q(a)),   α constant, or 1/n(a) for the sample average

ε-greedy takes a random arm with probability ε, else the best; ties are broken at random. `epsilon-decreasing` has
ε_t = min(1, cK / (d² t)) (εₙ-greedy of Auer, Cesa-Bianchi & Fischer 2002, figure 3), `epsilon-first` explores at random
for its first `pulls` pulls and then never. `optimistic` begins with Q = `initial` above what any arm pays, so that
every arm disappoints until it has been tried.

`q-learning` is ε-greedy with constant α = 0.1 under its other name: a pull ends the episode, so that the update of
Q-learning (Watkins 1989), Q ← Q + α (R + γ max Q′ − Q), has nothing after R. Arms with states of their own are for
`duff`.
"""

from typing import Any

from pydantic import Field

from bandits.policy import Floats, Policy, rows
from bandits.simulator.batched import BATCH, Chosen, Work, best_batched, uniform_batched
from bandits.simulator.kernel import Words
from bandits.simulator.randomness import best, integer, part_of, uniform
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import mix

EPSILON, ALPHA, VALUES, PULLS = range(4)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """A random arm with probability ε, else the best."""
    if uniform(rng) < state[EPSILON, 0]:
        return integer(rng, state.shape[1])
    return best(state[VALUES], rng)


@kernel_part
def select_decreasing(state: Floats, t: int, rng: Any) -> int:
    """The same with ε / t."""
    if uniform(rng) * t < state[EPSILON, 0]:
        return integer(rng, state.shape[1])
    return best(state[VALUES], rng)


@kernel_part
def select_first(state: Floats, t: int, rng: Any) -> int:
    """Random for the first ε steps, then the best; here ε is a number of steps."""
    if t <= state[EPSILON, 0]:
        return integer(rng, state.shape[1])
    return best(state[VALUES], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Move the arm's value towards the reward."""
    state[PULLS, arm] += 1.0
    step = state[ALPHA, 0] if state[ALPHA, 0] > 0.0 else 1.0 / state[PULLS, arm]
    state[VALUES, arm] += step * (reward - state[VALUES, arm])


@kernel_part
def select_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select` for many runs at once; a random arm takes one word of the stream, as the best one does."""
    arms, epsilon = state.shape[1], state[EPSILON, 0, 0]
    coin = work[0]
    uniform_batched(rng, coin)
    best_batched(state[VALUES], rng, chosen, work)
    for lane in range(BATCH):
        random = part_of(mix(rng[lane]), arms)
        chosen[lane] = random if coin[lane] < epsilon else chosen[lane]


@kernel_part
def update_batched(state: Floats, chosen: Chosen, reward: Floats, rng: Words, work: Work) -> None:
    """`update` for many runs at once."""
    alpha = state[ALPHA, 0, 0]
    for lane in range(BATCH):
        arm = chosen[lane]
        pulls = state[PULLS, arm, lane] + 1.0
        state[PULLS, arm, lane] = pulls
        step = alpha if alpha > 0.0 else 1.0 / pulls
        state[VALUES, arm, lane] += step * (reward[lane] - state[VALUES, arm, lane])


class EpsilonGreedy(Policy):
    """Constant ε."""

    class Settings(Settings):
        epsilon: float = Field(0.1, ge=0, le=1, description="chance of a random arm")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")
        initial: float = Field(0.0, description="value of an arm before its first pull")

    select = staticmethod(select)
    update = staticmethod(update)
    batched = (select_batched, update_batched)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """ε, α, and no pulls."""
        return rows(bed.arms, self.settings.epsilon, self.settings.alpha, self.settings.initial, 0.0)


class QLearning(EpsilonGreedy):
    """The incremental Q-value agent of the ten-armed testbed."""

    class Settings(EpsilonGreedy.Settings):
        alpha: float = Field(0.1, ge=0, le=1, description="constant step size; 0 for the sample average")


class Optimistic(EpsilonGreedy):
    """Greedy with an optimistic start: initial value 5 and step 0.1 as in figure 2.3 of the book."""

    class Settings(Settings):
        initial: float = Field(5.0, description="value of an arm before its first pull")
        alpha: float = Field(0.1, gt=0, le=1, description="constant step size")
        epsilon: float = Field(0.0, ge=0, le=1, description="chance of a random arm")


class EpsilonDecreasing(Policy):
    """ε_t = min(1, cK / (d² t)); defaults c = 5, d = 0.1."""

    class Settings(Settings):
        c: float = Field(5.0, gt=0, description="scale of the schedule")
        d: float = Field(0.1, gt=0, le=1, description="lower bound on the gap between the best arm and the next")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")

    select = staticmethod(select_decreasing)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """cK / d² in the place of ε."""
        return rows(
            bed.arms, self.settings.c * bed.arms / self.settings.d / self.settings.d, self.settings.alpha, 0.0, 0.0
        )


class EpsilonFirst(Policy):
    """Random first, greedy then."""

    class Settings(Settings):
        pulls: int = Field(100, ge=0, description="how many pulls are random")
        alpha: float = Field(0.0, ge=0, le=1, description="constant step size; 0 for the sample average")

    select = staticmethod(select_first)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """The number of random pulls in the place of ε."""
        return rows(bed.arms, float(self.settings.pulls), self.settings.alpha, 0.0, 0.0)
