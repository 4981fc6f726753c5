"""The simulation of policies that choose the arms of all runs at once: all runs advance together, step by step.

The loop over the steps is interpreted; the runs of a step are vectorised. The n-th pull of arm a in run i has the same
reward as with a compiled policy.
"""

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bandits.simulator.kernel import (
    ARMS_STREAM,
    EXPECTED_SUM,
    FINAL_STEPS,
    LATE_INFERIOR,
    LATE_SWITCHES,
    OPTIMAL,
    POINT_COLUMNS,
    RETURN,
    REWARD,
    REWARD_STREAM,
    RUN_COLUMNS,
    SIMPLE_REGRET,
    WRONG_ARM,
    Floats,
    Tally,
    Words,
)
from bandits.simulator.randomness import key
from bandits.simulator.results import PolicyResult, checkpoints, not_finite, summary
from bandits.simulator.specialise import placeholder, specialise
from bandits.testbed import Testbed
from explore.errors import BadInput
from explore.numerics.hashing import GAMMA, mix

Arms = npt.NDArray[np.int64]
Choose = Callable[[Floats, int], Arms]
Learn = Callable[[Arms, Floats], None]


def play(
    bed: Testbed,
    spec: str,
    choose: Choose,
    learn: Learn,
    *,
    runs: int,
    horizon: int,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> PolicyResult:
    """Play the first `runs` runs with a policy given as two functions.

    `choose(values, t)` returns the arms `(runs,)` of step t = 1, 2, … from the sample averages `values` `(runs, arms)`;
    `learn(arms, rewards)` is called after the pulls, `(runs,)` each. `progress` is called with the step. BadInput for
    an arm that does not exist, and for a testbed whose reward or mean is NaN or infinite.
    """
    started = time.perf_counter()
    begin = specialise(_begin, {"sample_arms": type(bed).sample_arms})
    pull = specialise(_pull, {"sample_reward": type(bed).sample_reward, "advance": type(bed).advance})
    parameters, points = np.ascontiguousarray(bed.parameters), checkpoints(horizon)
    arms = np.empty((runs, bed.arms, bed.columns))
    streams, arms_rng = np.empty((runs, bed.arms), np.uint64), np.empty((runs, 1), np.uint64)
    begin(parameters, np.uint64(seed), arms, streams, arms_rng)
    reward, mean, gap = np.empty(runs), np.empty(runs), np.empty(runs)
    pull(
        parameters, 0, False, arms[:0], streams[:0], arms_rng[:0], np.empty(0, np.int64), reward[:0], mean[:0], gap[:0]
    )
    ready = time.perf_counter()
    values, pulls, total = np.zeros((runs, bed.arms)), np.zeros((runs, bed.arms)), np.zeros(runs)
    tally = Tally(
        np.zeros((runs, len(points)), np.float32),
        np.zeros((runs, RUN_COLUMNS)),
        np.zeros((len(points), POINT_COLUMNS)),
        np.zeros((runs, 0)),
    )
    per_run, every, point = tally.per_run, np.arange(runs), 0
    half, previous_arms = max(horizon // 2, 1), np.full(runs, -1)
    for t in range(1, horizon + 1):
        chosen = choose(values, t)
        if chosen.min() < 0 or chosen.max() >= bed.arms:  # compiled code would write outside of the arrays
            raise BadInput(
                f"'{spec}' chose an arm in step {t} that does not exist: the {bed.arms} arms are 0 to {bed.arms - 1}."
            )
        pull(parameters, t, bed.non_stationary, arms, streams, arms_rng, chosen, reward, mean, gap)
        bad = np.flatnonzero(~np.isfinite(reward + gap))
        if len(bad):
            raise BadInput(not_finite(bed, int(bad[0]), t, int(chosen[bad[0]])))
        learn(chosen, reward)
        pulls[every, chosen] += 1.0
        values[every, chosen] += (reward - values[every, chosen]) / pulls[every, chosen]
        total += gap
        per_run[:, EXPECTED_SUM] += mean
        if bed.discount > 0:
            per_run[:, RETURN] += bed.discount ** (t - 1) * reward
        if t > half:
            per_run[:, LATE_INFERIOR] += (gap > 0) / (horizon - half)
            per_run[:, LATE_SWITCHES] += (chosen != previous_arms) / (horizon - half)
        previous_arms = chosen.copy()
        if t == points[point]:
            tally.regret[:, point] = total
            tally.per_point[point] = reward.sum(), (reward**2).sum(), (gap == 0).sum()
            point += 1
        if t > horizon - FINAL_STEPS:
            per_run[:, REWARD] += reward
            per_run[:, OPTIMAL] += gap == 0
        if progress is not None and t % max(horizon // 50, 1) == 0:
            progress(t)
    per_run[:, REWARD] /= min(FINAL_STEPS, horizon)
    per_run[:, OPTIMAL] /= min(FINAL_STEPS, horizon)
    means = arms[:, :, 0]
    per_run[:, SIMPLE_REGRET] = means.max(axis=1) - means[every, pulls.argmax(axis=1)]
    per_run[:, WRONG_ARM] = per_run[:, SIMPLE_REGRET] > 0
    return summary(
        spec,
        tally,
        discounted=bed.discount > 0,
        estimands=None,
        pulls_per_second=runs * horizon / (time.perf_counter() - ready),
        compile_seconds=ready - started,
        compiled=False,
    )


sample_arms = advance = sample_reward = placeholder


def _begin(parameters: Floats, seed: np.uint64, arms: Floats, streams: Words, arms_rng: Words) -> None:
    """Sample the arms of every run and set the states of their random streams, as in `kernel.play`."""
    for run in range(len(arms)):
        arms_rng[run, 0] = key(seed, np.uint64(run), ARMS_STREAM)
        reward_key = key(seed, np.uint64(run), REWARD_STREAM)
        sample_arms(arms[run], parameters, arms_rng[run])
        for arm in range(arms.shape[1]):
            streams[run, arm] = mix(reward_key + np.uint64(arm) * GAMMA)


def _pull(
    parameters: Floats,
    t: int,
    non_stationary: bool,
    arms: Floats,
    streams: Words,
    arms_rng: Words,
    chosen: npt.NDArray[np.int64],
    reward: Floats,
    mean: Floats,
    gap: Floats,
) -> None:
    """One pull in every run; writes its reward, the arm's mean and its gap to the largest mean, `(runs,)` each."""
    for run in range(len(arms)):
        if non_stationary and t > 1:
            advance(arms[run], parameters, t, arms_rng[run])
        arm = chosen[run]
        mean[run] = arms[run, arm, 0]
        gap[run] = arms[run, :, 0].max() - mean[run]
        streams[run, arm] += GAMMA
        reward[run] = sample_reward(arms[run], arm, np.uint64(mix(streams[run, arm])))
