"""The inner loop of the simulator: a block of runs of one policy on one testbed, from the first pull to the last.

`play` is a Python function that calls seven functions by global names: `sample_arms`, `advance`, `write_context`,
`sample_reward` of the testbed and `select`, `update`, `write_estimates` of the policy (see `testbed.py` and
`policy.py`). `specialise` makes a copy of it in which these names are the functions of a testbed and a policy, and
compiles the copy if these functions are compiled. Otherwise it is interpreted: so run policies in plain Python, and the
tests compare the compiled kernel with it.

A run's arrays are arguments, made by `new_workspace`, so that compiled code need not count references to them.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bandits.simulator.randomness import key, uniform, words_between
from bandits.simulator.specialise import placeholder
from explore.numerics.compiled import borrowed, kernel_part
from explore.numerics.hashing import GAMMA, mix

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
# The purposes of a run's random streams (`randomness.key`): arms' parameters, rewards, policy, delays.
ARMS_STREAM, REWARD_STREAM, POLICY_STREAM, DELAY_STREAM = (np.uint64(number) for number in range(1, 5))
FINAL_STEPS = 10  # steps at the end over which reward and share of optimal pulls are averaged
NEGLIGIBLE_WEIGHT = 1e-30  # rewards with a discount γ^{t−1} up to this are left out of the discounted return

# Columns of `Tally.per_run`, the results of a run at the horizon: mean reward and share of optimal pulls over the last
# `FINAL_STEPS`; the gap of the most pulled arm to the best mean, and 1 where it is positive; over the second half of
# the steps, the shares of pulls of inferior arms and of changes of arm; the sum of the means of the pulled arms; and
# the discounted return, 0 without a discount.
REWARD, OPTIMAL, SIMPLE_REGRET, WRONG_ARM, LATE_INFERIOR, LATE_SWITCHES, EXPECTED_SUM, RETURN = range(8)
RUN_COLUMNS = 8
REWARDS, SQUARES, OPTIMAL_PULLS = range(3)  # columns of `Tally.per_point`: sums over runs
POINT_COLUMNS = 3
FIRST_DUE, NEXT_DUE, PULLED_ARM = range(3)  # rows of `Workspace.due`


class NoSuchArm(IndexError):
    """A policy chose an arm that does not exist; the arguments are the arm, the step and the number of arms."""


class NotFinite(ArithmeticError):
    """A testbed's reward or mean is NaN or infinite; the arguments are the run, the step and the arm."""


class RunSpec(NamedTuple):
    """The settings that all runs share.

    non_stationary: `advance` is called before each step but the first, or pulls change an arm. context_rows: the number
    of rows, the last of the state, that `write_context` fills before each choice. delay: the steps between a pull and
    the update with its reward; below 0, −delay is the mean of random, geometrically distributed delays, at most the
    number of slots − 1. discount: γ of the return Σ γ^{t−1} r_t, 0 for none.
    """

    seed: np.uint64
    horizon: int
    non_stationary: bool
    context_rows: int
    delay: float
    discount: float


class Tally(NamedTuple):
    """The results that a block of runs adds to.

    regret: `(runs, points)`, the cumulative pseudo-regret at each point (a step). per_run: `(runs, RUN_COLUMNS)`.
    per_point: `(points, POINT_COLUMNS)`. estimates: `(runs, estimands)`, no columns for policies without estimands.
    """

    regret: npt.NDArray[np.float32]
    per_run: Floats
    per_point: Floats
    estimates: Floats


