"""Gittins indices of Gaussian arms with known variance and a flat prior, by calibration in one sweep.

After n observations the mean is N(x, σ²/n), and one more moves x by N(0, σ²/(n(n+1))). Shifting all rewards shifts
the index, so it is ν(x, n) = x + σ v(n) with one number v(n) per n (Gittins 1979; Gittins, Glazebrook & Weber 2011,
chapter 7), and the wage can be held at 0 while x varies. With σ = 1 and z = x√n:

    C(z, n) = z/√n + γ E[max(0, C(z', n+1))],   z' = z√((n+1)/n) + η/√n,   η ~ N(0, 1);

C grows with z, its root z*(n) is where one more pull has the value 0, and v(n) = −z*(n)/√n. C is smooth, the
maximum is not: the expectation is integrated over z' > z*(n+1) alone (Gauss–Legendre), C between grid points by
cubic interpolation. The sweep starts where γ^depth is negligible, with C = x/(1−γ).
"""

import math

import numpy as np
import numpy.typing as npt

from bandits.theory.gittins.indices import checked_discount, recursion_depth
from explore.errors import BadInput
from explore.numerics.compiled import compiled

Floats = npt.NDArray[np.float64]
LOW, HIGH = -6.0, 8.0  # in posterior standard deviations; above HIGH nobody stops
POINTS = 701
FAR = 7.5  # standard normal numbers beyond this are neglected
NODES = 32


def gaussian_bonuses(discount: float, pulls: int) -> Floats:
    """v(n) for n = 1 … `pulls`, `(pulls,)`: the index is mean + standard deviation of a reward × v(n).

    Exact to about 1e-5. BadInput for a `discount` outside (0, 1) or fewer than one pull.
    """
    gamma = checked_discount(discount)
    if pulls < 1:
        raise BadInput("bonuses of Gaussian arms need pulls of at least 1.")
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return _sweep(gamma, int(pulls), recursion_depth(gamma), nodes, weights)


def gaussian_index(mean: float, observations: int, deviation: float, discount: float) -> float:
    """The index of a Gaussian arm after `observations` ≥ 1 rewards of standard `deviation` and this `mean`."""
    if not deviation > 0:
        raise BadInput("the standard deviation of a Gaussian arm must be above 0.")
    return mean + deviation * float(gaussian_bonuses(discount, observations)[-1])


@compiled
def _cubic(values: Floats, place: float) -> float:
    """Lagrange interpolation through the four grid values around `place` (in grid steps)."""
    k = min(max(int(place), 1), len(values) - 3)
    t = place - k
    between: float = (
        -t * (t - 1.0) * (t - 2.0) / 6.0 * values[k - 1]
        + (t + 1.0) * (t - 1.0) * (t - 2.0) / 2.0 * values[k]
        - (t + 1.0) * t * (t - 2.0) / 2.0 * values[k + 1]
        + (t + 1.0) * t * (t - 1.0) / 6.0 * values[k + 2]
    )
    return between


@compiled
def _root(values: Floats, step: float) -> float:
    """Where the increasing grid function changes sign, refined inside the cell by bisection of the cubic."""
    k = 0
    while k < len(values) - 1 and values[k + 1] < 0.0:
        k += 1
    low, high = float(k), float(k + 1)
    for _ in range(50):
        middle = 0.5 * (low + high)
        if _cubic(values, middle) < 0.0:
            low = middle
        else:
            high = middle
    return LOW + 0.5 * (low + high) * step


@compiled
def _sweep(gamma: float, pulls: int, depth: int, nodes: Floats, weights: Floats) -> Floats:
    bonuses = np.empty(pulls)
    step = (HIGH - LOW) / (POINTS - 1)
    end = pulls + depth
    later = np.empty(POINTS)
    for k in range(POINTS):
        later[k] = (LOW + k * step) / math.sqrt(end) / (1.0 - gamma)
    boundary = 0.0
    now = np.empty(POINTS)
    for n in range(end - 1, 0, -1):
        stretch, noise = math.sqrt((n + 1.0) / n), 1.0 / math.sqrt(n)
        slope = 1.0 / (math.sqrt(n + 1.0) * (1.0 - gamma))  # of C above HIGH
        for k in range(POINTS):
            centre = (LOW + k * step) * stretch
            start = max((boundary - centre) / noise, -FAR)
            expected = 0.0
            if start < FAR:
                half = 0.5 * (FAR - start)
                for m in range(len(nodes)):
                    eta = start + half * (1.0 + nodes[m])
                    z = centre + eta * noise
                    value = z * slope if z >= HIGH else _cubic(later, (z - LOW) / step)
                    expected += weights[m] * half * math.exp(-0.5 * eta * eta) * value
                expected /= math.sqrt(2.0 * math.pi)
            now[k] = (LOW + k * step) * noise + gamma * expected
        boundary = _root(now, step)
        if n <= pulls:
            bonuses[n - 1] = -boundary * noise
        for k in range(POINTS):
            later[k] = now[k]
    return bonuses
