"""The engine against real MiniGrid, step by step, and as a Gymnasium vector environment."""

import copy

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.registration import register
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Ball, Box, Door, Floor, Goal, Key, Lava, Wall, WorldObj
from minigrid.minigrid_env import MiniGridEnv

from agents.lockstep import compare, play, random_play
from agents.mazes import make, maze_ids
from agents.mazes.compiled import CompiledMazes
from agents.mazes.layouts.building import built
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.real import RealMazes
from agents.planners import plan
from explore.errors import BadInput

# One of each kind; the others are played for a shorter time, and all for longer by tests/regression/test_lockstep.py.
KINDS = [
    "BlockedUnlockPickup-v0",
    "DistShift2-v0",
    "DoorKey-6x6-v0",
    "Dynamic-Obstacles-Random-6x6-v0",
    "Empty-Random-5x5-v0",
    "Fetch-5x5-N2-v0",
    "FourRooms-v0",
    "GoToDoor-5x5-v0",
    "GoToObject-6x6-N2-v0",
    "KeyCorridorS3R2-v0",
    "LavaCrossingS9N2-v0",
    "LavaGapS6-v0",
    "LockedRoom-v0",
    "MemoryS7-v0",
    "MultiRoom-N2-S4-v0",
    "ObstructedMaze-1Dlh-v0",
    "PutNear-6x6-N2-v0",
    "RedBlueDoors-6x6-v0",
    "SimpleCrossingS9N1-v0",
    "Unlock-v0",
    "UnlockPickup-v0",
]
PLANNED = [kind for kind in KINDS if not kind.startswith("Dynamic")] + ["Dynamic-Obstacles-Random-5x5-v0"]
OTHERS = [
    maze
    for maze in maze_ids()
    if maze.startswith("MiniGrid-") and "WFC" not in maze and maze.removeprefix("MiniGrid-") not in KINDS
]


@pytest.mark.parametrize("kind", KINDS)
def test_random_play_is_the_same_to_the_last_bit(kind: str) -> None:
    comparison = random_play(f"MiniGrid-{kind}", steps=150)
    assert comparison.difference is None
    assert comparison.steps == 600


@pytest.mark.parametrize("maze", OTHERS)
def test_every_other_maze_is_the_same_on_a_few_layouts(maze: str) -> None:
    few = built(maze, resets=6)
    comparison = random_play(maze, steps=60, slots=2, seed=1, layouts=few)
    assert comparison.difference is None
    assert comparison.steps == 120


@pytest.mark.parametrize("kind", PLANNED)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_planned_play_succeeds_on_both(kind: str, seed: int) -> None:
    """The planner's actions: doors, keys, boxes and success are really reached."""
    envs = make(f"MiniGrid-{kind}", 1, seed=seed)
    envs.reset()
    planned = plan(envs.layouts, int(envs.state().layout[0]))
    assert planned.exact
    comparison = play(f"MiniGrid-{kind}", planned.actions, seed=seed)
    assert comparison.difference is None
    assert (comparison.episodes, comparison.successes) == (1, 1)


def test_a_difference_is_found() -> None:
    """The comparison itself fails where the two are not on the same layouts."""
    ours, theirs = (make("MiniGrid-DoorKey-6x6-v0", 1, seed=seed, backend="compiled") for seed in (0, 1))
    assert compare(ours, theirs, []).difference is not None


COLOURS = st.sampled_from(["red", "green", "blue", "purple", "yellow", "grey"])
THINGS: st.SearchStrategy[WorldObj | None] = st.one_of(
    st.none(),
    st.none(),
    st.builds(Wall, COLOURS),
    st.builds(Floor, COLOURS),
    st.builds(Key, COLOURS),
    st.builds(Ball, COLOURS),
    st.builds(Goal),
    st.builds(Lava),
    st.builds(Door, COLOURS, is_open=st.just(True)),
    st.builds(Door, COLOURS),
    st.builds(Door, COLOURS, is_locked=st.just(True)),
    st.builds(
        Box,
        COLOURS,
        contains=st.one_of(st.none(), st.builds(Key, COLOURS), st.builds(Ball, COLOURS), st.builds(Box, COLOURS)),
    ),
)


class Drawn(MiniGridEnv):
    """A maze that hypothesis draws: the things inside a wall, the agent somewhere among them."""

    things: list[WorldObj | None] = [None] * 16
    width_inside = 4
    start = (1, 1, 0)

    def __init__(self, through: bool = False, **options: object) -> None:
        super().__init__(
            MissionSpace(lambda: ""), width=self.width_inside + 2, height=6, max_steps=60, see_through_walls=through
        )

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        for place, thing in enumerate(type(self).things):
            self.grid.set(1 + place % self.width_inside, 1 + place // self.width_inside, copy.deepcopy(thing))
        x, y, self.agent_dir = type(self).start
        self.grid.set(x, y, None)
        self.agent_pos = (x, y)
        self.mission = ""


class OwnStep(Drawn):
    """A maze with a step of its own."""

    def step(self, action: int) -> object:
        return super().step(action)


for name, kwargs, kind in (("Drawn", {}, Drawn), ("Through", {"through": True}, Drawn), ("OwnStep", {}, OwnStep)):
    register(id=f"MiniGrid-Test{name}-v0", entry_point=kind, kwargs=kwargs)


@settings(max_examples=60, deadline=None)
@given(
    things=st.lists(THINGS, min_size=16, max_size=16),
    start=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 3)),
    actions=st.lists(st.integers(0, 6), min_size=1, max_size=80),
    through=st.booleans(),
)
def test_any_grid_of_any_things(
    things: list[WorldObj | None], start: tuple[int, int, int], actions: list[int], through: bool
) -> None:
    Drawn.things, Drawn.start = things, start
    maze = "MiniGrid-TestThrough-v0" if through else "MiniGrid-TestDrawn-v0"
    maze_layouts = built(maze, resets=1)
    assert maze_layouts.why_not is None
    both = (CompiledMazes(maze_layouts, [0]), RealMazes(maze_layouts, [0]))
    assert compare(*both, (np.array([action]) for action in actions)).difference is None


