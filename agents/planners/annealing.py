"""Simulated annealing over action sequences (Kirkpatrick, Gelatt & Vecchi 1983).

A solution is a sequence as long as an episode may last; its energy is minus its return. A move replaces, inserts,
deletes or swaps actions; a worse one is accepted with probability exp(Δ/temperature), and the temperature falls
geometrically from HOT to COLD while the budget is spent. Where nothing pays all sequences are equal, and the search is
a random walk: that is what it is on sparse rewards. What comes after the end of an episode is never played, so that a
move is made before it.

The plan is open-loop. Where the world moves by itself every trial draws anew, and what is remembered is the sequence
that looked best once: its value is what it then earns on the layout with the layout's own generator.
"""

import time

import numpy as np

from agents.mazes.engine.dynamics import Random
from agents.mazes.engine.pcg import draw
from agents.mazes.layouts.layouts import Layouts
from agents.planners.plans import Plan
from agents.planners.simulation import Integers, Rules, World, own_generator, played, put, rules_of, take, world_of
from explore.numerics.compiled import compiled, kernel_part

HOT, COLD = 0.1, 0.001  # a worse return of a tenth is taken now and then at the start, of a thousandth at the end
FINE = 1 << 30  # parts of a uniform number


def annealing(maze: Layouts, index: int, budget: int, seed: int) -> Plan:
    """Anneal on one layout; the first sequence is tried whatever the budget, and no trial begins after it is spent."""
    started = time.perf_counter()
    start = world_of(maze, index)
    now = world_of(maze, index)._replace(random=own_generator(maze, index, seed, "annealing/world"))
    best, tried = _anneal(
        rules_of(maze), start, now, own_generator(maze, index, seed, "annealing/moves"), budget, HOT, COLD
    )
    earned, steps = played(maze, index, best)
    return Plan(best[:steps], earned, int(tried), time.perf_counter() - started, "annealing")


@kernel_part
def _tried(rules: Rules, start: World, now: World, way: Integers) -> tuple[float, int]:
    put(now, start)
    earned, steps, over = 0.0, 0, False
    while not over:
        paid, over = take(rules, now, way[steps])
        earned += paid
        steps += 1
    return earned, steps


@kernel_part
def _move(way: Integers, used: int, actions: int, random: Random) -> None:
    """Change the part of the sequence that was played."""
    kind, at = draw(random, 4), draw(random, used)
    if kind == 1:  # insert
        for i in range(len(way) - 1, at, -1):
            way[i] = way[i - 1]
    if kind <= 1:
        way[at] = draw(random, actions)
    elif kind == 2:  # delete
        for i in range(at, len(way) - 1):
            way[i] = way[i + 1]
        way[len(way) - 1] = draw(random, actions)
    else:
        other = draw(random, used)
        way[at], way[other] = way[other], way[at]


@kernel_part
def _accepts(change: float, temperature: float, random: Random) -> bool:
    """Whether a move is taken that changes the return so: with probability min(1, exp(change/temperature))."""
    return change >= 0 or draw(random, FINE) < FINE * np.exp(change / temperature)


@compiled
def _anneal(
    rules: Rules, start: World, now: World, random: Random, budget: int, hot: float, cold: float
) -> tuple[Integers, int]:
    way = np.empty(rules.limit, dtype=np.int64)
    for i in range(len(way)):
        way[i] = draw(random, rules.actions)
    earned, used = _tried(rules, start, now, way)
    tried, most, best, other = used, earned, way.copy(), way.copy()
    while tried < budget:
        temperature = hot * (cold / hot) ** (tried / budget)
        other[:] = way
        _move(other, used, rules.actions, random)
        value, steps = _tried(rules, start, now, other)
        tried += steps
        if _accepts(value - earned, temperature, random):
            way[:] = other
            earned, used = value, steps
            if value > most:
                most = value
                best[:] = other
    return best, tried
