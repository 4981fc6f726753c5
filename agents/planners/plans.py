"""The result of every planner for a layout: the actions, their return, and the cost of finding them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

EXACT = ("breadth-first", "value-iteration")


@dataclass(frozen=True)
class Plan:
    """A plan for one layout: its actions `(steps,)`, what they earn, and what finding them cost.

    actions: as they were played on the layout from its reset on, with the layout's own generator where the world moves.
    """

    actions: npt.NDArray[np.int64]
    value: float  # the undiscounted return; its expectation where the method plans over the distribution
    simulated: int  # steps of the maze that the search tried
    seconds: float
    method: str  # which planner it is of

    @property
    def exact(self) -> bool:
        """Whether nothing can earn more: the method is exact."""
        return self.method in EXACT
