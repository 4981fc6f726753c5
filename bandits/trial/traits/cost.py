"""Traits of cost: microseconds per transition, on one thread.

One learner observes a batch of 16 environments at a time, scores 256 transitions, and learns from 256. The first calls,
which compile and allocate, are left out. A policy is timed by the simulator: pulls per second on one thread. Costs and
speeds are the only traits that are not the same on every machine; those recorded are of the machine that the recording
names. Mean and interval are geometric, over repeats.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch

from bandits.simulator.simulation import simulate
from bandits.testbed import Testbed
from bandits.testbeds.bernoulli import Needle
from bandits.testbeds.gaussian import SuttonBarto
from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.traits.measurement import Arms, Measurement, Probe, TraitSpec, space
from bandits.trial.traits.regret import HAYSTACK
from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.streams import Streams

ENVS = 16
BATCH = 256
ARMS = 8
WARM, REPEATS, CALLS = 3, 10, 5
VALUES = 4  # actions that a strategy chooses among

BONUS = tuple(
    TraitSpec(
        f"cost of {verb}", "µs/transition", "less", f"time per transition, for {what}, on one thread of this machine"
    )
    for verb, what in (
        ("observe", f"{ENVS} environments at a time"),
        ("score", f"a batch of {BATCH}"),
        ("learn", f"a batch of {BATCH}"),
    )
)
STRATEGY = (
    TraitSpec(
        "cost of choose", "µs/choice", "less", f"time per choice, for {ENVS} environments at a time, on one thread"
    ),
)
POLICY = (TraitSpec("speed", "M pulls/s", "more", "pulls per second in the simulator, on one thread of this machine"),)
PULLS, TRIED, MOST_RUNS, CALL_SECONDS = 300, 4, 4096, 0.03


def bonus(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """Observing, scoring and learning; `names` are not asked for, as one learner is timed."""
    arms = Arms([0], ARMS)
    built = plugin.bonus(space(), arms.action_space, learners=1, envs=ENVS)
    step, batch = _seen(arms, ENVS), _seen(arms, BATCH)
    # New transitions for each call: they keep what is worked out from them, such as the keys of their observations.
    return [
        timed(lambda: built.observe(replace(step)), ENVS),
        timed(lambda: built.score(replace(batch)), BATCH),
        timed(lambda: built.learn(replace(batch)), BATCH),
    ]


def strategy(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """Choosing."""
    built = plugin.strategy(VALUES, learners=1, envs=ENVS, horizon=10_000)
    streams, values = Streams(0, "trait/cost", [0]), torch.linspace(0.0, 1.0, VALUES).expand(1, ENVS, VALUES)
    return [timed(lambda: built.choose(values, 5_000, streams), ENVS)]


def policy(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """Pulls per second, on Gaussian arms, or Bernoulli ones where it refuses those."""
    built = plugin.policy()
    try:
        built.initial(SuttonBarto(), PULLS)
        bed: Testbed = SuttonBarto()
    except BadInput:
        bed = Needle(arms=HAYSTACK)

    def speed(runs: int) -> float:
        (played,) = simulate(bed, [built], runs=runs, horizon=PULLS, threads=1).policies
        return played.pulls_per_second / 1e6

    speed(1)
    runs = int(np.clip(CALL_SECONDS * 1e6 * speed(TRIED) / PULLS, 1, MOST_RUNS))
    return [Measurement(np.array([max(speed(runs) for _ in range(CALLS)) for _ in range(REPEATS)]), logarithmic=True)]


def timed(call: Callable[[], object], transitions: int) -> Measurement:
    """Microseconds per transition, one figure per repeat: the fastest of several calls, as others may be at work."""
    for _ in range(WARM):
        call()
    taken = []
    for _ in range(REPEATS):
        calls = []
        for _ in range(CALLS):
            started = time.perf_counter()
            call()
            calls.append(time.perf_counter() - started)
        taken.append(1e6 * min(calls) / transitions)
    return Measurement(np.array(taken), logarithmic=True)


def _seen(arms: Arms, rows: int) -> Transitions:
    return arms.pull([row % arms.arms for row in range(rows)])


PROBES: tuple[Probe, ...] = (Probe(BONUS, bonus),)
PROBES_OF_POLICIES: tuple[Probe, ...] = (Probe(POLICY, policy),)
PROBES_OF_STRATEGIES: tuple[Probe, ...] = (Probe(STRATEGY, strategy),)
