"""NoisyTV: a screen in the wall of the start room, whose colours a remote control changes at random.

    local optimum   0   watch the screen
    global optimum  1   go through the door to the goal

The action `done` is the remote control: every cell of the screen gets one of six colours, drawn anew. What comes next
cannot be foreseen, and 6³ pictures are rarely seen twice: an agent that is drawn to what surprises it, or to states
that it has seldom seen, stays with the screen (Burda et al. 2019, "Large-scale study of curiosity-driven learning").
The goal is elsewhere and pays 1.
"""

from minigrid.core.grid import Grid
from minigrid.core.world_object import Door, Goal, Wall

from agents.mazes.traps.trap import Facts, Outcome, Trap

CELLS = 3  # of the screen


class NoisyTV(Trap):
    """Two rooms of `size` × `size` cells in all, the screen in the outer wall of the first one; T = 4·size²."""

    least = 7

    @property
    def facts(self) -> Facts:
        """The goal and the two optima."""
        return Facts(
            goal="the green goal",
            local_optimum="watch the screen and change its colours",
            local_score=0.0,
            global_optimum="go through the door to the green goal",
            global_score=1.0,
        )

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        wall = int(self._rand_int(3, width - 2))
        self.grid.vert_wall(wall, 0)
        self.put_obj(Door("grey"), wall, self._rand_int(1, height - 1))
        self.place_obj(Goal(), top=(wall + 1, 1), size=(width - wall - 2, height - 2))
        self.place_agent(top=(1, 1), size=(wall - 1, height - 2))
        first = int(self._rand_int(1, height - CELLS))
        self.screen = [(0, first + i) for i in range(CELLS)]
        self._show()
        self.mission = self._gen_mission()

    def step(self, action: int) -> Outcome:  # type: ignore[override]
        """One step; `info["success"]` where it reached the goal."""
        if action == self.actions.done:
            self._show()
        observation, _, terminated, truncated, info = super().step(action)
        return observation, 1.0 if terminated else 0.0, terminated, truncated, info

    def _show(self) -> None:
        """Another picture on the screen."""
        for cell in self.screen:
            self.grid.set(*cell, Wall(self._rand_color()))
