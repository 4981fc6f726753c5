"""Every arm is tried first, whatever the others have paid."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.bayes_ucb import BayesUCB
from bandits.policies.imed import IMED
from bandits.policies.kl_ucb import KLUCB
from bandits.policies.moss import MOSS
from bandits.policies.ucb_tuned import UCBTuned
from bandits.testbeds.gaussian import SuttonBarto


@pytest.mark.parametrize("policy", [UCBTuned(), MOSS(), KLUCB(), IMED(), BayesUCB()], ids=lambda p: type(p).__name__)
def test_every_arm_is_tried_first(policy: Any) -> None:
    bed, rng = SuttonBarto(), np.array([1], np.uint64)
    state = policy.initial(bed, 500)
    select, update = policy.functions(bed)
    tried = []
    for t in range(1, 11):
        tried.append(select(state, t, rng))
        update(state, tried[-1], 5.0, rng)
    assert sorted(tried) == list(range(10))
