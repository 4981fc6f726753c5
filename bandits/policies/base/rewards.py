"""Rewards in [0, 1]: policies that need them, and the Bernoulli draw that makes Beta posteriors valid for them."""

from typing import Any

from bandits.simulator.randomness import uniform
from bandits.testbed import Testbed
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part


@kernel_part
def coin(reward: float, rng: Any) -> float:
    """1 with probability `reward`, else 0: what makes Beta posteriors right for any rewards in [0, 1].

    Agrawal & Goyal 2012, algorithm 2. Rewards of 0 and 1 take no random number.
    """
    return 1.0 if reward >= 1.0 or (reward > 0.0 and uniform(rng) < reward) else 0.0


def need_bounded(policy: str, bed: Testbed) -> None:
    """BadInput where the testbed's rewards may leave [0, 1]."""
    if not bed.bounded:
        raise BadInput(
            f"{policy} needs rewards in [0, 1], and those of this testbed are {bed.family}: "
            "take a bernoulli or bounded testbed."
        )
