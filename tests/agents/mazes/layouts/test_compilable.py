"""Classes of one's own: those that differ from what the engine plays run on real MiniGrid, and the maze says why."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from minigrid.core.actions import Actions
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Ball, Box, Door, Floor, Goal, Key, WorldObj
from minigrid.envs.dynamicobstacles import DynamicObstaclesEnv
from minigrid.envs.fetch import FetchEnv
from minigrid.envs.unlock import UnlockEnv
from minigrid.minigrid_env import MiniGridEnv

from agents.lockstep import compare
from agents.mazes import CompiledMazes, RealMazes
from agents.mazes.layouts.building import built
from agents.mazes.traps import Decoy


class Room(MiniGridEnv):
    """A room with a goal and whatever `things` puts into it; plain MiniGrid."""

    def __init__(self, **options: Any) -> None:
        super().__init__(MissionSpace(lambda: ""), **{"width": 6, "height": 6, "max_steps": 40, **options})

    def things(self) -> list[WorldObj]:
        return []

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        self.put_obj(Goal(), width - 2, height - 2)
        for place, thing in enumerate(self.things()):
            self.grid.set(1 + place % 4, 2 + place // 4, thing)
        self.agent_pos, self.agent_dir = (1, 1), int(self._rand_int(0, 4))
        self.mission = ""


class Plain(Room):
    """What is harmless: how it is drawn, placed and described, and attributes that MiniGrid does not have."""

    colours = ("red",)

    def things(self) -> list[WorldObj]:
        floor = Floor()
        return [Door("red", is_locked=True), Key("red"), Box("blue", contains=Ball("green")), floor, floor]

    def get_full_render(self, *arguments: Any) -> Any:
        return super().get_full_render(*arguments)

    def place_agent(self, *arguments: Any, **options: Any) -> Any:
        return super().place_agent(*arguments, **options)


class DrawnSight(Room):
    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.see_through_walls = bool(self._rand_int(0, 2))


class DrawnViewSize(Room):
    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.agent_view_size = 5 if self._rand_bool() else 7


class DrawnLimit(Room):
    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.max_steps = int(self._rand_int(20, 30))


class DrawnActions(Room):
    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.action_space = gym.spaces.Discrete(3 + int(self._rand_int(0, 4)))


class DrawnSize(Room):
    def _gen_grid(self, width: int, height: int) -> None:
        self.width = self.height = 5 + int(self._rand_int(0, 2))
        super()._gen_grid(self.width, self.height)


class OwnReset(Room):
    def reset(self, **options: Any) -> Any:
        observation, info = super().reset(**options)
        observation["image"] = np.zeros_like(observation["image"])
        return observation, info


class OwnReward(Room):
    def _reward(self) -> float:
        return 5.0


class OwnView(Room):
    def gen_obs(self) -> Any:
        return super().gen_obs()


class OwnCarrying(Room):
    @property
    def carrying(self) -> Any:
        return None

    @carrying.setter
    def carrying(self, value: Any) -> None:
        pass


class OwnFront:
    """A class beside MiniGridEnv in the bases."""

    @property
    def front_pos(self) -> Any:
        return np.array([1, 1])


class Mixed(OwnFront, Room):
    pass


class SetStep(Room):
    def __init__(self) -> None:
        super().__init__()
        self.step = super().step


class SetReward(Room):
    def __init__(self) -> None:
        super().__init__()
        self._reward = lambda: 2.0


class OwnAttributes(Room):
    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)


class TurnedActions(Room):
    def __init__(self) -> None:
        super().__init__()
        self.actions = type("Turned", (), {name: 6 - action for name, action in Actions.__members__.items()})


class OtherGenerator(Room):
    def _gen_grid(self, width: int, height: int) -> None:
        self._np_random = np.random.Generator(np.random.Philox(int(self._rand_int(0, 100))))
        super()._gen_grid(width, height)


class HalfAStep(Room):
    def __init__(self) -> None:
        super().__init__()
        self.max_steps = 12.5


class OwnGrid(Room):
    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.grid.__class__ = type("Torus", (Grid,), {})


class OpenAndLocked(Room):
    def things(self) -> list[WorldObj]:
        return [Door("red", is_open=True, is_locked=True)]


class OpenAndLockedInABox(Room):
    def things(self) -> list[WorldObj]:
        return [Box("red", contains=Door("red", is_open=True, is_locked=True))]


class OneDoorTwice(Room):
    def things(self) -> list[WorldObj]:
        door = Door("red")
        return [door, Ball("red"), door]


class OneBallInTwoBoxes(Room):
    def things(self) -> list[WorldObj]:
        ball = Ball("red")
        return [Box("red", contains=ball), Box("red", contains=ball)]


class HeavyBall(Room):
    def things(self) -> list[WorldObj]:
        ball = Ball("red")
        ball.can_pickup = lambda: False
        return [ball]


class Renamed(Room):
    def things(self) -> list[WorldObj]:
        ball = Ball("red")
        ball.type = "lava"
        return [ball]


class FullFloor(Room):
    def things(self) -> list[WorldObj]:
        floor = Floor()
        floor.contains = Key("red")
        return [floor]


class RemembersDoors(Room):
    """The door that an episode opened is open in the next."""

    def __init__(self) -> None:
        self.door = Door("red")
        super().__init__()

    def things(self) -> list[WorldObj]:
        return [self.door]


class CountsEpisodes(Room):
    number = 0

    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.number += 1
        self.agent_pos = (1 + self.number % 4, 1)


class DoorOutside(UnlockEnv):
    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.door = Door("red")


class LostObstacle(DynamicObstaclesEnv):
    def _gen_grid(self, width: int, height: int) -> None:
        super()._gen_grid(width, height)
        self.obstacles.append(Ball("blue"))
        self.obstacles[-1].cur_pos = (0, 0)


class OwnPlacing(DynamicObstaclesEnv):
    def place_obj(self, *arguments: Any, **options: Any) -> Any:
        return super().place_obj(*arguments, **options)


class KinderDecoy(Decoy):
    def turned(self, x: int, y: int) -> tuple[int, int]:
        return super().turned(x, y)


CLASSES: dict[type[Any], str] = {
    DrawnSight: "its see through walls depends on the layout",
    DrawnViewSize: "its agent view size depends on the layout",
    DrawnLimit: "its time limit depends on the layout",
    DrawnActions: "its number of actions depends on the layout",
    DrawnSize: "its size depends on the layout",
    OwnReset: "OwnReset has a reset of its own",
    OwnReward: "OwnReward has a _reward of its own",
    OwnView: "OwnView has a gen_obs of its own",
    Mixed: "OwnFront has a front_pos of its own",
    SetStep: "SetStep sets a step of its own",
    SetReward: "SetReward sets a _reward of its own",
    OwnAttributes: "OwnAttributes has a __setattr__ of its own",
    OwnCarrying: "OwnCarrying has a carrying of its own",
    TurnedActions: "it has actions of its own",
    OtherGenerator: "it draws from a Philox, which the engine does not know",
    HalfAStep: "its time limit of 12.5 steps is not a whole number",
    OwnGrid: "its grid is a Torus, which the engine does not know",
    OpenAndLocked: "it holds a Door that is open and locked at once",
    OpenAndLockedInABox: "it holds a Door that is open and locked at once",
    OneDoorTwice: "one Door lies in 2 places at once",
    OneBallInTwoBoxes: "one Ball lies in 2 places at once",
    HeavyBall: "it holds a Ball with a can_pickup of its own",
    Renamed: "it holds a Ball of the type lava",
    FullFloor: "it holds a Floor with something in it",
    RemembersDoors: "two resets with the same seed make different layouts",
    CountsEpisodes: "two resets with the same seed make different layouts",
    DoorOutside: "its door lies in no cell",
    LostObstacle: "an obstacle does not lie where its position says",
    OwnPlacing: "OwnPlacing has a place_obj of its own",
    KinderDecoy: "KinderDecoy has a turned of its own",
}


def layouts_of(kind: type[Any], **options: Any) -> Any:
    name = f"MiniGrid-Own{kind.__name__}-v0"
    gym.register(id=name, entry_point=kind, kwargs=options)
    try:
        return built(name, resets=12)
    finally:
        gym.registry.pop(name)


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_that_differs_runs_on_real_minigrid_and_says_why(kind: type[Any]) -> None:
    layouts = layouts_of(kind)
    assert layouts.why_not == CLASSES[kind]
    assert layouts.worlds.cells.shape == (len(layouts), 0)


@pytest.mark.parametrize("kind", [Plain, FetchEnv])
def test_what_changes_no_step_is_compiled_and_played_alike(kind: type[Any]) -> None:
    name = f"MiniGrid-Own{kind.__name__}-v0"
    gym.register(id=name, entry_point=kind)
    try:
        layouts = built(name, resets=12)
        assert layouts.why_not is None
        random = np.random.default_rng(0)
        both = (CompiledMazes(layouts, range(3)), RealMazes(layouts, range(3)))
        assert compare(*both, (random.integers(7, size=3) for _ in range(200))).difference is None
    finally:
        gym.registry.pop(name)


@pytest.mark.parametrize("kind", [DrawnSight, OwnReset, OpenAndLocked, OneDoorTwice, DrawnSize])
def test_on_real_minigrid_it_is_what_the_class_says(kind: type[Any]) -> None:
    name = f"MiniGrid-Own{kind.__name__}-v0"
    gym.register(id=name, entry_point=kind)
    try:
        layouts, real = built(name, resets=12), gym.make(name)
        envs = RealMazes(layouts, [0])
        envs.count_visits()
        observation = envs.reset()[0]
        starts = {real.reset(seed=int(seed))[0]["image"].tobytes() for seed in layouts.seeds}
        assert observation["image"][0].tobytes() in starts
        for action in np.random.default_rng(0).integers(3, size=60).tolist():
            envs.step(np.array([action]))
        assert envs.visits.sum() == 60
    finally:
        gym.registry.pop(name)
