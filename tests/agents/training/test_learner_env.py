"""`LearnerVectorEnv` against a vector environment whose every observation says where it is."""

from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv

from agents.mazes import make
from agents.training.learner_env import LearnerVectorEnv
from explore.errors import BadInput

LENGTH = 3


class Corridor(gym.Env[Any, Any]):
    """Observation (episode, step); ends after three steps, by time in even episodes."""

    observation_space = gym.spaces.Box(0, 100, (2,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def __init__(self) -> None:
        self.episode, self.time = -1, 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        self.episode, self.time = self.episode + 1, 0
        return self._seen(), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.time += 1
        over = self.time == LENGTH
        by_time = self.episode % 2 == 0
        return self._seen(), float(action), over and not by_time, over and by_time, {}

    def _seen(self) -> Any:
        return np.array([self.episode, self.time], dtype=np.float32)


def corridors(count: int, mode: AutoresetMode = AutoresetMode.SAME_STEP) -> SyncVectorEnv:
    return SyncVectorEnv([Corridor] * count, autoreset_mode=mode)


def test_successors_are_true_and_the_next_episode_begins_where_it_was_reset() -> None:
    env = LearnerVectorEnv(corridors(4), learners=2)
    assert env.rows.shape == (2, 2, 2)
    for step in range(8):
        episode, time = divmod(step, LENGTH)
        moved = env.step(torch.ones(2, 2, dtype=torch.int64))
        assert torch.equal(moved.observation, torch.tensor([float(episode), time]).expand(2, 2, 2))
        assert torch.equal(moved.next_observation, torch.tensor([float(episode), time + 1]).expand(2, 2, 2))
        over = time == LENGTH - 1
        assert bool(moved.truncated.all()) == (over and episode % 2 == 0)
        assert bool(moved.terminated.all()) == (over and episode % 2 == 1)
        assert torch.equal(moved.reward, torch.ones(2, 2))


def test_another_reset_mode_is_refused() -> None:
    with pytest.raises(BadInput, match="SAME_STEP"):
        LearnerVectorEnv(corridors(2, AutoresetMode.NEXT_STEP), learners=1)


def test_continuous_actions_are_refused() -> None:
    with pytest.raises(BadInput, match="discrete actions"):
        LearnerVectorEnv(
            gym.make_vec("Pendulum-v1", 2, vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP}), learners=1
        )


def test_state_keys_name_the_true_successor() -> None:
    vector = make("MiniGrid-Empty-5x5-v0", 2, state_key=True)
    env = LearnerVectorEnv(vector, learners=1)
    left, right, forward = 0, 1, 2
    start = env.step(torch.tensor([[right, right]])).state_key
    known = None
    for action in (forward, forward, left, forward, forward):
        moved = env.step(torch.full((1, 2), action))
        assert moved.state_key is not None
        assert moved.next_state_key is not None
        if known is not None:
            assert torch.equal(moved.state_key, known)
        known = moved.next_state_key
        if moved.ended.any():
            assert moved.terminated.all()
            assert torch.equal(env.step(torch.tensor([[right, right]])).state_key, start)  # begun anew
            assert not (known == start).any()
            return
    pytest.fail("the goal was not reached")


class Scripted(VectorEnv[Any, Any, Any]):
    """A vector of two slots that returns what each step of a script says, and zeros before it."""

    metadata: ClassVar[dict[str, Any]] = {"autoreset_mode": AutoresetMode.SAME_STEP}

    def __init__(self, script: list[dict[str, Any]], start: float = 0.0) -> None:
        self.num_envs = 2
        self.single_observation_space = gym.spaces.Box(-np.inf, np.inf, (1,), np.float32)
        self.single_action_space = gym.spaces.Discrete(2)
        self.script, self.start = iter(script), start

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        return np.array([[self.start], [0.0]], np.float32), {}

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        said = next(self.script)
        no = np.zeros(2, dtype=np.bool_)
        seen = np.array(said.get("seen", [0.0, 0.0]), np.float32).reshape(2, 1)
        return (
            seen,
            said.get("reward", np.zeros(2)),
            said.get("terminated", no),
            said.get("truncated", no),
            said.get("info", {}),
        )


NONE = torch.zeros(1, 2, dtype=torch.int64)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"reward": np.zeros((2, 1))}, r"rewards have shape \(2, 1\)"),
        ({"reward": np.zeros(3)}, r"rewards have shape \(3,\)"),
        ({"reward": None}, r"rewards have shape \(\) and type object"),
        ({"reward": np.array([0.0, np.nan])}, "reward is nan"),
        ({"reward": np.array([np.inf, 0.0])}, "reward is inf"),
        ({"terminated": np.zeros((2, 1), bool)}, r"terminated has shape \(2, 1\)"),
        ({"truncated": None}, r"truncated has shape \(\)"),
        ({"truncated": np.array([0.5, 0.0])}, "truncated is .* True or False is right"),
        ({"terminated": np.array([True, False])}, r"an episode ended, and info\['final_obs'\] does not have"),
        ({"terminated": [1, 0], "info": {"final_obs": np.array([None, None])}}, "has none for environment 0"),
        ({"seen": [np.nan, 0.0]}, "got nan at .* which is not finite"),
        ({"info": {"success": np.array([0.3, 0.0])}}, r"info\['success'\] is"),
    ],
)
def test_what_an_environment_returns_is_refused_in_a_sentence(said: dict[str, Any], message: str) -> None:
    env = LearnerVectorEnv(Scripted([said]), 1)
    with pytest.raises(BadInput, match=message):
        env.step(NONE)


