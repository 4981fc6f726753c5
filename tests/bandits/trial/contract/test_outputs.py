"""Bonuses whose answers are wrong in one way each fail the check that is meant for it and no other."""

import pytest
import torch

from bandits.trial.contract.checks import contract
from bandits.trial.plugin_under_test import plugin_under_test
from explore.bonuses.base.visits import OFFSET
from explore.bonuses.count import Count
from explore.numerics.moments import RunningMoments


class WrongShape(Count):
    def novelty(self, transitions):
        return super().novelty(transitions).unsqueeze(-1)


class OneForAllSlots(Count):
    """The factor of the first slot alone."""

    def episodic_factor(self, transitions):
        return super().episodic_factor(transitions)[:, :1]


class WrongDtype(Count):
    def novelty(self, transitions):
        return super().novelty(transitions).double()


class LossOfABatch(Count):
    def train_step(self, transitions):
        return {"surprise": transitions.reward}


class NaNOnOneSample(Count):
    """Centred by the unbiased deviation of the batch, which one sample does not have."""

    def episodic_factor(self, transitions):
        factor = super().episodic_factor(transitions)
        return factor / (1 + 0 * transitions.reward.std(1, keepdim=True))


class NaNWhereNothingChanges(Count):
    """Divided by the running deviation, which is zero."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.moments = RunningMoments(self.learners)

    def update_statistics(self, transitions):
        self.moments.update(transitions.next_observation.double().mean(-1), transitions.valid)
        super().update_statistics(transitions)

    def novelty(self, transitions):
        spread = torch.where(self.moments.count < 2, 1.0, self.moments.squares).unsqueeze(1)
        return super().novelty(transitions) * (spread / spread).float()


class Overflowing(Count):
    """The square of a large number is infinite in float32."""

    def novelty(self, transitions):
        size = transitions.next_observation.float().square().sum(-1)
        return super().novelty(transitions) + size - size


class Frozen(Count):
    """Novelty that nothing wears off."""

    def novelty(self, transitions):
        return torch.full_like(transitions.reward, 0.7)

    def episodic_factor(self, transitions):
        return torch.ones_like(super().episodic_factor(transitions))


class Growing(Frozen):
    """The root is under the wrong side of the bar."""

    def novelty(self, transitions):
        return (self.table.get(self.arrived(transitions)) + OFFSET).sqrt()


BROKEN = {
    WrongShape: "shapes",
    OneForAllSlots: "shapes",
    WrongDtype: "shapes",
    LossOfABatch: "shapes",
    NaNOnOneSample: "finite",
    NaNWhereNothingChanges: "finite",
    Overflowing: "finite",
    Frozen: "falls with visits",
    Growing: "falls with visits",
}


@pytest.mark.filterwarnings("ignore:std")
@pytest.mark.parametrize("plugin", BROKEN, ids=lambda plugin: plugin.__name__)
def test_a_broken_plugin_fails_its_check_and_no_other(plugin):
    checks = {check.name: check for check in contract(plugin_under_test(plugin))}
    assert [name for name, check in checks.items() if check.passed is False] == [BROKEN[plugin]]
