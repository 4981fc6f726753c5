"""Maze specs: the id, its module, and the settings; each setting's meaning on both backends, against Gymnasium."""

import sys
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

from agents.lockstep import compare
from agents.mazes import MazeSpec, has_held_out, is_maze, make, parse_maze, traps
from agents.planners import optimum, plan
from explore.errors import BadInput

BACKENDS = pytest.mark.parametrize("backend", ["compiled", "real"])
WAY = [2, 2, 1, 2, 2]  # to the goal of Empty-5x5


def test_a_spec_is_an_id_with_settings() -> None:
    assert parse_maze("MiniGrid-Empty-5x5-v0") == MazeSpec("MiniGrid-Empty-5x5-v0")
    assert parse_maze("escapade/Decoy-6x6-v0:reward_scale=0.1") == MazeSpec("escapade/Decoy-6x6-v0", reward_scale=0.1)
    spec = parse_maze("MiniGrid-DoorKey-8x8-v0:max_steps=30,size=6,reward=binary")
    assert spec == MazeSpec("MiniGrid-DoorKey-8x8-v0", max_steps=30, size=6, reward="binary")
    assert parse_maze(str(spec)) == parse_maze(spec) == spec
    assert has_held_out("escapade/BoatRace-8x8-v0:reward_scale=10")


def test_the_vector_id_of_a_maze_is_the_maze() -> None:
    assert parse_maze("escapade/DoorKey-8x8-v0:size=6") == parse_maze("MiniGrid-DoorKey-8x8-v0:size=6")


