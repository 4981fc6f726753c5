"""Q-learning for bandit problems (Duff 1995): Gittins indices learned from pulls, without knowing the chains.

Restart-in-state (Katehakis & Veinott 1987) turns the index of state k into an ordinary value: with two actions,
continue or restart in k, V_k(j) = max(r_j + γP_jV_k, r_k + γP_kV_k) and ν(k) = (1−γ)V_k(k). Duff learns all these
problems at once. After arm a moves i → j and pays r, with target(k) = r + γ max(Q(j, continue; k), Q(j, restart; k)),

    Q(i, continue; k) ← (1−α) Q(i, continue; k) + α target(k)      for every state k of arm a,
    Q(k, restart; i)  ← (1−α) Q(k, restart; i)  + α target(i)      for every state k of arm a,

and the next arm is drawn by its value Q(s_a, continue; s_a): by Boltzmann at temperature T, or ε-greedily. Schedules
(those of later replications): α = α₀τ/(τ+n) after n pulls, T ← T_min + β(T − T_min).

**Where the Boltzmann schedule abandons an arm.** Duff's two tasks have exact values 24.33, 16.93 (task 0) and 10.15,
30.33 (task 1). Once T has fallen to 0.5, a task that sits in its poor state (10.15) is not chosen again, as the other
task never offers less than 16.93: task 1 is no longer pulled, and its estimates stay as they are. Under constant ε
every task is still pulled and the estimates converge.

`learn` studies the learner by itself. As a policy of the simulator it is `bandits.policies.duff`, which chooses and
learns by the same compiled `choose` and `learn_from`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bandits.theory.gittins.indices import restart_values
from bandits.theory.gittins.joint_chain import JointChain, MarkovArm
from explore.errors import BadInput
from explore.numerics.compiled import compiled, kernel_part
from explore.numerics.seeding import stream

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
WRONG = 0.1  # a value is wrong when it is more than a tenth off
DISCOUNT = 0.7


def two_tasks() -> list[MarkovArm]:
    """Duff's example: two states per task, reward 1 on entering state 0 and 10 on entering state 1, discount 0.7."""
    entering = np.array([1.0, 10.0])
    return [
        MarkovArm(np.array([[0.3, 0.7], [0.7, 0.3]]), entering),
        MarkovArm(np.array([[0.9, 0.1], [0.1, 0.9]]), entering),
    ]


@dataclass(frozen=True)
class Exploration:
    """How arms are chosen: ε-greedy where `epsilon` is given, otherwise Boltzmann with falling temperature."""

    name: str
    epsilon: float | None = None
    hottest: float = 200.0
    coldest: float = 0.5
    cooling: float = 0.992

    def __post_init__(self) -> None:
        if self.epsilon is not None and not 0 <= self.epsilon <= 1:
            raise BadInput(f"epsilon is {self.epsilon}: it must lie in [0, 1].")
        if not (self.hottest >= self.coldest > 0 and 0 < self.cooling <= 1):
            raise BadInput("a Boltzmann schedule needs hottest ≥ coldest > 0 and cooling in (0, 1].")


BOLTZMANN = Exploration("boltzmann, T from 200 to 0.5 by 0.992")
CONSTANT = Exploration("constant epsilon 0.2", epsilon=0.2)


@dataclass(frozen=True)
class Learnt:
    """What the runs under one `exploration` learned; states of all arms stand one after another, arm by arm.

    `exact` and each row of `estimates` `(runs, states)` are V_k(k); `pulls` `(runs, arms)` count the last tenth of
    the steps; `value`, `oracle`, `greedy` are exact discounted returns, mean over uniform starting states, of the
    index policy that each run learned `(runs,)`, of Gittins' and of the greedy one.
    """

    exploration: Exploration
    exact: Floats
    estimates: Floats
    pulls: Ints
    value: Floats
    oracle: float
    greedy: float

    @property
    def mean(self) -> Floats:
        """Mean estimate over runs, `(states,)`."""
        average: Floats = self.estimates.mean(0)
        return average

    @property
    def standard_error(self) -> Floats:
        """Standard error of `mean`, `(states,)`."""
        error: Floats = self.estimates.std(0, ddof=1) / np.sqrt(len(self.estimates))
        return error

    @property
    def wrong(self) -> Floats:
        """Share of runs whose estimate is more than a tenth off, `(states,)`."""
        share: Floats = (np.abs(self.estimates - self.exact) > WRONG * np.abs(self.exact)).mean(0)
        return share

    @property
    def abandoned(self) -> float:
        """Share of runs in which some arm was not pulled once in the last tenth of the steps."""
        return float((self.pulls == 0).any(1).mean())


@dataclass(frozen=True)
class DuffStudy:
    """The two explorations side by side on the same arms, steps and seeds."""

    discount: float
    steps: int
    runs: int
    seed: int
    results: tuple[Learnt, ...]


def duff_study(
    runs: int = 100,
    steps: int = 100_000,
    seed: int = 0,
    explorations: Sequence[Exploration] = (BOLTZMANN, CONSTANT),
) -> DuffStudy:
    """Duff's two tasks under each of `explorations`; about a second per 100 runs × 100,000 steps and exploration."""
    results = tuple(learn(two_tasks(), DISCOUNT, exploration, runs, steps, seed) for exploration in explorations)
    return DuffStudy(DISCOUNT, steps, runs, seed, results)


