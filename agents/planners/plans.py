"""What every planner gives back: per layout what to do, what it earns, and what finding it cost."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Plan:
    """A plan for one layout: its actions `(steps,)`, what they earn, and what finding them cost.

    actions: as they were played on the layout from its reset on, with the layout's own generator where the world moves.
    """

    actions: npt.NDArray[np.int64]
    value: float  # the undiscounted return; its expectation where the method plans over the distribution
    simulated: int  # steps of the maze that the search tried
    seconds: float


@dataclass(frozen=True)
class Plans:
    """Plans for several layouts of a maze by one method, None where the method found none.

    seconds: wall time of all of them together.
    """

    maze: str
    method: str
    layouts: npt.NDArray[np.int64]  # (n,), which layouts of the set
    plans: tuple[Plan | None, ...]
    seconds: float

    @property
    def returns(self) -> npt.NDArray[np.float64]:
        """What each plan earns `(n,)`, NaN where there is none."""
        return np.array([np.nan if plan is None else plan.value for plan in self.plans])

    @property
    def simulated(self) -> npt.NDArray[np.int64]:
        """Simulated steps of each plan `(n,)`, 0 where there is none."""
        return np.array([0 if plan is None else plan.simulated for plan in self.plans], dtype=np.int64)
