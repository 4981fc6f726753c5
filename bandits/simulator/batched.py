"""The inner loop for many runs at once: `BATCH` runs of one policy advance together, one step of all at a time.

In a single run each operation waits for the one before: the arm, its reward, the arm's new value. Many runs, one in
each lane, fill the processor's vector registers. This takes policies and testbeds with functions of a whole batch:

    select(state, t, rng, chosen, work)             the arms to pull, into `chosen` `(lanes,)`
    update(state, chosen, reward, rng, work)        the update after the rewards `reward` `(lanes,)`
    sample_reward_batched(mean, words, reward, work)  the rewards, of arms that have means and no other parameters

`state` is `(rows, arms, lanes)`, `rng` and `words` `(lanes,)` words; `work` is three arrays `(lanes,)` and one
`(arms, lanes)` to compute in. Every number comes about by the same operations in the same order as in
`bandits.simulator.kernel`, so that the results are equal to the last bit.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bandits.simulator.kernel import (
    ARMS,
    EXPECTED_SUM,
    LAST,
    LATE_INFERIOR,
    LATE_SWITCHES,
    OPTIMAL,
    OPTIMAL_PULLS,
    PAY,
    POLICY,
    REWARD,
    REWARDS,
    SIMPLE_REGRET,
    SQUARES,
    WRONG_ARM,
    Floats,
    Integers,
    NoSuchArm,
    NotFinite,
    RunSpec,
    Tally,
    Words,
)
from bandits.simulator.randomness import EDGES, LAYER, TIE, key, normal_of, part_of, uniform_of, words_between
from bandits.simulator.specialise import placeholder
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, mix

BATCH = 64  # measured: fewer runs do not pay the overhead of a step, more than 64 do not fit the first-level cache
Chosen = npt.NDArray[np.int64]
Work = tuple[Floats, Floats, Floats, Floats]


class Workspace(NamedTuple):
    """The sizes of the arrays of `play`: it makes them itself, as the compiler vectorises loops over local arrays."""

    arms: int
    columns: int


sample_arms = sample_reward = select = update = placeholder


def play(
    spec: RunSpec, parameters: Floats, initial: Floats, first: int, points: Integers, tally: Tally, space: Workspace
) -> None:
    """As `bandits.simulator.kernel.play`, without changes, contexts, delays, discount and estimands.

    Where the runs are no multiple of the batch, the last lanes play runs whose results are not used.
    """
    seed, horizon = spec.seed, spec.horizon
    half = max(horizon // 2, 1)
    regret, per_run, per_point = tally.regret, tally.per_run, tally.per_point
    arms, means = np.empty((space.arms, space.columns)), np.empty((space.arms, BATCH))
    state = np.empty((initial.shape[0], initial.shape[1], BATCH))
    work = np.empty(BATCH), np.empty(BATCH), np.empty(BATCH), np.empty((space.arms, BATCH))
    mean, reward, top, total = np.empty(BATCH), np.empty(BATCH), np.empty(BATCH), np.empty(BATCH)
    inferior, switches, before = np.empty(BATCH), np.empty(BATCH), np.empty(BATCH, np.int64)
    streams, words = np.empty((space.arms, BATCH), np.uint64), np.empty(BATCH, np.uint64)
    rng = np.empty(BATCH, np.uint64)
    arms_rng, chosen = np.empty(1, np.uint64), np.empty(BATCH, np.int64)
    for block in range(0, len(regret), BATCH):
        lanes = min(BATCH, len(regret) - block)
        for lane in range(BATCH):
            run = np.uint64(first + block + lane)
            arms_rng[0] = key(seed, run, ARMS)
            rng[lane] = key(seed, run, POLICY)
            pays = key(seed, run, PAY)
            sample_arms(arms, parameters, arms_rng)
            for arm in range(len(arms)):
                streams[arm, lane] = mix(pays + np.uint64(arm) * GAMMA)
                means[arm, lane] = arms[arm, 0]
                if lane < lanes and not abs(arms[arm, 0]) < math.inf:
                    raise NotFinite(first + block + lane, 1, arm)
                for row in range(len(initial)):
                    state[row, arm, lane] = initial[row, arm]
            top[lane] = arms[:, 0].max()
            total[lane], inferior[lane], switches[lane] = 0.0, 0.0, 0.0
        point = 0
        for t in range(1, horizon + 1):
            if t > half:
                before[:] = chosen
            select(state, t, rng, chosen, work)
            for lane in range(BATCH):
                arm = chosen[lane]
                if not 0 <= arm < space.arms:
                    raise NoSuchArm(arm, t, space.arms)
                streams[arm, lane] += GAMMA
                words[lane] = streams[arm, lane]
                mean[lane] = means[arm, lane]
            for lane in range(BATCH):
                words[lane] = mix(words[lane])
                total[lane] += top[lane] - mean[lane]
            sample_reward(mean, words, reward, work)
            finite = True
            for lane in range(BATCH):
                finite &= abs(reward[lane]) < math.inf
            if not finite:
                for lane in range(lanes):
                    if not abs(reward[lane]) < math.inf:
                        raise NotFinite(first + block + lane, t, chosen[lane])
            update(state, chosen, reward, rng, work)
            if t > half:
                for lane in range(BATCH):
                    inferior[lane] += 1.0 if mean[lane] < top[lane] else 0.0
                    switches[lane] += 1.0 if chosen[lane] != before[lane] else 0.0
            if t == points[point]:
                for lane in range(lanes):
                    regret[block + lane, point] = total[lane]
                    per_point[point, REWARDS] += reward[lane]
                    per_point[point, SQUARES] += reward[lane] * reward[lane]
                    per_point[point, OPTIMAL_PULLS] += 1.0 if mean[lane] == top[lane] else 0.0
                point += 1
            if t > horizon - LAST:
                for lane in range(lanes):
                    per_run[block + lane, REWARD] += reward[lane]
                    per_run[block + lane, OPTIMAL] += 1.0 if mean[lane] == top[lane] else 0.0
        for lane in range(lanes):
            row = block + lane
            per_run[row, REWARD] /= min(LAST, horizon)
            per_run[row, OPTIMAL] /= min(LAST, horizon)
            pays = key(seed, np.uint64(first + row), PAY)
            most_pulled, most = 0, -1
            for arm in range(len(arms)):
                pulls = words_between(np.uint64(mix(pays + np.uint64(arm) * GAMMA)), streams[arm, lane])
                if pulls > most:
                    most_pulled, most = arm, pulls
            per_run[row, SIMPLE_REGRET] = top[lane] - means[most_pulled, lane]
            per_run[row, WRONG_ARM] = 1.0 if means[most_pulled, lane] < top[lane] else 0.0
            per_run[row, LATE_INFERIOR] = inferior[lane] / max(horizon - half, 1)
            per_run[row, LATE_SWITCHES] = switches[lane] / max(horizon - half, 1)
            per_run[row, EXPECTED_SUM] = horizon * top[lane] - total[lane]


@kernel_part
def uniform_batched(rng: Words, out: Floats) -> None:
    """Uniform numbers in [0, 1), as `uniform`."""
    for lane in range(BATCH):
        rng[lane] += GAMMA
        out[lane] = uniform_of(mix(rng[lane]))


@kernel_part
def best_batched(values: Floats, rng: Words, chosen: Chosen, work: Work) -> None:
    """The index of the largest of `values` `(arms, lanes)` in each lane, as `best`; computes in `work` 1 and 2."""
    top, tied = work[1], work[2]
    for lane in range(BATCH):
        top[lane], chosen[lane], tied[lane] = values[0, lane], 0, 0.0
    for arm in range(1, len(values)):
        for lane in range(BATCH):
            value = values[arm, lane]
            top[lane], chosen[lane], tied[lane] = running_argmax(arm, value, top[lane], chosen[lane], tied[lane])
    break_ties_batched(values, rng, chosen, work)


@kernel_part
def running_argmax(arm: int, value: float, top: float, chosen: int, tied: float) -> tuple[float, int, float]:
    """The largest value so far, its arm, and the last arm that was tied with the largest before it."""
    larger, equal = value > top, value == top
    return value if larger else top, arm if larger else chosen, float(arm) if equal else tied


@kernel_part
def break_ties_batched(values: Floats, rng: Words, chosen: Chosen, work: Work) -> None:
    """Break the ties of a search, and move each stream by one word."""
    top, tied = work[1], work[2]
    for lane in range(BATCH):
        rng[lane] += GAMMA
        if tied[lane] > chosen[lane]:  # an arm that was tied before the chosen one was tied with a smaller value
            ties = 1
            for arm in range(chosen[lane] + 1, len(values)):
                if values[arm, lane] == top[lane]:
                    ties += 1
                    if part_of(mix(rng[lane] ^ (np.uint64(arm) * TIE)), ties) == 0:
                        chosen[lane] = arm


@kernel_part
def normal_batched(words: Words, out: Floats) -> None:
    """The words as standard normal numbers, as `normal_of`; the few that the ziggurat does not accept at once apart."""
    rejected = False
    for lane in range(BATCH):
        word = words[lane]
        layer = np.int64(word & LAYER)
        out[lane] = (2.0 * uniform_of(word) - 1.0) * EDGES[layer]
        rejected |= not abs(out[lane]) < EDGES[layer + 1]
    if rejected:
        for lane in range(BATCH):
            if not abs(out[lane]) < EDGES[np.int64(words[lane] & LAYER) + 1]:
                out[lane] = normal_of(words[lane])


@kernel_part
def draw_normals_batched(rng: Words, out: Floats) -> None:
    """Standard normal numbers, as `normal`."""
    for lane in range(BATCH):
        rng[lane] += GAMMA
        word = mix(rng[lane])
        layer = np.int64(word & LAYER)
        out[lane] = (2.0 * uniform_of(word) - 1.0) * EDGES[layer]
    for lane in range(BATCH):
        word = mix(rng[lane])
        if not abs(out[lane]) < EDGES[np.int64(word & LAYER) + 1]:
            out[lane] = normal_of(word)
