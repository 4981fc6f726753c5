"""Decoy: a small prize near the start ends the episode, the large one lies behind a locked door.

    local optimum   0.1   the red goal in the agent's corner
    global optimum  1     the key, the door, the green goal

Random play ends at the decoy again and again, and a greedy agent that knows it never sees the other room: the
key, the door and the way behind it pay nothing. The prizes do not shrink with time, so that the two scores are the
same on every layout.
"""

from minigrid.core.grid import Grid
from minigrid.core.world_object import Door, Goal, Key

from agents.mazes.engine.trap_rules import LARGE_PRIZE, SMALL_PRIZE
from agents.mazes.traps.trap import Facts, Outcome, Trap


class Decoy(Trap):
    """Two rooms of `size` × `size` cells in all, the decoy in the first one; T = 10·size²."""

    least = 6
    patience = 10

    @staticmethod
    def _gen_mission() -> str:
        return "get to the green goal behind the door"

    @property
    def facts(self) -> Facts:
        """The goal and the two optima."""
        return Facts(
            goal="the green goal",
            local_optimum="take the red goal near the start",
            local_score=SMALL_PRIZE,
            global_optimum="fetch the key, open the door, go to the green goal",
            global_score=LARGE_PRIZE,
        )

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        wall = int(self._rand_int(3, width - 2))
        self.grid.vert_wall(wall, 0)
        self.put_obj(Door("yellow", is_locked=True), wall, self._rand_int(1, height - 1))
        self.large = (width - 2, int(self._rand_int(1, height - 1)))
        self.put_obj(Goal(), *self.large)
        # In a corner two or more columns from the door, the decoy stands in nobody's way.
        decoy = Goal()
        decoy.color = "red"
        at_top = self._rand_bool()
        self.put_obj(decoy, 1, 1 if at_top else height - 2)
        self.place_agent(top=(1, 1 if at_top else height - 4), size=(2, 3))
        self.place_obj(Key("yellow"), top=(1, 1), size=(wall - 1, height - 2))
        self.mission = self._gen_mission()

    def step(self, action: int) -> Outcome:  # type: ignore[override]
        """One step; `info["success"]` where it reached the green goal."""
        observation, _, terminated, truncated, info = super().step(action)
        success = terminated and (int(self.agent_pos[0]), int(self.agent_pos[1])) == self.large
        reward = (LARGE_PRIZE if success else SMALL_PRIZE) if terminated else 0.0
        return observation, reward, terminated, truncated, info | {"success": success}
