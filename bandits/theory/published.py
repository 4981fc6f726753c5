"""Published values of classic experiments, and the verdict on a simulation that repeats one of them.

A `Published` value states its experiment in full: testbed, horizon, policy, what was measured and when. A simulation of
the same experiment agrees when

    |own − published| ≤ 3 √(own standard error² + published standard error²).

Published standard errors: the testbed of Sutton & Barto (2018, chapter 2) was measured over 50,000 runs, with standard
errors *below* 0.005 (reward) and 0.2 percentage points (share of optimal pulls); these ceilings are taken, which makes
the comparison conservative (a true difference of 3 × 0.005 could pass, a false alarm is less likely than 3 in 1,000).
The regrets come without a standard error. They are taken to be good to 1 % of their value, and half a unit of the
last digit given; a verdict on them says so in `note`.

Rewards and shares are means over the last ten steps (991–1000), those at step 11 over that step alone.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS
from explore.core.registry import Registry
from explore.core.spec import Spec, parse
from explore.errors import BadInput

SIGNIFICANT = 3.0
REWARD_ERROR = 0.005
SHARE_ERROR = 0.002
REGRET_SHARE = 0.01
SUTTON = "Sutton & Barto 2018, chapter 2; measured by an independent implementation over 50,000 runs"
MEASURED = "measured by an independent implementation on a problem of Garivier & Cappé 2011"
CEILING = "published standard error: its ceiling"
ASSUMED = "published standard error not stated: 1 % of the value assumed"


class PolicyResult(Protocol):
    """What a simulation reports of one policy; rewards and shares of optimal pulls over the last ten steps."""

    spec: str
    reward: float
    reward_se: float
    optimal: float
    optimal_se: float
    regret: float
    regret_se: float


class Simulation(Protocol):
    """What `verdicts` reads of a simulation.

    Values at one step are read where it has `steps` `(points,)` and its policies `reward_curve`, `reward_curve_se`,
    `optimal_curve`, `optimal_curve_se` of the same length.
    """

    testbed: str
    horizon: int

    @property
    def policies(self) -> Sequence[Any]:
        """A `PolicyResult` each."""


@dataclass(frozen=True)
class Published:
    """One value of `quantity` (reward, optimal, regret); `step` None is the last ten steps, for regret the whole."""

    testbed: str
    horizon: int
    policy: str
    quantity: str
    value: float
    standard_error: float
    source: str
    note: str
    step: int | None = None


@dataclass(frozen=True)
class Verdict:
    """A simulated value and the published one; `standard_error` is that of their difference."""

    policy: str
    quantity: str
    published: float
    own: float
    standard_error: float
    z: float
    agrees: bool
    source: str
    note: str


def _testbed_rows() -> Iterable[Published]:
    around_zero = {
        "epsilon-greedy:epsilon=0": (1.033, 0.358),
        "epsilon-greedy:epsilon=0.01": (1.320, 0.602),
        "epsilon-greedy:epsilon=0.1": (1.369, 0.800),
        "optimistic:initial=5,alpha=0.1": (1.504, 0.859),
        "epsilon-greedy:epsilon=0.1,alpha=0.1": (1.355, 0.761),
        "ucb:c=2": (1.491, 0.856),
        "ucb:c=1": (1.526, 0.923),
    }
    around_four = {
        "gradient:alpha=0.1,baseline=true": (5.506, 0.849),
        "gradient:alpha=0.4,baseline=true": (5.451, 0.733),
        "gradient:alpha=0.1,baseline=false": (5.213, 0.492),
        "gradient:alpha=0.4,baseline=false": (4.805, 0.281),
    }
    for testbed, rows in (("sutton-barto", around_zero), ("sutton-barto:mean=4", around_four)):
        for policy, (reward, optimal) in rows.items():
            yield Published(testbed, 1000, policy, "reward", reward, REWARD_ERROR, SUTTON, CEILING)
            yield Published(testbed, 1000, policy, "optimal", optimal, SHARE_ERROR, SUTTON, CEILING)
    yield Published("sutton-barto", 1000, "ucb:c=2", "reward", 1.086, REWARD_ERROR, SUTTON, CEILING, step=11)
    yield Published("sutton-barto", 1000, "ucb:c=2", "optimal", 0.430, SHARE_ERROR, SUTTON, CEILING, step=11)


def _regret_rows() -> Iterable[Published]:
    rows = {
        ("problem-b", 10_000): (500.8, 112.1, 81.1),
        ("problem-b", 20_000): (842.6, 131.1, 90.7),
        ("two-arms", 5000): (64.3, 13.0, 8.9),
    }
    sources = (
        "UCB1 of Auer, Cesa-Bianchi & Fischer 2002",
        "KL-UCB of Garivier & Cappé 2011, c = 0",
        "Thompson 1933, uniform prior",
    )
    for (testbed, horizon), values in rows.items():
        for policy, value, source in zip(("ucb1", "kl-ucb:c=0", "thompson"), values, sources, strict=True):
            error = REGRET_SHARE * value + 0.05
            yield Published(testbed, horizon, policy, "regret", value, error, f"{source}; {MEASURED}", ASSUMED)


PUBLISHED: tuple[Published, ...] = (*_testbed_rows(), *_regret_rows())


def published_for(testbed: str, horizon: int, policy: str | Spec) -> list[Published]:
    """The published values of this experiment; specs are compared with defaults filled in, in any order."""
    experiment = (same(testbed, TESTBEDS), same(policy, POLICIES))
    return [
        row
        for row in PUBLISHED
        if row.horizon == horizon and (same(row.testbed, TESTBEDS), same(row.policy, POLICIES)) == experiment
    ]


def verdicts(simulation: Simulation) -> list[Verdict]:
    """A verdict on every published value that `simulation` repeats, in the order of its policies.

    Left out are values that the simulation did not record (say, step 11 where no checkpoint lies there), and those of a
    single run, which have no standard error.
    """
    compared = []
    for policy in simulation.policies:
        for row in published_for(simulation.testbed, simulation.horizon, policy.spec):
            measured = _measured(simulation, policy, row)
            if measured is not None and math.isfinite(measured[1]):
                compared.append(verdict(row, *measured))
    return compared


def verdict(row: Published, own: float, own_error: float) -> Verdict:
    """Compare a simulated value and its standard error with a published one."""
    error = math.hypot(own_error, row.standard_error)
    z = (own - row.value) / error
    quantity = row.quantity if row.step is None else f"{row.quantity} at step {row.step}"
    return Verdict(row.policy, quantity, row.value, own, error, z, abs(z) <= SIGNIFICANT, row.source, row.note)


def same(spec: str | Spec, registry: Registry[Any]) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """A spec in a form that is equal for equal meanings: settings in order, as numbers, defaults filled in."""
    parsed = parse(spec) if isinstance(spec, str) else spec
    settings: Mapping[str, Any] = parsed.settings
    try:
        settings = registry.resolve(parsed)[1].model_dump()
    except (BadInput, AttributeError):  # not installed under this name: as written
        settings = {name: _value(text) for name, text in parsed.settings.items()}
    return parsed.name, tuple(sorted(settings.items()))


def _measured(simulation: Any, policy: Any, row: Published) -> tuple[float, float] | None:
    """The simulated value and its standard error, or None where it was not recorded."""
    if row.step is None:
        return float(getattr(policy, row.quantity)), float(getattr(policy, f"{row.quantity}_se"))
    names = (f"{row.quantity}_curve", f"{row.quantity}_curve_se")
    if not all(hasattr(policy, name) for name in names) or row.step not in list(getattr(simulation, "steps", [])):
        return None
    place = list(simulation.steps).index(row.step)
    return float(getattr(policy, names[0])[place]), float(getattr(policy, names[1])[place])


def _value(text: Any) -> Any:
    if isinstance(text, str) and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return float(text)
    except (TypeError, ValueError):
        return text