class Workspace(NamedTuple):
    """The arrays of a run. slots: the largest number of pending (delayed) rewards; 1 without delays.

    arms: `(arms, columns)`, the testbed's arms. state: `(rows, arms)`, the policy's. streams: `(arms,)`, states of the
    random streams of the arms' rewards. rng, arms_rng, delay_rng: `(1,)` each, states of the streams of the policy, of
    the arms' parameters, and of random delays. pending_rewards: `(slots,)`; pending_contexts: `(context rows, slots)`,
    the contexts of the pulled arms. draw_rows: the rows of the state that `update` reads as `select` wrote them at the
    choice (`Policy.draw_rows`); pending_draws: `(draw rows, slots, arms)`, these rows at the choices. due: `(3,
    slots)`, linked lists of the rewards due in the same step: by step modulo slots the first one; by reward the next
    one due in that step; by reward its arm.
    """

    arms: Floats
    state: Floats
    streams: Words
    rng: Words
    arms_rng: Words
    delay_rng: Words
    pending_rewards: Floats
    pending_contexts: Floats
    draw_rows: Integers
    pending_draws: Floats
    due: Integers


sample_arms = advance = write_context = sample_reward = select = update = write_estimates = placeholder


@kernel_part
def as_arm(choice: int, step: int) -> int:
    """The arm that `select` returned; where a function is interpreted, `specialise` puts `checked_arm` in its place."""
    return choice


def new_workspace(
    arms: int, columns: int, initial: Floats, longest: int = 0, context_rows: int = 0, draw_rows: Sequence[int] = ()
) -> Workspace:
    """The workspace of `play`; longest: the largest delay, in steps."""
    slots, kept = longest + 1, len(draw_rows) if longest else 0
    return Workspace(
        arms=np.empty((arms, columns)),
        state=np.empty_like(initial),
        streams=np.empty(arms, np.uint64),
        rng=np.empty(1, np.uint64),
        arms_rng=np.empty(1, np.uint64),
        delay_rng=np.empty(1, np.uint64),
        pending_rewards=np.empty(slots),
        pending_contexts=np.empty((context_rows, slots)),
        draw_rows=np.array(draw_rows[:kept], dtype=np.int64),
        pending_draws=np.empty((kept, slots, arms)),
        due=np.empty((3, slots), np.int64),
    )


