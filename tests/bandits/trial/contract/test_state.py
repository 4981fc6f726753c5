"""Bonuses that touch what they should not, one thing each, fail the check that is meant for it and no other."""

import random

import gymnasium as gym
import numpy as np
import pytest
import torch

from bandits.trial.contract.checks import contract
from bandits.trial.plugin_under_test import plugin_under_test
from explore.bonuses.base.visits import OFFSET
from explore.bonuses.count import Count
from explore.counting.tables import CountTable
from explore.numerics.seeding import stream


class ScoreLearns(Count):
    """Scoring is taken for visiting."""

    def novelty(self, transitions):
        novelty = super().novelty(transitions)
        self.table.add(self.arrived(transitions), transitions.mask)
        return novelty


class ScoreLearnsBehindTheState(Count):
    """The same in a plain dictionary that no state_dict knows of."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = {}

    def novelty(self, transitions):
        for key in self.arrived(transitions).flatten().tolist():
            self.asked[key] = self.asked.get(key, 0) + 1
        return super().novelty(transitions)


class ScoreDraws(Count):
    """A little noise from the global state breaks ties."""

    def novelty(self, transitions):
        return super().novelty(transitions) + 1e-3 * torch.rand(transitions.reward.shape)


class GlobalDraws(Count):
    """What to count is drawn from the global random state."""

    def update_statistics(self, transitions):
        heads = torch.from_numpy(np.random.random(self.episode_start.shape) < 0.9)  # noqa: NPY002
        self.table.add(self.arrived(transitions), heads & transitions.mask)


class SetsTheGlobalSeed(Count):
    """Makes itself repeatable at everyone else's cost."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        random.seed(self.seed)


class DrawsFromTheSystem(Count):
    """A generator without a seed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        drawn = np.random.default_rng().random()
        self.register_buffer("size", torch.full((self.learners, 1), 1 + drawn))

    def novelty(self, transitions):
        return super().novelty(transitions) * self.size.float()


class OneTableForAllLearners(Count):
    """Counts are shared across learners."""

    def novelty(self, transitions):
        keys = self.arrived(transitions)
        return (self.table.get(keys.reshape(1, -1)).view(keys.shape) + OFFSET).rsqrt()

    def update_statistics(self, transitions):
        self.table.add(self.arrived(transitions).reshape(1, -1), transitions.mask.reshape(1, -1))


class SeededByPlace(Count):
    """A learner's numbers come from where it stands, not from its name."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        drawn = [stream(self.seed, "taste", place).random() for place in range(self.learners)]
        self.register_buffer("taste", torch.tensor(drawn).float().unsqueeze(1))

    def novelty(self, transitions):
        return super().novelty(transitions) ** (1 + self.taste)  # a factor would be divided out again


class NormalisedOverLearners(Count):
    """One scale for all learners: each depends on the others."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("total", torch.ones(()))

    def novelty(self, transitions):
        return super().novelty(transitions) / self.total.sqrt()

    def update_statistics(self, transitions):
        super().update_statistics(transitions)
        self.total += (self.novelty(transitions) * transitions.mask).sum() / 10


class Forgetful(Count):
    """state_dict leaves the counts out."""

    def get_extra_state(self):
        return {"episode": self.episode.state()}

    def set_extra_state(self, state):
        self.episode.load(state["episode"])


class ForgetfulOfTheEpisode(Count):
    """state_dict leaves the live episode out."""

    def get_extra_state(self):
        return {"table": self.table.state()}

    def set_extra_state(self, state):
        self.table.load(state["table"])


class LendsItsState(Count):
    """Two bonuses share the counts once one has loaded the other's state."""

    def get_extra_state(self):
        return {"table": self.table, "episode": self.episode.state()}

    def set_extra_state(self, state):
        self.table = state["table"]
        self.episode.load(state["episode"])


class BeginsAnewWhenMoved(Count):
    """Moving makes new, empty tables."""

    def _apply(self, *args, **kwargs):
        self.table = CountTable()
        return super()._apply(*args, **kwargs)


class StepsAnEnvironment(Count):
    """Warms up its statistics in an environment that it makes itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        env = gym.make("CartPole-v1")
        env.reset(seed=0)
        env.step(0)


class ResetsAVectorEnvironment(Count):
    def update_statistics(self, transitions):
        gym.make_vec("CartPole-v1", num_envs=1, vectorization_mode="sync").reset(seed=0)
        super().update_statistics(transitions)


class SamplesTheSpace(Count):
    """Draws from the random stream of the user's own space."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.action_space.sample()


class ChangesTheReward(Count):
    """Adds the bonus to the reward in place, where the replay still reads it."""

    def novelty(self, transitions):
        novelty = super().novelty(transitions)
        transitions.reward.add_(novelty)
        return novelty


BROKEN = {
    ScoreLearns: "pure score",
    ScoreLearnsBehindTheState: "pure score",
    ScoreDraws: "pure score",
    GlobalDraws: "repeatable",
    SetsTheGlobalSeed: "repeatable",
    DrawsFromTheSystem: "repeatable",
    OneTableForAllLearners: "independent learners",
    SeededByPlace: "independent learners",
    NormalisedOverLearners: "independent learners",
    Forgetful: "state round trip",
    ForgetfulOfTheEpisode: "state round trip",
    LendsItsState: "state round trip",
    BeginsAnewWhenMoved: "copies",
    StepsAnEnvironment: "inputs unchanged",
    ResetsAVectorEnvironment: "inputs unchanged",
    SamplesTheSpace: "inputs unchanged",
    ChangesTheReward: "inputs unchanged",
}


@pytest.mark.parametrize("plugin", BROKEN, ids=lambda plugin: plugin.__name__)
def test_a_broken_plugin_fails_its_check_and_no_other(plugin):
    checks = {check.name: check for check in contract(plugin_under_test(plugin))}
    assert [name for name, check in checks.items() if check.passed is False] == [BROKEN[plugin]]
