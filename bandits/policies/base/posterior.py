"""Posteriors of an arm's mean, and a draw from them. With n pulls whose rewards have the sum S:

beta       Beta(a + S, b + n − S), prior Beta(1, 1); rewards in (0, 1) become 0 or 1 (Agrawal & Goyal 2012, alg. 2)
gaussian   N(S / (n + σ²/v), σ² / (n + σ²/v)), prior N(0, v), known variance σ² (Lattimore & Szepesvári 2020, 36)
student    x̄ + T_{n + 2α − 1} √(q / (n (n + 2α − 1))), unknown mean and variance under the prior ∝ σ^{−2α−1}, q the
           sum of squared deviations; each arm is first pulled until n + 2α > 1 (Honda & Takemura 2014, α = −½)
gamma      Gamma(a + S, 1/(b + n)) for Poisson rewards, prior Gamma(1, 1)
"""

import math
from typing import Any

from bandits.policies.base.rewards import coin
from bandits.policy import Floats, Policy, rows
from bandits.simulator.randomness import best, beta, gamma, gamma_at, normal
from bandits.testbed import BOUNDED_FAMILIES, Testbed
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

A, B, SHARE, PULLS, SUMS, SQUARES, DRAWS, SPREAD, WON_D, WON_C, LOST_D, LOST_C, MEAN = range(13)
ALPHA = -0.5


@kernel_part
def draw_beta(state: Floats, rng: Any) -> None:
    """Draws of Bernoulli arms: X / (X + Y) of two gamma numbers, whose constants change only with a pull."""
    plain = min(state[A, 0], state[B, 0]) < 1.0
    for arm in range(state.shape[1]):
        if plain:
            won, lost = state[SUMS, arm], state[PULLS, arm] - state[SUMS, arm]
            state[DRAWS, arm] = beta(rng, state[A, 0] + won, state[B, 0] + lost)
        else:
            x = gamma_at(rng, state[WON_D, arm], state[WON_C, arm])
            state[DRAWS, arm] = x / (x + gamma_at(rng, state[LOST_D, arm], state[LOST_C, arm]))


@kernel_part
def draw_gaussian(state: Floats, rng: Any) -> None:
    """Draws of Gaussian arms of known variance."""
    for arm in range(state.shape[1]):
        state[DRAWS, arm] = state[MEAN, arm] + state[SPREAD, arm] * normal(rng)


@kernel_part
def draw_student(state: Floats, rng: Any) -> None:
    """Draws of Gaussian arms of unknown variance; an arm not yet pulled often enough is infinitely good."""
    for arm in range(state.shape[1]):
        pulls = state[PULLS, arm]
        freedom = pulls + 2.0 * ALPHA - 1.0
        if freedom <= 0.0:
            state[DRAWS, arm] = math.inf
            continue
        mean = state[SUMS, arm] / pulls
        deviations = max(state[SQUARES, arm] - pulls * mean * mean, 0.0)
        t = normal(rng) / math.sqrt(2.0 * gamma(rng, 0.5 * freedom) / freedom)
        state[DRAWS, arm] = mean + t * math.sqrt(deviations / (pulls * freedom))


@kernel_part
def draw_gamma(state: Floats, rng: Any) -> None:
    """Draws of Poisson arms."""
    for arm in range(state.shape[1]):
        state[DRAWS, arm] = gamma(rng, state[A, 0] + state[SUMS, arm]) / (state[B, 0] + state[PULLS, arm])


@kernel_part
def update_beta(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """A success or a failure; a reward between them is a coin with that probability."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += coin(reward, rng)
    won, lost = state[A, 0] + state[SUMS, arm], state[B, 0] + state[PULLS, arm] - state[SUMS, arm]
    state[WON_D, arm], state[LOST_D, arm] = won - 1.0 / 3.0, lost - 1.0 / 3.0
    state[WON_C, arm] = 1.0 / math.sqrt(9.0 * state[WON_D, arm])
    state[LOST_C, arm] = 1.0 / math.sqrt(9.0 * state[LOST_D, arm])


@kernel_part
def update_gaussian(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The posterior mean and its standard deviation; A is σ²/v, B is σ."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    precision = state[PULLS, arm] + state[A, 0]
    state[MEAN, arm] = state[SUMS, arm] / precision
    state[SPREAD, arm] = state[B, 0] / math.sqrt(precision)


@kernel_part
def update_sums(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sums of rewards and of their squares."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    state[SQUARES, arm] += reward * reward


@kernel_part
def select_beta(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of Bernoulli arms."""
    draw_beta(state, rng)
    return best(state[DRAWS], rng)


@kernel_part
def select_gaussian(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of Gaussian arms of known variance."""
    draw_gaussian(state, rng)
    return best(state[DRAWS], rng)


@kernel_part
def select_student(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of Gaussian arms of unknown variance."""
    draw_student(state, rng)
    return best(state[DRAWS], rng)


@kernel_part
def select_gamma(state: Floats, t: int, rng: Any) -> int:
    """The largest draw of Poisson arms."""
    draw_gamma(state, rng)
    return best(state[DRAWS], rng)


MODELS = {"bernoulli": "beta", "bounded": "beta", "poisson": "gamma", "gaussian": "gaussian"}  # of each family
SUPPORT = {"beta": BOUNDED_FAMILIES, "gamma": (*BOUNDED_FAMILIES, "poisson", "exponential")}


class PosteriorSampling(Policy):
    """Base class: draws from the posterior that suits the testbed, or from that of the setting `model`.

    Subclasses have the settings `model`, `prior` and `scale`: the prior of Gaussian means is N(0, prior · scale²).
    """

    @property
    def share(self) -> float:
        """Of the pulls that go to the arm with the largest draw."""
        return 1.0

    def model(self, bed: Testbed) -> str:
        """The posterior's name; BadInput where the rewards of the testbed do not fit it."""
        model = MODELS.get(bed.family, "student") if self.settings.model == "auto" else str(self.settings.model)
        if bed.family not in SUPPORT.get(model, (bed.family,)):
            raise BadInput(
                f"model={model} does not suit the {bed.family} rewards of this testbed; gaussian and student do."
            )
        return model

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """The prior."""
        prior, share = self.settings.prior, self.share
        zeros = (0.0,) * 5
        if self.model(bed) == "gaussian":
            prior *= self.settings.scale**2
            ratio, spread = bed.variance / prior, math.sqrt(bed.variance)
            return rows(bed.arms, ratio, spread, share, 0.0, 0.0, 0.0, 0.0, math.sqrt(prior), *zeros)
        if self.model(bed) == "gamma":
            return rows(bed.arms, prior, 1.0, share, 0.0, 0.0, 0.0, 0.0, 0.0, *zeros)
        d = max(prior - 1.0 / 3.0, 2.0 / 3.0)  # below a shape of 1 the constants are not used
        c = 1.0 / math.sqrt(9.0 * d)
        return rows(bed.arms, prior, prior, share, 0.0, 0.0, 0.0, 0.0, 0.0, d, c, d, c, 0.0)
