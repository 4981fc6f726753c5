"""Thompson sampling (Thompson 1933): draw a mean for each arm from its posterior, pull the arm with the largest draw.

The posteriors, with n pulls whose rewards have the sum S:

    beta       Beta(a + S, b + n − S), prior Beta(1, 1); rewards in (0, 1) are made coins (Agrawal & Goyal 2012, alg. 2)
    gaussian   N(S / (n + σ²/v), σ² / (n + σ²/v)), prior N(0, v), known variance σ² (Lattimore & Szepesvári 2020, 36)
    student    x̄ + T_{n + 2α − 1} √(q / (n (n + 2α − 1))), unknown mean and variance under the prior ∝ σ^{−2α−1}, q the
               sum of squared deviations; each arm is first pulled until n + 2α > 1 (Honda & Takemura 2014, α = −½)
    gamma      Gamma(a + S, 1/(b + n)) for Poisson rewards, prior Gamma(1, 1)

`top-two-thompson` pulls with probability `share` the arm with the largest draw, else the first other arm that comes out
on top of a new draw: for finding the best arm (Russo 2016, algorithm 2).
"""

import math
from typing import Any

from pydantic import Field

from bandits.policies.shared import BOUNDED, coin
from bandits.policy import BatchedFunctions, Floats, Functions, Policy, rows
from bandits.simulator.batched import BATCH, Chosen, Work, best_batched, draw_normals_batched
from bandits.simulator.kernel import Words
from bandits.simulator.randomness import best, beta, gamma, gamma_at, normal, uniform
from bandits.testbed import Testbed
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

A, B, SHARE, PULLS, SUMS, SQUARES, DRAWS, SPREAD, WON_D, WON_C, LOST_D, LOST_C, MEAN = range(13)
REDRAWS = 100  # a second arm is looked for so often; then the one with the largest last draw among the others
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


@kernel_part
def select_two_beta(state: Floats, t: int, rng: Any) -> int:
    """Top-two, Bernoulli arms."""
    first = select_beta(state, t, rng)
    if state.shape[1] == 1 or uniform(rng) < state[SHARE, 0]:
        return first
    for _ in range(REDRAWS):
        other = select_beta(state, t, rng)
        if other != first:
            return other
    state[DRAWS, first] = -math.inf
    return best(state[DRAWS], rng)


@kernel_part
def select_two_gaussian(state: Floats, t: int, rng: Any) -> int:
    """Top-two, Gaussian arms."""
    first = select_gaussian(state, t, rng)
    if state.shape[1] == 1 or uniform(rng) < state[SHARE, 0]:
        return first
    for _ in range(REDRAWS):
        other = select_gaussian(state, t, rng)
        if other != first:
            return other
    state[DRAWS, first] = -math.inf
    return best(state[DRAWS], rng)


@kernel_part
def select_gaussian_batched(state: Floats, t: int, rng: Words, chosen: Chosen, work: Work) -> None:
    """`select_gaussian` for many runs at once."""
    noise, draws = work[0], work[3]
    for arm in range(state.shape[1]):
        draw_normals_batched(rng, noise)
        for lane in range(BATCH):
            draws[arm, lane] = state[MEAN, arm, lane] + state[SPREAD, arm, lane] * noise[lane]
    best_batched(draws, rng, chosen, work)


@kernel_part
def update_gaussian_batched(state: Floats, chosen: Chosen, reward: Floats, rng: Words, work: Work) -> None:
    """`update_gaussian` for many runs at once."""
    ratio, spread = state[A, 0, 0], state[B, 0, 0]
    for lane in range(BATCH):
        arm = chosen[lane]
        state[PULLS, arm, lane] += 1.0
        state[SUMS, arm, lane] += reward[lane]
        precision = state[PULLS, arm, lane] + ratio
        state[MEAN, arm, lane] = state[SUMS, arm, lane] / precision
        state[SPREAD, arm, lane] = spread / math.sqrt(precision)


OWN = {"bernoulli": "beta", "bounded": "beta", "poisson": "gamma", "gaussian": "gaussian"}
SUPPORT = {"beta": BOUNDED, "gamma": (*BOUNDED, "poisson", "exponential")}


class Thompson(Policy):
    """Thompson sampling with the posterior that suits the testbed, or the one that is asked for."""

    class Settings(Settings):
        model: str = Field(
            "auto",
            pattern="^(auto|beta|gaussian|student|gamma)$",
            description="posterior: auto (by the testbed), beta, gaussian (known variance), student (unknown), gamma",
        )
        prior: float = Field(1.0, gt=0, description="beta: a = b of the prior; gamma: shape; gaussian: prior variance")

    def model(self, bed: Testbed) -> str:
        """The posterior's name; BadInput where the rewards of the testbed do not fit it."""
        model = OWN.get(bed.family, "student") if self.settings.model == "auto" else str(self.settings.model)
        if bed.family not in SUPPORT.get(model, (bed.family,)):
            raise BadInput(
                f"model={model} does not suit the {bed.family} rewards of this testbed; gaussian and student do."
            )
        return model

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        return {
            "beta": (select_beta, update_beta),
            "gaussian": (select_gaussian, update_gaussian),
            "student": (select_student, update_sums),
            "gamma": (select_gamma, update_sums),
        }[self.model(bed)]

    def batched_functions(self, bed: Testbed) -> BatchedFunctions | None:
        """Side by side where the posterior is Gaussian."""
        return (select_gaussian_batched, update_gaussian_batched) if self.model(bed) == "gaussian" else None

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """The prior."""
        prior = self.settings.prior
        share = getattr(self.settings, "share", 1.0)
        zeros = (0.0,) * 5
        if self.model(bed) == "gaussian":
            ratio, spread = bed.variance / prior, math.sqrt(bed.variance)
            return rows(bed.arms, ratio, spread, share, 0.0, 0.0, 0.0, 0.0, math.sqrt(prior), *zeros)
        if self.model(bed) == "gamma":
            return rows(bed.arms, prior, 1.0, share, 0.0, 0.0, 0.0, 0.0, 0.0, *zeros)
        d = max(prior - 1.0 / 3.0, 2.0 / 3.0)  # below a shape of 1 the constants are not used
        c = 1.0 / math.sqrt(9.0 * d)
        return rows(bed.arms, prior, prior, share, 0.0, 0.0, 0.0, 0.0, 0.0, d, c, d, c, 0.0)


class TopTwoThompson(Thompson):
    """Top-two Thompson sampling, for Bernoulli arms and Gaussian arms of known variance."""

    class Settings(Settings):
        model: str = Field("auto", pattern="^(auto|beta|gaussian)$", description="posterior: auto, beta or gaussian")
        prior: float = Field(1.0, gt=0, description="beta: a = b of the prior; gaussian: prior variance")
        share: float = Field(0.5, gt=0, lt=1, description="how often the arm with the largest draw is pulled")

    def model(self, bed: Testbed) -> str:
        """Beta for rewards in [0, 1], else gaussian."""
        if self.settings.model == "auto" and bed.family not in SUPPORT["beta"]:
            return "gaussian"
        return super().model(bed)

    def batched_functions(self, bed: Testbed) -> BatchedFunctions | None:
        """One by one."""
        return None

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the model."""
        if self.model(bed) == "beta":
            return select_two_beta, update_beta
        return select_two_gaussian, update_gaussian
