"""The base class of bandit policies, and their registry.

A policy is a pair of functions, compiled by Numba or plain Python, over a small state array:

    select(state, t, rng) -> arm          which arm to pull in step t = 1, 2, …
    update(state, arm, reward, rng)       updates the state by the reward

`state` is a float64 array `(rows, arms)`; the policy defines what its rows mean. `initial` gives the
state that every run starts with; a setting has its own row, in column 0. `rng` is the run's stream, for the functions
of `bandits.simulator.randomness`. A policy has no other state, as runs are
simulated in any order by several threads.

    class Mine(Policy):
        class Settings(Settings):
            epsilon: float = Field(0.1, ge=0, le=1, description="chance of a random arm")

        select = staticmethod(select)
        update = staticmethod(update)

        def initial(self, bed, horizon):
            return rows(bed.arms, self.settings.epsilon, 0.0, 0.0)

Two functions are enough where nothing has to be installed or set by name:

    bandits.simulate("sutton-barto", [bandits.from_functions(select, update, initial=[0.1, 0.0, 0.0]), "ucb"])

Functions that `numba.njit` compiled run as fast as the built-in ones; plain Python ones work too, much slower.

On a testbed with delayed rewards `update` is called when the reward arrives, after other choices. What it needs to know
of the choice itself, such as the probability with which the arm was drawn, stands in rows of the state that `select`
writes anew at every choice; the policy names these rows in `draw_rows`, and `update` finds in them what `select` wrote
when this arm was drawn:

    class Mine(Policy):
        draw_rows = (PROBABILITIES,)

The context of the arm, on testbeds that have one, is always that of the choice.

A policy of simple arithmetic may give both functions for many runs at once, as `batched` (see
`bandits.simulator.batched`): several times faster, and the same to the last bit.

A policy that estimates quantities whose exact values are known on a testbed names them by `estimands`, and
`write_estimates(state, estimates)` writes its estimates at the end of a run.

An installed policy is named by an entry point of the group `escapade.policies`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from bandits.problem_kinds import Placement
from bandits.testbed import Testbed
from bandits.theory.bounds.statement import Bound, Problem
from explore.core.registry import Registry
from explore.core.spec import Settings, settings_from
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

Floats = npt.NDArray[np.float64]
"""An array of float64, of any shape."""
Assumption = Callable[[Any, Testbed, int], str]  # (policy, testbed, horizon) -> what is not as assumed, or ""
Functions = tuple[Callable[..., int], Callable[..., None]]
BatchedFunctions = tuple[Callable[..., None], Callable[..., None]]


@dataclass(frozen=True)
class Estimands:
    """Quantities that a policy estimates in every run: their `names`, and their exact values `exact` `(values,)`."""

    names: tuple[str, ...]
    exact: Floats


@kernel_part
def no_estimates(state: Floats, estimates: Floats) -> None:
    """The `write_estimates` of a policy without estimands: it is never called."""


class Policy:
    """A bandit policy; subclasses give `Settings`, `select`, `update` and `initial`. BadInput for wrong settings.

    What is known of it stands in the class too, for lists, recommendations and reports, all of it optional:

    rule: which arm it pulls, in one line; Q is an arm's average reward, n its pulls, t the step, K the number of arms,
        T the horizon, σ² the variance that a reward can have. The first line of the docstring where it is empty.
    good_for, needs, source: where to use it, what must be known or set for it, and the paper with its year.
    recommended_for: the kinds of problem where it is recommended; compared_on: those where it is played by default.
    assumptions: functions that say in a sentence what a testbed does not satisfy, as in
        `bandits.policies.base.assumptions`.
    bounds_assume: what the theorems in `bounds` assume of the means.
    """

    rule: ClassVar[str] = ""
    good_for: ClassVar[str] = ""
    needs: ClassVar[str] = ""
    source: ClassVar[str] = ""
    recommended_for: ClassVar[tuple[Placement, ...]] = ()
    compared_on: ClassVar[tuple[Placement, ...]] = ()
    assumptions: ClassVar[tuple[Assumption, ...]] = ()
    bounds_assume: ClassVar[Literal["constant means", "piecewise constant means", "linear contexts"]] = "constant means"
    Settings: ClassVar[type[Settings]] = Settings
    select: ClassVar[Callable[..., int]]
    update: ClassVar[Callable[..., None]]
    write_estimates: ClassVar[Callable[..., None]] = staticmethod(no_estimates)
    batched: ClassVar[BatchedFunctions | None] = None
    draw_rows: tuple[int, ...] = ()  # rows of the state that `update` reads as `select` wrote them at that choice

    def __init_subclass__(cls) -> None:
        if not {"select", "update", "functions"}.isdisjoint(vars(cls)) and "batched" not in vars(cls):
            cls.batched = None  # those inherited are of other functions

    def __init__(self, **settings: Any) -> None:
        self.settings: Any = settings_from(type(self).Settings, settings, f"the policy '{type(self).__name__}'")

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """The state `(rows, arms)` before the first pull; BadInput where the policy does not suit the testbed."""
        raise NotImplementedError

    def functions(self, bed: Testbed) -> Functions:
        """The pair (select, update), for policies that have several."""
        return type(self).select, type(self).update

    def estimands(self, bed: Testbed) -> Estimands | None:
        """The quantities that `write_estimates` estimates on this testbed; None where there are none."""
        return None

    def batched_functions(self, bed: Testbed) -> BatchedFunctions | None:
        """The pair for many runs at once, None where there is none."""
        return type(self).batched

    def bounds(self, problem: Problem) -> Sequence[Bound]:
        """The proven bounds on its regret whose conditions this problem satisfies; see `bandits.theory.bounds_for`."""
        return ()

    def misfits(self, bed: Testbed, horizon: int) -> list[str]:
        """Its assumptions that the testbed does not satisfy, a sentence each; empty where all hold."""
        return [sentence for check in self.assumptions if (sentence := check(self, bed, horizon))]


def from_functions(
    select: Callable[..., int],
    update: Callable[..., None],
    initial: Sequence[float] | Callable[[Testbed, int], Floats],
    name: str = "own",
    draw_rows: Sequence[int] = (),
) -> Policy:
    """A policy made of its two functions; `name` is what figures and reports call it.

    initial: the number that each row of the state begins with, or a function of the testbed and the horizon that gives
    the state `(rows, arms)`. draw_rows: the rows of the state that `update` reads as `select` wrote them at the choice.
    BadInput where these are none.
    """
    for what, given in (("select", select), ("update", update)):
        if not callable(given):
            raise BadInput(f"{what} is {given!r}: it must be a function.")
    try:
        values = [] if callable(initial) else [float(value) for value in initial]
    except (TypeError, ValueError):
        raise BadInput(f"initial is {initial!r}: give one number for each row of the state, or a function.") from None

    def begin(self: Policy, bed: Testbed, horizon: int) -> Floats:
        return initial(bed, horizon) if callable(initial) else rows(bed.arms, *values)

    own: dict[str, Any] = {
        "select": staticmethod(select),
        "update": staticmethod(update),
        "initial": begin,
        "draw_rows": tuple(draw_rows),
    }
    made: Policy = type(name, (Policy,), own)()
    return made


POLICIES: Registry[type[Policy]] = Registry("escapade.policies", "policy")
"""The bandit policies: those of Escapade, of other distributions, and added in this process."""


def rows(arms: int, *values: float) -> Floats:
    """A state with one row per value, all columns alike."""
    return np.repeat(np.array(values, dtype=np.float64)[:, None], arms, axis=1)
