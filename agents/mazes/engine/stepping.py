"""Many environments at once: one kernel steps all slots, writes observations and resets where an episode ended."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.dynamics import goal_reached, maze_step
from agents.mazes.engine.keys import state_key
from agents.mazes.engine.schedule import layout_index
from agents.mazes.engine.view import Image, View, observe
from agents.mazes.engine.world import DIRECTION, STEPS, WENT_WRONG, Integers, Rules, Worlds, X, Y, world_at
from explore.numerics.compiled import compiled, kernel_part

Flags = npt.NDArray[np.bool_]


class Slots(NamedTuple):
    """The states of the slots, one row each; written by every step.

    layout: `(slots,)`, the index of the current layout. seeds, episodes: `(slots,)`, the slot's seed and its episodes
    begun, which decide its next layout (`schedule`). visits: `(slots, cells)`, how many steps led to each cell, without
    columns where visits are not counted.
    """

    worlds: Worlds
    layout: Integers
    seeds: Integers
    episodes: Integers
    visits: Integers


class StepResults(NamedTuple):
    """The results of one step, one row per slot; rows of the `final_…` arrays are valid where the episode ended.

    success: the true goal was reached. went_wrong: `task[WENT_WRONG]`, an action after which the episode cannot reach
    the true goal any more. final_key has no rows where state keys are not requested.
    """

    reward: npt.NDArray[np.float64]
    terminated: Flags
    truncated: Flags
    success: Flags
    went_wrong: Flags
    image: Image
    final_image: Image
    final_direction: Integers
    final_key: Integers


def empty_results(slots: int, image_shape: tuple[int, ...], with_key: bool) -> StepResults:
    """Arrays for one step of this many slots."""
    terminated, truncated, success, went_wrong = (np.zeros(slots, dtype=np.bool_) for _ in range(4))
    return StepResults(
        np.zeros(slots),
        terminated,
        truncated,
        success,
        went_wrong,
        np.empty((slots, *image_shape), dtype=np.uint8),
        np.empty((slots, *image_shape), dtype=np.uint8),
        np.zeros(slots, dtype=np.int64),
        np.zeros(slots if with_key else 0, dtype=np.int64),
    )


@kernel_part
def _start_episode(layouts: Worlds, slots: Slots, slot: int) -> None:
    """Reset the slot to its next layout."""
    now = slots.worlds
    index = layout_index(slots.seeds[slot], slots.episodes[slot], len(layouts.cells))
    slots.episodes[slot] += 1
    slots.layout[slot] = index
    now.cells[slot], now.inside[slot], now.agent[slot] = (
        layouts.cells[index],
        layouts.inside[index],
        layouts.agent[index],
    )
    now.task[slot], now.random[slot] = layouts.task[index], layouts.random[index]


@compiled
def begin_episodes(layouts: Worlds, slots: Slots, which: Flags) -> None:
    """Begin an episode in the slots `which`, `(slots,)`."""
    for slot in range(len(which)):
        if which[slot]:
            _start_episode(layouts, slots, slot)


@compiled
def observe_all(rules: Rules, view: View, worlds: Worlds, images: Image) -> None:
    """Write the observation of every slot into `images` `(slots, …)`."""
    for slot in range(len(images)):
        observe(view, world_at(worlds, slot), rules.height, images[slot])


@compiled
def state_keys(rules: Rules, slots: Slots, missions: Integers, keys: Integers) -> None:
    """Write the key of every slot's state into `keys` `(slots,)`; missions: `(layouts,)`, the mission of each."""
    for slot in range(len(keys)):
        keys[slot] = state_key(rules.rule, world_at(slots.worlds, slot), missions[slots.layout[slot]])


@compiled
def step_all(
    rules: Rules,
    view: View,
    layouts: Worlds,
    missions: Integers,
    slots: Slots,
    actions: Integers,
    results: StepResults,
) -> bool:
    """One step of every slot, into `results`; whether any episode ended."""
    any_ended = False
    for slot in range(len(actions)):
        world = world_at(slots.worlds, slot)
        agent = world.agent
        reward, terminated = maze_step(rules, world, actions[slot])
        truncated = agent[STEPS] >= rules.limit
        results.reward[slot], results.terminated[slot], results.truncated[slot] = reward, terminated, truncated
        results.success[slot] = goal_reached(rules, world, reward, terminated)
        results.went_wrong[slot] = world.task[WENT_WRONG] != 0
        if slots.visits.shape[1]:
            slots.visits[slot, agent[X] * rules.height + agent[Y]] += 1
        if terminated or truncated:
            any_ended = True
            observe(view, world, rules.height, results.final_image[slot])
            results.final_direction[slot] = agent[DIRECTION]
            if len(results.final_key):
                results.final_key[slot] = state_key(rules.rule, world, missions[slots.layout[slot]])
            _start_episode(layouts, slots, slot)
        observe(view, world, rules.height, results.image[slot])
    return any_ended
