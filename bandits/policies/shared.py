"""What several policies do alike: arms of which nothing is known, rewards as coins, rewards that must be bounded."""

import math
from typing import Any

from bandits.policy import Floats
from bandits.simulator.randomness import uniform
from bandits.testbed import Testbed
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

BOUNDED = ("bernoulli", "bounded")  # families whose rewards lie in [0, 1]


@kernel_part
def untried(state: Floats, pulls: int, index: int) -> bool:
    """Whether of some arm no reward is known yet; the row `index` of the state is then largest for those.

    `pulls` is the row with the known rewards of each arm. It may stay 0 after a pull, where rewards come late.
    """
    fewest = math.inf
    for arm in range(state.shape[1]):
        fewest = min(fewest, state[pulls, arm])
        state[index, arm] = -state[pulls, arm]
    return fewest == 0.0


@kernel_part
def coin(reward: float, rng: Any) -> float:
    """1 with the chance `reward`, else 0: what makes Beta posteriors right for any rewards in [0, 1].

    Agrawal & Goyal 2012, algorithm 2. Rewards of 0 and 1 take no random number.
    """
    return 1.0 if reward >= 1.0 or (reward > 0.0 and uniform(rng) < reward) else 0.0


def is_bounded(bed: Testbed) -> bool:
    """Whether the testbed's rewards lie in [0, 1]."""
    return bed.family in BOUNDED


def need_bounded(policy: str, bed: Testbed) -> None:
    """BadInput where the testbed's rewards may leave [0, 1]."""
    if not is_bounded(bed):
        raise BadInput(
            f"{policy} needs rewards in [0, 1], and those of this testbed are {bed.family}: "
            "take a bernoulli or bounded testbed."
        )
