"""The inner loop of the simulator: a block of runs of one policy on one testbed, from the first pull to the last.

`play` is plain Python over seven functions under global names: `sample_arms`, `advance`, `write_context`,
`sample_reward` of the testbed and `select`, `update`, `write_estimates` of the policy (see `testbed.py` and
`policy.py`). `specialise` makes a copy of it with the functions of a testbed and a policy in their places, compiled
where they are. Interpreted, the same lines are the reference of the compiled ones, and the way in which a policy in
plain Python runs.

The arrays that a run works in are arguments, made by `workspace`, so that their references need not be counted.
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
ARMS, PAY, POLICY, DELAY = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)  # what a run's streams are for
LAST = 10  # steps at the end over which reward and share of optimal pulls are averaged
WORTHLESS = 1e-30  # a reward of which no more than this share counts is left out of the discounted return

# Columns of `Tally.per_run`, the figures of a run at the horizon: mean reward and share of optimal pulls over the last
# steps; of the arm pulled most, by how much its mean is below the best, and 1 where it is; over the last half of the
# steps, the shares of pulls of inferior arms and of changes of arm; the sum of the means of the pulled arms; and the
# discounted return, 0 without a discount.
REWARD, OPTIMAL, SIMPLE_REGRET, WRONG_ARM, LATE_INFERIOR, LATE_SWITCHES, EXPECTED_SUM, RETURN = range(8)
RUN_COLUMNS = 8
REWARDS, SQUARES, OPTIMAL_PULLS = range(3)  # columns of `Tally.per_point`: sums over runs
POINT_COLUMNS = 3
FIRST_DUE, NEXT_DUE, PULLED_ARM = range(3)  # rows of `Workspace.due`


class NoSuchArm(IndexError):
    """A policy chose an arm that there is not; the arguments are the arm, the step, and how many arms there are."""


class NotFinite(ArithmeticError):
    """A testbed's reward or mean is NaN or infinite; the arguments are the run, the step and the arm."""


class RunSpec(NamedTuple):
    """The settings that all runs share.

    non_stationary: whether `advance` is called before each step, or pulls change an arm. context_rows: how many last
    rows of the state `write_context` fills before each choice. delay: by how many steps the policy learns of a reward
    later; below 0, −delay is the mean of a geometric number of them, cut off at the length of the workspace. discount:
    γ of the return Σ γ^{t−1} r_t, 0 for none.
    """

    seed: np.uint64
    horizon: int
    non_stationary: bool
    context_rows: int
    delay: float
    discount: float


class Tally(NamedTuple):
    """The results that a block of runs adds to.

    regret: `(runs, points)`, the pseudo-regret up to each point. per_run: `(runs, RUN_COLUMNS)`. per_point:
    `(points, POINT_COLUMNS)`. estimates: `(runs, estimands)`, of width 0 for policies without estimands.
    """

    regret: npt.NDArray[np.float32]
    per_run: Floats
    per_point: Floats
    estimates: Floats


class Workspace(NamedTuple):
    """What a run works in, for as many slots as delayed rewards may be outstanding (one, without delays).

    arms: the testbed's arms. state: the policy's state. streams: the words of the arms. rng, arms_rng, delay_rng: those
    of the policy, of the arms' means, and of random delays, `(1,)` each. late: rewards not yet seen, `(slots,)`, with
    the context of their arm, `(context rows, slots)`, and the rows of the state kept from the draw, `(draw rows, slots,
    arms)`. draw_rows: which rows these are. due: per step modulo the slots, the first item due then, and per item the
    next one due with it, and its arm.
    """

    arms: Floats
    state: Floats
    streams: Words
    rng: Words
    arms_rng: Words
    delay_rng: Words
    late: Floats
    late_context: Floats
    draw_rows: Integers
    late_draws: Floats
    due: Integers


sample_arms = advance = write_context = sample_reward = select = update = write_estimates = placeholder


@kernel_part
def as_arm(choice: int, step: int) -> int:
    """What `select` returned; where it is plain Python `checked_arm` stands in its place."""
    return choice


