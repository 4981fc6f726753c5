"""The bonus in TorchRL's own targets: of DQN from a replay buffer, of PPO's advantages from a rollout."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore import BadInput

pytest.importorskip("torchrl", reason="the extra torchrl is not installed")
from tensordict import TensorDict
from tensordict.nn import TensorDictModule
from torchrl.data import LazyTensorStorage, ReplayBuffer
from torchrl.envs import GymWrapper, SerialEnv, TransformedEnv
from torchrl.envs.utils import check_env_specs
from torchrl.modules import QValueActor
from torchrl.objectives import DQNLoss
from torchrl.objectives import dqn as dqn_module
from torchrl.objectives.value import GAE

from explore.integrations.torchrl import BonusTransform, BonusWhenDrawn

GAMMA = 0.9
COUNT = "count:beta=0.5,scale=none,first_visit=false"


def environment(corridor, transform, envs=1):
    """The corridors as TorchRL wraps them; also the corridors themselves."""
    made = [corridor(start=env % 2, kind="box") for env in range(envs)]
    if envs == 1:
        return TransformedEnv(GymWrapper(made[0]), transform), made
    wrapped = [lambda env=env: GymWrapper(env) for env in made]
    return TransformedEnv(SerialEnv(envs, wrapped), transform), made


def rollout(env, steps, seed=0):
    torch.manual_seed(seed)
    return env.rollout(steps, break_when_any_done=False)


def target_of(batch, monkeypatch):
    """What TorchRL's own DQN loss takes for targets."""
    torch.manual_seed(1)
    actor = QValueActor(torch.nn.Linear(5, 2), in_keys=["observation"], action_space="one_hot")
    loss = DQNLoss(actor, action_space="one_hot", delay_value=False)
    loss.make_value_estimator(gamma=GAMMA)
    captured, plain = [], dqn_module.distance_loss

    def spy(prediction, target, *args, **kwargs):
        captured.append(target.detach().clone())
        return plain(prediction, target, *args, **kwargs)

    monkeypatch.setattr(dqn_module, "distance_loss", spy)
    loss(batch)
    monkeypatch.undo()
    return captured[0].reshape(-1)


@pytest.mark.parametrize("envs", [1, 3])
def test_the_targets_of_dqn_move_by_the_bonus_when_drawn(corridor, monkeypatch, envs):
    transform = BonusTransform(COUNT, add=False)
    env, made = environment(corridor, transform, envs)
    steps = rollout(env, 40).reshape(-1)
    assert (steps["next", "reward"] == steps["next", "extrinsic_reward"]).all()
    buffer = ReplayBuffer(storage=LazyTensorStorage(200), transform=BonusWhenDrawn(transform), batch_size=64)
    buffer.extend(steps)
    torch.manual_seed(2)
    drawn = buffer.sample()
    counts = np.zeros(5)
    for corridor_ in made:
        for place, _, _ in corridor_.log:
            counts[place] += 1
    assert counts.sum() == 40 * envs == transform.bonus.steps.item()
    expected = (0.5 / np.sqrt(counts + 0.01))[drawn["next", "observation"].argmax(-1).numpy()]
    plain = drawn.clone()
    plain["next", "reward"] = plain["next", "extrinsic_reward"]
    difference = target_of(drawn, monkeypatch) - target_of(plain, monkeypatch)
    np.testing.assert_allclose(difference.numpy(), expected, rtol=1e-4)
    assert len(set(np.round(expected, 4))) > 2


def test_a_zero_bonus_moves_nothing(corridor):
    env, _ = environment(corridor, BonusTransform("rnd:beta=0"))
    other, _ = environment(corridor, BonusTransform(COUNT, add=False))
    assert torch.equal(rollout(env, 30)["next", "reward"], rollout(other, 30)["next", "extrinsic_reward"])