def test_a_maze_with_a_step_of_its_own_runs_on_real_minigrid() -> None:
    envs = make("MiniGrid-TestOwnStep-v0", 2)
    assert isinstance(envs, RealMazes)
    assert envs.why_not == "OwnStep has a step of its own"
    with pytest.raises(BadInput, match="cannot be compiled: OwnStep has a step of its own"):
        make("MiniGrid-TestOwnStep-v0", 2, backend="compiled")


def test_spaces_hold_what_is_seen_and_done() -> None:
    envs = make("MiniGrid-Fetch-5x5-N2-v0", 5)
    seen, _ = envs.reset(seed=4)
    assert envs.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP
    assert envs.observation_space.contains(seen)
    for _ in range(40):
        actions = envs.action_space.sample()
        seen, reward, terminated, truncated, info = envs.step(actions)
        assert envs.observation_space.contains(seen)
        assert reward.dtype == np.float64
        assert terminated.dtype == truncated.dtype == np.bool_
        if "final_obs" in info:
            assert all(envs.single_observation_space.contains(one) for one in info["final_obs"] if one is not None)
            np.testing.assert_array_equal(info["_final_obs"], terminated | truncated)


def test_make_vec_knows_the_mazes() -> None:
    envs = gym.make_vec("escapade/DoorKey-5x5-v0", num_envs=3, layouts="held-out")
    assert envs.unwrapped.compiled
    assert envs.num_envs == 3
    assert len(envs.unwrapped.layouts) == len(layouts("MiniGrid-DoorKey-5x5-v0", "held-out"))


def test_seeds_decide_everything_and_a_slot_is_the_same_in_any_company() -> None:
    def layouts_played(seeds: list[int], restart: int | None = None) -> list[list[int]]:
        envs = make("MiniGrid-Empty-Random-5x5-v0", len(seeds), seed=seeds)
        envs.reset(seed=restart)
        played = []
        for _ in range(250):  # episodes end by time
            envs.step(np.zeros(len(seeds), dtype=np.int64))
            played.append(envs.state().layout.tolist())
        return np.transpose(played).tolist()

    together, alone = layouts_played([7, 8, 9]), layouts_played([9])
    assert together[2] == alone[0]
    assert together[0] != together[1]
    assert layouts_played([0, 0, 0], restart=7) == together


def test_state_goes_back() -> None:
    envs = make("MiniGrid-Dynamic-Obstacles-5x5-v0", 3, seed=1)
    envs.reset()
    random = np.random.default_rng(0)
    actions = random.integers(3, size=(60, 3))
    for chosen in actions[:20]:
        envs.step(chosen)
    kept = envs.state()
    episodes = envs.episodes.copy()
    first = [envs.step(chosen)[0]["image"] for chosen in actions[20:]]
    envs.set_state(kept)
    envs.episodes[:] = episodes
    again = [envs.step(chosen)[0]["image"] for chosen in actions[20:]]
    np.testing.assert_array_equal(first, again)


def test_equal_states_have_equal_keys_and_others_do_not() -> None:
    envs = make("MiniGrid-DoorKey-5x5-v0", 40, seed=0, state_key=True)
    _, info = envs.reset()
    random, seen = np.random.default_rng(0), {}
    for _ in range(300):
        now = envs.state()
        for slot, key in enumerate(info["state_key"].tolist()):
            world = now.worlds
            full = (world.cells[slot].tobytes(), world.inside[slot].tobytes(), world.agent[slot, :5].tobytes())
            assert seen.setdefault(key, full) == full
        info = envs.step(random.integers(7, size=40))[4]
    assert len(set(seen.values())) == len(seen) > 150


@pytest.mark.parametrize("kind", ["DoorKey-6x6-v0", "MultiRoom-N2-S4-v0", "Dynamic-Obstacles-5x5-v0", "MemoryS7-v0"])
def test_the_full_view_and_a_scaled_reward_are_the_same_to_the_last_bit(kind: str) -> None:
    """Real MiniGrid's full view is that of its own wrapper."""
    ours, theirs = (
        make(f"MiniGrid-{kind}", 6, seed=3, view="full", reward_scale=0.1, backend=backend)
        for backend in ("compiled", "real")
    )
    assert ours.single_observation_space["image"].shape == (ours.layouts.width, ours.layouts.height, 3)
    random = np.random.default_rng(1)
    comparison = compare(ours, theirs, (random.integers(3, size=6) for _ in range(400)))
    assert comparison.difference is None
    assert comparison.episodes > 0


def test_the_scale_multiplies_the_reward_and_leaves_the_goal() -> None:
    plain, scaled = (make("MiniGrid-Empty-Random-5x5-v0", 8, reward_scale=scale) for scale in (1.0, 10.0))
    plain.reset(), scaled.reset()
    random, total, goals = np.random.default_rng(0), 0.0, 0
    for _ in range(200):
        actions = random.integers(3, size=8)
        one, ten = plain.step(actions), scaled.step(actions)
        np.testing.assert_array_equal(ten[1], 10 * one[1])
        np.testing.assert_array_equal(ten[4]["success"], one[4]["success"])
        total, goals = total + ten[1].sum(), goals + int(ten[4]["success"].sum())
    assert total > goals > 0
