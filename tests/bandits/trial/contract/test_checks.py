"""Every built-in bonus keeps the whole contract, and unusual sound ones do; what a trial says, and leaves as it was."""

import random

import gymnasium as gym
import numpy as np
import pytest
import torch

from bandits.trial import run_trial
from bandits.trial.contract.checks import contract, rules
from bandits.trial.plugin_under_test import plugin_under_test
from explore.bonuses.count import Count
from explore.bonuses.episodic_count import EpisodicCount
from explore.core.bonus import Bonus, BonusSettings
from explore.core.plugins import BONUSES
from explore.counting.keys import row_keys
from explore.errors import BadInput


class Departures(Count):
    """Counts where steps start, beginnings of episodes among them."""

    def update_statistics(self, transitions):
        self.table.add(self.departed(transitions), transitions.mask)


class Fading(Bonus):
    """Counts that fade with every step, so that the order of episodes matters."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("counts", torch.zeros(self.learners, 16))

    def places(self, transitions):
        return row_keys(transitions.next_observation).remainder(16)

    def novelty(self, transitions):
        return (self.counts.gather(1, self.places(transitions)) + 1).rsqrt()

    def update_statistics(self, transitions):
        valid = transitions.mask
        self.counts *= 0.9 ** valid.sum(1, keepdim=True).clamp(max=1)
        self.counts.scatter_add_(1, self.places(transitions), valid.float())


class Demanding(Count):
    """Reads categories alone, and discrete actions."""

    def __init__(self, observation_space, action_space, **kwargs):
        if not isinstance(observation_space, gym.spaces.Discrete):
            raise BadInput("demanding wants Discrete observations.")
        super().__init__(observation_space, action_space, **kwargs)


class Refusing(Count):
    def __init__(self, *args, **kwargs):
        raise BadInput("refusing wants nothing.")


class Crashing(Count):
    def update_statistics(self, transitions):
        raise ZeroDivisionError("of an author")


class Gambling(Count):
    """Draws from every global random state, and sets one."""

    def episodic_factor(self, transitions):
        random.seed(int(np.random.randint(9)))  # noqa: NPY002
        return super().episodic_factor(transitions) * torch.rand(()).round()


class Grudging(EpisodicCount):
    """Never forgets an episode."""

    def episode_visits(self, episode, transitions):
        return episode.add(self.arrived(transitions), transitions.mask)


SOUND = [
    *BONUSES.names(),
    "mix:bonuses=rnd/features=8+episodic-count,how=product",
    "count:by=state,half_life=50,clip=0.5",
    Departures,
    Fading,
    Demanding,
]


@pytest.mark.parametrize("plugin", SOUND, ids=lambda plugin: getattr(plugin, "__name__", plugin))
def test_a_sound_plugin_keeps_the_whole_contract(plugin):
    checks = list(contract(plugin_under_test(plugin)))
    assert [(check.name, check.explanation) for check in checks if check.passed is not True] == []
    assert len(checks) == len(rules(plugin_under_test("count")))


def test_what_a_plugin_refuses_is_said():
    finite = next(check for check in contract(plugin_under_test(Demanding)) if check.name == "finite")
    assert finite.passed
    assert "Not tried with picture, which it refuses: demanding wants Discrete observations." in finite.explanation
    failed = [check for check in contract(plugin_under_test(Refusing)) if check.passed is False]
    assert [check.name for check in failed] == ["shapes"]
    assert "it takes none of numbers, categories" in failed[0].explanation


def test_a_crash_is_a_failure_with_its_words():
    checks = list(contract(plugin_under_test(Crashing)))
    assert [check.name for check in checks if check.passed is False] == ["shapes"]
    assert checks[0].explanation == "ZeroDivisionError: of an author"
    assert all("'shapes', which fails" in check.explanation for check in checks[1:] if check.passed is None)


@pytest.mark.parametrize("plugin", ["count", Gambling, Crashing], ids=str)
def test_a_trial_leaves_the_global_random_state_alone(plugin):
    def states():
        return torch.get_rng_state().tolist(), repr(np.random.get_state()), random.getstate()  # noqa: NPY002

    before = states()
    list(contract(plugin_under_test(plugin)))
    assert states() == before


def test_the_verdict_and_what_the_trial_gives_back():
    trial = run_trial(Grudging)
    assert not trial.passed
    assert [check["name"] for check in trial.as_dict()["checks"] if not check["passed"]] == ["episodic memory"]
    assert (trial.kind, trial.settings["beta"], trial.traits) == ("bonus", BonusSettings().beta, [])
