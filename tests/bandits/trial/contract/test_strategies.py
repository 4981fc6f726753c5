"""Strategies broken in one way each fail the check that is meant for it and no other; every built-in passes all."""

import pytest
import torch

from bandits.trial import run_trial
from bandits.trial.contract.checks import contract, rules
from bandits.trial.plugin_under_test import plugin_under_test
from explore.core.plugins import STRATEGIES
from explore.core.strategy import Strategy
from explore.strategies.base.action_counts import CountingStrategy
from explore.strategies.epsilon_greedy import EpsilonGreedy
from explore.strategies.epsilon_z_greedy import EpsilonZGreedy
from explore.strategies.greedy import best


class OneColumnTooMany(EpsilonGreedy):
    def choose(self, values, step, streams):
        return super().choose(values, step, streams).unsqueeze(-1)


class WrongDtype(EpsilonGreedy):
    def choose(self, values, step, streams):
        return super().choose(values, step, streams).int()


class OneActionTooMany(Strategy):
    """The random action is drawn from 0 … actions."""

    def choose(self, values, step, streams):
        return streams.integers(self.actions + 1, values.shape[1])


class OverflowingSoftmax(Strategy):
    """The exponential of a huge value is infinite, and what is drawn from it is none of the actions."""

    def choose(self, values, step, streams):
        weights = values.exp()
        reached = (weights / weights.sum(-1, keepdim=True)).cumsum(-1)
        return (streams.uniform(values.shape[1], 1) >= reached).sum(-1) + reached.isnan().any(-1) * self.actions


class ScalesTheValues(Strategy):
    """Takes off the largest value in place, where the learner still reads it."""

    def choose(self, values, step, streams):
        values -= values.amax(-1, keepdim=True)
        return best(values, streams.uniform(values.shape[1]))


class GlobalDraws(Strategy):
    def choose(self, values, step, streams):
        return torch.where(torch.rand(values.shape[:2]) < 0.5, 0, values.argmax(-1))


class DrawsFromTheSystem(Strategy):
    """A generator of its own, seeded by the machine."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.generator = torch.Generator()
        self.generator.seed()

    def choose(self, values, step, streams):
        return torch.randint(self.actions, values.shape[:2], generator=self.generator)


class CountsAllLearners(CountingStrategy):
    """One count of actions for all learners together."""

    def choose(self, values, step, streams):
        counts = self.counts(values).sum(0, keepdim=True)
        return best(values - counts, streams.uniform(values.shape[1]))


class Forgetful(EpsilonZGreedy):
    """state_dict leaves out what is under way."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, start=1, end=1, **kwargs)
        self.register_buffer("left", self.left, persistent=False)
        self.register_buffer("held", self.held, persistent=False)


class LendsItsCounts(CountingStrategy):
    """Two strategies count in one table once one has loaded the other's state."""

    def choose(self, values, step, streams):
        return best(values - self.counts(values), streams.uniform(values.shape[1]))

    def get_extra_state(self):
        return {"table": self.table, "seen": self._seen}

    def set_extra_state(self, state):
        self.table, self._seen = state["table"], state["seen"]


BROKEN = {
    OneColumnTooMany: "shapes",
    WrongDtype: "shapes",
    OneActionTooMany: "valid actions",
    OverflowingSoftmax: "valid actions",
    ScalesTheValues: "pure choice",
    GlobalDraws: "pure choice",
    DrawsFromTheSystem: "repeatable",
    CountsAllLearners: "independent learners",
    Forgetful: "state round trip",
    LendsItsCounts: "state round trip",
}


@pytest.mark.parametrize("plugin", BROKEN, ids=lambda plugin: plugin.__name__)
def test_a_broken_strategy_fails_its_check_and_no_other(plugin):
    checks = {check.name: check for check in contract(plugin_under_test(plugin))}
    assert [name for name, check in checks.items() if check.passed is False] == [BROKEN[plugin]]


@pytest.mark.parametrize("spec", [*STRATEGIES.names(), "epsilon-z-greedy:start=1,end=1", "boltzmann:end=5,start=5"])
def test_a_sound_strategy_keeps_the_whole_contract(spec):
    checks = list(contract(plugin_under_test(spec)))
    assert [(check.name, check.explanation) for check in checks if check.passed is not True] == []
    assert [check.name for check in checks] == list(rules(plugin_under_test("greedy")))


def test_a_trial_of_a_strategy():
    trial = run_trial(CountsAllLearners)
    assert (trial.kind, trial.passed) == ("strategy", False)
    assert {check.name: check.verdict for check in trial.checks}["independent learners"] == "FAILS"
