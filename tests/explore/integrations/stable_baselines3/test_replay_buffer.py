"""The bonus in SB3's own targets: off-policy agents, from the step in the environment to the loss."""

import functools
import pickle

import gymnasium as gym
import numpy as np
import pytest
import torch

import explore
from explore import BadInput

pytest.importorskip("stable_baselines3", reason="the extra sb3 is not installed")
from stable_baselines3 import DDPG, DQN, SAC, TD3
from stable_baselines3.common.buffers import DictReplayBuffer, NStepReplayBuffer
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from explore.integrations.stable_baselines3 import (
    BonusDictReplayBuffer,
    BonusNStepReplayBuffer,
    BonusReplayBuffer,
    KeepTerminalObservation,
)

GAMMA = 0.9
COUNT = "count:beta=0.5,scale=none,first_visit=false"


def environments(corridor, envs, wrap=lambda venv: venv, **options):
    """Environment i begins at place i mod 2."""
    return wrap(DummyVecEnv([functools.partial(corridor, start=env % 2, **options) for env in range(envs)]))


def make(algorithm, venv, buffer=None, starts=10_000, **options):
    """A small model; `buffer` with its bonus, or SB3's own for the same rows."""
    policy = "MultiInputPolicy" if isinstance(venv.observation_space, gym.spaces.Dict) else "MlpPolicy"
    kwargs = {"buffer_size": 600, "batch_size": 16, "gamma": GAMMA, "seed": 3, "train_freq": 1, "device": "cpu"}
    return algorithm(
        policy,
        venv,
        learning_starts=starts,
        replay_buffer_class=buffer,
        policy_kwargs={"net_arch": [8]},
        **{**kwargs, **options},
    )


def draw(model, seed=5, batch=64):
    np.random.seed(seed)  # noqa: NPY002  (SB3 draws from NumPy's global state)
    return model.replay_buffer.sample(batch, env=model._vec_normalize_env)


def targets_of(model, monkeypatch, loss, seed=5):
    """What the model's own training step takes for targets."""
    captured, plain = [], getattr(torch.nn.functional, loss)

    def spy(prediction, target, *args, **kwargs):
        captured.append(target.detach().clone())
        return plain(prediction, target, *args, **kwargs)

    monkeypatch.setattr(torch.nn.functional, loss, spy)
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)
    model.train(gradient_steps=1, batch_size=64)
    monkeypatch.undo()
    return captured[0].reshape(-1)


def count_bonus(venv):
    """β/√(n + 0.01) of each place, by how often it was arrived in, in all environments."""
    counts = np.zeros(5)
    for env in venv.unwrapped.envs:
        for place, _, _ in env.log:
            counts[place] += 1
    return 0.5 / np.sqrt(counts + 0.01)


@pytest.mark.parametrize("envs", [1, 3])
def test_the_targets_of_dqn_move_by_the_bonus(corridor, monkeypatch, envs):
    plain = make(DQN, environments(corridor, envs))
    paid = make(DQN, environments(corridor, envs), BonusReplayBuffer, replay_buffer_kwargs={"bonus": COUNT})
    for model in (plain, paid):
        model.learn(120 * envs)
    successors = draw(plain).next_observations.reshape(-1).long().numpy()
    expected = count_bonus(paid.env)[successors]
    difference = targets_of(paid, monkeypatch, "smooth_l1_loss") - targets_of(plain, monkeypatch, "smooth_l1_loss")
    np.testing.assert_allclose(difference.numpy(), expected, rtol=1e-5)
    assert len(set(np.round(expected, 5))) > 2


@pytest.mark.parametrize("envs", [1, 3])
def test_every_reward_of_an_n_step_return_has_its_bonus(corridor, monkeypatch, envs):
    kwargs = {"n_steps": 3, "gamma": GAMMA}
    plain = make(DQN, environments(corridor, envs), NStepReplayBuffer, replay_buffer_kwargs=kwargs)
    paid = make(
        DQN, environments(corridor, envs), BonusNStepReplayBuffer, replay_buffer_kwargs={"bonus": COUNT, **kwargs}
    )
    for model in (plain, paid):
        model.learn(120 * envs)
    # The same rows with the bonus as their reward, in SB3's own buffer.
    buffer = plain.replay_buffer
    before = targets_of(plain, monkeypatch, "smooth_l1_loss")
    buffer.rewards = count_bonus(paid.env)[buffer.next_observations[..., 0]].astype(np.float32)
    expected = draw(plain).rewards.reshape(-1)
    difference = targets_of(paid, monkeypatch, "smooth_l1_loss") - before
    np.testing.assert_allclose(difference.numpy(), expected.numpy(), rtol=1e-4, atol=1e-6)
    assert expected.max() > 1.5 * expected.min()


