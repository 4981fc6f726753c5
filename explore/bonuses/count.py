"""Count: one over the square root of the visit count.

    b(s′) = β/√(n(s′) + 0.01)      (Strehl & Littman 2008, MBIE-EB; the 0.01 of Bellemare et al. 2016, equation 1)

n counts a learner's arrivals at s′ over the whole run, exactly, under a 64-bit key of the observation (with `by=state`
of the exact state, where the environment provides it; or of any function of the observation:
`explore.bonuses.base.visits`). By default the bonus is paid only on the first arrival at a state in each episode, so
that moving back and forth earns nothing.

Measured on MiniGrid-DoorKey-8x8 with the two-headed DQN, six learners, return of the exploiting policy after 105,000
steps: divided by the running mean, with β = 0.02 halving every 40,000 steps, .97 .97 .96 .95 .94 .85; the plain
formula, without decay (`scale=none,half_life=0`), an interquartile mean of .85 [.43, .96] after 150,000, two of ten
learners stuck. With β = 0.1 the agent stays away from the goal to collect the bonus; with every
arrival paid (`first_visit=false`) it learns more slowly.
"""

from typing import Any

import torch

from explore.bonuses.base.visits import OFFSET, Visits
from explore.core.transitions import Transitions
from explore.counting.tables import CountTable


class Count(Visits):
    """β/√n over arrivals, exact. Needs an environment that names its states for `by=state`; BadInput otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = CountTable()

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return (self.table.get(self.arrived(transitions)) + OFFSET).rsqrt()

    def update_statistics(self, transitions: Transitions) -> None:
        self.table.add(self.arrived(transitions), transitions.mask)
