"""The regret of upper confidence bounds with Hoeffding-like widths on sub-Gaussian rewards."""

import math

from bandits.theory.bounds.statement import Bound, Problem


def sub_gaussian_ucb(problem: Problem, alpha: float, meaning: str) -> list[Bound]:
    """(α, ψ)-UCB: the index mean + √(2ασ² ln t/n), for α > 2; `meaning` is what α is in the policy's own symbols.

    An arm pulled more than 8ασ² ln T/Δ² times is pulled again only where its average or the best arm's leaves its
    interval; each has a probability of t^{−α} for each of at most t counts, so that Σ_t 2t^{1−α} ≤ 2/(α−2).
    """
    if problem.gaps is None or not math.isfinite(problem.proxy) or alpha <= 2:
        return []
    ln = math.log(problem.horizon)
    value = sum(8 * alpha * problem.proxy * ln / gap + gap * alpha / (alpha - 2) for gap in problem.suboptimal)
    formula = f"Σ (8ασ² ln T/Δ + Δα/(α−2)), α = {meaning}"
    return [Bound("(α, ψ)-UCB", value, formula, "Bubeck & Cesa-Bianchi 2012, Theorem 2.1", note="needs α > 2")]
