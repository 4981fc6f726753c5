"""The mazes as Gymnasium makes them, under its own checks of environments, which take a vector as they take one."""

import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils import env_checker
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import DictInfoToList

import agents.mazes  # noqa: F401  (registers the mazes)
from explore.errors import BadInput

CHECKS = [
    env_checker.check_reset_seed_determinism,
    env_checker.check_reset_options,
    env_checker.check_reset_return_info_deprecation,
    env_checker.check_seed_deprecation,
    env_checker.check_reset_return_type,
]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("backend", ["compiled", "real"])
def test_gymnasiums_own_checks_pass(backend: str, check: object) -> None:
    """The spaces, the seeds and what a reset and a step give back; `make_vec` itself checks the autoreset mode."""
    envs = gym.make_vec("escapade/Fetch-5x5-N2-v0", num_envs=3, backend=backend)
    check(envs)
    assert envs.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP


def test_what_was_returned_is_not_written_to_again() -> None:
    """By hand, as Gymnasium's check of this compares single rewards."""
    envs = gym.make_vec("escapade/DoorKey-5x5-v0", num_envs=4)
    given = [envs.reset(seed=0)[0]["image"]]
    kept = [given[0].copy()]
    for _ in range(20):
        seen, reward, terminated, truncated, info = envs.step(envs.action_space.sample())
        given += [seen["image"], seen["direction"], reward, terminated, truncated, info["success"]]
        kept += [part.copy() for part in given[-6:]]
    for one, other in zip(given, kept, strict=True):
        np.testing.assert_array_equal(one, other)


def test_infos_are_as_gymnasiums_wrapper_for_them_expects() -> None:
    envs = DictInfoToList(gym.make_vec("escapade/Empty-5x5-v0", num_envs=2))
    envs.reset(seed=0)
    for action in (2, 2, 1, 2):
        assert [info["success"] for info in envs.step(np.array([action, 0]))[-1]] == [False, False]
    *_, infos = envs.step(np.array([2, 0]))
    assert [info["success"] for info in infos] == [True, False]
    assert "final_obs" in infos[0]
    assert "final_obs" not in infos[1]


def test_the_seed_of_a_reset_is_remembered_as_gymnasium_does() -> None:
    envs = gym.make_vec("escapade/DoorKey-5x5-v0", num_envs=2)
    envs.reset(seed=11)
    assert envs.unwrapped.np_random_seed == 11


@pytest.mark.parametrize(("seeds", "slots"), [([5, 6], 2), (5, 2)])
def test_one_seed_is_one_more_for_each_slot(seeds: object, slots: int) -> None:
    envs, others = (gym.make_vec("escapade/FourRooms-v0", num_envs=slots) for _ in range(2))
    np.testing.assert_array_equal(envs.reset(seed=seeds)[0]["image"], others.reset(seed=[5, 6])[0]["image"])


def test_pictures_are_real_minigrids() -> None:
    """With a render mode a maze runs on real MiniGrid, says so, and draws what `gymnasium.make` draws."""
    envs = gym.make_vec("escapade/Empty-5x5-v0", num_envs=2, render_mode="rgb_array")
    assert envs.render_mode == "rgb_array"
    assert not envs.unwrapped.compiled
    assert envs.unwrapped.why_not == "it is to be drawn"
    envs.reset()
    envs.step(np.array([2, 1]))
    pictures = envs.render()
    assert len(pictures) == 2
    for action, picture in zip((2, 1), pictures, strict=True):
        one = gym.make("MiniGrid-Empty-5x5-v0", render_mode="rgb_array")
        one.reset()
        one.step(action)
        np.testing.assert_array_equal(picture, one.render())
    for backend in ("compiled", "real"):
        with pytest.raises(BadInput, match="make them with render_mode='rgb_array'"):
            gym.make_vec("escapade/Empty-5x5-v0", num_envs=2, backend=backend).render()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"render_mode": "human"}, "unknown render mode 'human': known are rgb_array"),
        ({"render_mode": "rgb_array", "backend": "compiled"}, "the compiled engine draws nothing: use backend='real'"),
        ({"max_step": 3}, "unknown option 'max_step' of MiniGrid-DoorKey-5x5-v0: did you mean 'max_steps'"),
    ],
)
def test_options_that_there_are_not(options: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        gym.make_vec("escapade/DoorKey-5x5-v0", num_envs=2, **options)


def test_importing_agents_alone_registers_nothing_and_agents_mazes_does() -> None:
    code = (
        "import gymnasium, sys, agents\n"
        "assert not [name for name in gymnasium.registry if name.startswith('escapade/')]\n"
        "assert 'torch' not in sys.modules and 'minigrid' not in sys.modules\n"
        "import agents.mazes\n"
        "assert 'escapade/DoorKey-8x8-v0' in gymnasium.registry\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