def test_skipped_steps_are_no_transitions_and_the_last_finite_observation_stays() -> None:
    final = np.array([None, np.array([np.nan], np.float32)], dtype=object)
    script = [
        {"seen": [1.0, 1.0]},
        {"seen": [np.nan, 2.0]},
        {"seen": [np.inf, 3.0]},
        {"seen": [4.0, 4.0]},
        {"seen": [5.0, 0.0], "truncated": np.array([False, True]), "info": {"final_obs": final}},
        {"seen": [6.0, 6.0]},
    ]
    env = LearnerVectorEnv(Scripted(script), 1, on_invalid="skip")
    seen, valid = [], []
    for _ in script:
        transitions = env.step(NONE)
        seen.append(env.rows.flatten().tolist())
        assert transitions.valid is not None
        valid.append(transitions.valid.flatten().tolist())
        assert transitions.next_observation.isfinite().all()
    assert seen == [[1, 1], [1, 2], [1, 3], [4, 4], [5, 0], [6, 6]]
    # Slot 0: to the NaN, between both, and from the infinity. Slot 1: to the end alone; the next episode is whole.
    assert valid == [[True, True], [False, True], [False, True], [False, True], [True, False], [True, True]]


def test_a_first_observation_that_is_not_finite_is_zeros_until_one_is() -> None:
    env = LearnerVectorEnv(Scripted([{"seen": [2.0, 2.0]}] * 2, start=np.nan), 1, on_invalid="skip")
    assert env.rows.flatten().tolist() == [0.0, 0.0]
    masks = [env.step(NONE).valid for _ in range(2)]
    assert [mask.tolist() for mask in masks if mask is not None] == [[[False, True]], [[True, True]]]


class Goal(Corridor):
    """Says that every episode reached its goal, in the info of its last step."""

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        seen, reward, terminated, truncated, _ = super().step(action)
        return seen, reward, terminated, truncated, {"success": terminated or truncated}


def test_the_goal_is_read_from_the_last_info_of_an_episode() -> None:
    """Gymnasium's own vectors move it to `final_info`: every success was lost."""
    env = LearnerVectorEnv(SyncVectorEnv([Goal] * 2, autoreset_mode=AutoresetMode.SAME_STEP), 1)
    reached = []
    for _ in range(2 * LENGTH):
        env.step(NONE)
        reached.append(env.success.tolist()[0])
    assert reached == [[False] * 2, [False] * 2, [True] * 2] * 2


def test_a_last_info_of_another_kind_is_not_read() -> None:
    """Gymnasium before 1.0 had an array of dicts there."""
    said = {"final_obs": np.array([[3.0], [3.0]], np.float32), "final_info": np.array([{}, {}])}
    ended = {"terminated": [True, True], "info": said}
    step = LearnerVectorEnv(Scripted([{"seen": [2.0, 2.0], **ended}]), 1).step(NONE)
    assert step.terminated.all()


def test_an_environment_that_writes_into_the_same_memory_changes_no_transition() -> None:
    class Reusing(Scripted):
        buffer = np.zeros((2, 1), np.float32)

        def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
            self.buffer[:], *rest = super().step(actions)
            return self.buffer, *rest  # type: ignore[return-value]

    env = LearnerVectorEnv(Reusing([{"seen": [1.0, 1.0]}, {"seen": [2.0, 2.0]}]), 1)
    first = env.step(NONE)
    env.step(NONE)
    assert first.next_observation.flatten().tolist() == [1.0, 1.0]


def test_the_state_of_a_maze_is_of_types_that_every_supported_pytorch_saves() -> None:
    env = LearnerVectorEnv(make("MiniGrid-DoorKey-5x5-v0", 2), learners=1)
    state = env.state_dict()
    assert state is not None
    tensors = [*state.pop("worlds"), *(part for part in state.values() if isinstance(part, torch.Tensor))]
    assert not {torch.uint16, torch.uint32, torch.uint64} & {tensor.dtype for tensor in tensors}


def test_a_state_key_is_loaded_onto_the_device_of_the_rows() -> None:
    mazes = make("MiniGrid-DoorKey-5x5-v0", 2)
    mazes.with_key = True
    env = LearnerVectorEnv(mazes, learners=1)
    state = env.state_dict()
    assert state is not None
    env.device = torch.device("meta")  # as a CUDA device would be
    assert env.load_state_dict(state)
    assert env._state_key is not None
    assert env._state_key.device == env.rows.device == torch.device("meta")
