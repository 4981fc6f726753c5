"""What the traps have in common: a goal apart from the reward, the two optima, and layouts turned eight ways."""

from dataclasses import dataclass
from typing import Any

from minigrid.core.constants import DIR_TO_VEC
from minigrid.core.mission import MissionSpace
from minigrid.minigrid_env import MiniGridEnv

from agents.mazes.maze_spec import MINIGRID_FALL
from explore.errors import BadInput

Outcome = tuple[dict[str, Any], float, bool, bool, dict[str, Any]]  # observation, reward, terminated, truncated, info


@dataclass(frozen=True)
class Facts:
    """The goal of a trap and its two optima.

    goal: the true goal, whose reaching `info["success"]` reports. local_optimum: the best that an agent can do that
    never reaches the goal; global_optimum: what it should do. Their scores are undiscounted returns in the reward that
    the agent is trained on, the same on every layout; expectations where the maze draws at random.
    """

    goal: str
    local_optimum: str
    local_score: float
    global_optimum: str
    global_score: float


class Trap(MiniGridEnv):
    """A MiniGrid maze in which the reward leads astray.

    size: width and height, walls included; BadInput below `least`. max_steps: until an episode is truncated,
    `patience`·size² where not given. Further options are those of `MiniGridEnv`.
    """

    least = 5
    patience = 4
    time_limit: int | None = None  # Gymnasium's, if there is one in addition to the maze's own
    fall = MINIGRID_FALL  # the goal pays 1 − fall·t/T where the reward is MiniGrid's own
    resets: int | None = None  # how many resets make all layouts there are; None for more than one can count
    one_grid = False  # whether every reset makes the same grid and agent, and only what is hidden differs

    def __init__(self, size: int = 8, max_steps: int | None = None, **options: Any) -> None:
        if size < self.least:
            raise BadInput(f"{type(self).__name__} of size {size}: at least {self.least} is needed.")
        self.size = size
        limit = max_steps or self.patience * size * size
        super().__init__(MissionSpace(self._gen_mission), width=size, height=size, max_steps=limit, **options)
        self.turn = 0

    @staticmethod
    def _gen_mission() -> str:
        return "get to the green goal square"

    @property
    def facts(self) -> Facts:
        """The goal and the two optima."""
        raise NotImplementedError

    @property
    def episode_limit(self) -> int:
        """Steps until an episode is truncated."""
        return min(self.max_steps, self.time_limit or self.max_steps)

    @property
    def hidden(self) -> tuple[Any, ...]:
        """What a reset decides apart from the grid, the agent and the mission; its `repr` says all of it."""
        return ()

    def step(self, action: int) -> Outcome:  # type: ignore[override]  # MiniGrid leaves the types open
        """One step; `info["success"]` where it reached the true goal."""
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, float(reward), terminated, truncated, info | {"success": terminated}

    def draw_turn(self) -> None:
        """Choose one of the eight symmetries of the square, which leave the length of every way as it is."""
        self.turn = int(self._rand_int(0, 8))

    def turned(self, x: int, y: int) -> tuple[int, int]:
        """Where the cell (x, y) of the plan lies."""
        last = self.width - 1
        x, y = (last - x if self.turn & 1 else x), (last - y if self.turn & 2 else y)
        return (y, x) if self.turn & 4 else (x, y)

    def _gen_grid(self, width: int, height: int) -> None:
        raise NotImplementedError

    def put_agent(self, x: int, y: int, direction: int) -> None:
        """The agent on the cell (x, y) of the plan, facing in the plan's direction."""
        self.agent_pos = here = self.turned(x, y)
        ahead = self.turned(x + int(DIR_TO_VEC[direction][0]), y + int(DIR_TO_VEC[direction][1]))
        facing = (ahead[0] - here[0], ahead[1] - here[1])
        self.agent_dir = next(i for i, vector in enumerate(DIR_TO_VEC) if tuple(vector.tolist()) == facing)
