"""From a real MiniGrid environment to arrays, and whether that can be done without losing anything.

The compiled engine knows the `step` of `MiniGridEnv` and of the classes in `RULES`. A maze whose class has another
`step`, another view or other things in its cells runs on real MiniGrid; `why_not` says which of these it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from minigrid.core import world_object
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

from agents.mazes.engine import moves, pcg
from agents.mazes.engine.codes import EMPTY, Codes, code
from agents.mazes.engine.moves import Numbers, Random
from agents.mazes.engine.view import WIDEST
from agents.mazes.traps import BoatRace, Decoy, DeepSea, NoisyTV, StepPenalty

KNOWN = {
    getattr(world_object, name) for name in ("Wall", "Floor", "Door", "Key", "Ball", "Box", "Goal", "Lava")
}  # subclasses may do anything
VIEW = ("gen_obs", "gen_obs_grid", "get_view_exts", "get_view_coords", "front_pos", "dir_vec", "right_vec", "_reward")

Task = Callable[[Any], list[int]]


def _cell(env: MiniGridEnv, position: Any) -> int:
    return int(position[0]) * env.height + int(position[1])


def _looks(kind: str, colour: str) -> int:
    return code((OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour], 0))


def _target(env: Any) -> list[int]:
    return [code(env.obj.encode())]


def _place(env: Any) -> list[int]:
    return [int(part) for part in env.target_pos]


def _where(env: Any, thing: Any) -> int:
    """The cell where a thing lies; MiniGrid does not tell every thing its position."""
    place = next(i for i, other in enumerate(env.grid.grid) if other is thing)
    return _cell(env, (place % env.width, place // env.width))


# The class that defines `step`, the rule that stands for it, and what the rule needs to know of a layout.
RULES: dict[type[Any], tuple[int, Task]] = {
    MiniGridEnv: (moves.PLAIN, lambda env: []),
    UnlockEnv: (moves.UNLOCK, lambda env: [_where(env, env.door)]),
    UnlockPickupEnv: (moves.FETCH_TARGET, _target),
    BlockedUnlockPickupEnv: (moves.FETCH_TARGET, _target),
    KeyCorridorEnv: (moves.FETCH_TARGET, _target),
    ObstructedMazeEnv: (moves.FETCH_TARGET, _target),
    FetchEnv: (moves.FETCH, lambda env: [_looks(env.targetType, env.targetColor)]),
    GoToDoorEnv: (moves.GO_TO, _place),
    GoToObjectEnv: (moves.GO_TO, _place),
    PutNearEnv: (moves.PUT_NEAR, lambda env: [*_place(env), _looks(env.move_type, env.moveColor)]),
    RedBlueDoorEnv: (moves.RED_BLUE, lambda env: [_where(env, env.red_door), _where(env, env.blue_door)]),
    MemoryEnv: (moves.MEMORY, lambda env: [int(part) for part in (*env.success_pos, *env.failure_pos)]),
    DynamicObstaclesEnv: (
        moves.OBSTACLES,
        lambda env: [len(env.obstacles), *(_cell(env, ball.cur_pos) for ball in env.obstacles)],
    ),
    Decoy: (moves.DECOY, lambda env: [_cell(env, env.large)]),
    StepPenalty: (moves.STEP_PENALTY, lambda env: []),
    BoatRace: (moves.BOAT_RACE, lambda env: [int(env.clean), env.place, *(_cell(env, at) for at in env.places)]),
    NoisyTV: (moves.NOISY_TV, lambda env: [len(env.screen), *(_cell(env, at) for at in env.screen)]),
    DeepSea: (moves.DEEP_SEA, lambda env: [env.size, int(env.stochastic)]),
}


@dataclass(frozen=True)
class Packed:
    """One environment as arrays; see `moves`."""

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


def why_not(env: MiniGridEnv) -> str | None:
    """Why this environment, as it is after a reset, cannot be compiled; None where it can."""
    owner = owner_of_step(env)
    if owner not in RULES:
        return f"{owner.__name__} has a step of its own"
    for name in VIEW:
        if getattr(type(env), name) is not getattr(MiniGridEnv, name):
            return f"{type(env).__name__} has a {name} of its own"
    if env.agent_view_size > WIDEST:
        return f"its view is wider than {WIDEST} cells"
    things = [cell for cell in env.grid.grid if cell is not None]
    things += [held for held in (getattr(thing, "contains", None) for thing in things) if held is not None]
    for thing in things:
        if type(thing) not in KNOWN:
            return f"it holds a {type(thing).__name__}, which the engine does not know"
        if getattr(getattr(thing, "contains", None), "contains", None) is not None:
            return "it has a box in a box that holds something"
    if RULES[owner][0] == moves.FETCH_TARGET and _count(things, env) != 1:
        return "the thing to fetch looks like another"
    return None


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
    known = RULES[owner_of_step(env)][1](env)
    task = np.zeros(moves.TASK, dtype=np.int32)
    task[: len(known)] = known
    return Packed(cells, inside, np.array(agent, dtype=np.int32), task, pcg.words(env.np_random))


def _codes(thing: Any) -> tuple[int, int]:
    """The code of a thing, and of what it holds."""
    held = getattr(thing, "contains", None)
    return code(thing.encode()), 0 if held is None else code(held.encode())


def _count(things: list[Any], env: Any) -> int:
    return sum(thing.encode() == env.obj.encode() for thing in things)
