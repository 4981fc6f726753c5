"""The wrappers in every autoreset mode, against a corridor whose every step is known."""

import doctest

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import explore.wrappers
from explore import BadInput, Bonus, BonusReward, BonusRewardSingle

LENGTH = 3


class Corridor(gym.Env):
    """Observations 0, 1, …, LENGTH, then it ends (truncated when `cut`); the steps and resets asked for are counted."""

    def __init__(self, start=0, cut=False, wrap=None):
        self.wrap = wrap or (lambda place: place)
        self.observation_space = gym.spaces.Discrete(9)
        if wrap:
            self.observation_space = gym.spaces.Dict(a=gym.spaces.Discrete(9), b=gym.spaces.Box(0, 9, (2,)))
        self.action_space = gym.spaces.Discrete(2)
        self.start, self.cut, self.resets, self.steps = start, cut, 0, 0

    def reset(self, *, seed=None, options=None):
        self.place, self.resets = self.start, self.resets + 1
        return self.wrap(self.place), {}

    def step(self, action):
        self.place, self.steps = self.place + 1, self.steps + 1
        over = self.place == LENGTH
        return self.wrap(self.place), float(over), over and not self.cut, over and self.cut, {}


class Witness(Bonus):
    """Pays 1 a transition and writes down what it was shown."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.shown, self.batches = [], []

    def novelty(self, transitions):
        return torch.ones_like(transitions.reward)

    def update_statistics(self, transitions):
        rows = (transitions.observation[..., 0], transitions.next_observation[..., 0])
        parts = (*rows, transitions.mask, self.episode_start)
        ends = (transitions.terminated, transitions.truncated)
        self.shown.append([tuple(part[0, env].item() for part in (*parts, *ends)) for env in range(self.envs)])

    def train_step(self, transitions):
        self.batches.append(transitions.next_observation[0, :, 0].tolist())
        return {}


def vector(mode, **kwargs):
    return SyncVectorEnv([lambda: Corridor(0, **kwargs), lambda: Corridor(1, cut=True, **kwargs)], autoreset_mode=mode)


def run(mode, steps=5, wrap=None, **options):
    envs = vector(mode, wrap=wrap)
    bonus = Witness(envs.single_observation_space, envs.single_action_space, envs=2, beta=1)
    wrapped = BonusReward(envs, bonus, **options)
    assert envs.envs[0].resets == envs.envs[0].steps == 0
    wrapped.reset()
    paid = []
    for _ in range(steps):
        _, reward, terminated, truncated, info = wrapped.step(np.zeros(2, dtype=np.int64))
        np.testing.assert_array_equal(reward - info["extrinsic_reward"], info["bonus"])
        paid.append(info["bonus"].tolist())
        ended = terminated | truncated
        if mode == AutoresetMode.DISABLED and ended.any():
            wrapped.reset(options={"reset_mask": ended})
    assert envs.envs[0].steps + envs.envs[0].resets - 1 == steps + (mode != AutoresetMode.NEXT_STEP)
    return bonus, paid


# (observation, true successor, a real transition, first of its episode, terminated, truncated)
FIRST = [(0, 1, True, True, False, False), (1, 2, True, False, False, False), (2, 3, True, False, True, False)]
SECOND = [(1, 2, True, True, False, False), (2, 3, True, False, False, True)]


def seen(bonus, env):
    return [step[env] for step in bonus.shown]


@pytest.mark.parametrize("wrap", [None, lambda place: {"a": place, "b": np.full(2, place, dtype=np.float32)}])
@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.DISABLED])
def test_true_successors_where_every_step_is_a_transition(mode, wrap):
    bonus, paid = run(mode, wrap=wrap)
    assert seen(bonus, 0) == [*FIRST, *FIRST[:2]]
    assert seen(bonus, 1) == [*SECOND, *SECOND, SECOND[0]]
    assert paid == [[1, 1]] * 5
    assert bonus.steps.item() == 10


def test_the_idle_step_of_next_step_resets_is_no_transition():
    bonus, paid = run(AutoresetMode.NEXT_STEP)
    assert seen(bonus, 0)[:3] == FIRST
    assert seen(bonus, 0)[3][2] is False
    assert seen(bonus, 0)[4] == FIRST[0]
    assert [step[2] for step in seen(bonus, 1)] == [True, True, False, True, True]
    assert paid == [[1, 1], [1, 1], [1, 0], [0, 1], [1, 1]]
    assert bonus.steps.item() == 8
    assert bonus.batches[2:4] == [[3], [2]]  # idle rows teach nothing


def test_learning_every_n_steps_sees_each_transition_once():
    bonus, _ = run(AutoresetMode.SAME_STEP, learn_every=2)
    assert bonus.batches == [[1, 2, 2, 3], [3, 2, 1, 3]]
    assert run(AutoresetMode.SAME_STEP, learn_every=0)[0].batches == []


def test_a_reset_in_mid_episode_begins_a_new_one():
    wrapped = BonusReward(vector(AutoresetMode.SAME_STEP), "count")
    for _ in range(2):
        wrapped.reset()
        info = wrapped.step(np.zeros(2, dtype=np.int64))[-1]
        assert (info["bonus"] > 0).all()  # a first arrival again: the episode is another one


class Shuttle(Corridor):
    """Walks 0, 1, 0, 1, and ends: only its first step arrives somewhere new."""

    def step(self, action):
        self.steps += 1
        self.place = 1 - self.place
        over = self.steps % LENGTH == 0
        return self.place, 0.0, over and not self.cut, over and self.cut, {}


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (AutoresetMode.SAME_STEP, [1, 0, 0, 1, 0, 0, 1]),
        (AutoresetMode.NEXT_STEP, [1, 0, 0, 0, 1, 0, 0]),  # the fourth step only resets
        (AutoresetMode.DISABLED, [1, 0, 0, 1, 0, 0, 1]),
    ],
)
def test_first_visits_are_paid_once_per_episode_in_every_autoreset_mode(mode, expected):
    envs = SyncVectorEnv([Shuttle, lambda: Shuttle(cut=True)], autoreset_mode=mode)
    wrapped = BonusReward(envs, "first-visit:beta=1")
    counted = BonusReward(
        SyncVectorEnv([Shuttle, lambda: Shuttle(cut=True)], autoreset_mode=mode), "mbie-eb:beta=1,clip=1,scale=none"
    )
    for each in (wrapped, counted):
        each.reset()
    paid = []
    for _ in expected:
        _, _, terminated, truncated, info = wrapped.step(np.zeros(2, dtype=np.int64))
        paid.append(info["bonus"].tolist())
        other = counted.step(np.zeros(2, dtype=np.int64))[-1]["bonus"]
        np.testing.assert_array_equal(other > 0, info["bonus"] > 0)  # the setting that every bonus has
        if mode == AutoresetMode.DISABLED and (ended := terminated | truncated).any():
            for each in (wrapped, counted):
                each.reset(options={"reset_mask": ended})
    assert paid == [[pay, pay] for pay in expected]


def test_first_visits_of_a_single_environment():
    env, paid = BonusRewardSingle(Shuttle(), "first-visit:beta=1"), []
    for _ in range(2):
        env.reset()
        paid += [env.step(0)[-1]["bonus"] for _ in range(LENGTH)]
    assert paid == [1, 0, 0, 1, 0, 0]


def test_half_life_is_in_steps_of_all_environments_and_off_by_default():
    for spec, expected in (("first-visit:beta=1,half_life=2", [0.5, 0.25]), ("first-visit:beta=1", [1, 1])):
        wrapped = BonusReward(vector(AutoresetMode.SAME_STEP), spec)
        wrapped.reset()
        paid = [wrapped.step(np.zeros(2, dtype=np.int64))[-1]["bonus"][0] for _ in range(2)]
        assert paid == pytest.approx(expected)


def test_frozen_keeps_paying_and_learns_nothing():
    wrapped = BonusReward(vector(AutoresetMode.SAME_STEP), "count:first_visit=false", add=False)
    wrapped.freeze()
    wrapped.reset()
    paid = []
    for _ in range(6):
        _, reward, _, _, info = wrapped.step(np.zeros(2, dtype=np.int64))
        np.testing.assert_array_equal(reward, info["extrinsic_reward"])
        paid.append(info["bonus"])
    np.testing.assert_allclose(paid, 0.02 / np.sqrt(0.01), rtol=1e-6)
    wrapped.freeze(False)
    assert wrapped.step(np.zeros(2, dtype=np.int64))[-1]["bonus"].max() < 0.02


def test_frozen_with_add_still_adds_the_bonus_it_reports():
    wrapped = BonusReward(vector(AutoresetMode.SAME_STEP), "count:first_visit=false")
    wrapped.freeze()
    wrapped.reset()
    for _ in range(4):
        _, reward, _, _, info = wrapped.step(np.zeros(2, dtype=np.int64))
        np.testing.assert_allclose(info["bonus"], 0.02 / np.sqrt(0.01), rtol=1e-6)
        np.testing.assert_allclose(reward, info["extrinsic_reward"] + info["bonus"])


class Named(Corridor):
    """A corridor that says little, and names its state: 100 + the place."""

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {"state_key": 100 + self.place}

    def step(self, action):
        _, *rest, info = super().step(action)
        return 0, *rest, {**info, "state_key": 100 + self.place}


class Clerk(Witness):
    """Writes down the names of the states."""

    def update_statistics(self, transitions):
        keys = (transitions.state_key, transitions.next_state_key)
        self.shown.append([None if part is None else part[0].tolist() for part in keys])


def shown_names(envs, steps, mode):
    bonus = Clerk(envs.single_observation_space, envs.single_action_space, envs=2)
    wrapped = BonusReward(envs, bonus)
    wrapped.reset()
    for _ in range(steps):
        _, _, terminated, truncated, _ = wrapped.step(np.zeros(2, dtype=np.int64))
        if mode == AutoresetMode.DISABLED and (terminated | truncated).any():
            wrapped.reset(options={"reset_mask": terminated | truncated})
    return bonus.shown


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.DISABLED, AutoresetMode.NEXT_STEP])
def test_names_of_states_are_those_of_the_true_successors(mode):
    """Slot 0 starts at 0 and slot 1 at 1: slot 1 ends, cut off, with the second step, slot 0 with the third."""
    envs = SyncVectorEnv([Named, lambda: Named(1, cut=True)], autoreset_mode=mode)
    shown = shown_names(envs, 4, mode)
    assert shown[:2] == [[[100, 101], [101, 102]], [[101, 102], [102, 103]]]
    if mode == AutoresetMode.NEXT_STEP:  # slot 1 idles in the third step
        assert [part[0] for part in shown[2]] == [102, 103]
        assert [part[1] for part in shown[3]] == [101, 102]
    else:
        assert shown[2] == [[102, 101], [103, 102]]
        assert shown[3] == [[100, 102], [101, 103]]


def test_a_lost_name_of_a_successor_is_refused_by_what_counts_states():
    class Forgetful(SyncVectorEnv):
        def step(self, actions):
            *rest, info = super().step(actions)
            return *rest, {name: value for name, value in info.items() if "final_info" not in name}

    envs = Forgetful([Named, lambda: Named(1, cut=True)], autoreset_mode=AutoresetMode.SAME_STEP)
    wrapped = BonusReward(envs, "count:by=state")
    wrapped.reset()
    assert (wrapped.step(np.zeros(2, dtype=np.int64))[-1]["bonus"] > 0).all()
    with pytest.raises(BadInput, match="names its exact states"):
        wrapped.step(np.zeros(2, dtype=np.int64))


def test_a_single_environment_names_its_states_too():
    """Every observation is the same, so by observation nothing after the start is a first arrival."""
    paid = {}
    for by in ("state", "observation"):
        wrapped = BonusRewardSingle(Named(), f"count:by={by}")
        wrapped.reset()
        paid[by] = [wrapped.step(0)[-1]["bonus"] > 0 for _ in range(3)]
    assert paid == {"state": [True, True, True], "observation": [False, False, False]}


def test_single_environment_agrees_with_a_vector_of_one():
    single = BonusRewardSingle(Corridor(), "count")
    several = BonusReward(SyncVectorEnv([Corridor], autoreset_mode=AutoresetMode.SAME_STEP), "count")
    single.reset()
    several.reset()
    for _ in range(10):
        _, reward, terminated, truncated, info = single.step(0)
        _, rewards, _, _, infos = several.step(np.zeros(1, dtype=np.int64))
        assert reward == rewards[0] == info["extrinsic_reward"] + info["bonus"]
        assert info["bonus"] == infos["bonus"][0]
        if terminated or truncated:
            single.reset()


def test_continuous_actions_and_observations():
    wrapped = BonusReward(gym.make_vec("Pendulum-v1", num_envs=2, vectorization_mode="sync"), "simhash")
    wrapped.reset(seed=0)
    assert (wrapped.step(np.zeros((2, 1), dtype=np.float32))[-1]["bonus"] > 0).all()


def test_what_does_not_fit_is_refused_with_a_sentence():
    envs = vector(AutoresetMode.SAME_STEP)
    spaces = (envs.single_observation_space, envs.single_action_space)
    with pytest.raises(BadInput, match="use BonusRewardSingle"):
        BonusReward(Corridor(), "count")
    with pytest.raises(BadInput, match="use BonusReward for"):
        BonusRewardSingle(envs, "count")
    with pytest.raises(BadInput, match="one learner with 2"):
        BonusReward(envs, Witness(*spaces, envs=3))
    envs.reset()
    with pytest.raises(BadInput, match="reset the environment first"):
        BonusReward(envs, "count").step(np.zeros(2, dtype=np.int64))
    with pytest.raises(BadInput, match="learn_every"):
        BonusReward(envs, "count", learn_every=-1)
    with pytest.raises(BadInput, match="did you mean 'count'"):
        BonusReward(envs, "coun")


def test_the_examples_in_the_docstrings():
    doctests = doctest.testmod(explore.wrappers)
    assert doctests.attempted > 10
    assert doctests.failed == 0
