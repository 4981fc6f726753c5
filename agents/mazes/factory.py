"""Any maze as a vector environment: compiled where possible, on real MiniGrid else."""

from collections.abc import Sequence
from typing import Literal

import minigrid  # noqa: F401  (registers its mazes)

from agents.mazes.compiled import CompiledMazes
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.named_sets import split
from agents.mazes.layouts.own_sets import layout_set
from agents.mazes.maze_spec import MazeSpec, Reward, parse_maze
from agents.mazes.real import RealMazes
from agents.mazes.vector import Mazes, checked_seeds
from explore.errors import BadInput, checked_count, unknown


def make(
    maze: str | MazeSpec,
    num_envs: int,
    *,
    layouts: str | Sequence[int] | Layouts = "train",
    seed: int | Sequence[int] = 0,
    state_key: bool = False,
    view: Literal["partial", "full"] | None = None,
    max_steps: int | None = None,
    max_episode_steps: int | None = None,
    size: int | None = None,
    reward: Reward | None = None,
    reward_scale: float = 1.0,
    backend: Literal["auto", "compiled", "real"] = "auto",
    render_mode: Literal["rgb_array"] | None = None,
) -> Mazes:
    """`num_envs` environments of the maze with this Gymnasium id, each episode on one of its `layouts`.

    maze: the id, which may bring settings: "escapade/Decoy-8x8-v0:reward_scale=10,max_steps=50".
    layouts: "train" or "held-out", two sets that never meet; or a set of one's own, the seeds of the resets that make
    it or one of `two_sets`. seed: of the streams that choose the layouts; one for all (slot i has seed + i), or one
    per slot. state_key: whether `info` has the exact full state as a 64-bit key.
    view: what the agent sees, or the full grid with the agent in it; None for what the id says, the partial view if
    nothing. max_steps, size: what the maze's class takes under these names; max_episode_steps: Gymnasium's time limit,
    which leaves the reward as it is; reward: MiniGrid's own, or "binary", 1 for success. reward_scale: what every
    reward is multiplied by, the scale in the id included.
    backend: the compiled engine where the maze can be compiled and real MiniGrid else ("auto"), or one of them; both
    play the same layouts for the same seeds. `compiled` and `why_not` of the environment say which it is, and why.
    render_mode: "rgb_array" for pictures from `render`, which only real MiniGrid draws.
    BadInput for an unknown maze, view, backend or render mode, a wrapper of the id's that mazes do not honour, no
    environments, seeds that are not one whole number or one each from 0, an empty set of layouts, a setting that is out
    of range or contradicts the id's, or backend "compiled" for a maze that cannot be compiled or is to be drawn.
    """
    spec = parse_maze(maze).with_settings(
        max_steps=max_steps, max_episode_steps=max_episode_steps, size=size, reward=reward
    )
    num_envs = checked_count("num_envs", num_envs)
    seeds = [value for value in checked_seeds(seed, num_envs) if value is not None]
    if len(seeds) != num_envs:
        raise BadInput(f"{len(seeds)} seeds for {num_envs} environments: give one each.")
    if backend not in ("auto", "compiled", "real"):
        raise unknown("backend", backend, ["auto", "compiled", "real"])
    if render_mode not in (None, "rgb_array"):
        raise unknown("render mode", str(render_mode), ["rgb_array"])
    if render_mode is not None and backend == "compiled":
        raise BadInput("the compiled engine draws nothing: use backend='real' with render_mode='rgb_array'.")
    playable = layout_set(spec, layouts)
    if backend == "compiled" and playable.why_not is not None:
        raise BadInput(f"{maze} cannot be compiled: {playable.why_not}; use backend='real'.")
    scale = spec.reward_scale * reward_scale
    if playable.why_not is None and backend != "real" and render_mode is None:
        return CompiledMazes(playable, seeds, state_key, view, scale)
    mazes = RealMazes(playable, seeds, state_key, view, scale, render_mode)
    if render_mode is not None and backend == "auto":
        mazes.why_not = mazes.why_not or "it is to be drawn"
    return mazes


def has_held_out(maze: str | MazeSpec) -> bool:
    """Whether the maze has enough different layouts to hold some out."""
    return len(split(maze)[1]) > 0