def play(
    spec: RunSpec, parameters: Floats, initial: Floats, first: int, points: Integers, tally: Tally, workspace: Workspace
) -> None:
    """Play the runs `first`, `first` + 1, …, one per row of `tally.regret`, and write their results into `tally`.

    initial: the policy's state before the first pull, `(rows, arms)`. points: the steps `(points,)` at which the curves
    are recorded. NoSuchArm where the policy chooses an arm that does not exist, NotFinite where the testbed's reward or
    mean is not a finite number.
    """
    arms, state, streams = borrowed(workspace.arms), borrowed(workspace.state), borrowed(workspace.streams)
    rng, arms_rng, delay_rng = borrowed(workspace.rng), borrowed(workspace.arms_rng), borrowed(workspace.delay_rng)
    pending_rewards, pending_contexts, due = (
        borrowed(workspace.pending_rewards),
        borrowed(workspace.pending_contexts),
        borrowed(workspace.due),
    )
    draw_rows, pending_draws = borrowed(workspace.draw_rows), borrowed(workspace.pending_draws)
    regret, per_run, per_point = borrowed(tally.regret), borrowed(tally.per_run), borrowed(tally.per_point)
    seed, horizon, non_stationary, delay = spec.seed, spec.horizon, spec.non_stationary, spec.delay
    context_rows, discount = spec.context_rows, spec.discount
    slots, half = len(pending_rewards), max(horizon // 2, 1)
    for row in range(len(regret)):
        run = np.uint64(first + row)
        arms_rng[0] = key(seed, run, ARMS_STREAM)
        rng[0] = key(seed, run, POLICY_STREAM)
        delay_rng[0] = key(seed, run, DELAY_STREAM)
        reward_key = key(seed, run, REWARD_STREAM)
        for arm in range(len(arms)):
            streams[arm] = mix(reward_key + np.uint64(arm) * GAMMA)
        state[:] = initial
        sample_arms(arms, parameters, arms_rng)
        top = arms[:, 0].max()
        due[FIRST_DUE, :] = -1
        total, expected, point, previous_arm = 0.0, 0.0, 0, -1
        late_inferior, late_switches = 0, 0
        returned, weight = 0.0, 1.0 if discount > 0.0 else 0.0
        for t in range(1, horizon + 1):
            if non_stationary and t > 1:
                advance(arms, parameters, t, arms_rng)
                top = arms[:, 0].max()
            if context_rows > 0:
                write_context(arms, state[len(state) - context_rows :])
            arm = as_arm(select(state, t, rng), t)
            if not 0 <= arm < len(arms):  # compiled code would write outside of the arrays
                raise NoSuchArm(arm, t, len(arms))
            streams[arm] += GAMMA
            mean = arms[arm, 0]  # before the pull, which may change it
            gap = top - mean
            reward = sample_reward(arms, arm, np.uint64(mix(streams[arm])))
            if not (abs(reward) < math.inf and abs(gap) < math.inf):
                raise NotFinite(first + row, t, arm)
            if delay == 0.0:
                update(state, arm, reward, rng)
            else:
                item, slot = t % slots, (t + _delay_steps(delay, slots - 1, delay_rng)) % slots
                pending_rewards[item], due[PULLED_ARM, item] = reward, arm
                for i in range(context_rows):
                    pending_contexts[i, item] = state[len(state) - context_rows + i, arm]
                for i in range(len(draw_rows)):
                    pending_draws[i, item] = state[draw_rows[i]]
                due[NEXT_DUE, item] = due[FIRST_DUE, slot]
                due[FIRST_DUE, slot] = item
                item = due[FIRST_DUE, t % slots]
                while item >= 0:
                    pulled = due[PULLED_ARM, item]
                    for i in range(context_rows):
                        state[len(state) - context_rows + i, pulled] = pending_contexts[i, item]
                    for i in range(len(draw_rows)):
                        state[draw_rows[i]] = pending_draws[i, item]
                    update(state, pulled, pending_rewards[item], rng)
                    item = due[NEXT_DUE, item]
                due[FIRST_DUE, t % slots] = -1
            if weight > NEGLIGIBLE_WEIGHT:
                returned += weight * reward
                weight *= discount
            total += gap
            expected += mean
            optimal = 1.0 if mean == top else 0.0
            if t > half:
                late_inferior += mean < top
                late_switches += arm != previous_arm
            previous_arm = arm
            if t == points[point]:
                regret[row, point] = total
                per_point[point, REWARDS] += reward
                per_point[point, SQUARES] += reward * reward
                per_point[point, OPTIMAL_PULLS] += optimal
                point += 1
            if t > horizon - FINAL_STEPS:
                per_run[row, REWARD] += reward
                per_run[row, OPTIMAL] += optimal
        per_run[row, REWARD] /= min(FINAL_STEPS, horizon)
        per_run[row, OPTIMAL] /= min(FINAL_STEPS, horizon)
        most_pulled, most = 0, -1
        for arm in range(len(arms)):
            pulls = words_between(np.uint64(mix(reward_key + np.uint64(arm) * GAMMA)), streams[arm])
            if pulls > most:
                most_pulled, most = arm, pulls
        if non_stationary:
            top = arms[:, 0].max()  # the last pull may have changed an arm
        per_run[row, SIMPLE_REGRET] = top - arms[most_pulled, 0]
        per_run[row, WRONG_ARM] = 1.0 if arms[most_pulled, 0] < top else 0.0
        per_run[row, LATE_INFERIOR] = late_inferior / max(horizon - half, 1)
        per_run[row, LATE_SWITCHES] = late_switches / max(horizon - half, 1)
        per_run[row, EXPECTED_SUM] = expected
        per_run[row, RETURN] = returned
        if tally.estimates.shape[1] > 0:
            write_estimates(state, tally.estimates[row])


@kernel_part
def _delay_steps(delay: float, longest: int, rng: Words) -> int:
    """The delay of one reward, in steps."""
    if delay > 0.0:
        return int(delay)
    return int(min(float(longest), math.floor(math.log(1.0 - uniform(rng)) / math.log(-delay / (1.0 - delay)))))