def test_an_id_may_begin_with_the_module_that_registers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "some_mazes.py").write_text(
        "import gymnasium\n"
        "gymnasium.register(id='MyMaze-v0', entry_point='minigrid.envs:EmptyEnv', kwargs={'size': 5})\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        spec = parse_maze("some_mazes:MyMaze-v0:max_steps=9")
        assert spec == MazeSpec("some_mazes:MyMaze-v0", max_steps=9)
        assert parse_maze(str(spec)) == spec
        assert is_maze("some_mazes:MyMaze-v0")
        envs = make(spec, 2)
        assert envs.compiled
        assert envs.layouts.limit == 9
    finally:
        gym.registry.pop("MyMaze-v0", None)
        sys.modules.pop("some_mazes", None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("escapade/Decoy-6x5-v0", "unknown maze 'escapade/Decoy-6x5-v0': did you mean"),
        ("escapade/Decoy-6x6-v0:reward_scale=-1", "reward_scale"),
        ("escapade/Decoy-6x6-v0:reward_scale=much", "reward_scale"),
        ("escapade/Decoy-6x6-v0:scale=1", "unknown setting"),
        ("MiniGrid-Empty-5x5-v0:max_steps=0", "max_steps.* it must be at least 1"),
        ("MiniGrid-Empty-5x5-v0:max_steps=1.5", "max_steps.* it must be a whole number"),
        ("MiniGrid-Empty-5x5-v0:reward=sparse", "reward.* it must be 'minigrid' or 'binary'"),
        ("CartPole-v1", "CartPole-v1 is not a MiniGrid maze but a CartPoleEnv: it has no layouts, planner or"),
        ("no_such_module:Maze-v0", "begins with the module 'no_such_module', which cannot be imported"),
    ],
)
def test_bad_input(text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        parse_maze(text)


def test_what_is_a_maze() -> None:
    assert is_maze("MiniGrid-Empty-5x5-v0:max_steps=4")
    assert is_maze("escapade/Decoy-6x6-v0")
    assert not is_maze("CartPole-v1")
    with pytest.raises(BadInput, match="unknown maze"):
        is_maze("NoSuchThing-v0")


def test_the_scale_of_the_spec_is_that_of_the_reward() -> None:
    plain, scaled = (make(f"escapade/StepPenalty-6x6-v0{scale}", 2) for scale in ("", ":reward_scale=10"))
    plain.reset(), scaled.reset()
    for action in (2, 1, 6):
        np.testing.assert_array_equal(scaled.step(np.full(2, action))[1], 10 * plain.step(np.full(2, action))[1])


@pytest.mark.parametrize("maze", ["MiniGrid-DoorKey-8x8-v0", "MiniGrid-KeyCorridorS3R2-v0", "MiniGrid-Fetch-5x5-N2-v0"])
def test_a_maze_with_settings_is_the_same_on_both_backends(maze: str) -> None:
    settings = {"max_steps": 30, "reward": "binary"} | ({"size": 6} if "KeyCorridor" not in maze else {})
    ours, theirs = (make(maze, 4, backend=backend, **settings) for backend in ("compiled", "real"))
    random = np.random.default_rng(0)
    comparison = compare(ours, theirs, (random.integers(7, size=4) for _ in range(120)))
    assert comparison.difference is None
    assert comparison.episodes >= 16


@BACKENDS
@pytest.mark.parametrize("by_keyword", [True, False])
def test_max_steps_is_the_limit_and_the_t_of_the_reward_as_gymnasium_makes_it(backend: str, by_keyword: bool) -> None:
    """As `gymnasium.make(…, max_steps=9)`: five steps to the goal pay 1 − 0.9·5/9, and nine without end the episode."""
    real = gym.make("MiniGrid-Empty-5x5-v0", max_steps=9)
    real.reset(seed=0)
    expected = [real.step(action)[1:4] for action in WAY][-1]
    if by_keyword:
        envs = make("MiniGrid-Empty-5x5-v0", 2, max_steps=9, backend=backend)
    else:
        envs = make("MiniGrid-Empty-5x5-v0:max_steps=9", 2, backend=backend)
    envs.reset()
    steps = [envs.step(np.array([action, 0])) for action in [*WAY, 0, 0, 0, 0]]
    assert (steps[4][1][0], steps[4][2][0]) == expected[:2] == (1 - 0.9 * (5 / 9), True)
    assert [bool(step[3][1]) for step in steps] == [False] * 8 + [True]


@BACKENDS
def test_a_time_limit_leaves_the_reward_as_it_is(backend: str) -> None:
    """As `gymnasium.make(…, max_episode_steps=6)`: T stays 100, the sixth step truncates."""
    envs = make("MiniGrid-Empty-5x5-v0:max_episode_steps=6", 2, backend=backend)
    envs.reset()
    steps = [envs.step(np.array([action, 0])) for action in [*WAY, 0]]
    assert steps[4][1][0] == 1 - 0.9 * (5 / 100)
    assert [bool(step[3][1]) for step in steps] == [False] * 5 + [True]


@BACKENDS
def test_size_is_that_of_the_class(backend: str) -> None:
    envs = make("MiniGrid-DoorKey-8x8-v0", 1, size=6, backend=backend)
    other = make("MiniGrid-DoorKey-6x6-v0", 1, backend=backend)
    assert (envs.layouts.width, envs.layouts.limit) == (6, 10 * 6**2)
    np.testing.assert_array_equal(envs.reset()[0]["image"], other.reset()[0]["image"])


@BACKENDS
def test_a_binary_reward_is_one_whenever_the_goal_is_reached(backend: str) -> None:
    envs = make("MiniGrid-Empty-5x5-v0:reward=binary,reward_scale=3", 1, backend=backend)
    envs.reset()
    rewards = [envs.step(np.array([action]))[1][0] for action in [0, 1, *WAY]]
    assert rewards == [0, 0, 0, 0, 0, 0, 3]


@BACKENDS
def test_a_scale_of_zero_takes_the_reward_and_leaves_the_goal(backend: str) -> None:
    envs = make("MiniGrid-Empty-5x5-v0:reward_scale=0", 1, backend=backend)
    envs.reset()
    steps = [envs.step(np.array([action])) for action in WAY]
    assert [step[1][0] for step in steps] == [0] * 5
    assert [bool(step[4]["success"][0]) for step in steps] == [False] * 4 + [True]


@BACKENDS
def test_only_so_many_layouts_are_trained_on_and_none_of_the_held_out_ones(backend: str) -> None:
    name = "MiniGrid-DoorKey-5x5-v0"
    few, everything = (make(f"{name}{s}", 40, backend=backend) for s in (":train_layouts=3", ""))
    assert few.layouts.seeds.tolist() == everything.layouts.seeds[:3].tolist()
    images = few.reset()[0]["image"]
    assert len(np.unique(images.reshape(40, -1), axis=0)) <= 3 < len(everything.layouts)
    held_out = [make(f"{name}{s}", 1, layouts="held-out", backend=backend).layouts for s in (":train_layouts=3", "")]
    assert held_out[0].seeds.tolist() == held_out[1].seeds.tolist()
    assert not set(few.layouts.seeds) & set(held_out[0].seeds)


def test_the_optimum_is_that_of_the_layouts_that_are_trained_on() -> None:
    name = "MiniGrid-DoorKey-5x5-v0"
    assert optimum(f"{name}:train_layouts=2") == pytest.approx(np.mean([plan(name, i).value for i in range(2)]))


def test_more_layouts_than_there_are_and_two_sets_at_once_are_refused() -> None:
    with pytest.raises(BadInput, match=r"train_layouts=2: MiniGrid-Empty-5x5-v0 has 1 training layouts"):
        make("MiniGrid-Empty-5x5-v0:train_layouts=2", 1)
    with pytest.raises(BadInput, match="give one of the two"):
        make("MiniGrid-DoorKey-5x5-v0:train_layouts=2", 1, layouts=[1, 2, 3])


def test_planners_know_the_settings() -> None:
    assert plan("MiniGrid-Empty-5x5-v0:reward=binary").value == 1
    assert plan("MiniGrid-Empty-5x5-v0:max_steps=9").value == 1 - 0.9 * (5 / 9)
    assert optimum("MiniGrid-Empty-5x5-v0:reward=binary,reward_scale=10") == 10
    assert optimum("MiniGrid-Empty-5x5-v0:max_episode_steps=4") is None


def test_a_trap_states_its_optima_in_the_reward_of_the_settings() -> None:
    plain, other = (
        traps.facts(f"escapade/BoatRace-8x8-v0{s}") for s in ("", ":max_steps=66,reward=binary,reward_scale=2")
    )
    assert plain is not None
    assert other is not None
    assert (other.local_score, other.global_score) == (2 * 0.1 * (2 + 60 // 3), 2.0)
    assert plain.global_score == 1 - 0.9 * (5 / 256)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"maze": "MiniGrid-MultiRoom-N2-S4-v0", "size": 9}, "cannot be made with size=9: .*unexpected keyword"),
        ({"maze": "MiniGrid-GoToDoor-5x5-v0", "size": 4}, "cannot be made with size=4"),
        ({"maze": "MiniGrid-DoorKey-5x5-v0", "size": 3}, "cannot be made with size=3"),
        ({"maze": "MiniGrid-Empty-5x5-v0", "max_steps": -1}, "max_steps.* it must be at least 1"),
        ({"maze": "MiniGrid-Empty-5x5-v0:max_steps=9", "max_steps": 8}, "which sets max_steps=9 already"),
        (
            {"maze": "escapade/Decoy-6x6-v0", "size": 4},
            "with size=4: Decoy of size 4: at least 6 is needed.$",
        ),
    ],
)
def test_settings_that_the_maze_refuses(settings: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        make(**settings, num_envs=1)


def test_make_vec_takes_the_settings_too() -> None:
    envs = gym.make_vec("escapade/DoorKey-8x8-v0", num_envs=2, max_steps=30, size=6)
    assert envs.unwrapped.compiled
    envs.reset()
    ends = [envs.step(np.zeros(2, dtype=np.int64))[3].all() for _ in range(30)]
    assert ends == [False] * 29 + [True]
    limited = gym.make_vec("escapade/DoorKey-8x8-v0", num_envs=2, max_episode_steps=20)
    assert limited.unwrapped.layouts.limit == 20
