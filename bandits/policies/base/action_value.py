"""Estimates of each arm's value, Q(a) ← Q(a) + α (R − Q(a)) with α constant, or 1/n(a) for the sample average.

Sutton & Barto 2018, equation 2.5. The rows ALPHA, VALUES and PULLS of the state are the same in every policy that uses
them; the rows after these are the policy's own.
"""

from typing import Any

from bandits.policy import Floats
from bandits.simulator.batched import BATCH, Chosen, Work
from bandits.simulator.kernel import Words
from explore.numerics.compiled import kernel_part

ALPHA, VALUES, PULLS, FIRST_OWN = range(4)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Move the arm's value towards the reward."""
    state[PULLS, arm] += 1.0
    step = state[ALPHA, 0] if state[ALPHA, 0] > 0.0 else 1.0 / state[PULLS, arm]
    state[VALUES, arm] += step * (reward - state[VALUES, arm])


@kernel_part
def update_batched(state: Floats, chosen: Chosen, reward: Floats, rng: Words, work: Work) -> None:
    """`update` for many runs at once."""
    alpha = state[ALPHA, 0, 0]
    for lane in range(BATCH):
        arm = chosen[lane]
        pulls = state[PULLS, arm, lane] + 1.0
        state[PULLS, arm, lane] = pulls
        step = alpha if alpha > 0.0 else 1.0 / pulls
        state[VALUES, arm, lane] += step * (reward[lane] - state[VALUES, arm, lane])
