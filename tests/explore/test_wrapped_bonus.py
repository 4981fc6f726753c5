"""What environments and agents hand to a wrapper: one sentence where it does not fit, and rows that are left out."""

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from explore import BONUSES, BadInput, Bonus, BonusReward, BonusRewardSingle, make_bonus

BUILT_IN = [name for name in BONUSES.names() if BONUSES.get(name).__module__.startswith("explore.")]
BOX = gym.spaces.Box(-1, 1, (1,))


class Scripted(gym.Env):
    """Returns the observations it is given, one after the other; an episode ends after `length` steps."""

    def __init__(self, space, observations, *, actions=None, reward=0.0, length=100):
        self.observation_space = space
        self.action_space = actions or gym.spaces.Discrete(3)
        self.observations, self.reward, self.length = observations, reward, length
        self.at = -1

    def _next(self):
        self.at += 1
        return self.observations[self.at % len(self.observations)]

    def reset(self, *, seed=None, options=None):
        self.begun = self.at + 1
        return self._next(), {}

    def step(self, action):
        observation = self._next()
        return observation, self.reward, self.at - self.begun >= self.length, False, {}


def played(space, observations, bonus="count", steps=3, action=1, **options):
    """What the first steps return."""
    environment = {key: options.pop(key) for key in ("actions", "reward", "length") if key in options}
    env = BonusRewardSingle(Scripted(space, observations, **environment), bonus, **options)
    env.reset()
    return [env.step(action) for _ in range(steps)]


@pytest.mark.parametrize("name", BUILT_IN)
def test_no_bonus_takes_a_row_of_another_width(name):
    """Compiled code wrote past its arrays, or the bonus went on without a word."""
    with pytest.raises(BadInput, match=r"observation: got an observation of shape \(6,\); the space is Box\(-10"):
        played(gym.spaces.Box(-10, 10, (1,)), [np.ones(6, np.float32)], name)


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("wrong", [259, 16, -1])
def test_no_bonus_takes_a_category_that_the_space_does_not_have(name, wrong):
    with pytest.raises(BadInput, match=rf"observation: got {wrong}, where the space Discrete\(16\) has 0 to 15"):
        played(gym.spaces.Discrete(16), [3, wrong], name)


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_no_bonus_takes_what_is_not_finite(name, wrong):
    """The bonus, and with it the reward, was NaN from then on."""
    ones = np.ones(2, np.float32)
    with pytest.raises(BadInput, match=r"observation: got .* at .* which is not finite"):
        played(gym.spaces.Box(-np.inf, np.inf, (2,)), [ones, ones, np.array([0, wrong], np.float32)], name)


@pytest.mark.parametrize("name", BUILT_IN)
def test_skipped_observations_leave_no_trace(name):
    """Two steps are left out, to the observation and from it, and what stood in its place is never read."""
    space = gym.spaces.Box(-np.inf, np.inf, (2,))
    broken = np.random.default_rng(0).normal(size=(12, 2)).astype(np.float32)
    broken[5] = [np.nan, 1]
    rewards = [step[1] for step in played(space, broken, name, steps=11, on_invalid="skip")]
    assert np.isfinite(rewards).all()
    assert rewards[4] == rewards[5] == 0.0
    broken[5] = [-np.inf, np.nan]
    assert rewards == [step[1] for step in played(space, broken, name, steps=11, on_invalid="skip")]


def test_a_skipped_step_counts_nothing():
    space = gym.spaces.Box(-np.inf, np.inf, (1,))
    seen = [np.array([place], np.float32) for place in (0, 1, np.nan, 1, 2)]
    env = BonusRewardSingle(Scripted(space, seen), "count", on_invalid="skip", add=False)
    env.reset()
    paid = [env.step(0)[4]["bonus"] > 0 for _ in range(4)]
    assert paid == [True, False, False, True]  # to 1, to NaN, from NaN to 1, to 2
    assert env.bonus.steps.tolist() == [2]


