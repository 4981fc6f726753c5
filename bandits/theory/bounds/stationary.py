"""The bounds for arms that do not change, one function per policy; `bandits.theory.bounds.catalogue` picks and
documents them.

Each takes a `Problem` and the policy's settings and gives the bounds whose conditions hold, with the theorem's
formula in the text. Δ ranges over the suboptimal arms, σ² is the variance proxy of the rewards: E e^{λ(X−μ)} ≤
e^{λ²σ²/2}. Only constants that were checked are here: against a second source, or derived anew where the docstring says
how. Papers whose constants could not be checked (UCB-V, KL-UCB++, KL-UCB-switch, MOSS-anytime) give none.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bandits.theory.bounds.statement import Bound, Found, Problem, number
from bandits.theory.divergences import kl_bernoulli, kl_gaussian

Floats = npt.NDArray[np.float64]
AUER = "Auer, Cesa-Bianchi & Fischer 2002"
BUBECK = "Bubeck & Cesa-Bianchi 2012"
LATTIMORE = "Lattimore & Szepesvári 2020"
EITHER_SIDE = "asymptotic: regret at this horizon may lie on either side"


def uniform(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """Every arm equally often."""
    if problem.mean_gap is None:
        return []
    return [Bound("uniform play", problem.horizon * problem.mean_gap, "T ΣΔ/K", "by definition", note="exact")]


def constant_epsilon(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """A share ε of the pulls is uniform for ever: a lower bound that is linear in T; above, the bound of averages."""
    epsilon = number(settings, "epsilon", 0.1)
    found = _greedy(problem, settings, np.full(problem.horizon, epsilon))
    if problem.mean_gap is None or epsilon == 0.0:
        return found
    value = epsilon * problem.horizon * problem.mean_gap
    note = "a lower bound: constant exploration costs linearly"
    return [Bound("cost of constant ε", value, "ε T ΣΔ/K", "by definition", direction="lower", note=note), *found]


def decreasing_epsilon(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """ε_t = min(1, cK/(d²t))."""
    c, d = number(settings, "c", 5.0), number(settings, "d", 0.1)
    return _greedy(
        problem, settings, np.minimum(c * problem.arms / (d**2 * np.arange(1.0, problem.horizon + 1.0)), 1.0)
    )


def epsilon_first(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """ε_t = 1 for the first `pulls` steps, 0 then."""
    return _greedy(
        problem, settings, (np.arange(problem.horizon) < number(settings, "pulls", 100.0)).astype(np.float64)
    )


def _greedy(problem: Problem, settings: Mapping[str, Any], epsilon: Floats) -> Found:
    """The best average, or with chance ε_t a random arm, for any schedule `epsilon` `(horizon,)` fixed beforehand.

    As Auer, Cesa-Bianchi & Fischer prove Theorem 3. A suboptimal arm is pulled at random with chance ε_t/K, or because
    its average is Δ/2 too high or the best arm's Δ/2 too low. Until step t an arm was pulled at random 2x times in the
    mean, x = Σ_{s<t} ε_s/2K, and by Bernstein's inequality fewer than x times with chance e^{−x/5} at most; averages of
    more than x rewards err so much with chance Σ_{n>x} e^{−nκ} ≤ e^{−κ⌊x⌋}/κ, κ = Δ²/8σ². Hence

        P(arm in step t) ≤ ε_t/K + 2 ((x + 1) e^{−x/5} + e^{−κ⌊x⌋}/κ).
    """
    if number(settings, "alpha", 0.0) != 0.0 or not problem.suboptimal or not math.isfinite(problem.proxy):
        return []  # with a constant step the values are no averages
    x = (np.cumsum(epsilon) - epsilon) / (2.0 * problem.arms)
    few = (x + 1.0) * np.exp(-x / 5.0)
    lost = np.zeros(problem.horizon)
    for gap in problem.suboptimal:
        rate = gap**2 / (8.0 * problem.proxy)
        chance = epsilon / problem.arms + 2.0 * (few + np.exp(-rate * np.floor(x)) / rate)
        lost += gap * np.minimum(chance, 1.0)
    value = float(np.minimum(lost, max(problem.suboptimal)).sum())
    formula = "Σ_t ΣΔ (ε_t/K + 2((x+1)e^{−x/5} + e^{−κ⌊x⌋}/κ)), x = Σ_{s<t} ε_s/2K, κ = Δ²/8σ²"
    return [Bound("averages and a schedule of ε", value, formula, f"{AUER}, proof of Theorem 3")]


def explore_then_commit(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """m pulls of each arm, then the best one: mΣΔ + (T − mK)ΣΔ exp(−mΔ²/(4σ²)).

    The difference of two averages of m rewards has the variance proxy 2σ²/m, and must err by Δ.
    """
    m = number(settings, "pulls", math.nan)
    if problem.gaps is None or not (math.isfinite(problem.proxy) and 1 <= m <= problem.horizon / problem.arms):
        return []
    after = problem.horizon - m * problem.arms
    value = sum(m * gap + after * gap * math.exp(-m * gap**2 / (4 * problem.proxy)) for gap in problem.suboptimal)
    return [Bound("explore-then-commit", value, "mΣΔ + (T−mK)ΣΔ exp(−mΔ²/4σ²)", f"{LATTIMORE}, Theorem 6.1")]


def ucb1(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """8 Σ ln T/Δ + (1 + π²/3) ΣΔ for rewards in [0, 1] and the index mean + √(2 ln t/n); for other α as `ucb`."""
    alpha = number(settings, "alpha", 2.0)
    if alpha != 2.0 or not problem.bounded:
        return _sub_gaussian(problem, alpha / (2.0 * problem.proxy), "α/2σ²")
    if problem.gaps is None:
        return []
    gaps = problem.suboptimal
    value = sum(8 * math.log(problem.horizon) / gap + (1 + math.pi**2 / 3) * gap for gap in gaps)
    return [Bound("UCB1", value, "8 Σ ln T/Δ + (1 + π²/3) ΣΔ", f"{AUER}, Theorem 1")]


def ucb(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """The index mean + c√(ln t/n)."""
    return _sub_gaussian(problem, number(settings, "c", 2.0) ** 2 / (2 * problem.proxy), "c²/2σ²")


def _sub_gaussian(problem: Problem, alpha: float, meaning: str) -> Found:
    """(α, ψ)-UCB: the index mean + √(2ασ² ln t/n), for α > 2.

    An arm pulled more than 8ασ² ln T/Δ² times is pulled again only where its average or the best arm's leaves its
    interval; each has a chance of t^{−α} for each of at most t counts, so that Σ_t 2t^{1−α} ≤ 2/(α−2).
    """
    if problem.gaps is None or not math.isfinite(problem.proxy) or alpha <= 2:
        return []
    ln = math.log(problem.horizon)
    gaps = problem.suboptimal
    value = sum(8 * alpha * problem.proxy * ln / gap + gap * alpha / (alpha - 2) for gap in gaps)
    formula = f"Σ (8ασ² ln T/Δ + Δα/(α−2)), α = {meaning}"
    return [Bound("(α, ψ)-UCB", value, formula, f"{BUBECK}, Theorem 2.1", note="needs α > 2")]


def moss(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """39σ√(KT) + ΣΔ for the index mean + √(4σ² ln₊(T/(Kn))/n)."""
    if not math.isfinite(problem.proxy) or (problem.mean_gap is None and not problem.bounded):
        return []
    gaps = problem.arms * (1.0 if problem.mean_gap is None else problem.mean_gap)
    value = 39 * math.sqrt(problem.proxy * problem.horizon * problem.arms) + gaps
    return [Bound("MOSS", value, "39σ√(KT) + ΣΔ", f"{LATTIMORE}, Theorem 9.1", kind="worst case")]


def kl_ucb(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """Finite-time, for any budget ln f(t), f(t) = t ln^c t; and asymptotic optimality.

    As Lattimore & Szepesvári prove Theorem 10.6. For any μ_a < p and q < μ*, p < q: the best arm's bound is below q
    after t pulls with chance Σ_n e^{−n d(q, μ*)}/f(t) at most (d(x, q) ≤ d(x, μ*) − d(q, μ*) for x ≤ q, and Chernoff's
    bound); as long as it is not, arm a is pulled only while its own bound is above q, that is ln f(T)/d(p, q) times, or
    where its average is above p, Σ_n e^{−n d(p, μ_a)} times. The smallest over p and q is taken, from a grid.
    """
    divergence = _divergence(problem, settings)
    optimal = asymptotically_optimal("Garivier & Cappé 2011; Cappé et al. 2013")(problem, settings)
    if divergence is None or problem.means is None or problem.horizon <= problem.arms:
        return optimal
    c = number(settings, "c", 0.0)
    t = np.arange(problem.arms, problem.horizon, dtype=np.float64)
    growth = t * np.maximum(np.log(t), 1.0) ** c
    passed = np.concatenate([[0.0], np.cumsum(1.0 / growth)])
    best, value = max(problem.means), 0.0
    for mean in problem.means:
        if mean < best:
            pulls = 1.0 + _kl_pulls(divergence, mean, best, growth, passed)
            value += (best - mean) * min(pulls, float(problem.horizon))
    formula = "ΣΔ (1 + min_{p,q} (ln f(T)/d(p,q) + 1/(e^{d(p,μ)}−1) + Σ_t 1/(f(t)(e^{d(q,μ*)}−1)))), f(t) = t ln^c t"
    return [Bound("KL-UCB", value, formula, f"{LATTIMORE}, proof of Theorem 10.6"), *optimal]


def _kl_pulls(
    divergence: Callable[[float, float], float], mean: float, best: float, growth: Floats, passed: Floats
) -> float:
    """The smallest sum over a grid of p and q between the two means; `passed` has the sums of 1/f(t) so far."""
    level = math.log(growth[-1])
    shares = np.concatenate([np.geomspace(1e-3, 0.05, 8), np.linspace(0.1, 0.9, 17)])
    above = [mean + share * (best - mean) for share in shares]
    below = [best - share * (best - mean) for share in shares]
    own = [_all_later(divergence(p, mean)) for p in above]
    missed = [_capped(_all_later(divergence(q, best)), growth, passed) for q in below]
    return min(
        level / divergence(p, q) + own[i] + missed[j]
        for i, p in enumerate(above)
        for j, q in enumerate(below)
        if p < q and divergence(p, q) > 0.0
    )


def _capped(scale: float, growth: Floats, passed: Floats) -> float:
    """Σ_t min(scale/f(t), 1)."""
    if scale == 0.0 or scale == math.inf:
        return 0.0 if scale == 0.0 else float(len(growth))
    first = int(np.searchsorted(growth, scale))
    return first + scale * float(passed[-1] - passed[first])


def _all_later(rate: float) -> float:
    """Σ_{n ≥ 1} e^{−n rate}."""
    if rate <= 0.0:
        return math.inf
    return 1.0 / math.expm1(rate) if rate < 700.0 else 0.0


def _divergence(problem: Problem, settings: Mapping[str, Any]) -> Callable[[float, float], float] | None:
    """That of the policy's model, where Chernoff's bound holds with it for the rewards; None elsewhere."""
    model = str(settings.get("family", "auto"))
    if problem.bounded and model in ("auto", "bernoulli"):
        return kl_bernoulli
    if problem.family == "gaussian" or (problem.bounded and model == "gaussian"):
        return lambda p, q: kl_gaussian(p, q, problem.proxy)
    return None


def thompson(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """Asymptotically optimal for Bernoulli arms; and the bound by information, where arms are drawn from the prior."""
    optimal = asymptotically_optimal("Kaufmann, Korda & Munos 2012", ("bernoulli",))
    return [*_by_information(problem, settings), *optimal(problem, settings)]


def information_directed(problem: Problem, settings: Mapping[str, Any]) -> Found:
    """As for Thompson sampling, whose information ratio it can only better, with exact expectations."""
    note = "for exact expectations; here they are averages over samples"
    return [replace(bound, note=note) for bound in _by_information(problem, settings)]


def _by_information(problem: Problem, settings: Mapping[str, Any]) -> list[Bound]:
    """√(2s²KT ln K) on average over the prior, from an information ratio of at most 2s²K.

    s² is the variance proxy of a reward before its arm is known: 1/4 in [0, 1], σ² + 1 for means from N(0, 1).
    """
    drawn = {"U[0, 1]": problem.family == "bernoulli", "N(0, 1)": problem.family == "gaussian"}
    known = str(settings.get("model", "auto")) in ("auto", "beta" if problem.bounded else "gaussian")
    if not (drawn.get(problem.prior, False) and known and number(settings, "prior", 1.0) == 1.0):
        return []
    spread = 0.25 if problem.bounded else problem.proxy + 1.0
    value = math.sqrt(2.0 * spread * problem.arms * problem.horizon * math.log(problem.arms))
    note = "mean over arms drawn from the prior, as they are here"
    formula = "√(KT ln K/2)" if problem.bounded else "√(2(σ²+1)KT ln K)"
    return [Bound("information ratio", value, formula, "Russo & Van Roy 2016", kind="bayesian", note=note)]


def asymptotically_optimal(source: str, families: Sequence[str] = ("bernoulli", "gaussian")) -> Callable[..., Found]:
    """The bound of policies that attain the constant of Lai & Robbins on these `families`: lim R_T/ln T = C.

    Only where the policy takes the rewards for what they are.
    """

    def bound(problem: Problem, settings: Mapping[str, Any]) -> Found:
        own = ("auto", problem.family, {"bernoulli": "beta"}.get(problem.family, ""))
        model = str(settings.get("family", settings.get("model", "auto")))
        if problem.lai_robbins is None or problem.family not in families or model not in own:
            return []
        value = problem.lai_robbins * math.log(problem.horizon)
        formula = "C ln T, C of Lai & Robbins"
        return [Bound("asymptotic optimality", value, formula, source, finite_time=False, note=EITHER_SIDE)]

    return bound
