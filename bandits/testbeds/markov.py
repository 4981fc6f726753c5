"""Rested Markov arms: an arm is a Markov chain that moves when it is pulled, and only then.

A pull of an arm in state i moves it to j with probability P_ij and pays the reward of entering j. The value of a
pull includes the states that it leads to, so policies are compared by the discounted return Σ γ^{t−1} r_t, and
its share of the `optimum`, which Gittins' policy attains (Gittins & Jones 1974).

**Regret does not rank policies here.** It is measured against the arm with the largest expected next reward, in the
states that the policy itself has brought the arms to: a policy that never leaves poor states has little regret, and a
pull that leads to better states counts as a mistake. It is reported as for every testbed, but not used to rank.

`two-tasks`  the example of Duff (1995): γ = 0.7, P₀ = [[.3, .7], [.7, .3]], P₁ = [[.9, .1], [.1, .9]], reward 1 on
             entering state 0 and 10 on entering state 1
`markov`     `arms` random chains of `states` states, drawn anew in each run or, with `seed`, once for all runs: each
             state has `branching` successors, a random subset, with the chances that uniform points cut out of [0, 1]
             (Archibald, McKinnon & Thomas 1995, their "Garnet" processes), and a reward on entering, uniform in [0, 1]

Every arm begins in a uniformly drawn state.

What a policy observes (`write_context`), a column per arm: in row 0 the arm's state; in row 1, which only the policy
`gittins` reads, the exact Gittins index of that state for the testbed's discount.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from bandits.simulator.kernel import ARMS_STREAM, Words
from bandits.simulator.randomness import exponential, integer, key, uniform, uniform_of
from bandits.simulator.specialise import specialise
from bandits.testbed import BedSettings, Floats, Testbed
from bandits.theory.gittins.duff import DISCOUNT, two_tasks
from bandits.theory.gittins.indices import eliminate
from bandits.theory.gittins.joint_chain import MarkovArm
from bandits.theory.gittins.optimum import integrated
from explore.numerics.compiled import kernel_part

# Columns of an arm: expected reward of the next pull, state, states n; then n rewards of entering, n expected rewards
# of the next pull, n indices, and n rows of P, summed up from the left.
# Of the parameters: the same, or NaN, branching, states, discount where each run draws its own.
MEAN, STATE, STATES, ENTERING = range(4)
NOW, INDEX = range(2)  # rows of what is observed


@kernel_part
def sample_arms(arms: Floats, parameters: Floats, rng: Any) -> None:
    """The chains as given, or drawn, each in a random state."""
    for arm in range(len(arms)):
        if math.isnan(parameters[arm, MEAN]):
            draw_chain(arms[arm], int(parameters[arm, STATES]), int(parameters[arm, STATE]), rng)
            set_indices(arms[arm], parameters[arm, ENTERING])
        else:
            arms[arm, :] = parameters[arm]
        arms[arm, STATE] = float(integer(rng, int(arms[arm, STATES])))
        arms[arm, MEAN] = arms[arm, ENTERING + int(arms[arm, STATES]) + int(arms[arm, STATE])]


@kernel_part
def draw_chain(arm: Floats, states: int, branching: int, rng: Any) -> None:
    """A random chain. Points that cut [0, 1] at random leave lengths like exponential numbers over their sum."""
    arm[STATES] = float(states)
    expected, rows = ENTERING + states, ENTERING + 3 * states
    for i in range(states):
        arm[ENTERING + i] = uniform(rng)
    for i in range(states):
        to_pick, total = branching, 0.0
        for j in range(states):  # each subset of the states is equally likely (Knuth's selection sampling)
            if uniform(rng) * (states - j) < to_pick:
                to_pick -= 1
                total += exponential(rng)
            arm[rows + i * states + j] = total
        arm[expected + i] = 0.0
        before = 0.0
        for j in range(states):
            upto = arm[rows + i * states + j] / total
            arm[rows + i * states + j] = upto
            arm[expected + i] += (upto - before) * arm[ENTERING + j]
            before = upto


@kernel_part
def set_indices(arm: Floats, discount: float) -> None:
    """The exact index of each state, by elimination."""
    states = int(arm[STATES])
    kept = discounted(arm, discount)
    arm[ENTERING + 2 * states : ENTERING + 3 * states] = eliminate(kept, expected_of(arm), 0)[0]


@kernel_part
def discounted(arm: Floats, discount: float) -> Floats:
    """γP `(states, states)`."""
    states = int(arm[STATES])
    kept = np.empty((states, states))
    for i in range(states):
        row, before = ENTERING + (3 + i) * states, 0.0
        for j in range(states):
            kept[i, j] = discount * (arm[row + j] - before)
            before = arm[row + j]
    return kept


@kernel_part
def expected_of(arm: Floats) -> Floats:
    """The expected reward of a pull in each state, `(states,)`."""
    states = int(arm[STATES])
    return arm[ENTERING + states : ENTERING + 2 * states].copy()


@kernel_part
def sample_reward(arms: Floats, arm: int, word: np.uint64) -> float:
    """Move the arm, and the reward of the state that it enters."""
    states, now = int(arms[arm, STATES]), uniform_of(word)
    row = ENTERING + (3 + int(arms[arm, STATE])) * states
    j = 0
    while j < states - 1 and now >= arms[arm, row + j]:
        j += 1
    arms[arm, STATE] = float(j)
    arms[arm, MEAN] = arms[arm, ENTERING + states + j]
    return float(arms[arm, ENTERING + j])


@kernel_part
def write_context(arms: Floats, context: Floats) -> None:
    """The states and their indices."""
    for arm in range(len(arms)):
        context[NOW, arm] = arms[arm, STATE]
        context[INDEX, arm] = arms[arm, ENTERING + 2 * int(arms[arm, STATES]) + int(arms[arm, STATE])]


def _optima(parameters: Floats, seed: np.uint64, discount: float, arms: Floats, rng: Words, best: Floats) -> None:
    """The best return in each run, into `best` `(runs,)`; by Whittle's integral (`bandits.theory.gittins.optimum`)."""
    states = int(parameters[0, STATES])
    index, leaving = np.empty(len(arms) * states), np.empty(len(arms) * states)
    owner = np.arange(len(arms) * states) // states
    for run in range(len(best)):
        rng[0] = key(seed, np.uint64(run), ARMS_STREAM)
        sample_arms(arms, parameters, rng)
        for arm in range(len(arms)):
            own = slice(arm * states, (arm + 1) * states)
            index[own], leaving[own] = eliminate(
                discounted(arms[arm], discount), expected_of(arms[arm]), int(arms[arm, STATE])
            )
        best[run] = integrated(index, leaving, owner, discount)


