"""The bonus in Tianshou's own returns, off- and on-policy; and where Tianshou itself loses one."""

import functools

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore import BadInput

pytest.importorskip("tianshou", reason="the extra tianshou is not installed")
from tianshou.algorithm import DQN, PPO
from tianshou.algorithm.algorithm_base import policy_within_training_step
from tianshou.algorithm.modelbased.icm import ICMOffPolicyWrapper
from tianshou.algorithm.modelfree.dqn import DiscreteQLearningPolicy
from tianshou.algorithm.modelfree.reinforce import ProbabilisticActorPolicy
from tianshou.algorithm.optim import AdamOptimizerFactory
from tianshou.data import Batch, Collector, VectorReplayBuffer
from tianshou.env import DummyVectorEnv
from tianshou.utils.net.discrete import IntrinsicCuriosityModule

from explore.integrations.tianshou import BonusVectorReplayBuffer

GAMMA = 0.9
COUNT = "count:beta=0.5,scale=none,first_visit=false"
SPACES = gym.spaces.Box(0, 1, (5,), np.float32), gym.spaces.Discrete(2)


class Net(torch.nn.Module):
    """Two numbers for each observation, linear in it."""

    def __init__(self, outputs=2):
        super().__init__()
        torch.manual_seed(0)
        self.layer = torch.nn.Linear(5, outputs)

    def forward(self, obs, state=None, info=None):
        return self.layer(torch.as_tensor(np.asarray(obs), dtype=torch.float32)), state


def dqn(n_step):
    policy = DiscreteQLearningPolicy(model=Net(), action_space=SPACES[1])
    return DQN(policy=policy, optim=AdamOptimizerFactory(), gamma=GAMMA, n_step_return_horizon=n_step)


def make_buffer(envs, bonus=COUNT, **options):
    return BonusVectorReplayBuffer(120 * envs, envs, *SPACES, bonus=bonus, random_seed=3, **options)


def play(corridor, buffers, envs, steps=100):
    """The same steps into all buffers; returns the arrivals at each place."""
    rng, counts = np.random.default_rng(1), np.zeros(5)
    slots = [corridor(start=env % 2, kind="box") for env in range(envs)]
    observations = np.stack([slot.reset()[0] for slot in slots])
    for _ in range(steps):
        actions = rng.integers(2, size=envs)
        outcome = [slot.step(action) for slot, action in zip(slots, actions, strict=True)]
        after, reward, terminated, truncated = (np.array([row[place] for row in outcome]) for place in range(4))
        for buffer in buffers:
            buffer.add(
                Batch(
                    obs=observations,
                    act=actions,
                    rew=reward,
                    terminated=terminated,
                    truncated=truncated,
                    obs_next=after,
                    info=Batch(),
                )
            )
        for slot in slots:
            counts[slot.place] += 1
        ended = terminated | truncated
        observations = np.stack([s.reset()[0] if end else now for s, end, now in zip(slots, ended, after, strict=True)])
    return counts


def returns_of(algorithm, buffer, size=64):
    batch, indices = buffer.sample(size)
    return algorithm._preprocess_batch(batch, buffer, indices).returns.reshape(-1), indices


@pytest.mark.parametrize("envs", [1, 3])
@pytest.mark.parametrize("n_step", [1, 3])
def test_the_targets_of_dqn_move_by_the_bonus_of_every_step(corridor, envs, n_step):
    paid, plain = make_buffer(envs), VectorReplayBuffer(120 * envs, envs, random_seed=3)
    counts = play(corridor, (paid, plain), envs)
    before, rows = returns_of(dqn(n_step), plain)
    after, same = returns_of(dqn(n_step), paid)
    np.testing.assert_array_equal(rows, same)
    worth = 0.5 / np.sqrt(counts + 0.01)
    expected = np.zeros(len(rows))
    for item, row in enumerate(rows):
        for k in range(n_step):
            expected[item] += GAMMA**k * worth[plain.obs_next[row].argmax()]
            if plain.next(row) == row:
                break
            row = plain.next(row)
    np.testing.assert_allclose((after - before).numpy(), expected, rtol=1e-4)
    np.testing.assert_array_equal(paid._meta["rew"], plain.rew)  # what is stored stays the environment's own


def test_a_zero_bonus_moves_nothing(corridor):
    paid, plain = make_buffer(2, "rnd:beta=0"), VectorReplayBuffer(240, 2, random_seed=3)
    play(corridor, (paid, plain), 2)
    assert torch.equal(returns_of(dqn(3), paid)[0], returns_of(dqn(3), plain)[0])


