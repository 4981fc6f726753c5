"""Kullback–Leibler divergences of one-parameter families in their means, and the upper confidence index of KL-UCB.

    Bernoulli     KL(p, q) = p ln(p/q) + (1−p) ln((1−p)/(1−q))
    Gaussian      KL(μ, λ) = (μ−λ)²/(2σ²)
    Poisson       KL(μ, λ) = λ − μ + μ ln(μ/λ)
    exponential   KL(μ, λ) = μ/λ − 1 − ln(μ/λ)

The index of an arm with mean μ, n pulls and exploration budget b (Garivier & Cappé 2011) is, with d = b/n,

    upper(μ, d) = sup{q : KL(μ, q) ≤ d}.

KL(μ, ·) is convex and increasing above μ. Newton's method on such a function, started right of the root, comes down
to it without passing it. The starts are roots of lower bounds of the divergence: with KL(p, q) = ∫ (x−p)/v(x) dx from
p to q and variance v(x) = x(1−x) ≤ q, KL ≥ (q−p)²/(2q); v ≤ 1/4 gives KL ≥ 2(q−p)² (Pinsker); dropping −p ln q ≥ 0
gives the one that is tight near q = 1. For Bernoulli arms, where an index costs two logarithms per step, Halley's
correction of the step (third order, no further logarithm) saves about one step in three. All functions are
compiled and take and give floats, for use inside policies.
"""

import math

from explore.numerics.compiled import compiled

STEPS = 64  # never reached: from these starts the tests see at most 12 steps
CLOSE_CUBIC = 1e-4  # a Halley step of this relative length leaves an error of about its cube
CLOSE = 1e-13  # relative length of the last Newton step


@compiled
def kl_bernoulli(p: float, q: float) -> float:
    """KL between Bernoulli arms of means `p` and `q` in [0, 1]; infinite where q excludes what p allows."""
    if p == q:
        return 0.0
    total = 0.0
    if p > 0.0:
        total -= p * math.log1p((q - p) / p) if q > 0.0 else -math.inf
    if p < 1.0:
        total -= (1.0 - p) * math.log1p((p - q) / (1.0 - p)) if q < 1.0 else -math.inf
    return max(total, 0.0)


@compiled
def kl_gaussian(mu: float, other: float, variance: float) -> float:
    """KL between Gaussian arms of means `mu` and `other` and the same known `variance`."""
    return (mu - other) * (mu - other) / (2.0 * variance)


@compiled
def kl_poisson(mu: float, other: float) -> float:
    """KL between Poisson arms of means `mu`, `other` ≥ 0."""
    if mu == other:
        return 0.0
    if other <= 0.0:
        return math.inf
    if mu == 0.0:
        return other
    return max(other - mu - mu * math.log1p((other - mu) / mu), 0.0)


@compiled
def kl_exponential(mu: float, other: float) -> float:
    """KL between exponential arms of means `mu`, `other` > 0."""
    excess = (mu - other) / other
    return max(excess - math.log1p(excess), 0.0)


@compiled
def upper_bernoulli(p: float, d: float) -> float:
    """The largest q in [p, 1] with KL(p, q) ≤ d, for Bernoulli (or any [0, 1]-bounded) arms; `d` ≥ 0."""
    if d <= 0.0 or p >= 1.0:
        return p
    if p <= 0.0:
        return -math.expm1(-d)
    rest = 1.0 - p
    gap = min(d + math.sqrt(d * d + 2.0 * p * d), math.sqrt(0.5 * d))
    negentropy = p * math.log(p) + rest * math.log(rest)
    # In gaps, not in q: 1 − q keeps its digits close to one.
    gap = min(gap, rest - math.exp((negentropy - d) / rest))
    if gap >= rest * (1.0 - 1e-15):  # 1 − q is below the resolution of q
        return p + gap
    for _ in range(STEPS):
        q, left = p + gap, rest - gap
        excess = -p * math.log1p(gap / p) - rest * math.log1p(-gap / rest) - d
        newton = excess * q * left / gap
        bend = 0.5 * newton * (p * left * left + rest * q * q) / (q * left * gap)
        step = newton / max(1.0 - bend, 0.5)
        gap -= step
        if abs(step) <= CLOSE_CUBIC * min(gap, left) + 1e-16:
            break
    return p + gap


@compiled
def upper_gaussian(mu: float, d: float, variance: float) -> float:
    """The largest mean within divergence `d` of a Gaussian arm: μ + √(2σ²d)."""
    return mu + math.sqrt(2.0 * variance * max(d, 0.0))


@compiled
def upper_poisson(mu: float, d: float) -> float:
    """The largest mean within divergence `d` ≥ 0 of a Poisson arm of mean `mu` ≥ 0."""
    if d <= 0.0:
        return mu
    if mu <= 0.0:
        return d
    gap = d + math.sqrt(d * d + 2.0 * mu * d)
    for _ in range(STEPS):
        step = (gap - mu * math.log1p(gap / mu) - d) * (mu + gap) / gap
        gap -= step
        if abs(step) <= CLOSE * (mu + gap):
            break
    return mu + gap


@compiled
def upper_exponential(mu: float, d: float) -> float:
    """The largest mean within divergence `d` ≥ 0 of an exponential arm of mean `mu` > 0.

    With y = ln(q/μ) the condition is e^{−y} − 1 + y = d, convex and increasing in y ≥ 0.
    """
    if d <= 0.0:
        return mu
    y = min(1.0 + d, d + math.sqrt(2.0 * d))
    for _ in range(STEPS):
        fall = math.expm1(-y)
        step = (fall + y - d) / -fall
        y -= step
        if abs(step) <= CLOSE * (1.0 + y):
            break
    return mu * math.exp(y)
