"""The bounds themselves, one function per policy; `bandits.theory.bounds` picks and documents them.

Each takes a `Problem` and the policy's settings and gives the bounds whose conditions hold, with the theorem's
formula in the text. Δ ranges over the suboptimal arms.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bandits.theory.divergences import kl_bernoulli


@dataclass(frozen=True)
class Problem:
    """What a bound may depend on; `proxy` is the sub-Gaussian variance, `gaps` etc. are None for drawn arms."""

    arms: int
    horizon: int
    bounded: bool
    proxy: float
    gaps: tuple[float, ...] | None
    means: tuple[float, ...] | None
    lai_robbins: float | None

    @property
    def suboptimal(self) -> list[float]:
        """The gaps above 0."""
        return [gap for gap in self.gaps or () if gap > 0]


@dataclass(frozen=True)
class Bound:
    """A bound on the expected regret after `horizon` pulls: `value`, and what kind of statement it is."""

    name: str
    value: float
    formula: str
    source: str
    finite_time: bool = True
    kind: str = "instance"  # instance, worst case, bayesian
    direction: str = "upper"  # upper, lower
    note: str = ""


Found = Sequence[Bound | None]
AUER = "Auer, Cesa-Bianchi & Fischer 2002, Machine Learning 47"
BUBECK = "Bubeck & Cesa-Bianchi 2012, Regret Analysis"
LATTIMORE = "Lattimore & Szepesvári 2020, Bandit Algorithms"


def number(settings: Mapping[str, Any], name: str, default: float) -> float:
    """The setting `name` as a number; the default where it is absent or not a number (`auto`)."""
    try:
        return float(settings.get(name, default))
    except (TypeError, ValueError):
        return default


def uniform(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """Every arm equally often."""
    if problem.gaps is None:
        return []
    value = problem.horizon * sum(problem.gaps) / problem.arms
    return [Bound("uniform play", value, "T ΣΔ/K", "by definition", note="exact")]


def constant_epsilon(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """A share ε of the pulls is uniform for ever: a lower bound that is linear in T."""
    if problem.gaps is None:
        return []
    value = number(settings, "epsilon", 0.1) * problem.horizon * sum(problem.gaps) / problem.arms
    note = "a lower bound: constant exploration costs linearly"
    return [Bound("cost of constant ε", value, "ε T ΣΔ/K", "by definition", direction="lower", note=note)]


def decreasing_epsilon(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """ε_t = min(1, cK/(d²t)) with 0 < d ≤ min Δ, d < 1: Auer's bound on each pull, summed over time."""
    c, d = number(settings, "c", 5.0), number(settings, "d", 0.1)
    gaps = problem.suboptimal
    if not (problem.bounded and gaps and c > 0 and 0 < d <= min(gaps) * (1 + 1e-9) and d < 1):
        return []
    t = np.arange(1, problem.horizon + 1, dtype=np.float64)
    scale = c * problem.arms / d**2
    later = t >= scale
    ratio = np.where(later, (t - 1) * math.exp(0.5) / scale, 1.0)
    chance = c / (d**2 * t) + 2 * (c / d**2) * np.log(ratio) * ratio ** (-c / (5 * d**2))
    chance += 4 * math.e / d**2 * ratio ** (-c / 2)
    each = np.where(later & (ratio >= 1), np.minimum(chance, 1.0), 1.0)
    value = float(np.minimum(each * sum(gaps), max(gaps)).sum())
    formula = "Σ_t min(ΣΔ P_t, max Δ), P_t of Theorem 3"
    return [Bound("ε_n-greedy", value, formula, f"{AUER}, Theorem 3", note="needs d ≤ the smallest gap")]


