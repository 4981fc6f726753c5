"""Layouts made by real resets, and what the maze must be for the compiled engine to play them."""

import functools
import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from minigrid.minigrid_env import MiniGridEnv

from agents.mazes.engine.pcg import words
from agents.mazes.engine.world import Rules, Worlds
from agents.mazes.environment import missing_package, real_maze
from agents.mazes.layouts.compilable import why_not
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.packing import Packed, hidden_contents, pack, rule_of
from agents.mazes.maze_spec import MINIGRID_FALL, MazeSpec, parse_maze
from explore.errors import BadInput

RESETS = 2560
PLACINGS = 10_000  # of one thing in a maze of another size than its id's, which may have no place for it
REPEATED, STEPS_BETWEEN = 3, 30  # resets that are made again after some steps, to see whether they are the same


class Facts(NamedTuple):
    """What the engine takes for the same in all layouts of a maze."""

    size: tuple[int, int]
    time_limit: int
    see_through_walls: bool
    agent_view_size: int
    number_of_actions: int


def built(maze: str | MazeSpec, resets: int | Sequence[int] = RESETS) -> Layouts:
    """The distinct layouts of the resets with seeds 0, 1, … or with these seeds.

    BadInput where no reset makes a layout, or the maze cannot be made here.
    """
    spec = parse_maze(maze)
    real = real_maze(spec)
    env = real.env
    if spec.size is not None:
        env.place_obj = functools.partial(_place_in_some_tries, env)  # type: ignore[method-assign]
    one_grid = getattr(env, "one_grid", False)
    if isinstance(resets, int):
        resets = range(min(resets, getattr(env, "resets", None) or resets))
    layouts: dict[bytes, tuple[int, str, Packed | None]] = {}
    facts: set[Facts] = set()
    reason, failed = None, ""
    grid: tuple[bytes, list[Any]] | None = None
    packed: Packed | None = None
    for seed in resets:
        try:
            env.reset(seed=seed)
        except gym.error.DependencyNotInstalled as error:
            raise missing_package(spec, error) from None
        except RecursionError as error:  # MiniGrid found no place for a thing: no layout has this seed
            failed = str(error)
            if spec.size is not None and not layouts:
                break
            continue
        except (AssertionError, ValueError) as error:
            if spec.size is None:
                raise
            raise BadInput(
                f"{spec.id} cannot be made with size={spec.size}: {error or 'its class refuses it'}."
            ) from None
        facts.add(_facts(env))
        if grid is None or not one_grid:
            reason, grid = reason or why_not(env), _grid(env)
        contents = _contents(env, *grid)
        if contents in layouts:
            continue
        if packed is None or not one_grid:
            packed = pack(env) if reason is None else None
        else:
            packed = replace(packed, random=words(env.np_random))
        layouts[contents] = (seed, env.mission, packed)
    if not layouts and failed:
        raise BadInput(f"no reset of {spec} makes a layout: {failed}.")
    if not layouts:
        raise BadInput(f"an empty set of layouts of {spec}: give at least one seed whose reset makes one.")
    reason = reason or _varying(facts) or _not_repeatable(env, [seed for seed, *_ in layouts.values()][:REPEATED])
    env.close()
    return _layouts(spec, real.time_limit, real.view_size, real.full, env, facts, reason, layouts)


def _layouts(
    spec: MazeSpec,
    time_limit: int | None,
    view_size: int,
    full: bool,
    env: MiniGridEnv,
    facts: set[Facts],
    reason: str | None,
    layouts: dict[bytes, tuple[int, str, Packed | None]],
) -> Layouts:
    """The layouts in the order of their hashes."""
    seeds, missions, packed = zip(*(layouts[contents] for contents in sorted(layouts)), strict=True)
    known = tuple(sorted(set(missions)))
    horizon = max(each.time_limit for each in facts)
    return Layouts(
        spec=spec,
        width=max(each.size[0] for each in facts),
        height=max(each.size[1] for each in facts),
        rules=Rules(
            rule=-1 if reason is not None else rule_of(env),
            height=max(each.size[1] for each in facts),
            actions=max(each.number_of_actions for each in facts),
            limit=min(horizon, time_limit or horizon),
            horizon=horizon,
            fall=MINIGRID_FALL,
        ),
        through_walls=bool(env.see_through_walls),
        view=view_size,
        full=full,
        why_not=reason,
        missions=known,
        seeds=np.array(seeds, dtype=np.int64),
        mission=np.array([known.index(mission) for mission in missions], dtype=np.int64),
        worlds=Worlds(
            *(
                np.stack([getattr(each, name) for each in packed])
                if reason is None
                else np.zeros((len(seeds), 0), dtype=kind)
                for name, kind in Packed.DTYPES.items()
            )
        ),
    ).rewarded_as(spec)


def _facts(env: MiniGridEnv) -> Facts:
    return Facts(
        size=(env.grid.width, env.grid.height),
        time_limit=int(env.max_steps),
        see_through_walls=bool(env.see_through_walls),
        agent_view_size=int(env.agent_view_size),
        number_of_actions=int(env.action_space.n),  # type: ignore[attr-defined]  # Discrete in every MiniGrid maze
    )


def _varying(facts: set[Facts]) -> str | None:
    """Which of the facts a reset draws anew."""
    for column, name in enumerate(Facts._fields):
        if len({each[column] for each in facts}) > 1:
            return f"its {name.replace('_', ' ')} depends on the layout"
    return None


def _not_repeatable(env: MiniGridEnv, seeds: list[int]) -> str | None:
    """Why a reset with the same seed would not begin the same episode again; None where it does, after some steps too.

    A class may draw from a generator of its own, count its episodes, or put the same things into every grid.
    """
    if type(env).__module__.startswith(("minigrid.", "agents.")):
        return None
    generator = np.random.default_rng(0)
    for seed in seeds:
        env.reset(seed=seed)
        before = _contents(env, *_grid(env))
        for action in generator.integers(env.action_space.n, size=STEPS_BETWEEN).tolist():  # type: ignore[attr-defined]
            if any(env.step(action)[2:4]):
                break
        env.reset(seed=seed)
        if _contents(env, *_grid(env)) != before:
            return "two resets with the same seed make different layouts"
    return None


def _grid(env: MiniGridEnv) -> tuple[bytes, list[Any]]:
    """What lies in the cells, and in the boxes there."""
    return env.grid.encode().tobytes(), hidden_contents(env)


def _contents(env: MiniGridEnv, grid: bytes, boxes: list[Any]) -> bytes:
    """A hash of everything that a reset decides and a player can come to know, and of what a trap hides."""
    agent = (int(env.agent_pos[0]), int(env.agent_pos[1]), int(env.agent_dir))
    rest = repr((boxes, agent, env.mission, *getattr(env, "hidden", ()))).encode()
    return hashlib.blake2b(grid + rest, digest_size=16).digest()


def _place_in_some_tries(env: Any, *arguments: Any, max_tries: float = math.inf, **options: Any) -> Any:
    """MiniGrid's `place_obj`, which without a limit tries for ever where there is no place."""
    return type(env).place_obj(env, *arguments, max_tries=min(max_tries, PLACINGS), **options)
