"""Monte-Carlo tree search: UCT (Kocsis & Szepesvári 2006) with transpositions and a given budget of simulated steps.

Every simulation begins in the present state. In a state met before it takes an untried action, or the one with the
largest

    (Q(s, a) − Q_min) / (Q_max − Q_min) + c·√(ln N(s) / N(s, a))

(Q scaled by what was seen so far, as in MuZero, Schrittwieser et al. 2020, so that c does not depend on the reward's
scale); from a new state it plays at random for at most `ROLLOUT` steps. What was earned from a state on, discounted,
goes into the means of all actions on the way. Paths that meet share a state (transpositions; Childs, Brodeur & Kocsis
2008): in a maze most paths do. The steps since the reset are no part of a state here, so that the means mix times.

Before each move a sixteenth of what is left of the budget is spent. Where nothing that is earned is random the best
episode that any simulation completed is remembered, and followed as soon as another simulation earned less
(single-player search, Schadd et al. 2008); otherwise the most visited action is played. The simulations draw from a
generator of the planner's own.
"""

import time

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.dynamics import PLAIN, Random
from agents.mazes.engine.keys import state_key
from agents.mazes.engine.pcg import draw
from agents.mazes.layouts.layouts import Layouts
from agents.planners.chance import is_certain, without_noise
from agents.planners.plans import Plan
from agents.planners.simulation import Integers, Rules, World, find, own_generator, put, rules_of, take, world_of
from explore.numerics.compiled import compiled, kernel_part

EXPLORATION, DISCOUNT, ROLLOUT = 0.5, 0.99, 100
SHARE = 16  # a move may cost this part of what is left
MOST = 1 << 20  # states that the tree holds; in further ones it plays at random


def tree_search(maze: Layouts, index: int, budget: int, seed: int) -> Plan:
    """Play one layout by tree search; at most `budget` steps are simulated before its last move."""
    started = time.perf_counter()
    real, now = (without_noise(maze, world_of(maze, index)) for _ in range(2))
    if not is_certain(maze):
        now = now._replace(random=own_generator(maze, index, seed, "mcts/world"))
    earned, tried, actions = _player(
        rules_of(maze),
        real,
        now,
        own_generator(maze, index, seed, "mcts/actions"),
        budget,
        is_certain(maze),
        min(MOST, budget + 2),
    )
    return Plan(actions, float(earned), int(tried), time.perf_counter() - started, "tree-search")


@kernel_part
def _choose(
    visits: npt.NDArray[np.int32], values: npt.NDArray[np.float64], low: float, high: float, random: Random
) -> int:
    """The action of one node: untried ones first, ties by lot."""
    best, most, ties, total = 0, -np.inf, 0, 0
    for action in range(len(visits)):
        total += visits[action]
    for action in range(len(visits)):
        score = np.inf
        if visits[action]:
            scaled = (values[action] - low) / (high - low) if high > low else 0.0
            score = scaled + EXPLORATION * np.sqrt(np.log(total) / visits[action])
        if score > most:
            best, most, ties = action, score, 1
        elif score == most:
            ties += 1
            if draw(random, ties) == 0:
                best = action
    return best


@compiled
def _player(
    rules: Rules, real: World, now: World, random: Random, budget: int, certain: bool, most_states: int
) -> tuple[float, int, Integers]:
    slots = 16
    while slots < 2 * most_states:
        slots *= 2
    table, keys = np.full(slots, -1, dtype=np.int32), np.empty(most_states, dtype=np.int64)
    visits = np.zeros((most_states, rules.actions), dtype=np.int32)
    values = np.zeros((most_states, rules.actions))
    count, low, high = 0, np.inf, -np.inf
    way, paid_on_way = np.empty(rules.limit, dtype=np.int64), np.empty(rules.limit)
    node_on_way = np.empty(rules.limit, dtype=np.int64)
    found, found_length, found_value = np.empty(rules.limit, dtype=np.int64), 0, -np.inf
    worst = np.inf  # of all simulations: where all earn the same, none of them tells where to go
    moves = np.empty(rules.limit, dtype=np.int64)
    tried, made, earned, over = 0, 0, 0.0, False
    while not over:
        stop = tried + (budget - tried) // SHARE
        while tried + rules.limit <= budget and tried < stop:
            put(now, real)
            steps, inside_tree, ended, left, gained = 0, True, False, ROLLOUT, earned
            while not ended and left > 0:
                node = -1
                if inside_tree:
                    key = state_key(PLAIN, now.cells, now.inside, now.agent, now.task, now.random, 0)
                    place = find(keys, table, key)
                    node = table[place]
                    if node < 0:
                        inside_tree = False  # one new state per simulation, and random play from it
                        if count < most_states:
                            node, keys[count], table[place] = count, key, count
                            count += 1
                if node >= 0:
                    action = _choose(visits[node], values[node], low, high, random)
                else:
                    action = draw(random, rules.actions)
                if not inside_tree:
                    left -= 1
                way[steps], node_on_way[steps] = action, node
                paid_on_way[steps], ended = take(rules, now, action)
                gained += paid_on_way[steps]
                steps += 1
            tried += steps
            ahead = 0.0
            for i in range(steps - 1, -1, -1):
                ahead = paid_on_way[i] + DISCOUNT * ahead
                node = node_on_way[i]
                if node >= 0:
                    visits[node, way[i]] += 1
                    values[node, way[i]] += (ahead - values[node, way[i]]) / visits[node, way[i]]
                    low, high = min(low, ahead), max(high, ahead)
            worst = min(worst, gained)
            if certain and ended and gained > found_value:
                found_value, found_length = gained, made + steps
                found[:made] = moves[:made]
                found[made:found_length] = way[:steps]
        if certain and found_length > made and found_value > worst:
            action = found[made]  # an episode that pays more is known from here on
        else:
            key = state_key(PLAIN, real.cells, real.inside, real.agent, real.task, real.random, 0)
            node = table[find(keys, table, key)]
            action, chosen, ties = draw(random, rules.actions), 0, 0
            if node >= 0:
                for other in range(rules.actions):
                    if visits[node, other] > chosen:
                        action, chosen, ties = other, visits[node, other], 1
                    elif chosen > 0 and visits[node, other] == chosen:
                        ties += 1
                        if draw(random, ties) == 0:
                            action = other
            if certain and found_length > made and found[made] != action:
                found_length, found_value = 0, -np.inf  # that episode can no longer be completed
        moves[made] = action
        paid, over = take(rules, real, action)
        earned += paid
        made += 1
    return earned, tried, moves[:made].copy()
