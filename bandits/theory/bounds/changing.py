"""Bounds where rewards need not be drawn alike in every step: set by an adversary, or with means led by contexts.

Written as those in `known_bounds`. K arms, T steps; expectations are over the policy's own draws.
"""

import math
from collections.abc import Mapping
from typing import Any

from bandits.theory.bounds.statement import Bound, Found, Problem, number

AUER = "Auer, Cesa-Bianchi, Freund & Schapire 2002"
ADVERSARY = "holds for adversaries too"


def exp3(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """(e − 1)γT + K ln K/γ for a constant γ in (0, 1], against any sequence of rewards in [0, 1].

    With x̂ the importance-weighted rewards, at most K/γ, and G what is earned, e^x ≤ 1 + x + (e−2)x² for x ≤ 1 gives
    (γ/K)Σ_t x̂_j − ln K ≤ ln(W_{T+1}/W_1) ≤ [(γ/K)G + (e−2)(γ/K)²Σ_tΣ_i x̂_i] / (1−γ) for any arm j. Times (1−γ)K/γ, in
    expectation, with Σ_tΣ_i x_i ≤ K G_max, this is G_max − E G ≤ (e−1)γ G_max + (1−γ) K ln K/γ.
    """
    gamma, arms = number(settings, "gamma", 0.0), problem.arms
    if gamma == 0.0:
        gamma = min(1.0, math.sqrt(arms * math.log(arms) / ((math.e - 1.0) * problem.horizon)))
    if not problem.bounded or not 0 < gamma <= 1:
        return []
    value = (math.e - 1) * gamma * problem.horizon + arms * math.log(arms) / gamma
    return [Bound("EXP3", value, "(e−1)γT + K ln K/γ", f"{AUER}, Theorem 3.1", kind="worst case", note=ADVERSARY)]


def exp3_s(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """(e − 1)γT + K(S ln(K/α) + eαT)/γ against the best arm of each of S stretches of time, rewards in [0, 1].

    As for EXP3: a step multiplies the weights' sum W by eα more at most, and arm j ends a stretch with at least
    (α/K)e^{(γ/K)Σx̂_j} of the W that it began with (with e^{(γ/K)x̂_j} ≤ e for the first step). Hence in each stretch
    (γ/K)Σ_t x̂_j − ln(K/α) ≤ [(γ/K)G + (e−2)(γ/K)²Σ_tΣ_i x̂_i] / (1−γ) + eα·(its steps); these are added up. Needs α ≤ 1.
    """
    arms, horizon = problem.arms, problem.horizon
    alpha, gamma = number(settings, "alpha", 0.0) or 1.0 / horizon, number(settings, "gamma", 0.0)
    if gamma == 0.0:
        parts = (number(settings, "changes", 1.0) + 1.0) * math.log(arms * horizon) + math.e
        gamma = min(1.0, math.sqrt(arms * parts / ((math.e - 1.0) * horizon)))
    if not problem.bounded or not 0 < gamma <= 1 or alpha > 1:
        return []
    value = (math.e - 1) * gamma * horizon
    value += arms * (problem.stretches * math.log(arms / alpha) + math.e * alpha * horizon) / gamma
    formula, source = "(e−1)γT + K(S ln(K/α) + eαT)/γ", f"{AUER}, Theorem 8.1"
    return [Bound("EXP3.S", value, formula, source, kind="worst case", note=ADVERSARY)]


def tsallis_inf(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """4√(KT) + 1 with importance weights and η_t = 2/√t, against any sequence of rewards in [0, 1]."""
    if not problem.bounded:
        return []
    value = 4 * math.sqrt(problem.arms * problem.horizon) + 1
    source = "Zimmert & Seldin 2021, Theorem 1"
    return [Bound("Tsallis-INF", value, "4√(KT) + 1", source, kind="worst case", note=ADVERSARY)]


def lin_ucb(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """2w√(2Tdm ln(1 + TL²/(dmλ))) + 2δTLS for m models, whatever contexts of length L come; m is 1, or K disjoint ones.

    With probability 1 − δ every θ lies within its radius for ever (theorem 2, δ/m for each). Then a pull of arm a loses
    at most 2w‖x‖ in the norm of V⁻¹, by optimism, and at most 2LS; w = max(LS, √λ S + R√(2 ln(m/δ) + d ln(1 + TL²/dλ)))
    is never below the radius, as det V ≤ (λ + TL²/d)^d. So the regret is at most 2wΣ min(1, ‖x‖), and Σ min(1, ‖x‖²) ≤
    2Σ ln(det V/λ^d) ≤ 2dm ln(1 + TL²/(dmλ)). Where θ is outside, 2LS is lost per pull. The paper has 4 in the place of
    √8, for means in [−1, 1], and states it with that probability, not in the mean.
    """
    model = str(settings.get("model", "auto"))
    disjoint = (problem.linear if model == "auto" else model) == "disjoint"
    norm, ridge = number(settings, "norm", 1.0), number(settings, "ridge", 1.0)
    delta = number(settings, "delta", 0.05)
    if not problem.linear or problem.lengths is None or not math.isfinite(problem.proxy):
        return []
    context, parameter = problem.lengths
    if number(settings, "alpha", 0.0) > 0.0 or norm < parameter or (problem.linear == "disjoint" and not disjoint):
        return []
    horizon, d, models = problem.horizon, problem.dimension, problem.arms if disjoint else 1
    volume = d * math.log1p(horizon * context**2 / (d * ridge))
    radius = math.sqrt(ridge) * norm + math.sqrt(problem.proxy * (2.0 * math.log(models / delta) + volume))
    length = d * models * math.log1p(horizon * context**2 / (d * models * ridge))
    reach = context * parameter
    value = 2.0 * max(reach, radius) * math.sqrt(2.0 * horizon * length) + 2.0 * delta * horizon * reach
    formula = "2w√(2Tdm ln(1+TL²/dmλ)) + 2δTLS, w = √λS + R√(2 ln(m/δ) + d ln(1+TL²/dλ))"
    source = "Abbasi-Yadkori, Pál & Szepesvári 2011, Theorem 3"
    return [Bound("LinUCB", value, formula, source, kind="worst case", note="for any contexts of that length")]