class Starts(Bonus):
    """Pays 1 a transition and keeps where episodes began."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.started = []

    def novelty(self, transitions):
        return torch.ones_like(transitions.reward)

    def episodic_factor(self, transitions):
        self.started.append(self.starting(transitions)[0].tolist())
        return torch.ones_like(transitions.reward)


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP])
def test_an_episode_that_ends_in_a_skipped_step_has_ended(mode):
    space = gym.spaces.Box(-np.inf, np.inf, (1,))
    seen = [np.array([place], np.float32) for place in (0, 1, np.nan, 7, 8, 9, 10, 11)]  # the first episode ends in NaN
    envs = SyncVectorEnv([lambda: Scripted(space, seen, length=2)], autoreset_mode=mode)
    bonus = Starts(space, envs.single_action_space)
    wrapped = BonusReward(envs, bonus, on_invalid="skip")
    wrapped.reset()
    paid = [wrapped.step(np.zeros(1, np.int64))[4]["bonus"].item() > 0 for _ in range(5)]
    begins = [started[0] for started in bonus.started]
    if mode == AutoresetMode.SAME_STEP:
        assert paid == [True, False, True, True, True]
        assert begins == [True, False, True, False, True]
    else:
        assert paid == [True, False, False, True, True]
        assert begins == [True, False, False, True, False]


def test_a_picture_in_floats_is_refused():
    """Cast to bytes, most of 100 distinct pictures were one to `count`."""
    pictures = np.random.default_rng(0).random((100, 8, 8, 3)).astype(np.float32)
    with pytest.raises(BadInput, match=r"observation: got float32 numbers from \d.* to 0\.\d+; the space is Box"):
        played(gym.spaces.Box(0, 255, (8, 8, 3), np.uint8), pictures)


def test_large_ids_beside_a_float_are_states_of_their_own_to_count():
    space = gym.spaces.Dict(id=gym.spaces.Box(0, 2**62, (1,), np.int64), x=gym.spaces.Box(-1, 1, (1,)))
    ids = (0, 2**24, 2**24 + 1, 2**61 + 1, 2**61)
    seen = [{"id": np.array([number]), "x": np.zeros(1, np.float32)} for number in ids]
    env = BonusRewardSingle(Scripted(space, seen), "count")
    env.reset()
    for _ in range(4):
        env.step(0)
    assert len(env.bonus.table.state_dict()["keys"]) == 4


def test_trusted_environments_are_taken_at_their_word():
    space = gym.spaces.Box(-1, 1, (2,))
    assert played(space, [np.zeros(2), np.full(2, 5.0)], "count", steps=1, trusted=True)[0][1] > 0
    with pytest.raises(BadInput, match="shape"):
        played(space, [np.zeros(3)], "count", trusted=True)


@pytest.mark.parametrize("reward", [np.array([0.5]), np.zeros((1, 1))])
def test_a_reward_with_a_shape_is_refused(reward):
    with pytest.raises(BadInput, match=r"the environment's reward has shape \(1,.*\): a single number is right"):
        played(gym.spaces.Discrete(3), [0, 1], reward=reward)


@pytest.mark.parametrize("reward", [np.nan, -np.inf])
def test_a_reward_that_is_not_finite_is_refused(reward):
    with pytest.raises(BadInput, match=r"the environment's reward is .*: rewards must be finite"):
        played(gym.spaces.Discrete(3), [0, 1], reward=reward)


class Columns(gym.vector.VectorWrapper):
    """Rewards of shape (envs, 1), as some environments give them."""

    def step(self, actions):
        observation, reward, *rest = self.env.step(actions)
        return observation, reward[:, None], *rest


def test_rewards_of_a_vector_are_one_per_environment():
    envs = Columns(SyncVectorEnv([lambda: Scripted(gym.spaces.Discrete(3), [0, 1])] * 2))
    wrapped = BonusReward(envs, "count")
    wrapped.reset()
    with pytest.raises(BadInput, match=r"rewards have shape \(2, 1\) .* one number for each of 2 environments"):
        wrapped.step(np.zeros(2, np.int64))


@pytest.mark.parametrize("name", ["count", "mbie-eb", "icm"])
@pytest.mark.parametrize(
    ("actions", "action", "message"),
    [
        (gym.spaces.Discrete(3), np.array([1]), r"got an action of shape \(1,\), where .* has a single number"),
        (gym.spaces.Discrete(3), 3, r"action 3 is outside the space Discrete\(3\)"),
        (gym.spaces.Discrete(3), -1, "action -1 is outside"),
        (gym.spaces.Discrete(3, start=1), 0, "action 0 is outside"),
        (gym.spaces.Discrete(3), 1.5, r"got an action of float64, where .* has whole numbers"),
        (gym.spaces.Discrete(3), {"a": 1}, r"got an action of type .*"),
        (gym.spaces.Discrete(3), None, r"got an action of type .*"),
    ],
)
def test_an_action_that_does_not_fit_is_refused_before_the_environment_gets_it(name, actions, action, message):
    env = Scripted(gym.spaces.Discrete(3), [0, 1], actions=actions)
    wrapped = BonusRewardSingle(env, name)
    wrapped.reset()
    with pytest.raises(BadInput, match=message):
        wrapped.step(action)
    assert env.at == 0


def test_a_dictionary_of_actions_is_refused_at_once():
    actions = gym.spaces.Dict(a=gym.spaces.Discrete(2))
    with pytest.raises(BadInput, match=r"the action space Dict.* is not supported: use Discrete"):
        BonusRewardSingle(Scripted(gym.spaces.Discrete(3), [0], actions=actions), "count")


def test_a_bonus_for_another_environment_is_refused():
    bonus = make_bonus("rnd", gym.spaces.Box(-1, 1, (2,)), gym.spaces.Discrete(3))
    message = r"the bonus is made for observations in Box.* the environment has Discrete\(3\)"
    with pytest.raises(BadInput, match=message):
        BonusRewardSingle(Scripted(gym.spaces.Discrete(3), [0]), bonus)


def test_names_of_states_are_whole_numbers():
    class Named(Scripted):
        def reset(self, **options):
            return super().reset(**options)[0], {"state_key": 2.0**60}

    env = BonusRewardSingle(Named(gym.spaces.Discrete(3), [0]), "count:by=state")
    with pytest.raises(BadInput, match="state keys are float64"):
        env.reset()


@pytest.mark.parametrize("bonus", [None, 3, BONUSES.get("count")])
def test_what_is_no_bonus_is_refused(bonus):
    with pytest.raises(BadInput, match=r"give a spec such as 'count:beta=0.1', or a bonus that was made"):
        played(gym.spaces.Discrete(4), [1], bonus)


@pytest.mark.parametrize("every", [-1, 1.5, None])
def test_the_steps_between_two_updates_are_a_whole_number(every):
    with pytest.raises(BadInput, match="learn_every is"):
        played(gym.spaces.Discrete(4), [1], "rnd", learn_every=every)


@pytest.mark.parametrize(("ends", "said"), [(None, "terminated is None"), (2, "True or False"), ([True], r"\(1, 1\)")])
def test_the_end_of_an_episode_is_true_or_false(ends, said):
    """None was taken for False, and any word for True."""
    env = Scripted(gym.spaces.Discrete(4), [1])
    plain = env.step
    env.step = lambda action: (*plain(action)[:2], ends, False, {})
    wrapped = BonusRewardSingle(env, "count")
    wrapped.reset()
    with pytest.raises(BadInput, match=said):
        wrapped.step(1)


def test_an_unknown_way_with_invalid_observations_is_refused():
    with pytest.raises(BadInput, match="unknown on_invalid 'skipp': did you mean 'skip'"):
        played(gym.spaces.Discrete(3), [0], on_invalid="skipp")
