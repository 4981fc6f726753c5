"""The result of a trial: the checks of the contract, and the measured traits."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["bonus", "strategy", "policy"]
"""The kinds of plugin that can be tested."""

Better = Literal["more", "less", ""]


@dataclass(frozen=True)
class Check:
    """One check of the contract: whether it passed, and what was observed.

    passed is None where it was not checked, because a check that it depends on failed. note says what was not tried.
    """

    name: str
    passed: bool | None
    explanation: str
    note: str = ""

    @property
    def verdict(self) -> str:
        """The word for a report."""
        return {True: "passes", False: "FAILS", None: "not checked"}[self.passed]


@dataclass(frozen=True)
class Trait:
    """One measured figure with its 95 % interval; `builtin` has the built-in plugins' recorded ones, by spec.

    better: which way is better, where one is. learners: the figure of each learner (of costs, of each repeat).
    references: what the same learners were compared with, by name: its mean, the plugin's mean less that one, and the
    95 % interval of this difference, paired. problem: why the trait could not be measured, in a sentence; its value is
    NaN then.
    """

    name: str
    value: float
    interval: tuple[float, float]
    unit: str
    meaning: str
    builtin: Mapping[str, float] = field(default_factory=dict)
    better: Better = ""
    learners: Sequence[float] = ()
    references: Mapping[str, tuple[float, float, float, float]] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Trial:
    """A plugin's trial. `passed` is False where at least one check of the contract fails."""

    spec: str
    kind: Kind
    origin: str
    settings: Mapping[str, Any]
    checks: list[Check]
    traits: list[Trait]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether no check fails."""
        return all(check.passed is not False for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """Plain figures, for JSON."""
        return {**asdict(self), "passed": self.passed}
