"""Policies that keep every reward of a run: their state grows with the horizon."""

from bandits.testbed import Testbed
from explore.errors import BadInput

MOST_REWARDS = 50_000_000  # that the state of one run may keep


def need_memory(policy: str, bed: Testbed, horizon: int) -> None:
    """BadInput where a reward per arm and step is more than the state of one run may keep."""
    if bed.arms * horizon > MOST_REWARDS:
        raise BadInput(
            f"{policy} keeps every reward, and {bed.arms} arms × {horizon} steps are more than {MOST_REWARDS:,}: "
            "take a shorter horizon."
        )
