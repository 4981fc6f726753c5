"""The Bayesian regret of policies whose information ratio is bounded (Russo & Van Roy 2016)."""

import math

from bandits.theory.bounds.statement import Bound, Problem


def information_ratio(problem: Problem, model: str = "auto") -> list[Bound]:
    """√(2s²KT ln K) on average over the prior, from an information ratio of at most 2s²K.

    s² is the variance proxy of a reward before its arm is known: 1/4 in [0, 1], σ² + 1 for means from N(0, 1). Only
    where arms are drawn from the policy's prior: U[0, 1] of Bernoulli arms, N(0, 1) of Gaussian ones.
    """
    drawn = {"U[0, 1]": problem.family == "bernoulli", "N(0, 1)": problem.family == "gaussian"}
    if not drawn.get(problem.prior, False) or model not in ("auto", "beta" if problem.bounded else "gaussian"):
        return []
    spread = 0.25 if problem.bounded else problem.proxy + 1.0
    value = math.sqrt(2.0 * spread * problem.arms * problem.horizon * math.log(problem.arms))
    note = "mean over arms drawn from the prior, as they are here"
    formula = "√(KT ln K/2)" if problem.bounded else "√(2(σ²+1)KT ln K)"
    return [Bound("information ratio", value, formula, "Russo & Van Roy 2016", kind="bayesian", note=note)]
