"""The inner loop for many runs at once: `BATCH` runs of one policy advance together, step by step.

In a single run each operation depends on the one before: the arm, its reward, the arm's new value. Many runs, one per
lane, use the processor's vector (SIMD) registers. This requires policies and testbeds with functions of a whole batch:

    select(state, t, rng, chosen, work)               writes the arms to pull into `chosen` `(lanes,)`
    update(state, chosen, reward, rng, work)          updates the state after the rewards `reward` `(lanes,)`
    sample_reward_batched(mean, words, reward, work)  writes the rewards of arms whose only parameter is their mean

with lanes = `BATCH`. `state` is `(rows, arms, lanes)`; `rng`, the states of the streams, and `words`, random words, are
`(lanes,)`; `work` is workspace: three arrays `(lanes,)` and one `(arms, lanes)`. Every number is computed by the same
operations in the same order as in `bandits.simulator.kernel`, so that the results are equal to the last bit.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bandits.simulator.kernel import (
    ARMS_STREAM,
    EXPECTED_SUM,
    FINAL_STEPS,
    LATE_INFERIOR,
    LATE_SWITCHES,
    OPTIMAL,
    OPTIMAL_PULLS,
    POLICY_STREAM,
    REWARD,
    REWARD_STREAM,
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
from bandits.simulator.randomness import EDGES, LAYER, TIE, bounded_integer, key, normal_of, uniform_of, words_between
from bandits.simulator.specialise import placeholder
from explore.numerics.compiled import kernel_part
from explore.numerics.hashing import GAMMA, mix

BATCH = 64  # measured: fewer runs do not pay the overhead of a step, more than 64 do not fit the first-level cache
Chosen = npt.NDArray[np.int64]
Work = tuple[Floats, Floats, Floats, Floats]


class Workspace(NamedTuple):
    """The sizes of the arrays of `play`, which allocates them: the compiler vectorises loops over local arrays only."""

    arms: int
    columns: int


sample_arms = sample_reward = select = update = placeholder


def play(
    spec: RunSpec, parameters: Floats, initial: Floats, first: int, points: Integers, tally: Tally, workspace: Workspace
) -> None:
    """As `bandits.simulator.kernel.play`, for testbeds and policies without non-stationarity, contexts, delays,
    discount and estimands.

    Where the number of runs is no multiple of `BATCH`, the last lanes play runs whose results are discarded.
    """
    seed, horizon = spec.seed, spec.horizon
    half = max(horizon // 2, 1)
    regret, per_run, per_point = tally.regret, tally.per_run, tally.per_point
    arms, means = np.empty((workspace.arms, workspace.columns)), np.empty((workspace.arms, BATCH))
    state = np.empty((initial.shape[0], initial.shape[1], BATCH))
    work = np.empty(BATCH), np.empty(BATCH), np.empty(BATCH), np.empty((workspace.arms, BATCH))
    mean, reward, top, total = np.empty(BATCH), np.empty(BATCH), np.empty(BATCH), np.empty(BATCH)
    inferior, switches, previous_arms = np.empty(BATCH), np.empty(BATCH), np.empty(BATCH, np.int64)
    streams, words = np.empty((workspace.arms, BATCH), np.uint64), np.empty(BATCH, np.uint64)
    rng = np.empty(BATCH, np.uint64)
    arms_rng, chosen = np.empty(1, np.uint64), np.empty(BATCH, np.int64)
    for block in range(0, len(regret), BATCH):
        lanes = min(BATCH, len(regret) - block)
        for lane in range(BATCH):
            run = np.uint64(first + block + lane)
            arms_rng[0] = key(seed, run, ARMS_STREAM)
            rng[lane] = key(seed, run, POLICY_STREAM)
            reward_key = key(seed, run, REWARD_STREAM)
            sample_arms(arms, parameters, arms_rng)
            for arm in range(len(arms)):
                streams[arm, lane] = mix(reward_key + np.uint64(arm) * GAMMA)
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
                previous_arms[:] = chosen
            select(state, t, rng, chosen, work)
            for lane in range(BATCH):
                arm = chosen[lane]
                if not 0 <= arm < workspace.arms:
                    raise NoSuchArm(arm, t, workspace.arms)
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
                    switches[lane] += 1.0 if chosen[lane] != previous_arms[lane] else 0.0
            if t == points[point]:
                for lane in range(lanes):
                    regret[block + lane, point] = total[lane]
                    per_point[point, REWARDS] += reward[lane]
                    per_point[point, SQUARES] += reward[lane] * reward[lane]
                    per_point[point, OPTIMAL_PULLS] += 1.0 if mean[lane] == top[lane] else 0.0
                point += 1
            if t > horizon - FINAL_STEPS:
                for lane in range(lanes):
                    per_run[block + lane, REWARD] += reward[lane]
                    per_run[block + lane, OPTIMAL] += 1.0 if mean[lane] == top[lane] else 0.0
        for lane in range(lanes):
            row = block + lane
            per_run[row, REWARD] /= min(FINAL_STEPS, horizon)
            per_run[row, OPTIMAL] /= min(FINAL_STEPS, horizon)
            reward_key = key(seed, np.uint64(first + row), REWARD_STREAM)
            most_pulled, most = 0, -1
            for arm in range(len(arms)):
                pulls = words_between(np.uint64(mix(reward_key + np.uint64(arm) * GAMMA)), streams[arm, lane])
                if pulls > most:
                    most_pulled, most = arm, pulls
            per_run[row, SIMPLE_REGRET] = top[lane] - means[most_pulled, lane]
            per_run[row, WRONG_ARM] = 1.0 if means[most_pulled, lane] < top[lane] else 0.0
            per_run[row, LATE_INFERIOR] = inferior[lane] / max(horizon - half, 1)
            per_run[row, LATE_SWITCHES] = switches[lane] / max(horizon - half, 1)
            per_run[row, EXPECTED_SUM] = horizon * top[lane] - total[lane]


@kernel_part
def uniform_batched(rng: Words, out: Floats) -> None:
    """`uniform` of each lane: numbers in [0, 1) into `out` `(lanes,)`."""
    for lane in range(BATCH):
        rng[lane] += GAMMA
        out[lane] = uniform_of(mix(rng[lane]))


@kernel_part
def best_batched(values: Floats, rng: Words, chosen: Chosen, work: Work) -> None:
    """`best` of each lane: the index of the largest of `values` `(arms, lanes)`; overwrites `work[1]` and `work[2]`."""
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
    """The largest value so far, its first arm, and the last arm whose value was tied with the largest before it."""
    larger, equal = value > top, value == top
    return value if larger else top, arm if larger else chosen, float(arm) if equal else tied


@kernel_part
def break_ties_batched(values: Floats, rng: Words, chosen: Chosen, work: Work) -> None:
    """Break the ties that `running_argmax` recorded in `work`, and advance each stream by one word."""
    top, tied = work[1], work[2]
    for lane in range(BATCH):
        rng[lane] += GAMMA
        if tied[lane] > chosen[lane]:  # a tie at an arm before the chosen one was a tie of smaller values
            ties = 1
            for arm in range(chosen[lane] + 1, len(values)):
                if values[arm, lane] == top[lane]:
                    ties += 1
                    if bounded_integer(mix(rng[lane] ^ (np.uint64(arm) * TIE)), ties) == 0:
                        chosen[lane] = arm


@kernel_part
def normal_batched(words: Words, out: Floats) -> None:
    """`normal_of` of each word; the few words that the ziggurat rejects are handled in a second loop."""
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
    """`normal` of each lane: standard normal numbers into `out` `(lanes,)`."""
    for lane in range(BATCH):
        rng[lane] += GAMMA
        word = mix(rng[lane])
        layer = np.int64(word & LAYER)
        out[lane] = (2.0 * uniform_of(word) - 1.0) * EDGES[layer]
    for lane in range(BATCH):
        word = mix(rng[lane])
        if not abs(out[lane]) < EDGES[np.int64(word & LAYER) + 1]:
            out[lane] = normal_of(word)