class MarkovBed(Testbed):
    """Rested Markov arms, all with as many `states`; subclasses give the `chains`, or draw them."""

    non_stationary = True  # by being pulled
    context_rows = 2
    sample_arms = staticmethod(sample_arms)
    write_context = staticmethod(write_context)
    sample_reward = staticmethod(sample_reward)

    @property
    def states(self) -> int:
        """How many states each arm has."""
        raise NotImplementedError

    @property
    def chains(self) -> list[MarkovArm] | None:
        """The arms where they are the same in every run; None where they are drawn."""
        return None

    @property
    def columns(self) -> int:  # type: ignore[override]
        """As listed at the top of the file."""
        return ENTERING + 3 * self.states + self.states**2

    def optimum(self, seed: int, runs: int) -> Floats:
        """What Gittins' policy earns in each run from the states in which its arms begin, over endless pulls."""
        best, arms, rng = np.empty(runs), np.empty((self.arms, self.columns)), np.empty(1, np.uint64)
        parameters = np.ascontiguousarray(self.parameters)
        specialise(_optima, {"sample_arms": sample_arms})(parameters, np.uint64(seed), self.discount, arms, rng, best)
        return best


class TwoTasks(MarkovBed):
    """Duff's two tasks."""

    about = "two Markov arms that change state when pulled, each with a low and a high reward"
    source = "Duff 1995"

    class Settings(BedSettings):
        discount: float = Field(DISCOUNT, gt=0, lt=1, description="γ of the discounted return")

    family = "markov"

    @property
    def states(self) -> int:
        """Poor and rich."""
        return 2

    @property
    def chains(self) -> list[MarkovArm]:
        """Those of the theory."""
        return two_tasks()

    @property
    def parameters(self) -> Floats:
        """The chains as the columns of the arms."""
        columns = np.zeros((2, self.columns))
        for row, chain in zip(columns, self.chains, strict=True):
            row[STATES] = self.states
            indices = chain.indices(self.discount)
            row[ENTERING:] = [*chain.entering, *chain.rewards, *indices, *chain.transitions.cumsum(1).ravel()]
        return columns

    @property
    def variance(self) -> float:
        """The largest that rewards between 1 and 10 can have."""
        return 20.25


class Markov(MarkovBed):
    """Random chains."""

    about = "Markov arms that change state when pulled, with random chains"
    source = "Archibald, McKinnon & Thomas 1995"

    class Settings(BedSettings):
        arms: int = Field(5, ge=1, le=1000, description="how many arms")
        states: int = Field(4, ge=1, le=50, description="how many states each arm has")
        branching: int = Field(0, ge=0, le=50, description="successors of each state; 0 for all states")
        seed: int = Field(-1, ge=-1, description="fixes the chains for all runs; -1 draws them anew in each run")
        discount: float = Field(0.9, gt=0, lt=1, description="γ of the discounted return")

        @model_validator(mode="after")
        def fits(self) -> "Markov.Settings":
            """No more successors than states."""
            if self.branching > self.states:
                raise ValueError(f"branching={self.branching} is more than the {self.states} states")
            return self

    family = "bounded"

    @property
    def states(self) -> int:
        """As set."""
        return int(self.settings.states)

    @property
    def arms(self) -> int:
        """As set."""
        return int(self.settings.arms)

    @property
    def chains(self) -> list[MarkovArm] | None:
        """Those of the seed."""
        if self.settings.seed < 0:
            return None
        n = self.states
        columns = self.parameters[:, ENTERING:]
        steps = np.diff(columns[:, 3 * n :].reshape(-1, n, n), axis=2, prepend=0.0)
        return [MarkovArm(matrix, row[:n]) for matrix, row in zip(steps, columns, strict=True)]

    @property
    def parameters(self) -> Floats:
        """The chains of the seed as the columns of the arms; NaN, branching, states, γ where each run draws its own."""
        blank = np.zeros((self.arms, self.columns))
        blank[:, MEAN], blank[:, STATE], blank[:, STATES] = np.nan, self.settings.branching or self.states, self.states
        blank[:, ENTERING] = self.discount
        if self.settings.seed < 0:
            return blank
        drawn, rng = np.empty_like(blank), np.empty(1, np.uint64)
        specialise(_begun, {"sample_arms": sample_arms})(blank, np.uint64(self.settings.seed), drawn, rng)
        return drawn

    @property
    def variance(self) -> float:
        """The largest that rewards in [0, 1] can have."""
        return 0.25


def _begun(parameters: Floats, seed: np.uint64, arms: Floats, rng: Words) -> None:
    """The arms of a seed of their own, which no run of any simulation has."""
    rng[0] = key(seed, ~np.uint64(0), ARMS_STREAM)
    sample_arms(arms, parameters, rng)
