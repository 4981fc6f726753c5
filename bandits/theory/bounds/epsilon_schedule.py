"""The regret of ε-greedy with sample averages and any schedule ε_t that is fixed beforehand."""

import math

import numpy as np
import numpy.typing as npt

from bandits.theory.bounds.statement import Bound, Problem


def epsilon_schedule(problem: Problem, epsilon: npt.NDArray[np.float64]) -> list[Bound]:
    """The best average, or with probability ε_t a random arm, for a schedule `epsilon` `(horizon,)`.

    As Auer, Cesa-Bianchi & Fischer prove Theorem 3. A suboptimal arm is pulled at random with probability ε_t/K, or
    because its average is Δ/2 too high or the best arm's Δ/2 too low. Until step t an arm was pulled at random 2x times
    in the mean, x = Σ_{s<t} ε_s/2K, and by Bernstein's inequality fewer than x times with probability e^{−x/5} at most;
    averages of more than x rewards err so much with probability Σ_{n>x} e^{−nκ} ≤ e^{−κ⌊x⌋}/κ, κ = Δ²/8σ². Hence

        P(arm in step t) ≤ ε_t/K + 2 ((x + 1) e^{−x/5} + e^{−κ⌊x⌋}/κ).
    """
    if not problem.suboptimal or not math.isfinite(problem.proxy):
        return []
    x = (np.cumsum(epsilon) - epsilon) / (2.0 * problem.arms)
    few = (x + 1.0) * np.exp(-x / 5.0)
    lost = np.zeros(problem.horizon)
    for gap in problem.suboptimal:
        rate = gap**2 / (8.0 * problem.proxy)
        probability = epsilon / problem.arms + 2.0 * (few + np.exp(-rate * np.floor(x)) / rate)
        lost += gap * np.minimum(probability, 1.0)
    value = float(np.minimum(lost, max(problem.suboptimal)).sum())
    formula = "Σ_t ΣΔ (ε_t/K + 2((x+1)e^{−x/5} + e^{−κ⌊x⌋}/κ)), x = Σ_{s<t} ε_s/2K, κ = Δ²/8σ²"
    source = "Auer, Cesa-Bianchi & Fischer 2002, proof of Theorem 3"
    return [Bound("averages and a schedule of ε", value, formula, source)]
