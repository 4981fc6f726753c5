"""Many environments at once: one kernel steps all slots, looks, and begins the next layout where an episode ended."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from agents.mazes.engine.dynamics import act, goal_reached
from agents.mazes.engine.keys import state_key
from agents.mazes.engine.schedule import layout_index
from agents.mazes.engine.view import Image, View, observe
from agents.mazes.engine.world import DIRECTION, STEPS, WENT_WRONG, Integers, Rules, Worlds, X, Y, world_at
from explore.numerics.compiled import compiled, kernel_part

Flags = npt.NDArray[np.bool_]


class Slots(NamedTuple):
    """What goes on in the slots, one row each; written by every step.

    layout: `(slots,)`, the layout each plays. seeds, episodes: `(slots,)`, what decides the next one. visits:
    `(slots, cells)` counts of where steps led, without columns where nobody counts.
    """

    worlds: Worlds
    layout: Integers
    seeds: Integers
    episodes: Integers
    visits: Integers


class StepResults(NamedTuple):
    """What one step gave, one row per slot; the final columns have a meaning where the episode ended.

    final_key has no rows where no keys are asked for.
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
def _begin(layouts: Worlds, slots: Slots, slot: int) -> None:
    """Put the slot's next layout in its place."""
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
            _begin(layouts, slots, slot)


@compiled
def observe_all(rules: Rules, view: View, worlds: Worlds, images: Image) -> None:
    """Write what every slot sees into `images` `(slots, …)`."""
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
        reward, terminated = act(rules, world, actions[slot])
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
            _begin(layouts, slots, slot)
        observe(view, world, rules.height, results.image[slot])
    return any_ended
