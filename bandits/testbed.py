"""The base class of testbeds, which define the arms and their rewards, and their registry.

A testbed is a few compiled functions over an array `arms` `(arms, columns)` whose column 0 is the arm's mean now:

    sample_arms(arms, parameters, rng)        the arms as a run begins, drawn from a prior or fixed
    advance(arms, parameters, t, rng)         the change before step t, for testbeds that are not stationary
    write_context(arms, context)              the context of every arm before a choice, `(context_rows, arms)`, for
                                              testbeds with `context_rows` > 0
    sample_reward(arms, arm, word) -> reward  the reward of a pull, decided by 64 random bits; it may change the arm

With a delayed reward the policy gets the context that the arm had when it was pulled.

`rng` and `word` are of the streams in `bandits.simulator.randomness`. The n-th pull of arm a in run i gets the same
word whatever the policy did before: common random numbers, which reduce the variance of differences between policies.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from explore.core.registry import Registry
from explore.core.spec import Settings, settings_from
from explore.numerics.compiled import kernel_part

Floats = npt.NDArray[np.float64]


BOUNDED_FAMILIES = ("bernoulli", "bounded")  # families whose rewards lie in [0, 1]
LONGEST = 20  # a geometric delay is cut off at so many times its mean


class BedSettings(Settings):
    """The settings of every testbed."""

    delay: int = Field(0, ge=0, le=100_000, description="steps by which the policy learns of a reward later")
    delays: Literal["fixed", "geometric"] = Field("fixed", description="every delay the same, or random with that mean")
    discount: float = Field(0.0, ge=0, lt=1, description="γ of the discounted return that is reported; 0 for none")


@kernel_part
def never_advances(arms: Floats, parameters: Floats, t: int, rng: Any) -> None:
    """The `advance` of a stationary testbed: it is never called."""


@kernel_part
def no_context(arms: Floats, context: Floats) -> None:
    """The `write_context` of a testbed without contexts: it is never called."""


class Testbed:
    """A bandit problem; subclasses give `Settings`, the functions and `parameters`. BadInput for wrong settings."""

    __test__ = False  # not a test class, whatever its name says to pytest

    Settings: ClassVar[type[BedSettings]] = BedSettings
    about: ClassVar[str] = ""  # what the arms are, in one line
    source: ClassVar[str] = ""  # who stated the problem
    family: ClassVar[str]  # bernoulli, gaussian, …: what policies may assume of the rewards
    columns: int = 1
    non_stationary: ClassVar[bool] = False
    greedy_is_optimal: ClassVar[bool] = (
        False  # pulling the largest mean of the moment earns most: rested, falling means
    )
    context_rows: int = 0  # rows that `write_context` fills at the end of a policy's state
    linear: str = ""  # where they are contexts in which the means are linear: parameters are shared, or disjoint
    lengths: tuple[float, float] | None = None  # of such a context and of a parameter: at most these, where known
    sample_arms: ClassVar[Callable[..., None]]
    advance: ClassVar[Callable[..., None]] = staticmethod(never_advances)
    write_context: ClassVar[Callable[..., None]] = staticmethod(no_context)
    sample_reward: ClassVar[Callable[..., float]]
    sample_reward_batched: ClassVar[Callable[..., None] | None] = None  # see `bandits.simulator.batched`

    def __init_subclass__(cls) -> None:
        own = vars(cls)
        if not {"sample_reward", "functions", "non_stationary"}.isdisjoint(own) and "sample_reward_batched" not in own:
            cls.sample_reward_batched = None  # the inherited one samples the rewards of another testbed

    def __init__(self, **settings: Any) -> None:
        self.settings: Any = settings_from(type(self).Settings, settings, f"the testbed '{type(self).__name__}'")

    @property
    def parameters(self) -> Floats:
        """What `sample_arms` reads, `(arms, …)`."""
        raise NotImplementedError

    @property
    def arms(self) -> int:
        """How many arms there are."""
        return len(self.parameters)

    @property
    def bounded(self) -> bool:
        """Whether all rewards lie in [0, 1]."""
        return self.family in BOUNDED_FAMILIES

    @property
    def means(self) -> Floats | None:
        """The means `(arms,)` where they are the same in every run; None where they are drawn."""
        return None

    @property
    def variance(self) -> float:
        """The known variance of a reward, for policies that know it (Gaussian arms)."""
        return 1.0

    @property
    def variances(self) -> Floats:
        """The variance of each arm's rewards, `(arms,)`, as far as it is known: at most this."""
        return np.full(self.arms, self.variance)

    @property
    def prior(self) -> str:
        """What the means are drawn from for each run, such as `N(0, 1)` or `U[0, 1]`; empty where they are not."""
        return ""

    @property
    def mean_gap(self) -> float | None:
        """By how much an arm's mean is below the best, on average over the arms and the prior; None where unknown."""
        return None if self.non_stationary or self.means is None else float(self.means.max() - self.means.mean())

    def stretches(self, horizon: int) -> int | None:
        """Into how many stretches of unchanging means so many steps fall; None where that is not known beforehand."""
        return None if self.non_stationary else 1

    @property
    def delay(self) -> float:
        """By how many steps rewards are delayed; below 0, minus the mean of a random number of them."""
        late = float(getattr(self.settings, "delay", 0))  # the settings of a third party's testbed may lack it
        return late if late == 0 or self.settings.delays == "fixed" else -late

    @property
    def longest_delay(self) -> int:
        """By how many steps a reward may be late."""
        return int(self.delay if self.delay >= 0 else -self.delay * LONGEST)

    @property
    def discount(self) -> float:
        """The factor γ by which a reward counts less one step later; 0 for no discounted return."""
        return float(getattr(self.settings, "discount", 0.0))

    def optimum(self, seed: int, runs: int) -> Floats | None:
        """The best expected discounted return, over endless pulls, in each of the first `runs`; None if unknown."""
        return None

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions by the names that the kernel knows them by."""
        names = ("sample_arms", "advance", "write_context", "sample_reward")
        return {name: getattr(type(self), name) for name in names}


TESTBEDS: Registry[type[Testbed]] = Registry("escapade.testbeds", "testbed")
"""The testbeds: those of Escapade, of other distributions, and added in this process."""


def spelled(spec: str) -> str:
    """The spec of a testbed in full: `scaled:50` is short for `scaled:arms=50`."""
    name, _, rest = spec.strip().partition(":")
    return f"{name}:arms={rest.strip()}" if rest.strip().isdecimal() else spec
