"""Any maze as a vector environment: compiled where possible, on real MiniGrid else."""

from collections.abc import Sequence
from typing import Literal

import minigrid  # noqa: F401  (registers its mazes)

from agents.mazes.engine.engine import CompiledMazes
from agents.mazes.layouts.layouts import Layouts, split
from agents.mazes.layouts.own_sets import layout_set
from agents.mazes.maze_spec import parse_maze
from agents.mazes.real import RealMazes
from agents.mazes.vector import Mazes, given_seeds
from explore.errors import BadInput, unknown


def make(
    maze: str,
    num_envs: int,
    *,
    layouts: str | Sequence[int] | Layouts = "train",
    seed: int | Sequence[int] = 0,
    state_key: bool = False,
    view: Literal["partial", "full"] = "partial",
    reward_scale: float = 1.0,
    backend: Literal["auto", "compiled", "real"] = "auto",
) -> Mazes:
    """`num_envs` environments of the maze with this Gymnasium id, each episode on one of its `layouts`.

    maze: the id, which may bring its scale of the reward: "escapade/Decoy-8x8-v0:reward_scale=10".
    layouts: "train" or "held-out", two sets that never meet; or a set of one's own, the seeds of the resets that make
    it or one of `two_sets`. seed: of the streams that choose the layouts; one for all (slot i has seed + i), or one
    per slot. state_key: whether `info` has the exact full state as a 64-bit key.
    view: what the agent sees, or the full grid with the agent in it. reward_scale: what every reward is multiplied by.
    backend: the compiled engine where the maze can be compiled and real MiniGrid else ("auto"), or one of them; both
    play the same layouts for the same seeds. `compiled` and `why_not` of the environment say which it is, and why.
    BadInput for an unknown maze, view or backend, no environments, seeds that are not one whole number or one each
    from 0, an empty set of layouts, a scale that is not above 0, or backend "compiled" for a maze that cannot be
    compiled.
    """
    spec = parse_maze(maze)
    if num_envs < 1:
        raise BadInput(f"{num_envs} environments: at least 1 is needed.")
    seeds = [value for value in given_seeds(seed, num_envs) if value is not None]
    if len(seeds) != num_envs:
        raise BadInput(f"{len(seeds)} seeds for {num_envs} environments: give one each.")
    if backend not in ("auto", "compiled", "real"):
        raise unknown("backend", backend, ["auto", "compiled", "real"])
    chosen = layout_set(spec.id, layouts)
    if backend == "compiled" and chosen.why_not is not None:
        raise BadInput(f"{maze} cannot be compiled: {chosen.why_not}; use backend='real'.")
    kind = CompiledMazes if chosen.why_not is None and backend != "real" else RealMazes
    return kind(chosen, seeds, state_key, view, spec.reward_scale * reward_scale)


def has_held_out(maze: str) -> bool:
    """Whether the maze has enough different layouts to hold some out."""
    return len(split(parse_maze(maze).id)[1]) > 0
