"""Gittins indices (Gittins & Jones 1974; Gittins 1979): for one arm alone, the best discounted reward per discounted
pull,

    ν(i) = sup_{τ ≥ 1} E[Σ_{t<τ} γ^t r(X_t) | X₀ = i] / E[Σ_{t<τ} γ^t | X₀ = i].

Pulling the arm of the largest index maximises Σ γ^t r_t over independent arms of which only the pulled one moves.

**Markov chains, exactly.** The state of largest reward has its reward as index; once the states of largest index are
known, a policy from any other state runs through them freely (Varaiya, Walrand & Buyukkoc 1985). Removing each of
them from the chain by Gaussian elimination (Sonin 2008; Niño-Mora 2007 counts operations) keeps, for the states that
are left, the reward r and the time b collected until the chain comes back among them:

    z = argmax r/b,   ν(z) = r_z/b_z,   then for all y left, with f = M_yz/(1 − M_zz):
    r_y += f r_z,   b_y += f b_z,   M_yx += f M_zx,          starting from M = γP, b = 1.

**Restart in state** (Katehakis & Veinott 1987): ν(i) = (1−γ)V_i(i), where V_i(j) = max(r_j + γP_jV_i, r_i + γP_iV_i).
**Calibration**: ν(i) is the standing wage at which stopping in i is as good as going on. Both check the first.

**Bernoulli arms with a Beta(a, b) prior, by calibration.** With wage λ, in units of 1/(1−γ) per stopped step,

    V(a, b) = max(λ/(1−γ), C(a, b)),   C(a, b) = p + γ(p V(a+1, b) + (1−p) V(a, b+1)),   p = a/(a+b),

and the index is the root of C(a, b; λ) − λ/(1−γ), which falls in λ. Recursion starts `depth` pulls ahead, where
learning is over, V = max(λ, p)/(1−γ); the value missed is at most γ^depth/(1−γ) times what is still to be learned.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from explore.errors import BadInput
from explore.numerics.compiled import compiled

Floats = npt.NDArray[np.float64]
LEVELS = 4000  # wages at which the table's dynamic programme is solved
LEFT = 1e-9  # share of the future that the truncated recursion neglects


def chain_indices(transitions: npt.ArrayLike, rewards: npt.ArrayLike, discount: float) -> Floats:
    """The exact Gittins indices of a Markov chain, `(states,)`.

    `transitions` `(states, states)` are row-stochastic, `rewards` `(states,)` are expected on *leaving* each state
    (for a reward on entering j, give P r). BadInput where they are not, or `discount` is not in (0, 1).
    """
    matrix, reward = checked_chain(transitions, rewards)
    return eliminate(checked_discount(discount) * matrix, reward.copy(), 0)[0]


def restart_values(transitions: npt.ArrayLike, rewards: npt.ArrayLike, discount: float) -> Floats:
    """V `(states, states)`: row i is the value of every state when one may restart in i; by policy iteration."""
    matrix, reward = checked_chain(transitions, rewards)
    gamma = checked_discount(discount)
    states = len(reward)
    values = np.empty_like(matrix)
    for home in range(states):
        restart = np.zeros(states, dtype=np.bool_)
        while True:
            going = np.where(restart[:, None], matrix[home], matrix)
            earned = np.where(restart, reward[home], reward)
            value = np.linalg.solve(np.eye(states) - gamma * going, earned)
            on, again = reward + gamma * matrix @ value, reward[home] + gamma * matrix[home] @ value
            better = again > on + 1e-12 * (1 + np.abs(on))
            if np.array_equal(better, restart):
                break
            restart = better
        values[home] = value
    return values


def bernoulli_index(successes: float, failures: float, discount: float) -> float:
    """The Gittins index of a Bernoulli arm whose probability is Beta(successes, failures), to about 1e-9.

    The parameters are those of the Beta distribution, above 0 and not necessarily whole: (1, 1) is the uniform prior.
    """
    gamma = checked_discount(discount)
    if not (successes > 0 and failures > 0):
        raise BadInput("the parameters of a Beta distribution must be above 0.")
    return _calibrate_beta(float(successes), float(failures), gamma, recursion_depth(gamma))


def bernoulli_table(discount: float, pulls: int, prior: Sequence[float] = (1.0, 1.0)) -> Floats:
    """Indices of a Bernoulli arm after s successes and f failures, `[s, f]` for s + f ≤ `pulls`, NaN beyond.

    One dynamic programme per wage serves all states; each state's index is interpolated between the wages where it
    changes from going on to stopping. Within 2e-5 of `bernoulli_index` up to 200 pulls, less for fewer; 0.2 s at
    discount 0.9, 2 s at 0.99.
    """
    gamma = checked_discount(discount)
    if pulls < 0:
        raise BadInput("a table of Gittins indices needs pulls of at least 0.")
    if not (prior[0] > 0 and prior[1] > 0):
        raise BadInput("the parameters of a Beta distribution must be above 0.")
    return _beta_table(float(prior[0]), float(prior[1]), gamma, int(pulls), recursion_depth(gamma), LEVELS)


def recursion_depth(discount: float) -> int:
    """How many pulls ahead the recursion has to look: γ^depth ≤ LEFT."""
    return math.ceil(math.log(LEFT) / math.log(discount))


def checked_discount(discount: float) -> float:
    """`discount`, if it lies strictly between 0 and 1; otherwise BadInput."""
    if not 0.0 < discount < 1.0:
        raise BadInput(f"the discount is {discount}: it must lie strictly between 0 and 1.")
    return float(discount)


def checked_chain(transitions: npt.ArrayLike, rewards: npt.ArrayLike) -> tuple[Floats, Floats]:
    """A row-stochastic matrix and a reward per state as float64 arrays; BadInput otherwise."""
    matrix, reward = np.array(transitions, dtype=np.float64), np.array(rewards, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
        raise BadInput("the transitions of a Markov arm must be a square matrix of at least one state.")
    if not (np.all(matrix >= 0) and np.allclose(matrix.sum(1), 1.0, atol=1e-9)):
        raise BadInput("each row of a Markov arm's transitions must be probabilities that add up to 1.")
    if reward.shape != matrix.shape[:1] or not np.all(np.isfinite(reward)):
        raise BadInput("a Markov arm needs one finite reward per state.")
    return matrix, reward


@compiled
def eliminate(kept: Floats, reward: Floats, start: int) -> tuple[Floats, Floats]:
    """The indices from M = `kept` and r = `reward`, both overwritten, and what `start` makes of each, `(states,)` both.

    The second: for each state z, E[γ^τ | X₀ = `start`] of the time τ at which the chain leaves the states whose index
    is at least that of z (of equal ones, those eliminated before z, and z).
    """
    states = len(reward)
    time = np.ones(states)
    index, leaving = np.empty(states), np.empty(states)
    left = np.arange(states)
    reach = np.zeros(states)  # E[γ^τ; X_τ = x] of the first state x among those left
    reach[start] = 1.0
    for size in range(states, 0, -1):
        place = 0
        for k in range(1, size):
            if reward[left[k]] * time[left[place]] > reward[left[place]] * time[left[k]]:
                place = k
        z = left[place]
        left[place] = left[size - 1]
        index[z] = reward[z] / time[z]
        factor = reach[z] / (1.0 - kept[z, z])
        leaving[z] = 0.0
        for k in range(size - 1):
            x = left[k]
            reach[x] += factor * kept[z, x]
            leaving[z] += reach[x]
        for k in range(size - 1):
            y = left[k]
            factor = kept[y, z] / (1.0 - kept[z, z])
            reward[y] += factor * reward[z]
            time[y] += factor * time[z]
            for m in range(size - 1):
                x = left[m]
                kept[y, x] += factor * kept[z, x]
    return index, leaving


@compiled
def _gain(a: float, b: float, wage: float, gamma: float, depth: int, values: Floats) -> float:
    """C(a, b; wage) − wage/(1−γ) by backward recursion over `depth` pulls; `values` is scratch of depth + 1."""
    stopped = wage / (1.0 - gamma)
    for wins in range(depth + 1):
        values[wins] = max(wage, (a + wins) / (a + b + depth)) / (1.0 - gamma)
    for pulls in range(depth - 1, 0, -1):
        for wins in range(pulls + 1):
            p = (a + wins) / (a + b + pulls)
            values[wins] = max(stopped, p + gamma * (p * values[wins + 1] + (1.0 - p) * values[wins]))
    p = a / (a + b)
    gain: float = p + gamma * (p * values[1] + (1.0 - p) * values[0]) - stopped
    return gain


@compiled
def _calibrate_beta(a: float, b: float, gamma: float, depth: int) -> float:
    """Bisection between the mean and certainty, finished by secant steps inside the bracket."""
    values = np.empty(depth + 1)
    low, high = a / (a + b), 1.0
    at_low, at_high = _gain(a, b, low, gamma, depth, values), _gain(a, b, high, gamma, depth, values)
    for turn in range(60):
        if high - low < 1e-11:
            break
        wage = 0.5 * (low + high)
        if turn % 3 and at_low > at_high:
            wage = min(max(low + (high - low) * at_low / (at_low - at_high), low + 1e-12), high - 1e-12)
        gain = _gain(a, b, wage, gamma, depth, values)
        if gain > 0.0:
            low, at_low = wage, gain
        else:
            high, at_high = wage, gain
    return 0.5 * (low + high)


@compiled
def _wage(level: float, levels: int) -> float:
    """Wages from 0 to 1, close together at both ends, where indices of arms that always fail or succeed crowd."""
    return math.sin(0.5 * math.pi * level / levels) ** 2


@compiled
def _beta_table(a: float, b: float, gamma: float, pulls: int, depth: int, levels: int) -> Floats:
    table = np.full((pulls + 1, pulls + 1), np.nan)
    last = np.zeros((pulls + 1, pulls + 1))  # the gain at the wage below, and at the one below that
    before = np.zeros((pulls + 1, pulls + 1))
    end = pulls + depth
    values = np.empty(end + 1)
    for level in range(levels + 1):
        wage = _wage(level, levels)
        stopped = wage / (1.0 - gamma)
        for wins in range(end + 1):
            values[wins] = max(wage, (a + wins) / (a + b + end)) / (1.0 - gamma)
        for count in range(end - 1, -1, -1):
            for wins in range(count + 1):
                p = (a + wins) / (a + b + count)
                on = p + gamma * (p * values[wins + 1] + (1.0 - p) * values[wins])
                values[wins] = max(stopped, on)
                if count <= pulls:
                    gain = on - stopped
                    losses = count - wins
                    if level > 0 and gain <= 0.0 and math.isnan(table[wins, losses]):
                        root = last[wins, losses] / (last[wins, losses] - gain)
                        if level > 1:
                            root = _parabola_root(before[wins, losses], last[wins, losses], gain, root)
                        table[wins, losses] = _wage(level - 1 + root, levels)
                    before[wins, losses] = last[wins, losses]
                    last[wins, losses] = gain
    return table


@compiled
def _parabola_root(before: float, last: float, now: float, start: float) -> float:
    """The root in [0, 1] of the parabola through (−1, before), (0, last), (1, now), by Newton from `start`."""
    bend, slope = 0.5 * (before + now) - last, 0.5 * (now - before)
    x = start
    for _ in range(4):
        x -= (last + x * (slope + x * bend)) / (slope + 2.0 * x * bend)
    return x if 0.0 <= x <= 1.0 else start
