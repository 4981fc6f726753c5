"""StepPenalty: every action costs 1/(4·size) but `done`, which does nothing; the goal pays 1.

    local optimum   0                       do nothing until the time is up
    global optimum  1 − (2·size − 3)/(4·size)   walk to the goal

An agent that has not met the goal learns that whatever it does costs something, and stops. The goal lies in the
opposite corner behind a wall with one gap: 2·(size − 3) cells and three turns away on every layout.
"""

from minigrid.core.grid import Grid
from minigrid.core.world_object import Goal

from agents.mazes.traps.trap import Facts, Outcome, Trap


class StepPenalty(Trap):
    """A room of `size` × `size` cells, turned eight ways; T = 4·size²."""

    least = 6

    @property
    def facts(self) -> Facts:
        """The goal and the two optima."""
        return Facts(
            goal="the green goal",
            local_optimum="stand still until the time is up",
            local_score=0.0,
            global_optimum="walk to the green goal",
            global_score=1 - (2 * self.size - 3) / (4 * self.size),
        )

    def _gen_grid(self, width: int, height: int) -> None:
        self.draw_turn()
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        # A gap in the first or last row would save a turn.
        wall, gap = int(self._rand_int(2, width - 2)), int(self._rand_int(2, height - 2))
        if self.turn & 4:
            self.grid.horz_wall(0, self.turned(wall, 0)[1])
        else:
            self.grid.vert_wall(self.turned(wall, 0)[0], 0)
        self.grid.set(*self.turned(wall, gap), None)
        self.put_obj(Goal(), *self.turned(width - 2, height - 2))
        self.put_agent(1, 1, 0)
        self.mission = self._gen_mission()

    def step(self, action: int) -> Outcome:  # type: ignore[override]
        """One step; `info["success"]` where it reached the goal."""
        observation, _, terminated, truncated, info = super().step(action)
        reward = 1.0 if terminated else 0.0
        if action != self.actions.done:
            reward -= 1 / (4 * self.size)
        return observation, reward, terminated, truncated, info
