"""DeepSea, as bsuite defines it (Osband et al. 2020; the problem is from Osband et al. 2019, "Deep exploration via
randomized value functions"): a treasure that N right decisions in a row reach, and every one of them costs.

A diver begins in the upper left of N × N cells and sinks one row in every step, one column to the right or to the
left; in each cell chance decided once and for all which of the two actions is which. Going right costs 0.01/N; the
treasure of 1 is for going right in the last column of the last row.

    local optimum   0      go left, which costs nothing
    global optimum  0.99   always go right

In the stochastic sea an action that means right fails with probability 1/N, and the last step adds noise of N(0, 1) in
the first and the last column. With q = 1 − 1/N the best expected return is there

    q^(N−1) − 0.01·(1 − q^N),

from V(N) = 0, V(r) = −0.01/N + q·V(r+1) down the diagonal, the last step paying 1: a diver that failed once goes left
for nothing. (bsuite subtracts the whole 0.01, which is what going right to the end costs.)

A bad episode is one in which the diver turned left on the diagonal. `score` is bsuite's: a sea is solved where the mean
of bad episodes falls below 0.9 (stochastic: 0.8, after 100 episodes, as chance makes some episodes good) within 10,000
episodes. Play that dithers needs 2^N episodes.

The sea floor is coloured, every cell by a fixed list, so that the 7 × 7 cells that the diver sees ahead are nowhere the
same: the view identifies the state as bsuite's one-hot grid does.
"""

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from minigrid.core.constants import COLOR_NAMES
from minigrid.core.grid import Grid
from minigrid.core.world_object import Floor

from agents.mazes.engine.trap_rules import MOVE_COST
from agents.mazes.traps.trap import Facts, Outcome, Trap

MAPPING_SEED = 42  # bsuite's, of its sweep
EPISODES = 10_000  # bsuite's length of an experiment
FORGIVENESS = 100  # bsuite's: episodes beyond 2^N that count as better than dithering
DOWN = 1


class DeepSea(Trap):
    """N = `size`; there are two actions. mapping_seed: decides which action means right in each cell."""

    least = 2
    one_grid = True

    def __init__(
        self, size: int = 10, stochastic: bool = False, mapping_seed: int = MAPPING_SEED, **options: Any
    ) -> None:
        self.stochastic = stochastic
        self.mapping = np.random.RandomState(mapping_seed).binomial(1, 0.5, (size, size))
        self.resets = None if stochastic else 1
        # An episode ends by its last row, one step before this limit.
        super().__init__(size, max_steps=size + 1, **options)
        self.width, self.height = size + 2, size + 3  # N rows, the bottom below them, walls around
        self.grid = self._sea()
        self.action_space = gym.spaces.Discrete(2)
        self.bad = False

    @staticmethod
    def _gen_mission() -> str:
        return "find the treasure on the sea floor"

    @property
    def facts(self) -> Facts:
        """The goal and the two optima."""
        stays = 1 - 1 / self.size if self.stochastic else 1.0
        cost = MOVE_COST * (1 - stays**self.size) if self.stochastic else MOVE_COST
        return Facts(
            goal="the treasure in the last column",
            local_optimum="go left, which costs nothing",
            local_score=0.0,
            global_optimum="always go right" + (" until that fails once" if self.stochastic else ""),
            global_score=stays ** (self.size - 1) - cost,
        )

    @property
    def hidden(self) -> tuple[Any, ...]:
        """Which action means right in each cell, and the chances to come."""
        chances = self.np_random.bit_generator.state if self.stochastic else None
        return self.mapping.tobytes(), chances

    def _sea(self) -> Grid:
        """The sea floor, coloured by a list that is the same in every sea of this size."""
        grid = Grid(self.width, self.height)
        grid.wall_rect(0, 0, self.width, self.height)
        colours = np.random.RandomState(self.size).randint(len(COLOR_NAMES), size=(self.size, self.size))
        for row in range(self.size):
            for column in range(self.size):
                grid.set(1 + column, 1 + row, Floor(COLOR_NAMES[colours[row, column]]))
        return grid

    def _gen_grid(self, width: int, height: int) -> None:
        # Nothing in the sea ever changes: it is made once.
        self.agent_pos, self.agent_dir = (1, 1), DOWN
        self.bad = False
        self.mission = self._gen_mission()

    def step(self, action: int) -> Outcome:  # type: ignore[override]
        """One step down; `info["success"]` where it reached the treasure, `bad_episode` once the diver went wrong."""
        last = self.size - 1
        column, row = int(self.agent_pos[0]) - 1, int(self.agent_pos[1]) - 1
        right = bool(action == self.mapping[row, column])
        success = right and column == last
        reward = 1.0 if success else 0.0
        if self.stochastic and row == last and column in (0, last):
            reward += self.np_random.standard_normal()
        if right:
            slips = self.stochastic and self.np_random.random() <= 1 / self.size
            column = column if slips else min(column + 1, last)
            reward -= MOVE_COST / self.size
        else:
            self.bad = self.bad or row == column
            column = max(column - 1, 0)
        self.step_count += 1
        self.agent_pos = (column + 1, row + 2)
        if self.render_mode == "human":
            self.render()
        info = {"success": success, "bad_episode": self.bad}
        return self.gen_obs(), reward, row == last, False, info


@dataclass(frozen=True)
class Score:
    """When a sea was solved: after how many episodes, None for never, and whether that beats dithering."""

    solved_after: int | None
    beats_dithering: bool


def score(bad: npt.ArrayLike, size: int, *, stochastic: bool = False) -> Score:
    """bsuite's verdict on a learner. bad: `(episodes,)`, whether each of its training episodes was bad, in order."""
    flags = np.asarray(bad, dtype=bool)[:EPISODES]
    played = np.arange(1, len(flags) + 1)
    below = np.cumsum(flags) / played < (0.8 if stochastic else 0.9)
    if stochastic:
        below &= played >= 100
    solved = int(played[below][0]) if below.any() else None
    return Score(solved, solved is not None and solved < 2**size + FORGIVENESS)
