"""Bonuses that mistake where episodes begin or end, in one way each, fail the check that is meant for it alone."""

import pytest
import torch

from bandits.trial.contract.checks import contract
from bandits.trial.plugin_under_test import plugin_under_test
from explore.bonuses.base.visits import OFFSET
from explore.bonuses.count import Count
from explore.bonuses.episodic_count import EpisodicCount
from explore.counting.keys import with_action
from explore.counting.tables import CountTable


class NextRowIsTheSuccessor(Count):
    """Counts what the next step shows as the arrival of this one, across resets too."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("begun", torch.zeros(self.learners, self.envs, dtype=torch.bool))

    def update_statistics(self, transitions):
        self.table.add(self.departed(transitions), self.begun & transitions.mask)
        self.begun |= transitions.mask


class PairsAcrossResets(Count):
    """Pays for state–action pairs, each with the state that the slot was in before, whatever lies between."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("last", torch.zeros(self.learners, self.envs, dtype=torch.int64))
        self.pairs = CountTable()

    def update_statistics(self, transitions):
        super().update_statistics(transitions)
        now = self.departed(transitions)
        self.pairs.add(with_action(self.last, now), transitions.mask)
        self.last.copy_(torch.where(transitions.mask, now, self.last))

    def novelty(self, transitions):
        pair = with_action(self.departed(transitions), self.arrived(transitions))
        return super().novelty(transitions) + (self.pairs.get(pair) + OFFSET).rsqrt()


class CountsIdleSteps(Count):
    """Does not look at the mask."""

    def update_statistics(self, transitions):
        self.table.add(self.arrived(transitions), torch.ones_like(transitions.mask))


class Remembering(EpisodicCount):
    """An episodic memory of its own; what is wrong below is when it forgets."""

    def episode_visits(self, episode, transitions):
        valid = transitions.mask
        self.forget(transitions, valid)
        episode.add(self.departed(transitions), self.episode_start & valid)
        return episode.add(self.arrived(transitions), valid)


class NeverForgets(Remembering):
    def forget(self, transitions, valid):
        pass


class ForgetsForAllSlots(Remembering):
    """The end of one slot's episode clears the memory of all slots."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("over", torch.zeros(self.learners, dtype=torch.bool))

    def forget(self, transitions, valid):
        self.episode.clear((self.episode_start & valid) | self.over.unsqueeze(1))
        self.over.copy_((transitions.ended & valid).any(1))


class ForgetsAtTerminationOnly(Remembering):
    """Takes a truncated episode for one that goes on."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("dead", torch.ones(self.learners, self.envs, dtype=torch.bool))

    def forget(self, transitions, valid):
        self.episode.clear(self.dead & valid)
        self.dead.copy_(torch.where(valid, transitions.terminated, self.dead))


class ForgetsTooEarly(Remembering):
    """Clears when it sees the end, before the factor of the last step is known."""

    def forget(self, transitions, valid):
        self.episode.clear((self.episode_start | transitions.ended) & valid)


class ForgetsTooLate(Remembering):
    """Clears after the first step of the next episode."""

    def episode_visits(self, episode, transitions):
        visits = episode.add(self.arrived(transitions), transitions.mask)
        episode.clear(self.starting(transitions))
        return visits


BROKEN = {
    NextRowIsTheSuccessor: "reset boundaries",
    PairsAcrossResets: "reset boundaries",
    CountsIdleSteps: "reset boundaries",
    NeverForgets: "episodic memory",
    ForgetsForAllSlots: "episodic memory",
    ForgetsAtTerminationOnly: "episodic memory",
    ForgetsTooEarly: "episodic memory",
    ForgetsTooLate: "episodic memory",
}


@pytest.mark.parametrize("plugin", BROKEN, ids=lambda plugin: plugin.__name__)
def test_a_broken_plugin_fails_its_check_and_no_other(plugin):
    checks = {check.name: check for check in contract(plugin_under_test(plugin))}
    assert [name for name, check in checks.items() if check.passed is False] == [BROKEN[plugin]]