@pytest.mark.parametrize("algorithm", [TD3, DDPG, SAC])
def test_the_targets_of_continuous_agents_move_by_the_bonus(corridor, monkeypatch, algorithm):
    plain = make(algorithm, environments(corridor, 1, continuous=True, kind="box"))
    paid = make(
        algorithm,
        environments(corridor, 1, continuous=True, kind="box"),
        BonusReplayBuffer,
        replay_buffer_kwargs={"bonus": COUNT},
    )
    for model in (plain, paid):
        model.learn(100)
    successors = draw(plain).next_observations.argmax(1).numpy()
    expected = count_bonus(paid.env)[successors]
    difference = targets_of(paid, monkeypatch, "mse_loss") - targets_of(plain, monkeypatch, "mse_loss")
    np.testing.assert_allclose(difference.numpy(), expected, rtol=1e-4)


@pytest.mark.parametrize("bonus", ["rnd:beta=0", "icm:beta=0", "mix:bonuses=count+rnd,beta=0"])
@pytest.mark.parametrize(("algorithm", "envs"), [(DQN, 1), (DQN, 3), (SAC, 1)])
def test_a_zero_bonus_is_the_plain_run_bit_for_bit(corridor, algorithm, envs, bonus):
    options = {"kind": "box", "continuous": algorithm is SAC}
    venv = environments(corridor, envs, **options)
    plain = make(algorithm, venv, starts=30).learn(90 * envs)  # each right after it was made, which sets SB3's seeds
    venv = environments(corridor, envs, **options)
    paid = make(algorithm, venv, BonusReplayBuffer, 30, replay_buffer_kwargs={"bonus": bonus}).learn(90 * envs)
    assert plain._n_updates == paid._n_updates > 0
    weights = zip(plain.policy.state_dict().values(), paid.policy.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)
    np.testing.assert_array_equal(draw(plain).rewards, draw(paid).rewards)


