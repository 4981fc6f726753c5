"""Value iteration over the true states of a maze: the most that can be earned in expectation, backwards step by step.

    V_T(s) = 0,   V_t(s) = max_a Σ p(s', r | s, a, t) · (r + V_{t+1}(s'))   (Bellman 1957; Puterman 1994, ch. 4)

for t = T − 1, …, 0 with the time limit T; a terminal s' is worth 0, and so is every state when the time is up. Nothing
is discounted and nothing is left to sampling: every rule and every reward goes, also one that is negative or that is
paid again and again, and where the world moves by itself every outcome is weighed with its probability (`chance`).
What a task pays falls with t, so that the best action depends on the time that is left. Of actions that earn the same
the policy takes the one after which the episode is over sooner, in expectation: nobody is kept waiting in a maze that
pays as much late as early.

Where the states are too many for memory (`state_graph`) there is no plan: None, never a guess. Dynamic-Obstacles-5x5
has some 2,000 states and 6x6 has 130,000; 8x8 has 10⁸, and is given up.
"""

import time

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.dynamics import PLAIN
from agents.mazes.engine.keys import state_key
from agents.mazes.layouts.layouts import Layouts
from agents.planners.chance import is_certain, without_noise
from agents.planners.plans import Plan
from agents.planners.simulation import Integers, Rules, World, find, played, rules_of, take, world_of
from agents.planners.state_graph import ROOM, Floats, Graph, state_graph
from explore.numerics.compiled import compiled

SAME = 1e-9  # returns that differ by less are the same: the rest is the rounding of sums

Policy = npt.NDArray[np.int8]  # (steps, states): the best action in each of the steps


def value_iteration(maze: Layouts, index: int) -> Plan | None:
    """Play one layout by the optimal policy; None where there are too many states, or they depend on the time.

    The value is the expected return before the first step; the actions are those of one episode, what the policy does
    on the layout with the layout's own generator. Where nothing that is earned is random they earn the value.
    """
    started = time.perf_counter()
    graph, tried = state_graph(maze, np.array([index]))
    if graph is None or maze.limit * len(graph.keys) > ROOM:
        return None
    policy = np.empty((maze.limit, len(graph.keys)), dtype=np.int8)
    value = float(_backwards(graph, maze.limit, maze.actions, policy)[graph.roots[0]])
    actions = _followed(rules_of(maze), without_noise(maze, world_of(maze, index)), graph, policy)
    if is_certain(maze):
        value = played(maze, index, actions)[0]  # without the rounding of the sums
    return Plan(actions, value, tried, time.perf_counter() - started, "value-iteration")


def expected(maze: Layouts, indices: npt.ArrayLike) -> Floats | None:
    """The value of each of these layouts, `(indices,)`, from one search over the states of all of them; or None."""
    graph, _ = state_graph(maze, np.asarray(indices, dtype=np.int64))
    if graph is None:
        return None
    return _backwards(graph, maze.limit, maze.actions, np.empty((0, 0), dtype=np.int8))[graph.roots]


@compiled
def _backwards(graph: Graph, limit: int, actions: int, policy: Policy) -> Floats:
    """V_0 `(states,)`; the policy is written where there is room for it."""
    states = len(graph.keys)
    value, ahead = np.zeros(states), np.zeros(states)
    left, left_ahead = np.zeros(states), np.zeros(states)  # steps until the episode is over, in expectation
    for steps in range(limit, 0, -1):
        value, ahead = ahead, value
        left, left_ahead = left_ahead, left
        for state in range(states):
            best, most, soonest = 0, -np.inf, np.inf
            for action in range(actions):
                row = state * actions + action
                worth, lasts = graph.fixed[row] + graph.slope[row] * steps, 1.0
                for i in range(graph.first[row], graph.first[row + 1]):
                    worth += graph.chance[i] * ahead[graph.follows[i]]
                    lasts += graph.chance[i] * left_ahead[graph.follows[i]]
                if worth > most + SAME or (worth > most - SAME and lasts < soonest - SAME):
                    best, soonest = action, lasts
                most = max(most, worth)
            value[state] = most
            left[state] = soonest
            if len(policy):
                policy[steps - 1, state] = best
    return value


@compiled
def _followed(rules: Rules, world: World, graph: Graph, policy: Policy) -> Integers:
    """The actions of one episode; the world's generator decides what happens."""
    actions, over = np.empty(rules.limit, dtype=np.int64), False
    steps = 0
    while not over:
        key = state_key(PLAIN, world.cells, world.inside, world.agent, world.task, world.random, 0)
        state = graph.table[find(graph.keys, graph.table, key)]
        actions[steps] = policy[steps, state] if state >= 0 else 0  # what was too unlikely to be weighed
        over = take(rules, world, actions[steps])[1]
        steps += 1
    return actions[:steps].copy()
