"""Bonuses that mistake where episodes begin or end, in one way each, fail the check that is meant for it alone."""

import pytest
import torch

from bandits.trial.contract.checks import contract
from bandits.trial.plugin_under_test import subject
from explore.bonuses.base.visits import OFFSET
from explore.bonuses.count import Count
from explore.counting.keys import with_action
from explore.counting.tables import CountTable


class NextRowIsTheSuccessor(Count):
    """Counts what the next step shows as the arrival of this one, across resets too."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("begun", torch.zeros(self.learners, self.envs, dtype=torch.bool))

    def remember(self, transitions):
        valid = torch.ones_like(self.fresh) if transitions.valid is None else transitions.valid
        self.table.add(self.departed(transitions), self.begun & valid)
        self.begun |= valid
        return (self.episode_visits(self.episode, transitions) == 1).float()


class PairsAcrossResets(Count):
    """Pays for state–action pairs, each with the state that the slot was in before, whatever lies between."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("last", torch.zeros(self.learners, self.envs, dtype=torch.int64))
        self.pairs = CountTable()

    def remember(self, transitions):
        factor, valid = super().remember(transitions), transitions.valid
        now = self.departed(transitions)
        self.pairs.add(with_action(self.last, now), valid)
        self.last.copy_(now if valid is None else torch.where(valid, now, self.last))
        return factor

    def novelty(self, transitions):
        pair = with_action(self.departed(transitions), self.arrived(transitions))
        return super().novelty(transitions) + (self.pairs.get(pair) + OFFSET).rsqrt()

    def get_extra_state(self):
        return {**super().get_extra_state(), "pairs": self.pairs.state()}

    def set_extra_state(self, state):
        super().set_extra_state(state)
        self.pairs.load(state["pairs"])


class CountsIdleSteps(Count):
    """Does not look at `valid`."""

    def remember(self, transitions):
        self.table.add(self.arrived(transitions))
        return (self.episode_visits(self.episode, transitions) == 1).float()


class Remembering(Count):
    """First visits, as Count pays for them; what is wrong below is when it forgets."""

    def episode_visits(self, episode, transitions):
        valid = torch.ones_like(self.fresh) if transitions.valid is None else transitions.valid
        self.forget(transitions, valid)
        episode.add(self.departed(transitions), self.fresh & valid)
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
        self.episode.clear((self.fresh & valid) | self.over.unsqueeze(1))
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
    """Clears when it sees the end, before it has told what the last step is worth."""

    def forget(self, transitions, valid):
        self.episode.clear((self.fresh | transitions.ended) & valid)


class ForgetsTooLate(Remembering):
    """Clears after the first step of the next episode."""

    def episode_visits(self, episode, transitions):
        valid = torch.ones_like(self.fresh) if transitions.valid is None else transitions.valid
        visits = episode.add(self.arrived(transitions), valid)
        episode.clear(self.fresh & valid)
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
    checks = {check.name: check for check in contract(subject(plugin))}
    assert [name for name, check in checks.items() if check.passed is False] == [BROKEN[plugin]]
