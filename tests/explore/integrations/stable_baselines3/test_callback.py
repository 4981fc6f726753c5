"""The callback: β's decay over the run, training of the bonus, and what is logged."""

import functools

import numpy as np
import pytest
import torch

from explore import BadInput, Bonus

pytest.importorskip("stable_baselines3", reason="the extra sb3 is not installed")
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.logger import KVWriter, Logger
from stable_baselines3.common.vec_env import DummyVecEnv

from explore.integrations.stable_baselines3 import BonusCallback, BonusReplayBuffer, BonusVecEnv


def environments(corridor, envs=2, **options):
    return DummyVecEnv([functools.partial(corridor, **options) for _ in range(envs)])


def dqn(venv, bonus):
    kwargs = {"learning_starts": 20, "train_freq": 1, "seed": 0, "device": "cpu", "buffer_size": 500}
    buffer = {"replay_buffer_class": BonusReplayBuffer, "replay_buffer_kwargs": {"bonus": bonus}} if bonus else {}
    return DQN("MlpPolicy", venv, **buffer, **kwargs)


def ppo(venv, **options):
    return PPO("MlpPolicy", venv, n_steps=16, batch_size=8, seed=0, device="cpu", **options)


class Written(KVWriter):
    def __init__(self):
        self.lines = []

    def write(self, key_values, key_excluded, step=0):
        self.lines.append({**key_values, "step": step})


def test_beta_halves_after_its_share_of_the_first_run(corridor):
    model = dqn(environments(corridor), "count:beta=0.1")
    model.learn(200, callback=BonusCallback())
    bonus = model.replay_buffer.bonus
    assert bonus.default_half_life == pytest.approx(0.27 * 200)
    assert bonus.beta.item() == pytest.approx(0.1 * 0.5 ** (200 / 54))
    model.learn(1000, callback=BonusCallback(), reset_num_timesteps=False)
    assert bonus.default_half_life == pytest.approx(54)  # goes on with the same one
    own = ppo(BonusVecEnv(environments(corridor), "count:beta=0.1,half_life=32"))
    own.learn(32, callback=BonusCallback())
    assert own.env.bonus.beta.item() == pytest.approx(0.05)
    none = ppo(BonusVecEnv(environments(corridor), "count:beta=0.1"))
    none.learn(32, callback=BonusCallback(half_life_share=0))
    assert none.env.bonus.beta.item() == pytest.approx(0.1)


@pytest.mark.parametrize("agent", ["dqn", "ppo"])
def test_bonus_return_and_coverage_are_logged(corridor, agent):
    venv, written = environments(corridor), Written()
    model = dqn(venv, "count:beta=0.1,half_life=0") if agent == "dqn" else ppo(BonusVecEnv(venv, "count:half_life=0"))
    model.set_logger(Logger(None, [written]))
    model.learn(320, callback=BonusCallback(), log_interval=1)
    last = written.lines[-1]
    log = [step for env in venv.envs for step in env.log]
    assert last["bonus/coverage"] == len({place for place, _, _ in log})
    assert last["bonus/beta"] == pytest.approx(0.1 if agent == "dqn" else 0.02)
    assert 0 < last["bonus/mean"] < 0.2
    ends = [float(reached) for _, reached, cut in log if reached or cut]
    assert last["bonus/extrinsic_return"] == pytest.approx(np.mean(ends), abs=0.1)
    assert 0 < np.mean(ends) < 1


def test_coverage_is_left_out_for_real_numbers(corridor):
    written = Written()
    model = ppo(BonusVecEnv(environments(corridor, kind="box"), "count"))
    model.set_logger(Logger(None, [written]))
    model.learn(32, callback=BonusCallback())
    assert "bonus/mean" in written.lines[-1]
    assert "bonus/coverage" not in written.lines[-1]


class Student(Bonus):
    """Keeps the batches that it is trained on."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.batches = []

    def novelty(self, transitions):
        return torch.ones_like(transitions.reward)

    def train_step(self, transitions):
        self.batches.append(transitions.next_observation[0, :, 0].tolist())
        return {}


def test_a_rollout_trains_the_bonus_once_per_transition_in_random_batches(corridor):
    venv = environments(corridor)
    student = Student(venv.observation_space, venv.action_space, envs=2)
    model = ppo(BonusVecEnv(venv, student, learn_every=0))
    model.learn(64, callback=BonusCallback())
    assert [len(batch) for batch in student.batches] == [8] * 8
    for rollout in (slice(0, 4), slice(4, 8)):
        steps = slice(16, 32) if rollout.start else slice(0, 16)
        arrived = [env.log[step][0] for step in range(steps.start, steps.stop) for env in venv.envs]
        trained = [place for batch in student.batches[rollout] for place in batch]
        assert sorted(trained) == sorted(arrived)
        assert trained != arrived
    each = Student(venv.observation_space, venv.action_space, envs=2)
    model = ppo(BonusVecEnv(environments(corridor), each))
    model.learn(32, callback=BonusCallback())
    assert [len(batch) for batch in each.batches] == [2] * 16  # step by step, and not again after the rollout
    new = Student(venv.observation_space, venv.action_space, envs=2, learns_from="new")
    model = ppo(BonusVecEnv(environments(corridor), new, learn_every=0))
    model.learn(32, callback=BonusCallback())
    assert [len(batch) for batch in new.batches] == [2] * 16


def test_a_model_without_a_bonus_and_one_with_two_are_refused(corridor):
    with pytest.raises(BadInput, match="the model has no bonus"):
        dqn(environments(corridor), None).learn(8, callback=BonusCallback())
    with pytest.raises(BadInput, match="added twice"):
        dqn(BonusVecEnv(environments(corridor), "count"), "count").learn(8, callback=BonusCallback())
    with pytest.raises(BadInput, match="half_life_share is -1"):
        BonusCallback(half_life_share=-1)