class Witness(explore.Bonus):
    """Pays 1 for every step and keeps what it is shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.steps_shown, self.trained, self.scored = [], 0, None

    def novelty(self, transitions):
        self.scored = transitions
        return torch.ones_like(transitions.reward)

    def update_statistics(self, transitions):
        parts = (transitions.observation[0, :, 0], transitions.next_observation[0, :, 0], transitions.terminated[0])
        shown = (*parts, transitions.truncated[0], self.episode_start[0])
        self.steps_shown.append([tuple(part[env].item() for part in shown) for env in range(self.envs)])

    def train_step(self, transitions):
        self.trained += 1
        return {}


def witness(corridor, envs=1, **settings):
    env = corridor()
    return Witness(env.observation_space, env.action_space, envs=envs, first_visit=False, **settings)


def test_truncation_is_told_apart_and_successors_are_true(corridor):
    bonus = witness(corridor, envs=3)
    model = make(DQN, environments(corridor, 3), BonusReplayBuffer, replay_buffer_kwargs={"bonus": bonus})
    model.learn(150)
    for env in range(3):
        log = model.env.envs[env].log
        shown = [step[env] for step in bonus.steps_shown]
        assert [step[1:4] for step in shown] == log
        first = [True] + [reached or cut for _, reached, cut in log[:-1]]
        assert [step[4] for step in shown] == first
        for begins, step, before in zip(first[1:], shown[1:], log, strict=False):
            assert step[0] == (env % 2 if begins else before[0])
        assert any(cut for _, _, cut in log)
        assert any(reached for _, reached, _ in log)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("saving_memory", [False, True])
def test_what_is_scored_is_what_happened(corridor, saving_memory, full):
    options = {"replay_buffer_kwargs": {"bonus": witness(corridor, envs=2)}, "buffer_size": 80 if full else 600}
    if saving_memory:
        options["optimize_memory_usage"] = True
        options["replay_buffer_kwargs"]["handle_timeout_termination"] = False
    model = make(DQN, environments(corridor, 2), BonusReplayBuffer, **options)
    model.learn(200)
    assert model.replay_buffer.full == full
    draw(model, batch=500)
    seen = model.replay_buffer.bonus.scored
    steps = [
        seen.observation[0, :, 0],
        seen.next_observation[0, :, 0],
        seen.terminated[0],
        seen.truncated[0],
    ]
    scored = set(zip(*(part.tolist() for part in steps), strict=True))
    shown = {step[:4] for pair in model.replay_buffer.bonus.steps_shown for step in pair}
    assert scored <= shown  # with the first observation of the next episode as successor, (4, …) would never be
    assert {step for step in shown if step[2]} <= scored


def test_a_reset_that_sb3_does_not_report_begins_an_episode(corridor):
    for saving_memory in (False, True):
        bonus = witness(corridor)
        kwargs = {"bonus": bonus, "handle_timeout_termination": not saving_memory}
        model = make(
            DQN,
            environments(corridor, 1, limit=1000),
            BonusReplayBuffer,
            replay_buffer_kwargs=kwargs,
            optimize_memory_usage=saving_memory,
        )
        model.learn(2)
        assert model.env.envs[0].log[-1][0] > 0, "the seed does not leave the corridor's start"
        model.learn(3)
        assert [step[0][4] for step in bonus.steps_shown] == [True, False, True, False, False]
        transitions, _ = _stored(model.replay_buffer)
        assert transitions.truncated[0, :5].tolist() == [False, True, False, False, False]
        places = [place for place, _, _ in model.env.envs[0].log[:5]]
        assert transitions.next_observation[0, :5, 0].tolist() == places
        goes_on = make(DQN, model.env, BonusReplayBuffer, replay_buffer_kwargs={"bonus": COUNT})
        goes_on.learn(2)
        goes_on.learn(2, reset_num_timesteps=False)
        assert not goes_on.replay_buffer._truncated.any()


def _stored(buffer):
    buffer._drawn_rewards = buffer.rewards
    step = np.arange(5)
    return buffer._stored(step, np.zeros(5, dtype=np.int64))


def test_first_visits_of_an_episode_are_stored_with_the_step(corridor):
    model = make(
        DQN, environments(corridor, 1), BonusReplayBuffer, replay_buffer_kwargs={"bonus": "first-visit:beta=1"}
    )
    model.learn(60)
    log, paid, seen = model.env.envs[0].log, [], {0}
    for place, reached, cut in log:
        paid.append(float(place not in seen))
        seen = {0} if reached or cut else seen | {place}
    buffer = model.replay_buffer
    np.testing.assert_array_equal(buffer._factor[:60, 0], paid)
    samples = draw(model, batch=200)
    bonus = samples.rewards - (samples.next_observations == 4).float()
    assert set(bonus.reshape(-1).tolist()) == {0.0, 1.0}


def test_networks_are_trained_once_per_batch_or_once_per_step(corridor):
    for learns_from, expected in (("drawn", 25), ("new", 60)):
        bonus = witness(corridor, learns_from=learns_from)
        model = make(DQN, environments(corridor, 1), BonusReplayBuffer, 35, replay_buffer_kwargs={"bonus": bonus})
        model.learn(60)
        assert model._n_updates == 25
        assert bonus.trained == expected


def test_a_frozen_bonus_learns_nothing_and_pays_on(corridor):
    model = make(DQN, environments(corridor, 1), BonusReplayBuffer, replay_buffer_kwargs={"bonus": COUNT})
    model.learn(50)
    model.replay_buffer.bonus.freeze()
    before = draw(model).rewards
    size = model.replay_buffer.pos
    model.learn(50)
    model.replay_buffer.pos = size
    np.testing.assert_array_equal(draw(model).rewards, before)
    assert before.max() > 0


@pytest.mark.parametrize("bonus", ["count", "rnd", "mix:bonuses=count+icm"])
def test_a_saved_buffer_goes_on_as_if_it_had_not_been_saved(corridor, tmp_path, bonus):
    def run(interrupted):
        venv = environments(corridor, 2, kind="box")
        model = make(DQN, venv, BonusReplayBuffer, 20, replay_buffer_kwargs={"bonus": bonus})
        model.learn(100)
        model.replay_buffer.bonus.default_half_life = 100.0
        if interrupted:
            model.save(tmp_path / "model")
            model.save_replay_buffer(tmp_path / "buffer")
            last = model._last_obs
            model = DQN.load(tmp_path / "model", venv)
            assert model.replay_buffer.bonus.steps.item() == 0  # SB3 saves no replay with the model
            model.load_replay_buffer(tmp_path / "buffer")
            model._last_obs = last
        np.random.seed(1)  # noqa: NPY002
        torch.manual_seed(1)
        venv.action_space.seed(1)
        model.action_space.seed(1)
        model.learn(60, reset_num_timesteps=False)
        return model

    whole, parted = run(False), run(True)
    np.testing.assert_array_equal(draw(whole).rewards, draw(parted).rewards)
    assert parted.replay_buffer.bonus.steps.item() == 160
    for one, other in zip(whole.policy.parameters(), parted.policy.parameters(), strict=True):
        assert torch.equal(one, other)
    again = pickle.loads(pickle.dumps(parted.replay_buffer))
    assert again.bonus.default_half_life == 100.0


def test_dictionaries_have_a_buffer_of_their_own(corridor):
    venv = environments(corridor, 3, kind="dict")
    model = make(DQN, venv, BonusDictReplayBuffer, replay_buffer_kwargs={"bonus": COUNT})
    plain = make(DQN, environments(corridor, 3, kind="dict"), DictReplayBuffer)
    for each in (model, plain):
        each.learn(90)
    samples = draw(plain)
    expected = count_bonus(venv)[samples.next_observations["a"].argmax(1).numpy()]
    difference = (draw(model).rewards - samples.rewards).reshape(-1)
    np.testing.assert_allclose(difference, expected, rtol=1e-5)
    with pytest.raises(BadInput, match="use BonusDictReplayBuffer"):
        BonusReplayBuffer(10, venv.observation_space, venv.action_space, bonus="count")
    with pytest.raises(BadInput, match="use BonusReplayBuffer"):
        make(DQN, environments(corridor, 1), BonusDictReplayBuffer, replay_buffer_kwargs={"bonus": "count"})


def test_a_normalised_reward_gets_the_bonus_in_full(corridor):
    wrap = functools.partial(VecNormalize, norm_obs=False, norm_reward=True, gamma=GAMMA)
    venv = environments(corridor, 2, wrap, kind="box")
    model = make(DQN, venv, BonusReplayBuffer, replay_buffer_kwargs={"bonus": COUNT})
    plain = make(DQN, environments(corridor, 2, wrap, kind="box"))
    for each in (model, plain):
        each.learn(100)
    samples = draw(plain)
    expected = count_bonus(venv)[samples.next_observations.argmax(1).numpy()]
    np.testing.assert_allclose((draw(model).rewards - samples.rewards).reshape(-1), expected, rtol=1e-4)
    assert 0 < samples.rewards.max() != 1


def test_normalised_observations_need_the_original_of_the_last_one(corridor):
    wrap = functools.partial(VecNormalize, clip_obs=0.5)
    model = make(
        DQN, environments(corridor, 1, wrap, kind="box"), BonusReplayBuffer, replay_buffer_kwargs={"bonus": COUNT}
    )
    model.learn(60)
    with pytest.raises(BadInput, match="KeepTerminalObservation"):
        draw(model)
    venv = environments(corridor, 1, lambda venv: wrap(KeepTerminalObservation(venv)), kind="box")
    model = make(DQN, venv, BonusReplayBuffer, replay_buffer_kwargs={"bonus": COUNT})
    model.learn(60)
    draw(model)
    ends = {place for place, reached, cut in venv.unwrapped.envs[0].log if reached or cut}
    buffer = model.replay_buffer
    assert {int(row.argmax()) for row in buffer._successors.values()} == ends
    assert {tuple(row) for row in buffer._successors.values()} <= {tuple(row) for row in np.eye(5, dtype=np.float32)}
    paid = np.unique(np.round(draw(model).rewards - 0, 4))
    assert len(paid) > 2


def test_refusals_say_what_is_right(corridor):
    env = corridor()
    spaces = env.observation_space, env.action_space
    with pytest.raises(BadInput, match="by=observation, or use BonusVecEnv"):
        BonusReplayBuffer(10, *spaces, bonus="count:by=state")
    with pytest.raises(BadInput, match="did you mean 'count'"):
        BonusReplayBuffer(10, *spaces, bonus="coutn")
    with pytest.raises(BadInput, match="2 environments each"):
        BonusReplayBuffer(10, *spaces, bonus=witness(corridor, envs=2))
    buffer = BonusReplayBuffer(10, *spaces, bonus="count")
    row, done = np.array([1]), np.array([True])
    with pytest.raises(BadInput, match="terminal_observation"):
        buffer.add(row, row, np.array([[0]]), np.zeros(1), done, [{}])
