"""One episode on a chosen layout, step by step, for display.

An episode is played on real MiniGrid: it can be drawn by MiniGrid's own renderer, and every maze has one. The compiled
engine plays the same to the last bit, so the episode shown is what the learners were trained in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from agents.mazes.layouts.layouts import Layouts
from agents.mazes.real import RealMazes
from agents.planners.planning import plan
from agents.training.evaluation import EPSILON
from agents.training.observations import symbolic_rows, symbolic_space
from agents.training.trained import Trained, Weights
from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.numerics.seeding import stream
from explore.numerics.streams import Streams

Player = Callable[[dict[str, Any]], int | None]  # MiniGrid's observation to an action; None where it has no more


@dataclass(frozen=True)
class Moment:
    """What there is to see before the first step (`action` is None) and after each one.

    grid: `(width, height, 3)`, MiniGrid's codes of every cell, without the agent. position: x, y of the agent.
    direction: 0 right, 1 down, 2 left, 3 up. carrying: the codes of what it carries. limit: steps until the episode is
    truncated. episode_return: undiscounted, so far. success: whether this step reached the true goal. ending: why the
    episode is over, None while it is not.
    """

    grid: npt.NDArray[np.uint8]
    position: tuple[int, int]
    direction: int
    carrying: tuple[int, int, int] | None
    mission: str
    step: int
    limit: int
    action: int | None
    action_name: str | None
    reward: float
    episode_return: float
    success: bool
    ending: str | None


class Episode:
    """The layout `index` of `layouts`; BadInput where there is no such layout."""

    def __init__(self, layouts: Layouts, index: int) -> None:
        if not 0 <= index < len(layouts):
            raise BadInput(f"there is no layout {index} of {layouts.maze}: they are 0 to {len(layouts) - 1}.")
        self._mazes = RealMazes(layouts, [0], render_mode="rgb_array")
        self._env, self._maze = self._mazes.envs[0], self._mazes.mazes[0]
        self._seed = int(layouts.seeds[index])

    def moments(self, player: Player) -> Iterator[Moment]:
        """Play from the reset to the end, or until the player has no more actions."""
        episode_return = 0.0
        observation: Any = self._env.reset(seed=self._seed)[0]
        yield self._moment()
        while (action := player(observation)) is not None:
            observation, paid, terminated, truncated, info = self._env.step(action)
            reward = float(paid)
            episode_return += reward
            success = bool(info.get("success", terminated and reward > 0))
            ending = None
            if terminated:
                ending = "reached the goal" if success else "ended without reaching the goal"
            elif truncated:
                ending = "out of time"
            yield self._moment(action, reward, episode_return, success, ending)
            if ending:
                return

    def picture(self) -> npt.NDArray[np.uint8]:
        """The present moment as MiniGrid draws it, RGB `(height, width, 3)`."""
        return self._mazes.render()[0]

    def close(self) -> None:
        """Close the environment."""
        self._mazes.close()

    def _moment(
        self,
        action: int | None = None,
        reward: float = 0.0,
        episode_return: float = 0.0,
        success: bool = False,
        ending: str | None = None,
    ) -> Moment:
        maze, time_limit = self._maze, self._mazes.time_limit
        return Moment(
            grid=maze.grid.encode(),
            position=(int(maze.agent_pos[0]), int(maze.agent_pos[1])),
            direction=int(maze.agent_dir),
            carrying=None if maze.carrying is None else maze.carrying.encode(),
            mission=str(maze.mission),
            step=maze.step_count,
            limit=maze.max_steps if time_limit is None else min(maze.max_steps, time_limit),
            action=action,
            action_name=None if action is None else maze.actions(action).name,
            reward=reward,
            episode_return=episode_return,
            success=success,
            ending=ending,
        )


def planned(layouts: Layouts, index: int) -> Player:
    """The actions of the planner that suits the maze; BadInput where it cannot be planned in."""
    return repeating(plan(layouts, index).actions.tolist())


def repeating(actions: Sequence[int]) -> Player:
    """These actions, one after the other."""
    left = iter(actions)
    return lambda observation: next(left, None)


def at_random(layouts: Layouts, seed: int) -> Player:
    """Uniformly random actions."""
    generator = stream(seed, "watch/random")
    return lambda observation: int(generator.integers(layouts.actions))


def exploiting(agent: str, weights: Weights, learner: int, layouts: Layouts, seed: int) -> Player:
    """What a trained learner does when it is evaluated: its best action, and a random one in a few steps."""
    mazes = RealMazes(layouts, [0])
    space = symbolic_space(mazes.single_observation_space)
    trained = Trained(agent, space, layouts.actions, weights).only(learner)
    encoder, streams = Encoder(space), Streams(seed, "watch/actions", [learner])

    def act(observation: dict[str, Any]) -> int:
        rows = encoder.encode(symbolic_rows(mazes.single_observation_space, mazes.batch([observation])))
        best = trained.greedy_values(torch.from_numpy(np.ascontiguousarray(rows)).unsqueeze(0)).argmax(-1)
        random = streams.integers(layouts.actions, 1)
        return int(torch.where(streams.uniform(1) < EPSILON, random, best))

    return act
