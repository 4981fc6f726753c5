"""Random play: the return of uniformly random actions, a lower reference for all scores.

Episodes of uniformly random actions until the budget of steps is spent (the last episode is played to its end, and at
least one is); the value is their mean return, the actions are those of the best episode.
"""

import time

import numpy as np

from agents.mazes.engine.pcg import draw
from agents.mazes.engine.world import Integers, Random, Rules, World, copy_state
from agents.mazes.layouts.layouts import Layouts
from agents.planners.plans import Plan
from agents.planners.simulation import advance, own_generator
from explore.numerics.compiled import compiled


def random_play(layouts: Layouts, index: int, budget: int, seed: int) -> Plan:
    """Random play on one layout with about `budget` steps; what a moving world draws comes from the planner's own."""
    started = time.perf_counter()
    start = layouts.worlds.world(index)
    world = layouts.worlds.world(index)._replace(random=own_generator(layouts, index, seed, "random/world"))
    random = own_generator(layouts, index, seed, "random/actions")
    mean, tried, actions = _episodes(layouts.rules, start, world, random, budget)
    return Plan(actions, float(mean), int(tried), time.perf_counter() - started, "random")


@compiled
def _episodes(rules: Rules, start: World, world: World, random: Random, budget: int) -> tuple[float, int, Integers]:
    """The mean return, the steps that were simulated, and the actions of the best episode."""
    actions, best = np.empty(rules.limit, dtype=np.int64), np.empty(0, dtype=np.int64)
    sum_of_returns, best_return, episodes, tried = 0.0, -np.inf, 0, 0
    while episodes == 0 or tried < budget:
        copy_state(world, start)
        total, steps, over = 0.0, 0, False
        while not over:
            actions[steps] = draw(random, rules.actions)
            reward, over = advance(rules, world, actions[steps])
            total += reward
            steps += 1
        if total > best_return:
            best_return, best = total, actions[:steps].copy()
        sum_of_returns += total
        episodes += 1
        tried += steps
    return sum_of_returns / episodes, tried, best