def workspace(
    arms: int, columns: int, initial: Floats, longest: int = 0, context_rows: int = 0, draw_rows: Sequence[int] = ()
) -> Workspace:
    """The workspace of `play`; `longest` is by how many steps a reward may be late."""
    slots, kept = longest + 1, len(draw_rows) if longest else 0
    return Workspace(
        arms=np.empty((arms, columns)),
        state=np.empty_like(initial),
        streams=np.empty(arms, np.uint64),
        rng=np.empty(1, np.uint64),
        arms_rng=np.empty(1, np.uint64),
        delay_rng=np.empty(1, np.uint64),
        late=np.empty(slots),
        late_context=np.empty((context_rows, slots)),
        draw_rows=np.array(draw_rows[:kept], dtype=np.int64),
        late_draws=np.empty((kept, slots, arms)),
        due=np.empty((3, slots), np.int64),
    )


def play(
    spec: RunSpec, parameters: Floats, initial: Floats, first: int, points: Integers, tally: Tally, space: Workspace
) -> None:
    """Play the runs `first`, `first` + 1, …, one per row of `tally.regret`, and write their results into `tally`.

    points: the steps `(points,)` at which the curves are recorded. NoSuchArm where the policy chooses none of the arms,
    NotFinite where the testbed's reward or mean is not a finite number.
    """
    arms, state, streams = borrowed(space.arms), borrowed(space.state), borrowed(space.streams)
    rng, arms_rng, delay_rng = borrowed(space.rng), borrowed(space.arms_rng), borrowed(space.delay_rng)
    late, late_context, due = borrowed(space.late), borrowed(space.late_context), borrowed(space.due)
    draw_rows, late_draws = borrowed(space.draw_rows), borrowed(space.late_draws)
    regret, per_run, per_point = borrowed(tally.regret), borrowed(tally.per_run), borrowed(tally.per_point)
    seed, horizon, non_stationary, delay = spec.seed, spec.horizon, spec.non_stationary, spec.delay
    context_rows, discount = spec.context_rows, spec.discount
    slots, half = len(late), max(horizon // 2, 1)
    for row in range(len(regret)):
        run = np.uint64(first + row)
        arms_rng[0] = key(seed, run, ARMS)
        rng[0] = key(seed, run, POLICY)
        delay_rng[0] = key(seed, run, DELAY)
        pays = key(seed, run, PAY)
        for arm in range(len(arms)):
            streams[arm] = mix(pays + np.uint64(arm) * GAMMA)
        state[:] = initial
        sample_arms(arms, parameters, arms_rng)
        top = arms[:, 0].max()
        due[FIRST_DUE, :] = -1
        total, expected, point, before = 0.0, 0.0, 0, -1
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
                item, slot = t % slots, (t + _steps_late(delay, slots - 1, delay_rng)) % slots
                late[item], due[PULLED_ARM, item] = reward, arm
                for i in range(context_rows):
                    late_context[i, item] = state[len(state) - context_rows + i, arm]
                for i in range(len(draw_rows)):
                    late_draws[i, item] = state[draw_rows[i]]
                due[NEXT_DUE, item] = due[FIRST_DUE, slot]
                due[FIRST_DUE, slot] = item
                item = due[FIRST_DUE, t % slots]
                while item >= 0:
                    pulled = due[PULLED_ARM, item]
                    for i in range(context_rows):
                        state[len(state) - context_rows + i, pulled] = late_context[i, item]
                    for i in range(len(draw_rows)):
                        state[draw_rows[i]] = late_draws[i, item]
                    update(state, pulled, late[item], rng)
                    item = due[NEXT_DUE, item]
                due[FIRST_DUE, t % slots] = -1
            if weight > WORTHLESS:
                returned += weight * reward
                weight *= discount
            total += gap
            expected += mean
            optimal = 1.0 if mean == top else 0.0
            if t > half:
                late_inferior += mean < top
                late_switches += arm != before
            before = arm
            if t == points[point]:
                regret[row, point] = total
                per_point[point, REWARDS] += reward
                per_point[point, SQUARES] += reward * reward
                per_point[point, OPTIMAL_PULLS] += optimal
                point += 1
            if t > horizon - LAST:
                per_run[row, REWARD] += reward
                per_run[row, OPTIMAL] += optimal
        per_run[row, REWARD] /= min(LAST, horizon)
        per_run[row, OPTIMAL] /= min(LAST, horizon)
        most_pulled, most = 0, -1
        for arm in range(len(arms)):
            pulls = words_between(np.uint64(mix(pays + np.uint64(arm) * GAMMA)), streams[arm])
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
def _steps_late(delay: float, longest: int, rng: Words) -> int:
    """By how many steps this reward is late."""
    if delay > 0.0:
        return int(delay)
    return int(min(float(longest), math.floor(math.log(1.0 - uniform(rng)) / math.log(-delay / (1.0 - delay)))))
