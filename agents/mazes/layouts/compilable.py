"""Whether the compiled engine plays a maze as its class does.

The engine knows the `step` of `MiniGridEnv` and of the classes in `packing.RULES`, and MiniGrid's own things. A maze
that differs in anything that a step, a reset or a view depends on runs on real MiniGrid; `why_not` says what that is.
"""

from collections import Counter
from typing import Any

from minigrid.core.actions import Actions
from minigrid.core.grid import Grid
from minigrid.core.world_object import Ball, Box, Door, Floor, Goal, Key, Lava, Wall
from minigrid.minigrid_env import MiniGridEnv
from numpy.random import PCG64

from agents.mazes.engine import moves
from agents.mazes.engine.view import MAX_VIEW_SIZE
from agents.mazes.engine.world import TASK
from agents.mazes.layouts.packing import RULES, owner_of_step

KNOWN = {Wall: "wall", Floor: "floor", Door: "door", Key: "key", Ball: "ball", Box: "box", Goal: "goal", Lava: "lava"}
MOVABLE = (Door, Key, Ball, Box)  # things that a step changes or moves

# What a class may define without changing a step or a view: how a layout is made, and how it is drawn.
HARMLESS = {
    *("__init__", "_gen_grid", "_gen_mission", "place_agent", "close", "metadata", "spec", "hash", "pprint_grid"),
    *("render", "get_frame", "get_full_render", "get_pov_render"),
    *("facts", "hidden", "least", "patience", "resets", "one_grid"),  # of traps
}
# What MiniGrid keeps on the environment, which a class may compute instead.
STATE = {
    *("grid", "width", "height", "agent_pos", "agent_dir", "carrying", "step_count", "max_steps", "mission"),
    *("actions", "action_space", "agent_view_size", "see_through_walls"),
}
HOOKS = {"__getattribute__", "__getattr__", "__setattr__"}  # other double-underscored names are the class's own affair


def why_not(env: MiniGridEnv) -> str | None:
    """Why this environment, as it is after a reset, cannot be compiled; None where it can."""
    owner = owner_of_step(env)
    if owner not in RULES:
        return f"{owner.__name__} has a step of its own"
    return _own_code(env, owner) or _own_parts(env) or _things(env, RULES[owner][0])


def _own_code(env: MiniGridEnv, owner: type[Any]) -> str | None:
    """Which method or attribute of the known class is replaced, by a class derived from it or on the environment."""
    known = set(dir(owner)) - HARMLESS
    for kind in type(env).__mro__:
        if kind is owner:
            break
        for name, value in vars(kind).items():
            computed = name in STATE and hasattr(value, "__get__")
            if computed or name in HOOKS or (name in known and not name.startswith("__")):
                return f"{kind.__name__} has a {name} of its own"
    for name in vars(env):
        if name in known and callable(getattr(owner, name)) and name != "place_obj":
            return f"{type(env).__name__} sets a {name} of its own"
    return None


def _own_parts(env: MiniGridEnv) -> str | None:
    if type(env.grid) is not Grid:
        return f"its grid is a {type(env.grid).__name__}, which the engine does not know"
    if env.actions is not Actions:
        return "it has actions of its own"
    if type(env.np_random.bit_generator) is not PCG64:
        return f"it draws from a {type(env.np_random.bit_generator).__name__}, which the engine does not know"
    if int(env.max_steps) != env.max_steps:
        return f"its time limit of {env.max_steps} steps is not a whole number"
    if env.agent_view_size > MAX_VIEW_SIZE:
        return f"its view is wider than {MAX_VIEW_SIZE} cells"
    if (env.grid.width, env.grid.height) != (env.width, env.height):
        return "its grid has another size than the maze"
    return None


def _things(env: MiniGridEnv, rule: int) -> str | None:
    """What is in the cells and the boxes that the engine would play otherwise."""
    things = [cell for cell in env.grid.grid if cell is not None]
    things += [held for held in (getattr(thing, "contains", None) for thing in things) if held is not None]
    for thing in things:
        kind = type(thing)
        if kind not in KNOWN:
            return f"it holds a {kind.__name__}, which the engine does not know"
        own = [name for name in vars(thing) if callable(getattr(kind, name, None))]
        if own:
            return f"it holds a {kind.__name__} with a {own[0]} of its own"
        if thing.type != KNOWN[kind]:
            return f"it holds a {kind.__name__} of the type {thing.type}"
        if isinstance(thing, Door) and thing.is_open and thing.is_locked:
            return "it holds a Door that is open and locked at once"
        if getattr(getattr(thing, "contains", None), "contains", None) is not None:
            return "it has a box in a box that holds something"
        if thing.contains is not None and not isinstance(thing, Box):
            return f"it holds a {kind.__name__} with something in it"
    for number, count in Counter(id(thing) for thing in things if isinstance(thing, MOVABLE)).items():
        if count > 1:
            kind = next(type(thing) for thing in things if id(thing) == number)
            return f"one {kind.__name__} lies in {count} places at once"
    return _task(env, things, rule)


def _task(env: Any, things: list[Any], rule: int) -> str | None:
    """What the rule of the maze's class expects of a layout and this one has not."""
    if rule == moves.FETCH_TARGET and sum(thing.encode() == env.obj.encode() for thing in things) != 1:
        return "the thing to fetch looks like another"
    doors = {moves.UNLOCK: ("door",), moves.RED_BLUE: ("red_door", "blue_door")}.get(rule, ())
    for name in doors:
        if not any(thing is getattr(env, name) for thing in env.grid.grid):
            return f"its {name} lies in no cell"
    if rule == moves.OBSTACLES:
        if len(env.obstacles) >= TASK - 3:
            return f"it has {len(env.obstacles)} obstacles, more than the engine moves"
        for ball in env.obstacles:
            if env.grid.get(*ball.cur_pos) is not ball:
                return "an obstacle does not lie where its position says"
    return None
