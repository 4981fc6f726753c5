"""The outcomes of a step: their probabilities against what the engine does, and which rules draw at all."""

import numpy as np
import pytest
from scipy.stats import chisquare

from agents.mazes import make
from agents.mazes.compiled import State
from agents.mazes.engine.keys import planning_key
from agents.mazes.engine.pcg import words
from agents.mazes.engine.world import World
from agents.mazes.layouts.named_sets import layouts
from agents.planners.chance import is_certain
from agents.planners.state_graph import state_graph

MOVING = "MiniGrid-Dynamic-Obstacles-5x5-v0"


@pytest.mark.parametrize("action", [0, 1, 2])
@pytest.mark.parametrize("index", [0, 5, 9])
def test_outcomes_are_as_frequent_as_their_probabilities(index: int, action: int) -> None:
    maze, slots = layouts(MOVING, "train"), 20_000
    graph, _ = state_graph(maze, np.array([index]))
    assert graph is not None
    row = graph.roots[0] * maze.actions + action
    outcomes = slice(graph.first[row], graph.first[row + 1])
    keys, chances = graph.keys[graph.follows[outcomes]], graph.chance[outcomes]

    envs = make(MOVING, slots)
    envs.reset()
    start = maze.worlds.rows(np.full(slots, index))
    generators = np.array([words(np.random.default_rng(seed)) for seed in range(slots)])
    envs.set_state(State(start._replace(random=generators), np.full(slots, index)))
    _, _, terminated, _, _ = envs.step(np.full(slots, action))
    now = envs.state().worlds
    parts = np.concatenate([now.cells, now.inside, now.agent, now.task], axis=1)[~terminated]
    same, seen = np.unique(parts, axis=0, return_index=True, return_counts=True)[1:]
    live = np.flatnonzero(~terminated)[same]
    counted = dict.fromkeys(keys.tolist(), 0)
    for slot, count in zip(live.tolist(), seen.tolist(), strict=True):
        key = planning_key(World(*(part[slot] for part in now)))
        counted[key] += count  # a KeyError: something happened that is not among the outcomes
    ends = 1 - chances.sum()
    observed, expected = [*counted.values()], [*chances]
    if terminated.any() or ends > 1e-9:
        observed, expected = [*observed, int(terminated.sum())], [*expected, ends]
    assert sum(expected) == pytest.approx(1, abs=1e-12)
    if len(observed) > 1:
        assert chisquare(observed, slots * np.array(expected)).pvalue > 1e-4


@pytest.mark.parametrize(
    "kind",
    [
        "DoorKey-6x6-v0",
        "Dynamic-Obstacles-5x5-v0",
        "Fetch-5x5-N2-v0",
        "GoToDoor-5x5-v0",
        "KeyCorridorS3R2-v0",
        "MemoryS7-v0",
        "PutNear-6x6-N2-v0",
        "RedBlueDoors-6x6-v0",
        "Unlock-v0",
    ],
)
def test_every_rule_that_draws_is_named(kind: str) -> None:
    """One maze of each rule: the environment's own generator moves where the planners count on it, and only there."""
    envs = make(f"MiniGrid-{kind}", 16)
    envs.reset()
    random, moved = np.random.default_rng(0), False
    before = envs.state().worlds.random
    for _ in range(100):
        _, _, terminated, truncated, _ = envs.step(random.integers(envs.layouts.actions, size=16))
        after = envs.state().worlds.random
        moved |= bool((after != before)[~(terminated | truncated)].any())
        before = after
    assert moved != is_certain(envs.layouts)