def explore_then_commit(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """m pulls of each arm, then the best one: mΣΔ + (T − mK)ΣΔ exp(−mΔ²/(4σ²))."""
    m = number(settings, "pulls", math.nan)
    if not (math.isfinite(problem.proxy) and 1 <= m <= problem.horizon / problem.arms):
        return []
    after = problem.horizon - m * problem.arms
    value = sum(m * gap + after * gap * math.exp(-m * gap**2 / (4 * problem.proxy)) for gap in problem.suboptimal)
    formula = "mΣΔ + (T−mK)ΣΔ exp(−mΔ²/4σ²)"
    return [None if problem.gaps is None else Bound("explore-then-commit", value, formula, f"{LATTIMORE}, Theorem 6.1")]


def ucb1(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """8 Σ ln T/Δ + (1 + π²/3) ΣΔ for rewards in [0, 1] and the index mean + √(2 ln t/n)."""
    if not problem.bounded or problem.gaps is None:
        return []
    gaps = problem.suboptimal
    value = sum(8 * math.log(problem.horizon) / gap + (1 + math.pi**2 / 3) * gap for gap in gaps)
    return [Bound("UCB1", value, "8 Σ ln T/Δ + (1 + π²/3) ΣΔ", f"{AUER}, Theorem 1")]


def ucb(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """(α, ψ)-UCB: the index mean + c√(ln t/n) has α = c²/(2σ²), and the theorem needs α > 2."""
    if problem.gaps is None or not math.isfinite(problem.proxy):
        return []
    alpha = number(settings, "c", 2.0) ** 2 / (2 * problem.proxy)
    if alpha <= 2:
        return []
    ln = math.log(problem.horizon)
    gaps = problem.suboptimal
    value = sum(8 * alpha * problem.proxy * ln / gap + max(gap, 1.0) * alpha / (alpha - 2) for gap in gaps)
    formula = "Σ (8ασ² ln T/Δ + max(Δ, 1) α/(α−2)), α = c²/2σ²"
    return [Bound("(α, ψ)-UCB", value, formula, f"{BUBECK}, Theorem 2.1", note="needs α > 2")]


def ucb_v(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """10 Σ (σ_a²/Δ + 2) ln T for rewards in [0, 1], ζ = 1.2 and c = 1."""
    if not problem.bounded or problem.means is None:
        return []
    if number(settings, "zeta", 1.2) != 1.2 or number(settings, "c", 1.0) != 1.0:
        return []
    best = max(problem.means)
    pairs = [(mean * (1 - mean), best - mean) for mean in problem.means if mean < best]
    value = 10 * math.log(problem.horizon) * sum(spread / gap + 2 for spread, gap in pairs)
    source = "Audibert, Munos & Szepesvári 2009, Theoretical Computer Science 410"
    note = "variance taken as μ(1−μ), the largest that rewards in [0, 1] of this mean can have"
    return [Bound("UCB-V", value, "10 Σ (σ²/Δ + 2) ln T", source, note=note)]


def moss(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """49√(TK) for rewards in [0, 1]."""
    value = 49 * math.sqrt(problem.horizon * problem.arms)
    source = "Audibert & Bubeck 2010, JMLR 11, Theorem 24"
    return [Bound("MOSS", value, "49 √(TK)", source, kind="worst case") if problem.bounded else None]


def moss_anytime(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """113√(TK) for rewards in [0, 1], α = 1.35."""
    if not problem.bounded or number(settings, "alpha", 1.35) != 1.35:
        return []
    value = 113 * math.sqrt(problem.horizon * problem.arms)
    return [Bound("MOSS-anytime", value, "113 √(TK)", "Degenne & Perchet 2016, ICML", kind="worst case")]


def kl_ucb(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """Cappé's bound for the budget ln t + 3 ln ln t; for any other c only the asymptotic optimality."""
    optimal = asymptotically_optimal("Garivier & Cappé 2011, COLT; Cappé et al. 2013, Annals of Statistics 41(3)")
    if number(settings, "c", 0.0) < 3 or not problem.bounded or problem.means is None or problem.horizon < 3:
        return optimal(problem, settings)
    best = max(problem.means)
    if best >= 1:
        return optimal(problem, settings)
    ln = math.log(problem.horizon)
    lnln = math.log(ln)
    value = 0.0
    for mean in problem.means:
        if 0 < mean < best:
            d = kl_bernoulli(mean, best)
            slope = math.log(best * (1 - mean) / (mean * (1 - best)))  # −∂KL(p, μ*)/∂p at μ_a
            spread = 0.25 if mean <= 0.5 <= best else max(mean * (1 - mean), best * (1 - best))
            pulls = ln / d + 2 * math.sqrt(2 * math.pi * spread * slope**2 / d**3) * math.sqrt(ln + 3 * lnln)
            pulls += (4 * math.e + 3 / d) * lnln + 8 * spread * (slope / d) ** 2 + 6
            value += (best - mean) * pulls
        elif mean == 0.0:
            return optimal(problem, settings)  # the theorem needs means inside (0, 1)
    formula = "ΣΔ (ln T/KL + 2√(2πσ²KL'²/KL³)√(ln T + 3 ln ln T) + (4e + 3/KL) ln ln T + 8σ²(KL'/KL)² + 6)"
    source = "Cappé et al. 2013, Annals of Statistics 41(3), Theorem 1"
    return [Bound("KL-UCB, c = 3", value, formula, source)]


def kl_ucb_plus_plus(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """76√(VKT) + (K − 1)(range of the means), V the largest variance."""
    if not problem.bounded:
        return []
    value = 76 * math.sqrt(0.25 * problem.arms * problem.horizon) + problem.arms - 1
    return [Bound("KL-UCB++", value, "76 √(KT/4) + K − 1", "Ménard & Garivier 2017, ALT", kind="worst case")]


def kl_ucb_switch(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """(K − 1) + 25√(KT) for rewards in [0, 1]."""
    value = problem.arms - 1 + 25 * math.sqrt(problem.arms * problem.horizon)
    source = "Garivier, Hadiji, Ménard & Stoltz 2018 (arXiv:1805.05071)"
    return [Bound("KL-UCB-switch", value, "K − 1 + 25 √(KT)", source, kind="worst case") if problem.bounded else None]


def thompson(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """Two Bernoulli arms: 40 ln T/Δ + 48/Δ³ + 18Δ. More: asymptotically optimal, and √(KT ln K/2) over the prior."""
    found: list[Bound | None] = []
    gaps = problem.suboptimal
    if problem.bounded and problem.arms == 2 and len(gaps) == 1:
        value = 40 * math.log(problem.horizon) / gaps[0] + 48 / gaps[0] ** 3 + 18 * gaps[0]
        source = "Agrawal & Goyal 2012, COLT, Theorem 1"
        found.append(Bound("Thompson, two arms", value, "40 ln T/Δ + 48/Δ³ + 18Δ", source))
    source = "Kaufmann, Korda & Munos 2012, ALT; Agrawal & Goyal 2013, AISTATS"
    return [*found, *asymptotically_optimal(source)(problem, settings), *information_directed(problem, settings)]


def information_directed(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """√(KT ln K/2) on average over the prior, from an information ratio of at most K/2."""
    if not problem.bounded:
        return []
    value = math.sqrt(0.5 * problem.arms * problem.horizon * math.log(problem.arms))
    note = "mean over problems drawn from the prior, not for this one"
    source = "Russo & Van Roy 2016, JMLR 17; 2018, Operations Research 66(1)"
    return [Bound("information ratio", value, "√(KT ln K/2)", source, kind="bayesian", note=note)]


def exp3(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """(e − 1)γT + K ln K/γ for a constant γ in (0, 1], against any sequence of rewards in [0, 1]."""
    gamma = number(settings, "gamma", math.nan)
    if not problem.bounded or not 0 < gamma <= 1:
        return []
    value = (math.e - 1) * gamma * problem.horizon + problem.arms * math.log(problem.arms) / gamma
    source = "Auer, Cesa-Bianchi, Freund & Schapire 2002, SIAM J. Computing 32(1), Theorem 3.1"
    return [Bound("EXP3", value, "(e−1)γT + K ln K/γ", source, kind="worst case", note="holds for adversaries too")]


def tsallis_inf(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """4√(KT) + 1 with importance weights and η_t = 2/√t, against any sequence of rewards in [0, 1]."""
    value = 4 * math.sqrt(problem.arms * problem.horizon) + 1
    source = "Zimmert & Seldin 2021, JMLR 22(28), Theorem 1"
    note = "holds for adversaries too"
    return [
        Bound("Tsallis-INF", value, "4 √(KT) + 1", source, kind="worst case", note=note) if problem.bounded else None
    ]


def asymptotically_optimal(source: str) -> Callable[[Problem, Mapping[str, Any]], Found]:
    """The bound of policies that attain the constant of Lai & Robbins: lim R_T/ln T = C."""

    def bound(problem: Problem, settings: Mapping[str, Any]) -> Found:
        if problem.lai_robbins is None:
            return []
        value = problem.lai_robbins * math.log(problem.horizon)
        note = "asymptotic: regret at this horizon may lie on either side"
        return [
            Bound("asymptotic optimality", value, "C ln T, C of Lai & Robbins", source, finite_time=False, note=note)
        ]

    return bound