def learn(
    arms: Sequence[MarkovArm],
    discount: float,
    exploration: Exploration,
    runs: int = 100,
    steps: int = 100_000,
    seed: int = 0,
    rate: float = 0.5,
    patience: float = 300.0,
) -> Learnt:
    """Learn the indices of `arms` in `runs` independent runs, each with its own stream.

    `rate` is α₀ and `patience` τ. Values start at 0, arms in uniformly drawn states. A run's result does not depend on
    how many runs there are. BadInput for fewer than two runs, one step, or a rate outside (0, 1].
    """
    if runs < 2 or steps < 1:
        raise BadInput("learning indices needs at least 2 runs (for a standard error) and 1 step.")
    if not (0 < rate <= 1 and patience > 0):
        raise BadInput("the learning rate must lie in (0, 1] and its patience above 0.")

    joint = JointChain(arms, discount)
    sizes = np.array([len(arm.entering) for arm in arms], dtype=np.int64)
    widest = int(sizes.max())
    cumulative, entering = np.ones((len(arms), widest, widest)), np.zeros((len(arms), widest))
    for a, arm in enumerate(arms):
        cumulative[a, : sizes[a], : sizes[a]] = np.cumsum(arm.transitions, axis=1)
        entering[a, : sizes[a]] = arm.entering
    schedule = np.array([rate, patience, exploration.hottest, exploration.coldest, exploration.cooling])
    epsilon = -1.0 if exploration.epsilon is None else exploration.epsilon
    estimates, pulls, value = [], np.zeros((runs, len(arms)), dtype=np.int64), np.empty(runs)
    for run in range(runs):
        generator = stream(seed, "duff", run)
        uniforms = generator.random((steps, 3))
        starts = generator.integers(sizes)
        own = _learn(cumulative, entering, sizes, starts, discount, schedule, epsilon, uniforms, pulls[run])
        value[run] = joint.value(joint.index_policy([own[a, : sizes[a]] for a in range(len(arms))])).mean()
        estimates.append(np.concatenate([own[a, : sizes[a]] for a in range(len(arms))]))
    exact = [np.diag(restart_values(arm.transitions, arm.rewards, discount)) for arm in arms]
    oracle, greedy = float(joint.oracle_value().mean()), float(joint.greedy_value().mean())
    return Learnt(exploration, np.concatenate(exact), np.array(estimates), pulls, value, oracle, greedy)


@compiled
def _learn(
    cumulative: Floats,
    entering: Floats,
    sizes: Ints,
    starts: Ints,
    discount: float,
    schedule: Floats,
    epsilon: float,
    uniforms: Floats,
    late_pulls: Ints,
) -> Floats:
    """One run; returns Q(k, continue; k), `(arms, states)`, and counts the pulls of the last tenth."""
    arms, widest = entering.shape
    rate, patience, hottest, coldest, cooling = schedule
    going, restarting = np.zeros((arms, widest * widest)), np.zeros((arms, widest * widest))
    state = starts.copy()
    values = np.empty(arms)
    steps = len(uniforms)
    temperature = hottest
    for n in range(steps):
        for a in range(arms):
            values[a] = going[a, state[a] * (widest + 1)]
        arm = choose(values, epsilon, temperature, uniforms[n, 0], uniforms[n, 1])
        temperature = coldest + cooling * (temperature - coldest)
        if n >= steps - steps // 10:
            late_pulls[arm] += 1
        i, j = state[arm], 0
        while j < sizes[arm] - 1 and uniforms[n, 2] >= cumulative[arm, i, j]:
            j += 1
        alpha = rate * patience / (patience + n)
        learn_from(going[arm], restarting[arm], widest, i, j, entering[arm, j], alpha, discount)
        state[arm] = j
    own = np.zeros((arms, widest))
    for a in range(arms):
        for k in range(widest):
            own[a, k] = going[a, k * (widest + 1)]
    return own


@kernel_part
def learn_from(
    going: Floats, restarting: Floats, states: int, i: int, j: int, reward: float, alpha: float, discount: float
) -> None:
    """Duff's two updates after a pull of an arm that moved it i → j and paid `reward`.

    `going` and `restarting` `(states²,)` are the arm's: at i·states + k they have Q(i, continue; k), Q(i, restart; k).
    """
    back = reward + discount * max(going[j * states + i], restarting[j * states + i])  # before any update changes it
    for k in range(states):
        target = back
        if k != i:
            target = reward + discount * max(going[j * states + k], restarting[j * states + k])
        going[i * states + k] += alpha * (target - going[i * states + k])
        restarting[k * states + i] += alpha * (back - restarting[k * states + i])


@kernel_part
def choose(values: Floats, epsilon: float, temperature: float, first: float, second: float) -> int:
    """An arm by ε-greedy (ties by `second`), or by Boltzmann where `epsilon` is negative."""
    arms = len(values)
    best = values.max()
    if epsilon >= 0.0:
        if first < epsilon:
            return min(int(second * arms), arms - 1)
        ties = 0
        for a in range(arms):
            ties += values[a] == best
        tie = min(int(second * ties), ties - 1)
        for a in range(arms):
            if values[a] == best:
                if tie == 0:
                    return a
                tie -= 1
    total = 0.0
    for a in range(arms):
        total += np.exp((values[a] - best) / temperature)
    left = first * total
    for a in range(arms - 1):
        left -= np.exp((values[a] - best) / temperature)
        if left < 0.0:
            return a
    return arms - 1
