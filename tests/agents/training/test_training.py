"""Training as a whole: what comes back, and that a learner does not depend on its company."""

import io

import gymnasium as gym
import pytest
import torch
from gymnasium.envs.classic_control import CartPoleEnv
from gymnasium.envs.registration import EnvSpec

from agents.dqn.settings import DQNSettings
from agents.training import training
from agents.training.results import Progress
from agents.training.training import CURVE_POINTS, train
from explore.errors import BadInput

MAZE = "MiniGrid-Empty-5x5-v0"
SMALL = DQNSettings(hidden=(16,), batch=8, warmup=32, weights=(0.0, 0.0, 0.5, 1.0))


@pytest.fixture(scope="module")
def block():
    return train(MAZE, "count", learners=[0, 1], steps=400, seed=5, settings=SMALL)


def test_a_block_tells_what_each_learner_did(block) -> None:
    assert block.steps == 400
    assert [result.learner for result in block.results] == [0, 1]
    for result in block.results:
        assert [step for step, _ in result.curve] == [400 * k // CURVE_POINTS for k in range(1, CURVE_POINTS + 1)]
        assert 0.0 <= result.train_return <= result.train_success <= 1.0
        assert result.held_out_return is None  # there is one layout, and none to hold out


def test_every_step_is_a_visit(block) -> None:
    for result in block.results:
        assert len(result.visits) == 5
        assert sum(map(sum, result.visits)) == 400
    assert block.results[0].visits != block.results[1].visits
    assert block.weights == {}


def test_a_learner_is_the_same_alone(block) -> None:
    (alone,) = train(MAZE, "count", learners=[1], steps=400, seed=5, settings=SMALL).results
    together = block.results[1]
    assert alone.first_reward_step == together.first_reward_step
    assert alone.curve[:3] == together.curve[:3]
    assert alone.visits == together.visits


def test_progress_may_stop_it() -> None:
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if progress.step >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(MAZE, "epsilon-greedy", learners=[0], steps=400, seed=5, settings=SMALL, progress=stop)
    assert seen[-1].step == 100
    assert seen[-1].steps == 400


@pytest.mark.parametrize(
    ("change", "said"),
    [({"learners": []}, "different names"), ({"learners": [1, 1]}, "different names"), ({"steps": 3}, "too few")],
)
def test_bad_input(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        train(MAZE, "count", **{"learners": [0], "steps": 400, "seed": 0, "settings": SMALL, **change})


def test_a_part_of_a_mix_that_counts_exact_states_gets_them():
    """The bonus says whether it needs state keys; a name of a setting on the outer spec does not."""
    agent = "mix:bonuses=count/by=state+first-visit"
    block = train("MiniGrid-DoorKey-5x5-v0", agent, learners=[0], steps=160, seed=0)
    assert block.results[0].train_return >= 0


@pytest.mark.parametrize("seed", [-1, 2**64, None, 1.5])
def test_a_wrong_seed_is_refused(seed) -> None:
    with pytest.raises(BadInput, match=r"seed .*: a seed is a whole number from 0"):
        train(MAZE, "count", learners=[0], steps=400, seed=seed, settings=SMALL)


def test_values_that_are_not_finite_end_the_training_and_name_the_learner(monkeypatch) -> None:
    """As after a bonus that returns NaN for one of the learners."""
    original = training.evaluate

    def spoil(dqn, *arguments, **keywords):
        next(dqn.agent.target.parameters()).data[1] = float("nan")
        return original(dqn, *arguments, **keywords)

    monkeypatch.setattr(training, "evaluate", spoil)
    with pytest.raises(BadInput, match=r"values of 'count' are not finite after .* steps \(learner 7\)"):
        train("MiniGrid-Empty-5x5-v0", "count", learners=[4, 7], steps=400, seed=1, settings=DQNSettings(batch=8))


class Kept:
    """Keeps the state once, at `step`, and ends the training there, as a kill would."""

    def __init__(self, step: int) -> None:
        self.step, self.now, self.state = step, 0, None

    def due(self) -> bool:
        self.now += 8
        return self.now == self.step

    def save(self, step: int, state: dict[str, object]) -> None:
        if step != self.step:  # the last one
            return
        file = io.BytesIO()
        torch.save(state, file)
        file.seek(0)
        self.state = torch.load(file, weights_only=True)  # plain data, as it comes from a disk
        raise KeyboardInterrupt

    def load(self) -> dict[str, object] | None:
        return self.state


@pytest.mark.parametrize("step", [80, 400])
def test_a_training_goes_on_from_a_checkpoint_as_if_it_had_never_stopped(step, monkeypatch) -> None:
    monkeypatch.setattr(training, "CURVE_EPISODES", 2)
    monkeypatch.setattr(training, "FINAL_EPISODES", 3)
    arguments = {"learners": [1, 4], "steps": 400, "seed": 2, "settings": DQNSettings(batch=8, warmup=64)}
    maze, agent = "MiniGrid-Empty-Random-5x5-v0", "count"
    whole = train(maze, agent, **arguments, keep_weights=True)
    kept = Kept(step)
    with pytest.raises(KeyboardInterrupt):
        train(maze, agent, **arguments, checkpoints=kept)
    seen = []
    resumed = train(maze, agent, **arguments, keep_weights=True, checkpoints=kept, progress=seen.append)
    assert {each.began for each in seen} <= {step}
    assert resumed.results == whole.results
    assert resumed.steps == whole.steps
    for name, tensor in whole.weights["state"].items():
        assert torch.equal(resumed.weights["state"][name], tensor), name


def test_an_environment_that_names_no_success_has_none(monkeypatch) -> None:
    """Every episode of CartPole ends by a fall, with a reward above zero in its last step."""
    monkeypatch.setattr(training, "CURVE_EPISODES", 1)
    monkeypatch.setattr(training, "FINAL_EPISODES", 2)
    (result,) = train("CartPole-v1", "greedy", learners=[0], steps=240, seed=2, settings=DQNSettings(batch=8)).results
    assert result.first_reward_step == 8
    assert result.first_success_step is None
    assert result.train_success is None


def test_a_resumed_training_still_knows_that_the_environment_names_success(monkeypatch) -> None:
    """From the last checkpoint no step is left in which it could say so again."""

    class Reaching(CartPoleEnv):
        def step(self, action):
            seen, reward, terminated, truncated, info = super().step(action)
            return seen, reward, terminated, truncated, {**info, "success": terminated}

    monkeypatch.setattr(training, "CURVE_EPISODES", 1)
    monkeypatch.setattr(training, "FINAL_EPISODES", 2)
    monkeypatch.setitem(gym.registry, "Reaching-v0", EnvSpec("Reaching-v0", entry_point=Reaching))
    arguments = {"learners": [0], "steps": 240, "seed": 2, "settings": DQNSettings(batch=8)}
    kept = Kept(240)
    with pytest.raises(KeyboardInterrupt):
        train("Reaching-v0", "greedy", **arguments, checkpoints=kept)
    (result,) = train("Reaching-v0", "greedy", **arguments, checkpoints=kept).results
    assert result.train_success == 1.0
