"""Bonuses and strategies drive bandits: every run is a learner, and all runs advance together.

A pull is an episode of one step: from the one state there is, observed as `arms`, to an observation that names the arm.
A **bonus** b is added to what is known of the rewards,

    A_t = argmax_a Q_t(a) + b_t(a),

with Q the sample averages (0 before the first pull), b_t(a) the bonus of the transition of arm a under what is known
now, ties broken at random. The bonus sees every transition that happened, and learns from it once. On the scale of a
bandit's rewards the mazes' β is next to nothing, and a bonus that is divided by its running mean never falls: where a
spec does not say otherwise, β is 1 here and novelty is not divided (by the deviation of its return where networks learn
it). Every pull is the first arrival of its episode.

A **strategy** chooses by itself, given Q.

The n-th pull of arm a in run i pays the same as it does to a compiled policy.
"""

import time
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from bandits.simulator.kernel import (
    ARMS,
    EXPECTED_SUM,
    LAST,
    LATE_INFERIOR,
    LATE_SWITCHES,
    OPTIMAL,
    PAY,
    POINT_COLUMNS,
    POLICY,
    RETURN,
    REWARD,
    RUN_COLUMNS,
    SIMPLE_REGRET,
    WRONG_ARM,
    Floats,
    Tally,
    Words,
    specialise,
)
from bandits.simulator.randomness import best, key
from bandits.simulator.results import PolicyResult, checkpoints, not_finite, summary
from bandits.testbed import Testbed
from explore.bonuses.base.learned import Learned
from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES, STRATEGIES, make_bonus, make_strategy
from explore.core.spec import parse
from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.compiled import compiled
from explore.numerics.hashing import GAMMA, mix
from explore.numerics.streams import Streams

MOST_LEARNED = 50  # runs of a bonus with networks of its own, of which it has as many
MOST_RUNS = 2000  # of any other
BETA = 1.0

Arms = npt.NDArray[np.int64]
Choose = Callable[[Floats, int], Arms]
Learn = Callable[[Arms, Floats], None]


def is_plugin(spec: str) -> bool:
    """Whether the spec names a bonus or strategy that is installed or was added from Python; imports none."""
    name = parse(spec).name
    return name in BONUSES.names() or name in STRATEGIES.names()


def check_plugin(spec: str, bed: Testbed) -> None:
    """BadInput where the settings are wrong, or the testbed is one that plugins cannot play."""
    _player(spec, bed, 1, 1, 0)