def test_the_returns_of_a_rollout_move_by_the_discounted_bonuses(corridor):
    env, (made,) = environment(corridor, BonusTransform(COUNT))
    steps = rollout(env, 40)
    # n as it was when the step was taken
    counts, bonuses = np.zeros(5), []
    for place, _, _ in made.log:
        counts[place] += 1
        bonuses.append(0.5 / np.sqrt(counts[place] + 0.01))
    moved = (steps["next", "reward"] - steps["next", "extrinsic_reward"]).reshape(-1)
    np.testing.assert_allclose(moved.numpy(), bonuses, rtol=1e-4)
    critic = torch.nn.Linear(5, 1)
    torch.nn.init.zeros_(critic.weight)
    torch.nn.init.zeros_(critic.bias)
    module = TensorDictModule(critic, in_keys=["observation"], out_keys=["state_value"])
    advantages = GAE(gamma=GAMMA, lmbda=1.0, value_network=module)
    plain = steps.clone()
    plain["next", "reward"] = plain["next", "extrinsic_reward"]
    targets = [advantages(each)["value_target"].reshape(-1) for each in (steps, plain)]
    expected, ahead = np.zeros(40), 0.0
    for step in reversed(range(40)):
        _, reached, cut = made.log[step]
        ahead = bonuses[step] + GAMMA * ahead * (not (reached or cut))
        expected[step] = ahead
    np.testing.assert_allclose((targets[0] - targets[1]).detach().numpy(), expected, rtol=1e-4)
    assert any(cut for _, _, cut in made.log)
    assert any(reached for _, reached, _ in made.log)


def test_first_visits_begin_anew_at_a_reset_and_specs_agree(corridor):
    env, (made,) = environment(corridor, BonusTransform("first-visit:beta=1", total_steps=100))
    check_env_specs(env)
    assert env.transform.bonus.default_half_life == pytest.approx(27)
    env, (made,) = environment(corridor, BonusTransform("first-visit:beta=1"))
    paid, seen = [], {0}
    steps = rollout(env, 40)
    for place, reached, cut in made.log:
        paid.append(float(place not in seen))
        seen = {0} if reached or cut else seen | {place}
    assert steps["next", "bonus"].reshape(-1).tolist() == paid


def test_a_reset_of_one_environment_in_the_middle_begins_its_episode_alone(corridor):
    env, _ = environment(corridor, BonusTransform("first-visit:beta=1"), envs=2)
    steps = env.rand_step(env.reset())
    assert env.transform.bonus.episode_start.tolist() == [[False, False]]
    env.reset(TensorDict({"_reset": torch.tensor([[False], [True]])}, batch_size=steps.batch_size))
    assert env.transform.bonus.episode_start.tolist() == [[False, True]]


def test_what_is_drawn_has_the_episodic_factor_of_its_episode(corridor):
    transform = BonusTransform("first-visit:beta=1", add=False)
    env, _ = environment(corridor, transform)
    steps = rollout(env, 40)
    when_it_happened = steps["next", "bonus"].clone()
    buffer = ReplayBuffer(storage=LazyTensorStorage(40), transform=BonusWhenDrawn(transform), batch_size=40)
    buffer.extend(steps)
    drawn = buffer[:]
    assert drawn["next", "bonus"].tolist() == when_it_happened.tolist()
    assert len(set(when_it_happened.reshape(-1).tolist())) == 2


def test_a_bonus_learns_from_what_is_drawn_or_from_each_step(corridor):
    transform = BonusTransform("icm", add=False)
    env, _ = environment(corridor, transform)
    steps = rollout(env, 20)
    assert not transform.bonus.last_losses
    buffer = ReplayBuffer(storage=LazyTensorStorage(200), transform=BonusWhenDrawn(transform), batch_size=8)
    buffer.extend(steps)
    buffer.sample()
    assert set(transform.bonus.last_losses) == {"inverse", "forward"}
    env, _ = environment(corridor, BonusTransform("icm"))
    rollout(env, 3)
    assert env.transform.bonus.last_losses


def test_what_does_not_fit_is_refused(corridor):
    with pytest.raises(BadInput, match="added twice"):
        BonusWhenDrawn(BonusTransform("count"))
    with pytest.raises(BadInput, match="part of no environment"):
        _ = BonusTransform("count").bonus
    env, _ = environment(corridor, BonusTransform("count:by=state"))
    with pytest.raises(BadInput, match="by=observation"):
        env.rollout(2)
    assert gym.spaces.Discrete(2) == GymWrapper(corridor())._env.action_space
