"""The mazes as SB3's vector environment, beside the mazes themselves."""

import numpy as np
import pytest

from agents.mazes import make
from agents.training.observations import symbolic_rows
from explore import BadInput

pytest.importorskip("stable_baselines3", reason="the extra sb3 is not installed")
from stable_baselines3 import DQN
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

from agents.mazes.stable_baselines3 import MazeVecEnv

MAZE, EASY, SLOTS = "MiniGrid-DoorKey-5x5-v0", "MiniGrid-Empty-5x5-v0", 5
CODES = [*(11, 6, 4) * 49, 4]


def one_hot(mazes, observation):
    rows = symbolic_rows(mazes.single_observation_space, observation)
    return np.concatenate([np.eye(count, dtype=np.uint8)[rows[:, place]] for place, count in enumerate(CODES)], axis=1)


def test_every_step_is_that_of_the_mazes():
    mazes = make(EASY, SLOTS, seed=3, state_key=True, max_steps=30)
    venv = MazeVecEnv(EASY, SLOTS, seed=3, state_key=True, max_steps=30)
    observation, info = mazes.reset()
    np.testing.assert_array_equal(venv.reset(), one_hot(mazes, observation))
    assert [each["state_key"] for each in venv.reset_infos] == info["state_key"].tolist()
    rng, returns, ends = np.random.default_rng(0), np.zeros(SLOTS), []
    for _ in range(400):
        actions = rng.integers(7, size=SLOTS)
        observation, reward, terminated, truncated, info = mazes.step(actions)
        seen, paid, done, infos = venv.step(actions)
        np.testing.assert_array_equal(seen, one_hot(mazes, observation))
        np.testing.assert_array_equal(paid, reward.astype(np.float32))
        np.testing.assert_array_equal(done, terminated | truncated)
        returns += reward
        for slot in range(SLOTS):
            assert infos[slot]["TimeLimit.truncated"] == (truncated[slot] and not terminated[slot])
            if done[slot]:
                last = {name: np.asarray(part)[None] for name, part in info["final_obs"][slot].items()}
                np.testing.assert_array_equal(infos[slot]["terminal_observation"], one_hot(mazes, last)[0])
                assert infos[slot]["state_key"] == info["final_state_key"][slot]
                assert venv.reset_infos[slot]["state_key"] == info["state_key"][slot]
                assert infos[slot]["episode"]["r"] == pytest.approx(returns[slot], abs=1e-6)
                assert infos[slot]["is_success"] == terminated[slot]
                ends.append((bool(terminated[slot]), infos[slot]["episode"]["l"]))
                returns[slot] = 0
            else:
                assert "terminal_observation" not in infos[slot]
                assert infos[slot]["state_key"] == info["state_key"][slot]
    assert {reached for reached, _ in ends} == {True, False}
    assert all(length == 30 for reached, length in ends if not reached)


def test_seeding_is_sb3s():
    first, second = MazeVecEnv(MAZE, 3, seed=1), MazeVecEnv(MAZE, 3, seed=2)
    first.seed(7)
    second.seed(7)
    np.testing.assert_array_equal(first.reset(), second.reset())
    mazes = make(MAZE, 3)
    np.testing.assert_array_equal(first.mazes.slot_seeds, [7, 8, 9])
    first.seed(7)
    np.testing.assert_array_equal(first.reset(), one_hot(mazes, mazes.reset(seed=7)[0]))


@pytest.mark.filterwarnings("error::UserWarning")
def test_an_agent_learns_and_is_evaluated_in_it():
    venv = MazeVecEnv(MAZE, 4, max_steps=40)
    assert venv.env_is_wrapped(Monitor) == [True] * 4
    model = DQN("MlpPolicy", venv, learning_starts=50, seed=0, device="cpu", buffer_size=500).learn(400)
    assert model._n_updates > 0
    assert len(model.ep_info_buffer) >= 8  # 100 steps in each of four slots, episodes of 40 at most
    returns, lengths = evaluate_policy(model, MazeVecEnv(MAZE, 2, max_steps=40), 4, return_episode_rewards=True)
    assert all(0 <= value < 1 for value in returns)
    assert all(length <= 40 for length in lengths)


def test_what_a_slot_does_not_have_is_refused():
    venv = MazeVecEnv(MAZE, 2)
    assert venv.get_attr("reward_scale") == [1.0, 1.0]
    assert not venv.has_attr("nothing")
    with pytest.raises(BadInput, match="give max_steps when they are made"):
        venv.set_attr("max_steps", 3)
    with pytest.raises(BadInput, match="none has a method walk"):
        venv.env_method("walk")
    with pytest.raises(BadInput, match="DoorKey"):
        MazeVecEnv("MiniGrid-DoorKee-5x5-v0")
