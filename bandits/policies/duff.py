"""Q-learning for bandit problems (Duff 1995): Gittins indices of Markov arms, learned from pulls.

For each state k of an arm, restart-in-state (Katehakis & Veinott 1987) gives the index as a value, ν(k) = (1−γ) V(k):
after the arm moved i → j and paid r, with target(k) = r + γ max(Q(j, continue; k), Q(j, restart; k)),

    Q(i, continue; k) ← (1−α) Q(i, continue; k) + α target(k)      for every state k of the arm,
    Q(k, restart; i)  ← (1−α) Q(k, restart; i)  + α target(i)      for every state k of the arm,

with α = α₀τ/(τ + n) after n pulls. The next arm is drawn by its value Q(s, continue; s) in its state s: by Boltzmann,
∝ e^{Q/T} with T ← T_min + β(T − T_min) from T_max, or ε-greedily where `epsilon` is given. The defaults are the
schedules that replications report; **with them task 1 of `two-tasks` is abandoned**, and a constant ε converges
(`bandits.theory.gittins.duff` says why, and has the same update and choice for a study outside the simulator).

It observes the states of the arms, but not their transition probabilities. The new state of an arm is observed at the
next choice, so the update is done there; with a fixed delay, when the reward of that pull has come.
"""

from typing import Any

import numpy as np
from pydantic import Field, model_validator

from bandits.policy import Estimands, Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import uniform
from bandits.testbed import Testbed
from bandits.testbeds.markov import NOW, MarkovBed
from bandits.theory.gittins.duff import choose, learn_from
from bandits.theory.gittins.indices import restart_values
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

# CONTEXT, FIRST: the rows where the testbed's context, and Q, begin. RECEIVED, USED: counts of rewards.
# LAST: step of the arm's last pull. From PENDING on, three rows per pull of which the reward is still to come.
DISCOUNT, ALPHA, TAU, EPSILON, TEMPERATURE, COLDEST, BETA, STATES, DELAY, CONTEXT, FIRST = range(11)
RECEIVED, USED, REWARD, LATE, LAST, VALUES, PENDING = range(11, 18)
ARM, FROM, TO = range(3)


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """Note where the last pull led, learn from the reward that came, choose."""
    shown, first, states = int(state[CONTEXT, 0]), int(state[FIRST, 0]), int(state[STATES, 0])
    slots = int(state[DELAY, 0]) + 1
    if t > 1:
        last = PENDING + 3 * ((t - 1) % slots)
        state[last + TO, 0] = state[shown + NOW, int(state[last + ARM, 0])]
    if state[RECEIVED, 0] > state[USED, 0]:
        _learn(state, first, states, slots)
    for arm in range(state.shape[1]):
        state[VALUES, arm] = state[first + int(state[shown + NOW, arm]) * (states + 1), arm]
    arm = choose(state[VALUES], state[EPSILON, 0], state[TEMPERATURE, 0], uniform(rng), uniform(rng))
    state[TEMPERATURE, 0] = state[COLDEST, 0] + state[BETA, 0] * (state[TEMPERATURE, 0] - state[COLDEST, 0])
    now = PENDING + 3 * (t % slots)
    state[now + ARM, 0], state[now + FROM, 0] = float(arm), state[shown + NOW, arm]
    state[LAST, arm] = float(t)
    return int(arm)


