"""Monte-Carlo tree search: UCT (Kocsis & Szepesvári 2006) with transpositions and a given budget of simulated steps.

Every simulation starts in the current state. In a state that was visited before it takes an untried action, or the one
with the largest

    (Q(s, a) − Q_min) / (Q_max − Q_min) + c·√(ln N(s) / N(s, a))

(Q scaled by what was seen so far, as in MuZero, Schrittwieser et al. 2020, so that c does not depend on the reward's
scale); from a new state it plays at random for at most `ROLLOUT` steps. The discounted return from each state on is
added to the means of all actions on the path. Paths that reach the same state share it (transpositions; Childs, Brodeur
& Kocsis 2008): in a maze most paths do. The steps since the reset are no part of a state here, so the means average
over times.

Before each action a sixteenth of the remaining budget is spent. Where the rewards are not random, the best episode that
any simulation completed is stored, and followed as soon as another simulation had a smaller return
(single-player search, Schadd et al. 2008); otherwise the most visited action is played. The simulations draw from a
generator of the planner's own.
"""

import time
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.keys import planning_key
from agents.mazes.engine.pcg import draw
from agents.mazes.engine.world import Integers, Random, Rules, World, copy_state
from agents.mazes.layouts.layouts import Layouts
from agents.planners.chance import is_certain, without_noise
from agents.planners.plans import Plan
from agents.planners.simulation import advance, own_generator, table_place, table_size
from explore.numerics.compiled import compiled, kernel_part

EXPLORATION, DISCOUNT, ROLLOUT = 0.5, 0.99, 100
SHARE = 16  # a move may cost this part of what is left
STATE_LIMIT = 1 << 20  # states that the tree holds; in further ones it plays at random

Floats = npt.NDArray[np.float64]


class Tree(NamedTuple):
    """The states that the search knows.

    table, keys: a hash table of them. visits, values: `(states, actions)`, how often an action was taken in a state,
    and the mean discounted return after it.
    """

    table: npt.NDArray[np.int32]
    keys: Integers
    visits: npt.NDArray[np.int32]
    values: Floats


def tree_search(layouts: Layouts, index: int, budget: int, seed: int) -> Plan:
    """Play one layout by tree search; at most `budget` steps are simulated before its last move."""
    started = time.perf_counter()
    real, simulated = (without_noise(layouts, layouts.worlds.world(index)) for _ in range(2))
    if not is_certain(layouts):
        simulated = simulated._replace(random=own_generator(layouts, index, seed, "mcts/world"))
    value, tried, actions = _play(
        layouts.rules,
        real,
        simulated,
        own_generator(layouts, index, seed, "mcts/actions"),
        budget,
        is_certain(layouts),
        min(STATE_LIMIT, budget + 2),
    )
    return Plan(actions, float(value), int(tried), time.perf_counter() - started, "tree-search")


@kernel_part
def _action_to_try(visits: npt.NDArray[np.int32], values: Floats, low: float, high: float, random: Random) -> int:
    """The action of one node: untried ones first, ties by lot."""
    best, best_score, ties, total = 0, -np.inf, 0, 0
    for action in range(len(visits)):
        total += visits[action]
    for action in range(len(visits)):
        score = np.inf
        if visits[action]:
            scaled = (values[action] - low) / (high - low) if high > low else 0.0
            score = scaled + EXPLORATION * np.sqrt(np.log(total) / visits[action])
        if score > best_score:
            best, best_score, ties = action, score, 1
        elif score == best_score:
            ties += 1
            if draw(random, ties) == 0:
                best = action
    return best


@kernel_part
def _most_visited(tree: Tree, world: World, actions: int, random: Random) -> int:
    """The action taken most often in this state, ties by lot; a random one in a state that the tree does not hold."""
    node = tree.table[table_place(tree.keys, tree.table, planning_key(world))]
    best, most, ties = draw(random, actions), 0, 0
    if node >= 0:
        for action in range(actions):
            if tree.visits[node, action] > most:
                best, most, ties = action, tree.visits[node, action], 1
            elif most > 0 and tree.visits[node, action] == most:
                ties += 1
                if draw(random, ties) == 0:
                    best = action
    return best


@compiled
def _play(
    rules: Rules, real: World, world: World, random: Random, budget: int, certain: bool, state_limit: int
) -> tuple[float, int, Integers]:
    """Play `real` to its end, planning before every move: its return, the steps that were simulated, its actions."""
    tree = Tree(
        np.full(table_size(state_limit), -1, dtype=np.int32),
        np.empty(state_limit, dtype=np.int64),
        np.zeros((state_limit, rules.actions), dtype=np.int32),
        np.zeros((state_limit, rules.actions)),
    )
    count, low, high = 0, np.inf, -np.inf
    path_actions, path_rewards = np.empty(rules.limit, dtype=np.int64), np.empty(rules.limit)
    path_nodes = np.empty(rules.limit, dtype=np.int64)
    best_episode, best_length, best_return = np.empty(rules.limit, dtype=np.int64), 0, -np.inf
    worst_return = np.inf  # of all simulations: where all earn the same, none of them says where to go
    moves = np.empty(rules.limit, dtype=np.int64)
    tried, made, total, over = 0, 0, 0.0, False
    while not over:
        stop = tried + (budget - tried) // SHARE
        while tried + rules.limit <= budget and tried < stop:
            copy_state(world, real)
            steps, inside_tree, ended, rollout_left, gained = 0, True, False, ROLLOUT, total
            while not ended and rollout_left > 0:
                node = -1
                if inside_tree:
                    key = planning_key(world)
                    place = table_place(tree.keys, tree.table, key)
                    node = tree.table[place]
                    if node < 0:
                        inside_tree = False  # one new state per simulation, and random play from it
                        if count < state_limit:
                            node, tree.keys[count], tree.table[place] = count, key, count
                            count += 1
                if node >= 0:
                    action = _action_to_try(tree.visits[node], tree.values[node], low, high, random)
                else:
                    action = draw(random, rules.actions)
                if not inside_tree:
                    rollout_left -= 1
                path_actions[steps], path_nodes[steps] = action, node
                path_rewards[steps], ended = advance(rules, world, action)
                gained += path_rewards[steps]
                steps += 1
            tried += steps
            discounted = 0.0
            for i in range(steps - 1, -1, -1):
                discounted = path_rewards[i] + DISCOUNT * discounted
                node, action = path_nodes[i], path_actions[i]
                if node >= 0:
                    tree.visits[node, action] += 1
                    tree.values[node, action] += (discounted - tree.values[node, action]) / tree.visits[node, action]
                    low, high = min(low, discounted), max(high, discounted)
            worst_return = min(worst_return, gained)
            if certain and ended and gained > best_return:
                best_return, best_length = gained, made + steps
                best_episode[:made] = moves[:made]
                best_episode[made:best_length] = path_actions[:steps]
        if certain and best_length > made and best_return > worst_return:
            action = best_episode[made]  # an episode that pays more is known from here on
        else:
            action = _most_visited(tree, real, rules.actions, random)
            if certain and best_length > made and best_episode[made] != action:
                best_length, best_return = 0, -np.inf  # that episode can no longer be completed
        moves[made] = action
        reward, over = advance(rules, real, action)
        total += reward
        made += 1
    return total, tried, moves[:made].copy()
