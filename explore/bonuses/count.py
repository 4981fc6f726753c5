"""Count: the bonus falls with the square root of the visits.

    b(s′) = β/√(n(s′) + 0.01)      (Strehl & Littman 2008, MBIE-EB; the 0.01 of Bellemare et al. 2016, equation 1)

n counts a learner's arrivals at s′ over the whole run, exactly, under a 64-bit key of the observation (or of the exact
state, `by=state`, where the environment names it, or of any function of the observation:
`explore.bonuses.base.visits`). By default it is paid on the first arrival of the episode only, so that walking to and
fro earns nothing.

Measured on MiniGrid-DoorKey-8x8 with the two-headed DQN, six learners, return of the exploiting policy after 105,000
steps: divided by the running mean, with β = 0.02 halving every 40,000 steps, .97 .97 .96 .95 .94 .85; as it stands in
the formula, without decay (`scale=none,half_life=0`), an interquartile mean of .85 [.43, .96] after 150,000, two of ten
learners stuck. With β = 0.1 the agent loiters; without first visits it learns more slowly.
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