@kernel_part
def _learn(state: Floats, first: int, states: int, slots: int) -> None:
    """The update of the earliest pull that has not been used; its reward is the one that came last."""
    done = state[USED, 0]
    pull = PENDING + 3 * ((int(done) + 1) % slots)
    arm, i, j = int(state[pull + ARM, 0]), int(state[pull + FROM, 0]), int(state[pull + TO, 0])
    alpha = state[ALPHA, 0] * state[TAU, 0] / (state[TAU, 0] + done)
    middle = first + states * states
    going, restarting = state[first:middle, arm], state[middle : middle + states * states, arm]
    learn_from(going, restarting, states, i, j, state[REWARD, 0], alpha, state[DISCOUNT, 0])
    state[USED, 0] = done + 1.0


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Keep the reward until it is seen where the arm went."""
    state[RECEIVED, 0] += 1.0
    state[REWARD, 0] = reward


@kernel_part
def write_estimates(state: Floats, estimates: Floats) -> None:
    """Of each arm, Q(k, continue; k) of every state, and 1 where it was not pulled in the last tenth of the steps."""
    first, states = int(state[FIRST, 0]), int(state[STATES, 0])
    for arm in range(state.shape[1]):
        place = arm * (states + 1)
        for k in range(states):
            estimates[place + k] = state[first + k * (states + 1), arm]
        estimates[place + states] = 1.0 if state[LAST, arm] <= state[LATE, 0] else 0.0


class Duff(Policy):
    """Duff's Q-learning, on testbeds with Markov arms."""

    rule = "Q-learning of Gittins indices, with a restart in every state"
    good_for = "arms with a state that changes when they are pulled, and unknown transitions; use a constant epsilon"
    needs = "the discount, and many pulls"
    source = "Duff 1995"
    recommended_for = (Placement(Kind.MARKOV, 2),)
    compared_on = (Placement(Kind.MARKOV, 5),)

    class Settings(Settings):
        discount: float = Field(0.0, ge=0, lt=1, description="γ; 0 for the testbed's own")
        alpha0: float = Field(0.5, gt=0, le=1, description="first step size α₀")
        tau: float = Field(300.0, gt=0, description="pulls τ after which the step size has halved")
        t_max: float = Field(200.0, gt=0, description="first temperature of Boltzmann's choice")
        t_min: float = Field(0.5, gt=0, description="last temperature")
        beta: float = Field(0.992, gt=0, le=1, description="factor by which the temperature nears the last, per pull")
        epsilon: float = Field(-1.0, ge=-1, le=1, description="probability of a random arm; below 0, Boltzmann")

        @model_validator(mode="after")
        def cools(self) -> "Duff.Settings":
            """From warm to cold."""
            if self.t_max < self.t_min:
                raise ValueError(f"t_max={self.t_max:g} is below t_min={self.t_min:g}: the temperature falls")
            return self

    select = staticmethod(select)
    update = staticmethod(update)
    write_estimates = staticmethod(write_estimates)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """All values 0; BadInput for arms that are no Markov chains, or for random delays."""
        bed = _markov(bed)
        if bed.delay < 0:
            raise BadInput("duff must know which reward is of which pull: take delays=fixed on this testbed.")
        settings, states = self.settings, bed.states
        first = PENDING + 3 * (int(bed.delay) + 1)
        shown = first + 2 * states * states
        values = [self.discount(bed), settings.alpha0, settings.tau, settings.epsilon, settings.t_max, settings.t_min]
        values += [settings.beta, states, bed.delay, shown, first, 0.0, 0.0, 0.0, horizon - horizon // 10]
        return rows(bed.arms, *values, *(0.0,) * (shown - len(values)))

    def discount(self, bed: Testbed) -> float:
        """γ."""
        return float(self.settings.discount or bed.discount)

    def estimands(self, bed: Testbed) -> Estimands | None:
        """The exact values, where the chains are the same in every run."""
        chains = _markov(bed).chains
        if chains is None:
            return None
        names: list[str] = []
        exact: list[float] = []
        for task, chain in enumerate(chains):
            values = np.diag(restart_values(chain.transitions, chain.rewards, self.discount(bed)))
            names += [*(f"V, task {task} state {state}" for state in range(len(values))), f"task {task} abandoned"]
            exact += [*values.tolist(), 0.0]
        return Estimands(tuple(names), np.array(exact))


def _markov(bed: Testbed) -> MarkovBed:
    """The testbed, if its arms are Markov chains."""
    if not isinstance(bed, MarkovBed):
        raise BadInput("duff learns the states of Markov arms: take a testbed that has them, two-tasks or markov.")
    return bed
