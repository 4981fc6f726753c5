"""The bound of policies that attain the constant of Lai & Robbins: lim R_T/ln T = C."""

import math
from collections.abc import Sequence

from bandits.theory.bounds.statement import Bound, Problem

EITHER_SIDE = "asymptotic: regret at this horizon may lie on either side"
POSTERIOR_OF = {"bernoulli": "beta"}  # the name of a Bayesian policy's model of a family


def asymptotic_optimality(
    problem: Problem, source: str, model: str = "auto", families: Sequence[str] = ("bernoulli", "gaussian")
) -> list[Bound]:
    """C ln T, where the proof is for one of these `families`, and the policy's `model` is of that family."""
    models = ("auto", problem.family, POSTERIOR_OF.get(problem.family, ""))
    if problem.lai_robbins is None or problem.family not in families or model not in models:
        return []
    value = problem.lai_robbins * math.log(problem.horizon)
    formula = "C ln T, C of Lai & Robbins"
    return [Bound("asymptotic optimality", value, formula, source, finite_time=False, note=EITHER_SIDE)]
