"""Random play: what a maze pays to whoever does not look. The floor of all scores.

Episodes of uniformly random actions until the budget of steps is spent (the last episode is played to its end, and at
least one is); the value is their mean return, the actions are those of the best episode.
"""

import time

import numpy as np

from agents.mazes.engine.dynamics import Random
from agents.mazes.engine.pcg import draw
from agents.mazes.layouts.layouts import Layouts
from agents.planners.plans import Plan
from agents.planners.simulation import Integers, Rules, World, own_generator, put, rules_of, take, world_of
from explore.numerics.compiled import compiled


def random_play(maze: Layouts, index: int, budget: int, seed: int) -> Plan:
    """Random play on one layout with about `budget` steps; the moving world's numbers are the planner's own."""
    started = time.perf_counter()
    start = world_of(maze, index)
    now = world_of(maze, index)._replace(random=own_generator(maze, index, seed, "random/world"))
    mean, tried, actions = _episodes(
        rules_of(maze), start, now, own_generator(maze, index, seed, "random/actions"), budget
    )
    return Plan(actions, float(mean), int(tried), time.perf_counter() - started, "random")


@compiled
def _episodes(rules: Rules, start: World, now: World, random: Random, budget: int) -> tuple[float, int, Integers]:
    way, best = np.empty(rules.limit, dtype=np.int64), np.empty(0, dtype=np.int64)
    total, most, episodes, tried = 0.0, -np.inf, 0, 0
    while episodes == 0 or tried < budget:
        put(now, start)
        earned, steps, over = 0.0, 0, False
        while not over:
            way[steps] = draw(random, rules.actions)
            paid, over = take(rules, now, way[steps])
            earned += paid
            steps += 1
        if earned > most:
            most, best = earned, way[:steps].copy()
        total += earned
        episodes += 1
        tried += steps
    return total / episodes, tried, best
