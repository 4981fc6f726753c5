"""The contract of a testbed, and the registry of testbeds: which arms there are and what they pay.

A testbed is three compiled functions over an array `arms` `(arms, columns)` whose column 0 is the arm's mean now:

    start(arms, parameters, rng)        the arms as a run begins, drawn from a prior or fixed
    move(arms, parameters, t, rng)      what changes before step t, for testbeds that are not stationary
    pay(arms, arm, word) -> reward      the reward of a pull, decided by 64 random bits

`rng` and `word` are of the streams in `bandits.randomness`. The n-th pull of arm a in run i gets the same word
whatever the policy did before: common random numbers, so that the difference of two policies shows with few runs.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from explore.registry import Registry
from explore.spec import Settings, settings_from

Floats = npt.NDArray[np.float64]


class Testbed:
    """A bandit problem; subclasses give `Settings`, the functions and `parameters`. BadInput for wrong settings."""

    __test__ = False  # not a test class, whatever its name says to pytest

    Settings: ClassVar[type[Settings]] = Settings
    family: ClassVar[str]  # bernoulli, gaussian, …: what policies may assume of the rewards
    columns: ClassVar[int] = 1
    moving: ClassVar[bool] = False
    start: ClassVar[Callable[..., None]]
    move: ClassVar[Callable[..., None]]
    pay: ClassVar[Callable[..., float]]
    pay_lanes: ClassVar[Callable[..., None] | None] = None  # for many runs at once, see `bandits.lanes`

    def __init_subclass__(cls) -> None:
        if not {"pay", "functions", "moving"}.isdisjoint(vars(cls)) and "pay_lanes" not in vars(cls):
            cls.pay_lanes = None  # the one inherited pays as another testbed does

    def __init__(self, **settings: Any) -> None:
        self.settings: Any = settings_from(type(self).Settings, settings, f"the testbed '{type(self).__name__}'")

    @property
    def parameters(self) -> Floats:
        """What `start` reads, `(arms, …)`."""
        raise NotImplementedError

    @property
    def arms(self) -> int:
        """How many arms there are."""
        return len(self.parameters)

    @property
    def means(self) -> Floats | None:
        """The means `(arms,)` where they are the same in every run; None where they are drawn."""
        return None

    @property
    def variance(self) -> float:
        """The known variance of a reward, for policies that are told it (Gaussian arms)."""
        return 1.0

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions by the names that the kernel knows them by."""
        return {"start": type(self).start, "move": type(self).move, "pay": type(self).pay}


TESTBEDS: Registry[type[Testbed]] = Registry("escapade.testbeds", "testbed")


def fixed_in_time(arms: Floats, parameters: Floats, t: int, rng: Any) -> None:
    """The `move` of a stationary testbed: it is never called."""
