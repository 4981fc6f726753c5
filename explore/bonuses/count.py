"""Count: the bonus falls with the square root of the visits.

    b(s′) = β/√(n(s′) + 0.01)      (Strehl & Littman 2008, MBIE-EB; the 0.01 of Bellemare et al. 2016, equation 1)

n counts a learner's arrivals at s′ over its whole life, exactly, under a 64-bit key of the observation (or of the exact
state, `by=state`, where the environment names it, or of any function of the observation:
`explore.bonuses.base.visits`). By default it is paid on the first arrival of the episode only, so that walking to and
fro earns nothing.

β = 0.02 and first visits were measured on MiniGrid-DoorKey-8x8 with the two-headed DQN: with first visits it learns
where plain counts are slow, and β = 0.1 loiters.
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
