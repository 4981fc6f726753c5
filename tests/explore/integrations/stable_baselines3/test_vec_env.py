"""The bonus in PPO's and A2C's own returns, and what `BonusVecEnv` says of a step."""

import functools

import numpy as np
import pytest
import torch

from explore import BadInput, Bonus, BonusRewardSingle, make_bonus

pytest.importorskip("stable_baselines3", reason="the extra sb3 is not installed")
from stable_baselines3 import A2C, PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from explore.integrations.stable_baselines3 import BonusVecEnv

GAMMA, STEPS = 0.9, 16
COUNT = "count:beta=0.5,scale=none,first_visit=false"


def environments(corridor, envs, **options):
    """Environment i begins at place i mod 2."""
    return DummyVecEnv([functools.partial(corridor, start=env % 2, **options) for env in range(envs)])


def bonuses_as_they_came(log, steps, envs):
    """β/√(n + 0.01) of every arrival, with n as it was then, `(steps, envs)`; `log` as the corridors keep it."""
    counts, paid = np.zeros(5), np.zeros((steps, envs))
    for step in range(steps):
        for env in range(envs):
            counts[log[env][step][0]] += 1
        for env in range(envs):
            paid[step, env] = 0.5 / np.sqrt(counts[log[env][step][0]] + 0.01)
    return paid


class FirstRollout:
    """Runs a model to the end of its first rollout and keeps the buffer, before anything is learned from it."""

    def __init__(self, algorithm, venv):
        batches = {"batch_size": STEPS} if algorithm is PPO else {}
        self.model = algorithm("MlpPolicy", venv, n_steps=STEPS, gamma=GAMMA, seed=1, device="cpu", **batches)
        kept = {}

        def train():
            buffer = self.model.rollout_buffer
            kept.update(
                rewards=buffer.rewards.copy(),
                returns=buffer.returns.copy(),
                starts=buffer.episode_starts.copy(),
                actions=buffer.actions.copy(),
            )

        self.model.train = train
        self.model.learn(STEPS * venv.num_envs)
        self.buffer, self.lam = kept, self.model.gae_lambda
        self.over = self.model._last_episode_starts


@pytest.mark.parametrize("envs", [1, 3])
@pytest.mark.parametrize("algorithm", [PPO, A2C])
def test_the_returns_move_by_the_bonuses(corridor, algorithm, envs):
    plain = FirstRollout(algorithm, environments(corridor, envs))
    venv = environments(corridor, envs)
    paid = FirstRollout(algorithm, BonusVecEnv(venv, COUNT))
    np.testing.assert_array_equal(plain.buffer["actions"], paid.buffer["actions"])
    expected = bonuses_as_they_came([env.log for env in venv.envs], STEPS, envs)
    np.testing.assert_allclose(paid.buffer["rewards"] - plain.buffer["rewards"], expected, rtol=1e-5, atol=1e-7)
    # λ-returns are linear in the rewards: their difference is that of the bonuses alone, which no value bootstraps.
    moved, ahead = np.zeros((STEPS, envs)), np.zeros(envs)
    goes_on = 1 - np.append(paid.buffer["starts"][1:], paid.over[None].astype(float), axis=0)
    for step in reversed(range(STEPS)):
        ahead = expected[step] + GAMMA * paid.lam * goes_on[step] * ahead
        moved[step] = ahead
    np.testing.assert_allclose(paid.buffer["returns"] - plain.buffer["returns"], moved, rtol=1e-4, atol=1e-6)
    assert any(reached for env in venv.envs for _, reached, _ in env.log)
    assert any(cut for env in venv.envs for _, _, cut in env.log)


@pytest.mark.parametrize("envs", [1, 3])
@pytest.mark.parametrize("bonus", ["rnd:beta=0", "icm:beta=0"])
def test_a_zero_bonus_is_the_plain_run_bit_for_bit(corridor, envs, bonus):
    weights = []
    for wrap in (lambda venv: venv, lambda venv: BonusVecEnv(venv, bonus)):
        model = PPO("MlpPolicy", wrap(environments(corridor, envs)), n_steps=32, batch_size=16, seed=1, device="cpu")
        weights.append(model.learn(64 * envs).policy.state_dict())
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


