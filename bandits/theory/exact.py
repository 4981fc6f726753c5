"""Exact values, and the verdict on a simulation that should meet them.

Two kinds are known. The **discounted return** of Gittins' policy is the best there is
(`bandits.theory.gittins.optimum`): the mean of the difference in each run, from the same states of the same arms, must
lie within 3 standard errors of 0. It is evaluated where pulls beyond the horizon would add less than a thousandth,
γ^T ≤ 0.001. What a policy **estimates**, such as the values of Duff's learner, has to be right in each run, not on
average: at most one run in twenty may be more than a tenth off.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bandits.theory.published import SIGNIFICANT
from explore.core.spec import parse

FAR = 1e-3  # what pulls beyond the horizon may add, as a share
OFF, SELDOM = 0.1, 0.05


@dataclass(frozen=True)
class Exact:
    """An `exact` value and the policy's `own`, mean over runs.

    For a return `standard_error` is that of the difference, and `off` None; for an estimate that of the mean, and
    `off` the share of runs more than a tenth off.
    """

    policy: str
    quantity: str
    exact: float
    own: float
    standard_error: float
    off: float | None
    agrees: bool


def exact_values(simulation: Any) -> list[Exact]:
    """The verdicts on a `bandits.Simulation`, in the order of its policies; empty where nothing exact is known."""
    exact: list[Exact] = []
    for policy in simulation.policies:
        if _attains_optimum(policy, simulation):
            own, best = policy.returns, simulation.optimum[: len(policy.returns)]
            short = own - best
            error = _standard_error(short)
            agrees = abs(float(short.mean())) <= SIGNIFICANT * error + FAR * abs(float(best.mean()))
            values = float(best.mean()), float(own.mean()), error
            exact.append(Exact(policy.spec, "discounted return", *values, None, agrees))
        if policy.estimands is not None:
            away = np.abs(policy.estimates - policy.estimands.exact) > OFF * np.abs(policy.estimands.exact)
            for place, name in enumerate(policy.estimands.names):
                estimate, off = policy.estimates[:, place], float(away[:, place].mean())
                values = float(policy.estimands.exact[place]), float(estimate.mean()), _standard_error(estimate)
                exact.append(Exact(policy.spec, name, *values, off, off <= SELDOM))
    return exact


def _attains_optimum(policy: Any, simulation: Any) -> bool:
    """Whether it is Gittins' policy, with the discount of the testbed, and the horizon long enough."""
    spec = parse(policy.spec)
    if spec.name != "gittins" or simulation.optimum is None or simulation.discount**simulation.horizon > FAR:
        return False
    own = float(spec.settings.get("discount", 0.0))
    return own in (0.0, simulation.discount)


def _standard_error(values: Any) -> float:
    return float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else 0.0