def simulate_plugin(
    bed: Testbed,
    spec: str,
    *,
    runs: int,
    horizon: int,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> PolicyResult:
    """Play the first runs with the plugin, at most `MOST_RUNS`, or `MOST_LEARNED` where it has networks to train.

    `progress` is called with the step, as a share of all `runs`.

    BadInput for wrong settings, or a testbed with contexts or delayed rewards.
    """
    played = min(runs, _most_runs(spec, bed.arms))
    choose, learn = _player(spec, bed, played, horizon, seed)
    report = None if progress is None else (lambda t: progress(runs * t // horizon))
    return play(bed, spec, choose, learn, runs=played, horizon=horizon, seed=seed, progress=report)


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
    """Play the first runs with a policy given as two functions of all runs at once.

    `choose(values, t)` gives the arms `(runs,)` of step t, from the sample averages `values` `(runs, arms)`;
    `learn(arms, rewards)` gets the rewards. `progress` is called with the step. BadInput for an arm that there is not,
    and for a testbed that pays NaN or infinity.
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
    half, before = max(horizon // 2, 1), np.full(runs, -1)
    for t in range(1, horizon + 1):
        chosen = choose(values, t)
        if chosen.min() < 0 or chosen.max() >= bed.arms:  # compiled code would write outside of the arrays
            raise BadInput(
                f"'{spec}' chose an arm in step {t} that there is not: the {bed.arms} arms are 0 to {bed.arms - 1}."
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
            per_run[:, LATE_SWITCHES] += (chosen != before) / (horizon - half)
        before = chosen.copy()
        if t == points[point]:
            tally.regret[:, point] = total
            tally.per_point[point] = reward.sum(), (reward**2).sum(), (gap == 0).sum()
            point += 1
        if t > horizon - LAST:
            per_run[:, REWARD] += reward
            per_run[:, OPTIMAL] += gap == 0
        if progress is not None and t % max(horizon // 50, 1) == 0:
            progress(t)
    per_run[:, REWARD] /= min(LAST, horizon)
    per_run[:, OPTIMAL] /= min(LAST, horizon)
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


def _most_runs(spec: str, arms: int) -> int:
    """How many runs the plugin may play."""
    if parse(spec).name not in BONUSES.names():
        return MOST_RUNS
    one = make_bonus(spec, *spaces(arms))
    return MOST_LEARNED if any(True for _ in one.parameters()) else MOST_RUNS


def _player(spec: str, bed: Testbed, runs: int, horizon: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions by which the plugin plays."""
    if bed.delay != 0.0 or bed.context_rows:
        raise BadInput(f"'{spec}' plays prompt arms without contexts or states: take another testbed, and delay=0.")
    name = parse(spec).name
    if name in BONUSES.names():
        plugin, settings = BONUSES.resolve(spec)
        # A running mean that forgets would keep the bonus of the best-known arm at β for ever.
        scale = "rnd" if issubclass(plugin, Learned) else "none"
        defaults = {"beta": BETA, "scale": scale}
        settings = settings.model_copy(
            update={name: value for name, value in defaults.items() if name not in settings.model_fields_set}
        )
        bonus = plugin(*spaces(bed.arms), learners=runs, envs=1, seed=seed, **settings.model_dump())
        return bonus_player(bonus, bed.arms, runs, seed)
    return strategy_player(make_strategy(spec, bed.arms, learners=runs, envs=1, horizon=horizon), runs, seed)


def spaces(arms: int) -> tuple[Any, Any]:
    """The spaces of a bonus: observed is which arm was pulled, or that none was yet; actions are the arms."""
    return gym.spaces.Discrete(arms + 1), gym.spaces.Discrete(arms)


def bonus_player(bonus: Bonus, arms: int, runs: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions of a `Bonus` over `spaces(arms)`, with a learner per run and one environment each."""
    rows = torch.from_numpy(bonus.encoder.encode(np.arange(arms + 1)))
    ties = _streams(seed, runs)
    every = torch.arange(arms).expand(runs, arms)

    def transitions(arm: torch.Tensor, reward: torch.Tensor) -> Transitions:
        return Transitions(
            observation=rows[torch.full_like(arm, arms)],
            action=arm,
            reward=reward,
            next_observation=rows[arm],
            terminated=torch.ones_like(arm, dtype=torch.bool),
            truncated=torch.zeros_like(arm, dtype=torch.bool),
            state_key=torch.full_like(arm, arms),
            next_state_key=arm,
        )

    every_arm = transitions(every, torch.zeros(runs, arms))

    def choose(values: Floats, t: int) -> npt.NDArray[np.int64]:
        indices = values + bonus.score(every_arm).double().numpy()
        chosen = np.empty(runs, np.int64)
        _best_of_each(np.ascontiguousarray(indices), ties, chosen)
        return chosen

    def learn(chosen: npt.NDArray[np.int64], reward: Floats) -> None:
        step = transitions(torch.from_numpy(chosen)[:, None], torch.from_numpy(reward).float()[:, None])
        bonus.observe(step)
        bonus.learn(step)

    return choose, learn


def strategy_player(strategy: Strategy, runs: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions of a `Strategy` with a learner per run and one environment each."""
    streams = Streams(seed, "bandit", range(runs))
    row = torch.zeros(runs, 1, 1)
    yes = torch.ones(runs, 1, dtype=torch.bool)

    def choose(values: Floats, t: int) -> npt.NDArray[np.int64]:
        chosen = strategy.choose(torch.from_numpy(values).float()[:, None], t - 1, streams)
        arms: Arms = chosen[:, 0].numpy().astype(np.int64)
        return arms

    def learn(chosen: npt.NDArray[np.int64], reward: Floats) -> None:
        arm, paid = torch.from_numpy(chosen)[:, None], torch.from_numpy(reward).float()[:, None]
        # Every slot stays in the one state; a strategy that acts for several steps on end is not cut short.
        strategy.observe(Transitions(row, arm, paid, row, ~yes, ~yes))

    return choose, learn


def _streams(seed: int, runs: int) -> Words:
    """The stream of each run for breaking ties, that of a compiled policy."""
    streams = np.empty((runs, 1), np.uint64)
    for run in range(runs):
        streams[run, 0] = key(np.uint64(seed), np.uint64(run), POLICY)
    return streams


@compiled
def _best_of_each(indices: Floats, ties: Words, chosen: npt.NDArray[np.int64]) -> None:
    """The arm of the largest index in each run."""
    for run in range(len(indices)):
        chosen[run] = best(indices[run], ties[run])


def _placeholder(*arguments: Any) -> Any:
    raise NotImplementedError("a function of the testbed that `specialise` puts in its place")


sample_arms = advance = sample_reward = _placeholder


def _begin(parameters: Floats, seed: np.uint64, arms: Floats, streams: Words, arms_rng: Words) -> None:
    """The arms of every run, and the words of their streams, as the kernel of the compiled policies begins them."""
    for run in range(len(arms)):
        arms_rng[run, 0] = key(seed, np.uint64(run), ARMS)
        pays = key(seed, np.uint64(run), PAY)
        sample_arms(arms[run], parameters, arms_rng[run])
        for arm in range(arms.shape[1]):
            streams[run, arm] = mix(pays + np.uint64(arm) * GAMMA)


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
    """One pull in every run: its reward, the arm's mean, and by how much that is below the best."""
    for run in range(len(arms)):
        if non_stationary and t > 1:
            advance(arms[run], parameters, t, arms_rng[run])
        arm = chosen[run]
        mean[run] = arms[run, arm, 0]
        gap[run] = arms[run, :, 0].max() - mean[run]
        streams[run, arm] += GAMMA
        reward[run] = sample_reward(arms[run], arm, np.uint64(mix(streams[run, arm])))