class Witness(Bonus):
    """Pays 1 for every step and keeps what it is shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.shown, self.keys = [], []

    def novelty(self, transitions):
        return torch.ones_like(transitions.reward)

    def update_statistics(self, transitions):
        parts = (transitions.observation, transitions.next_observation)
        ends = (transitions.terminated, transitions.truncated, self.episode_start)
        shown = [part[0, :, 0] for part in parts] + [part[0] for part in ends]
        self.shown.append([tuple(part[env].item() for part in shown) for env in range(self.envs)])
        self.keys.append((transitions.state_key[0].tolist(), transitions.next_state_key[0].tolist()))


@pytest.mark.parametrize("envs", [1, 3])
def test_successors_ends_and_states_are_the_true_ones(corridor, envs):
    venv = environments(corridor, envs)
    bonus = Witness(venv.observation_space, venv.action_space, envs=envs)
    wrapped, rng = BonusVecEnv(venv, bonus), np.random.default_rng(0)
    wrapped.reset()
    for _ in range(60):
        wrapped.step(rng.integers(2, size=envs))
    for env in range(envs):
        log, shown = venv.envs[env].log, [step[env] for step in bonus.shown]
        starts = [True] + [reached or cut for _, reached, cut in log[:-1]]
        assert [step[1:] for step in shown] == [(*now, first) for now, first in zip(log, starts, strict=True)]
        before = [env % 2 if first else previous[0] for first, previous in zip(starts, [None, *log], strict=False)]
        assert [step[0] for step in shown] == before
        assert [keys[0][env] for keys in bonus.keys] == before
        assert [keys[1][env] for keys in bonus.keys] == [place for place, _, _ in log]
        assert {True, False} == {cut for _, _, cut in log} == {reached for _, reached, _ in log}


@pytest.mark.parametrize("monitored", [False, True])
def test_the_infos_tell_bonus_and_extrinsic_reward_apart(corridor, monitored):
    make = (lambda: Monitor(corridor())) if monitored else corridor
    wrapped = BonusVecEnv(DummyVecEnv([make, make]), COUNT)
    wrapped.reset()
    total, length, episodes = np.zeros(2), np.zeros(2), []
    rng = np.random.default_rng(0)
    for _ in range(60):
        _, reward, done, infos = wrapped.step(rng.integers(2, size=2))
        for env, info in enumerate(infos):
            assert reward[env] == pytest.approx(info["extrinsic_reward"] + info["bonus"])
            assert info["bonus"] > 0
            total[env] += info["extrinsic_reward"]
            length[env] += 1
            if done[env]:
                assert (info["episode"]["r"], info["episode"]["l"]) == (total[env], length[env])
                episodes.append(total[env])
                total[env] = length[env] = 0
            else:
                assert "episode" not in info
    assert reward.dtype == np.float32
    assert wrapped.statistics.extrinsic_return == pytest.approx(np.mean(episodes))
    assert 0 < np.mean(episodes) < 1
    assert wrapped.statistics.coverage == 5  # places 1 to 4, and 0 by staying there
    assert wrapped.statistics.take_mean_bonus() > 0
    assert wrapped.statistics.take_mean_bonus() is None


def test_observations_normalised_within_are_refused_and_rewards_are_not(corridor):
    inner = environments(corridor, 2, kind="box")
    with pytest.raises(BadInput, match=r"VecNormalize\(BonusVecEnv"):
        BonusVecEnv(VecNormalize(inner), "count")
    normalized = VecNormalize(inner, norm_obs=False, gamma=GAMMA)
    wrapped = BonusVecEnv(normalized, COUNT)
    plain = VecNormalize(environments(corridor, 2, kind="box"), norm_obs=False, gamma=GAMMA)
    wrapped.reset()
    plain.reset()
    rng, raw = np.random.default_rng(0), []
    for _ in range(30):
        actions = rng.integers(2, size=2)
        _, reward, _, infos = wrapped.step(actions)
        np.testing.assert_allclose(reward - plain.step(actions)[1], [info["bonus"] for info in infos], rtol=1e-4)
        raw += [info["extrinsic_reward"] for info in infos]
    assert set(raw) == {0.0, 1.0}  # not the normalised ones


def test_observations_may_be_normalised_around_the_bonus(corridor):
    inner = environments(corridor, 2, kind="box")
    bare = BonusVecEnv(environments(corridor, 2, kind="box"), COUNT)
    around = VecNormalize(BonusVecEnv(inner, COUNT), norm_reward=False)
    bare.reset()
    around.reset()
    rng = np.random.default_rng(0)
    for _ in range(30):
        actions = rng.integers(2, size=2)
        np.testing.assert_array_equal(bare.step(actions)[1], around.step(actions)[1])


@pytest.mark.parametrize("spec", ["count", "rnd", "icm"])
def test_a_saved_bonus_goes_on(corridor, tmp_path, spec):
    wrapped = BonusVecEnv(environments(corridor, 2, kind="box"), spec)
    wrapped.reset()
    rng = np.random.default_rng(0)
    for _ in range(20):
        wrapped.step(rng.integers(2, size=2))
    wrapped.bonus.default_half_life = 50.0
    wrapped.save_bonus(tmp_path / "bonus.pt")
    other = BonusVecEnv(environments(corridor, 2, kind="box"), spec)
    other.load_bonus(tmp_path / "bonus.pt")
    wrapped.reset()
    other.reset()
    for _ in range(20):
        actions = rng.integers(2, size=2)
        np.testing.assert_array_equal(wrapped.step(actions)[1], other.step(actions)[1])
    with pytest.raises(BadInput, match="there is no file"):
        other.load_bonus(tmp_path / "none.pt")
    with pytest.raises(BadInput, match="has the bonus"):
        BonusVecEnv(environments(corridor, 2, kind="box"), "re3").load_bonus(tmp_path / "bonus.pt")
    with pytest.raises(BadInput, match="has the bonus"):
        BonusVecEnv(environments(corridor, 2), spec).load_bonus(tmp_path / "bonus.pt")  # of other observations
    (tmp_path / "text.pt").write_text("hello")
    torch.save({"a": 1}, tmp_path / "other.pt")
    for file in ("text.pt", "other.pt"):
        with pytest.raises(BadInput, match="is not a saved bonus"):
            other.load_bonus(tmp_path / file)
    with pytest.raises(BadInput, match="cannot be saved as"):
        other.save_bonus(tmp_path / "missing" / "bonus.pt")


def test_a_bonus_that_does_not_fit_is_refused(corridor):
    venv = environments(corridor, 2)
    bonus = make_bonus("count", venv.observation_space, venv.action_space, envs=3)
    with pytest.raises(BadInput, match="make it for one learner with 2"):
        BonusVecEnv(venv, bonus)


@pytest.mark.filterwarnings("error")
def test_sb3_finds_nothing_wrong_with_a_wrapped_environment(corridor):
    check_env(BonusRewardSingle(corridor(kind="box"), "count"))
    check_env(BonusRewardSingle(corridor(continuous=False, kind="dict"), "rnd"))