def test_the_returns_of_ppo_move_by_the_bonus(corridor):
    def algorithm():
        policy = ProbabilisticActorPolicy(
            actor=Net(),
            dist_fn=lambda logits: torch.distributions.Categorical(logits=logits),
            action_space=SPACES[1],
            action_scaling=False,
        )
        critic = Net(1)
        critic.forward = lambda obs, **_: critic.layer(torch.as_tensor(np.asarray(obs), dtype=torch.float32))
        torch.nn.init.zeros_(critic.layer.weight)
        torch.nn.init.zeros_(critic.layer.bias)
        return PPO(policy=policy, critic=critic, optim=AdamOptimizerFactory(), gamma=GAMMA, gae_lambda=1.0)

    paid, plain = make_buffer(1), VectorReplayBuffer(120, 1, random_seed=3)
    counts = play(corridor, (paid, plain), 1)
    worth = 0.5 / np.sqrt(counts + 0.01)
    after, rows = returns_of(algorithm(), paid, 0)
    before, _ = returns_of(algorithm(), plain, 0)
    expected, ahead = np.zeros(len(rows)), 0.0
    for row in reversed(rows.tolist()):
        ahead = worth[plain.obs_next[row].argmax()] + GAMMA * ahead * (not plain.done[row])
        expected[row] = ahead
    np.testing.assert_allclose((after - before).numpy(), expected, rtol=1e-4)


def test_an_intrinsic_reward_of_tianshou_s_own_does_not_reach_the_target_of_dqn(corridor):
    """The reason for a buffer: were this mended in Tianshou, a wrapper of the algorithm would do."""
    plain = VectorReplayBuffer(120, 1, random_seed=3)
    play(corridor, (plain,), 1)
    module = IntrinsicCuriosityModule(feature_net=torch.nn.Identity(), feature_dim=5, action_dim=2, hidden_sizes=[8])
    wrapped = ICMOffPolicyWrapper(
        wrapped_algorithm=dqn(1),
        model=module,
        optim=AdamOptimizerFactory(),
        lr_scale=1.0,
        reward_scale=1e6,
        forward_loss_weight=0.2,
    )
    batch, rows = plain.sample(32)
    own = dqn(1)._preprocess_batch(plain[rows], plain, rows).returns
    assert torch.equal(wrapped._preprocess_batch(batch, plain, rows).returns, own)


def test_a_collector_shows_the_bonus_every_step_and_an_update_trains_it(corridor):
    venv = DummyVectorEnv([functools.partial(corridor, start=env % 2, kind="box") for env in range(3)])
    algorithm, buffer = dqn(1), make_buffer(3, "icm", total_steps=100)
    collector = Collector(algorithm, venv, buffer)
    collector.reset()
    result = collector.collect(n_step=90, random=True)
    assert buffer.bonus.steps.item() == result.n_collected_steps == 90
    assert buffer.bonus.default_half_life == pytest.approx(27)
    assert result.returns.max() <= 1  # without the bonus
    before = buffer.bonus.state_dict()
    with policy_within_training_step(algorithm.policy):
        algorithm.update(buffer, 16)
    after = buffer.bonus.state_dict()
    changed = [name for name in before if torch.is_tensor(before[name]) and not torch.equal(before[name], after[name])]
    assert buffer.bonus.last_losses or changed


def test_a_row_that_is_drawn_again_has_the_bonus_of_that_time(corridor):
    buffer, plain = make_buffer(1), VectorReplayBuffer(120, 1)
    counts = play(corridor, (buffer, plain), 1, steps=40)
    batch, _ = buffer.sample(0)  # all rows in their order
    places = plain.obs_next[:40].argmax(1)
    np.testing.assert_allclose(batch.rew, plain.rew[:40] + 0.5 / np.sqrt(counts + 0.01)[places], rtol=1e-5)
    counts += play(corridor, (buffer, plain), 1, steps=40)
    batch, _ = buffer.sample(0)
    np.testing.assert_allclose(batch.rew[:40], plain.rew[:40] + 0.5 / np.sqrt(counts + 0.01)[places], rtol=1e-5)


def test_an_episode_begins_where_the_environment_was_reset_in_the_middle(corridor):
    buffer, slot = make_buffer(1, "first-visit:beta=1"), corridor(kind="box")
    for _ in range(2):  # the second time from the start again, without an end of the first
        before, _ = slot.reset()
        for _ in range(2):
            after, reward, terminated, truncated, _ = slot.step(1)
            row = (before, 1, reward, terminated, truncated, after)
            names = ("obs", "act", "rew", "terminated", "truncated", "obs_next")
            buffer.add(
                Batch({name: np.array([each]) for name, each in zip(names, row, strict=True)} | {"info": Batch()})
            )
            before = after
    batch, _ = buffer.sample(0)
    assert batch.rew.tolist() == [1.0, 1.0, 1.0, 1.0]


def test_what_a_bonus_cannot_use_is_refused():
    with pytest.raises(BadInput, match="leave ignore_obs_next at False"):
        make_buffer(2, ignore_obs_next=True)
    with pytest.raises(BadInput, match="by=observation"):
        make_buffer(2, "count:by=state")
