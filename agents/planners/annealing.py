"""Simulated annealing over action sequences (Kirkpatrick, Gelatt & Vecchi 1983).

A solution is a sequence as long as an episode may last; its energy is minus its return. A move replaces, inserts,
deletes or swaps actions; a worse one is accepted with probability exp(Δ/temperature), and the temperature falls
geometrically from HOT to COLD while the budget is spent. Where no sequence gets a reward all are equal, and the search
is a random walk: so it is on sparse rewards. What comes after the end of an episode is never played, so that a
move is made before it.

The plan is open-loop. Where the maze is random each trial draws new random numbers, and the result is the sequence with
the best single trial: its value is its return on the layout with the layout's own generator.
"""

import time

import numpy as np

from agents.mazes.engine.pcg import draw
from agents.mazes.engine.world import Integers, Random, Rules, World, copy_state
from agents.mazes.layouts.layouts import Layouts
from agents.planners.plans import Plan
from agents.planners.simulation import advance, own_generator, played
from explore.numerics.compiled import compiled, kernel_part

HOT, COLD = 0.1, 0.001  # a worse return of a tenth is taken now and then at the start, of a thousandth at the end
FINE = 1 << 30  # parts of a uniform number


def annealing(layouts: Layouts, index: int, budget: int, seed: int) -> Plan:
    """Anneal on one layout; the first sequence is tried whatever the budget, and no trial begins after it is spent."""
    started = time.perf_counter()
    start = layouts.worlds.world(index)
    simulated = layouts.worlds.world(index)._replace(random=own_generator(layouts, index, seed, "annealing/world"))
    moves = own_generator(layouts, index, seed, "annealing/moves")
    best, tried = _anneal(layouts.rules, start, simulated, moves, budget, HOT, COLD)
    value, steps = played(layouts, index, best)
    return Plan(best[:steps], value, int(tried), time.perf_counter() - started, "annealing")


@kernel_part
def _episode(rules: Rules, start: World, world: World, actions: Integers) -> tuple[float, int]:
    """What a sequence earns from the start, and how many of its actions are played."""
    copy_state(world, start)
    total, steps, over = 0.0, 0, False
    while not over:
        reward, over = advance(rules, world, actions[steps])
        total += reward
        steps += 1
    return total, steps


@kernel_part
def _move(sequence: Integers, used: int, actions: int, random: Random) -> None:
    """Change the part of the sequence that was played."""
    kind, at = draw(random, 4), draw(random, used)
    if kind == 1:  # insert
        for i in range(len(sequence) - 1, at, -1):
            sequence[i] = sequence[i - 1]
    if kind <= 1:
        sequence[at] = draw(random, actions)
    elif kind == 2:  # delete
        for i in range(at, len(sequence) - 1):
            sequence[i] = sequence[i + 1]
        sequence[len(sequence) - 1] = draw(random, actions)
    else:
        other = draw(random, used)
        sequence[at], sequence[other] = sequence[other], sequence[at]


@kernel_part
def _accepts(change: float, temperature: float, random: Random) -> bool:
    """Whether a move is taken that changes the return so: with probability min(1, exp(change/temperature))."""
    return change >= 0 or draw(random, FINE) < FINE * np.exp(change / temperature)


@compiled
def _anneal(
    rules: Rules, start: World, world: World, random: Random, budget: int, hot: float, cold: float
) -> tuple[Integers, int]:
    """The best sequence, and the steps that were simulated."""
    current = np.empty(rules.limit, dtype=np.int64)
    for i in range(len(current)):
        current[i] = draw(random, rules.actions)
    value, used = _episode(rules, start, world, current)
    tried, best_value, best, candidate = used, value, current.copy(), current.copy()
    while tried < budget:
        temperature = hot * (cold / hot) ** (tried / budget)
        candidate[:] = current
        _move(candidate, used, rules.actions, random)
        candidate_value, steps = _episode(rules, start, world, candidate)
        tried += steps
        if _accepts(candidate_value - value, temperature, random):
            current[:] = candidate
            value, used = candidate_value, steps
            if value > best_value:
                best_value = value
                best[:] = candidate
    return best, tried
