"""From a real MiniGrid environment, as it is after a reset, to the arrays of the compiled engine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX
from minigrid.envs.blockedunlockpickup import BlockedUnlockPickupEnv
from minigrid.envs.dynamicobstacles import DynamicObstaclesEnv
from minigrid.envs.fetch import FetchEnv
from minigrid.envs.gotodoor import GoToDoorEnv
from minigrid.envs.gotoobject import GoToObjectEnv
from minigrid.envs.keycorridor import KeyCorridorEnv
from minigrid.envs.memory import MemoryEnv
from minigrid.envs.obstructedmaze import ObstructedMazeEnv
from minigrid.envs.putnear import PutNearEnv
from minigrid.envs.redbluedoors import RedBlueDoorEnv
from minigrid.envs.unlock import UnlockEnv
from minigrid.envs.unlockpickup import UnlockPickupEnv
from minigrid.minigrid_env import MiniGridEnv

from agents.mazes.engine import dynamics, moves, pcg, trap_rules
from agents.mazes.engine.codes import EMPTY, Codes, code
from agents.mazes.engine.world import TASK, Numbers, Random
from agents.mazes.traps.boat_race import BoatRace
from agents.mazes.traps.decoy import Decoy
from agents.mazes.traps.deep_sea import DeepSea
from agents.mazes.traps.noisy_tv import NoisyTV
from agents.mazes.traps.step_penalty import StepPenalty

Task = Callable[[Any], dict[int, int]]  # the columns of `World.task` that a rule reads, and what is in them


def _cell(env: MiniGridEnv, position: Any) -> int:
    return int(position[0]) * env.height + int(position[1])


def _cells(env: MiniGridEnv, first: int, positions: Any) -> dict[int, int]:
    return {first + i: _cell(env, position) for i, position in enumerate(positions)}


def _code(kind: str, colour: str) -> int:
    return code((OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour], 0))


def _target(env: Any) -> dict[int, int]:
    return {dynamics.TARGET: code(env.obj.encode())}


def _target_place(env: Any) -> dict[int, int]:
    return {dynamics.TARGET_X: int(env.target_pos[0]), dynamics.TARGET_Y: int(env.target_pos[1])}


def _cell_of(env: Any, thing: Any) -> int:
    """The cell where a thing lies; MiniGrid does not write its position into every thing."""
    place = next(i for i, other in enumerate(env.grid.grid) if other is thing)
    return _cell(env, (place % env.width, place // env.width))


def _memory(env: Any) -> dict[int, int]:
    columns = (dynamics.SUCCESS_X, dynamics.SUCCESS_Y, dynamics.FAILURE_X, dynamics.FAILURE_Y)
    return dict(zip(columns, map(int, (*env.success_pos, *env.failure_pos)), strict=True))


# The class that defines `step`, the rule that stands for it, and what the rule needs to know of a layout.
RULES: dict[type[Any], tuple[int, Task]] = {
    MiniGridEnv: (moves.PLAIN, lambda env: {}),
    UnlockEnv: (moves.UNLOCK, lambda env: {dynamics.DOOR: _cell_of(env, env.door)}),
    UnlockPickupEnv: (moves.FETCH_TARGET, _target),
    BlockedUnlockPickupEnv: (moves.FETCH_TARGET, _target),
    KeyCorridorEnv: (moves.FETCH_TARGET, _target),
    ObstructedMazeEnv: (moves.FETCH_TARGET, _target),
    FetchEnv: (moves.FETCH, lambda env: {dynamics.TARGET: _code(env.targetType, env.targetColor)}),
    GoToDoorEnv: (moves.GO_TO, _target_place),
    GoToObjectEnv: (moves.GO_TO, _target_place),
    PutNearEnv: (
        moves.PUT_NEAR,
        lambda env: _target_place(env) | {dynamics.MOVED: _code(env.move_type, env.moveColor)},
    ),
    RedBlueDoorEnv: (
        moves.RED_BLUE,
        lambda env: {
            dynamics.RED_DOOR: _cell_of(env, env.red_door),
            dynamics.BLUE_DOOR: _cell_of(env, env.blue_door),
        },
    ),
    MemoryEnv: (moves.MEMORY, _memory),
    DynamicObstaclesEnv: (
        moves.OBSTACLES,
        lambda env: (
            {dynamics.OBSTACLE_COUNT: len(env.obstacles)}
            | _cells(env, dynamics.FIRST_OBSTACLE, [ball.cur_pos for ball in env.obstacles])
        ),
    ),
    Decoy: (moves.DECOY, lambda env: {trap_rules.LARGE_PRIZE_CELL: _cell(env, env.large)}),
    StepPenalty: (moves.STEP_PENALTY, lambda env: {}),
    BoatRace: (
        moves.BOAT_RACE,
        lambda env: (
            {trap_rules.CLEAN: int(env.clean), trap_rules.PLACE: env.place}
            | _cells(env, trap_rules.FIRST_PLACE, env.places)
        ),
    ),
    NoisyTV: (
        moves.NOISY_TV,
        lambda env: {trap_rules.SCREEN_COUNT: len(env.screen)} | _cells(env, trap_rules.FIRST_SCREEN, env.screen),
    ),
    DeepSea: (
        moves.DEEP_SEA,
        lambda env: {trap_rules.SIZE: env.size, trap_rules.STOCHASTIC: int(env.stochastic)},
    ),
}


@dataclass(frozen=True)
class Packed:
    """One environment as arrays: the columns of `engine.world.World`."""

    DTYPES: ClassVar[dict[str, Any]] = {
        "cells": np.uint16,
        "inside": np.uint16,
        "agent": np.int32,
        "task": np.int32,
        "random": np.uint64,
    }
    cells: Codes
    inside: Codes
    agent: Numbers
    task: Numbers
    random: Random


def owner_of_step(env: MiniGridEnv) -> type[Any]:
    """The class whose `step` the environment runs."""
    return next(kind for kind in type(env).__mro__ if "step" in vars(kind))


def rule_of(env: MiniGridEnv) -> int:
    """The number of the rule of a maze that can be compiled."""
    return RULES[owner_of_step(env)][0]


def pack(env: MiniGridEnv) -> Packed:
    """The state of an environment that can be compiled."""
    cells = np.full(env.width * env.height, EMPTY, dtype=np.uint16)
    inside = np.zeros_like(cells)
    for x in range(env.width):
        for y in range(env.height):
            thing = env.grid.get(x, y)
            if thing is not None:
                cells[x * env.height + y], inside[x * env.height + y] = _codes(thing)
    if isinstance(env, DeepSea):  # which action means right, by columns
        inside.reshape(env.width, env.height)[1 : env.size + 1, 1 : env.size + 1] = env.mapping.T
    carried = (0, 0) if env.carrying is None else _codes(env.carrying)
    agent = [int(env.agent_pos[0]), int(env.agent_pos[1]), int(env.agent_dir), *carried, env.step_count]
    task = np.zeros(TASK, dtype=np.int32)
    for column, value in RULES[owner_of_step(env)][1](env).items():
        task[column] = value
    return Packed(cells, inside, np.array(agent, dtype=np.int32), task, pcg.words(env.np_random))


def hidden_contents(env: MiniGridEnv) -> list[Any]:
    """What lies in the boxes, which the encoded grid does not show: one entry per cell, None for nothing."""
    inside = [getattr(cell, "contains", None) for cell in env.grid.grid]
    return [None if thing is None else thing.encode() for thing in inside]


def _codes(thing: Any) -> tuple[int, int]:
    """The code of a thing, and of what it holds."""
    held = getattr(thing, "contains", None)
    return code(thing.encode()), 0 if held is None else code(held.encode())
