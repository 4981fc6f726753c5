"""Gittins' policy (Gittins & Jones 1974): pull the arm of the largest index, ties broken at random.

The index ν of an arm is the best discounted reward per discounted pull that it gives by itself (the mathematics is in
`bandits.theory.gittins.indices`). Over independent arms of which only the pulled one changes, no policy has a larger
expected Σ γ^{t−1} r_t: on Markov arms, and on arms whose means are drawn from the prior, as the state is then what is
known.

    Bernoulli   ν(1 + s, 1 + f) of the posterior Beta(1 + s, 1 + f) after s successes and f failures, from the table of
                `bandits.theory.gittins.lookup`; a reward in (0, 1) is replaced by a Bernoulli draw of that mean
    Gaussian    x̄ + σ v(n) after n rewards of mean x̄ and known variance σ², under a flat prior; the prior N(0, σ²/m)
                counts as m = `prior` rewards of 0 (1 is the prior of `sutton-barto`)
    Markov      ν of the state that the arm is in, exactly, from the transition probabilities (unknown to learners)

With a horizon instead of a discount it is no longer optimal: it stops exploring about 1/(1−γ) pulls ahead.
"""

import math
from typing import Any

import numpy as np
from pydantic import Field

from bandits.policies.base.rewards import coin
from bandits.policy import Floats, Functions, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best
from bandits.testbed import Testbed
from bandits.testbeds.markov import INDEX as CONTEXT_INDEX
from bandits.testbeds.markov import MarkovBed
from bandits.theory.gittins.lookup import bernoulli_lookup, gaussian_lookup, old_bernoulli
from explore.core.spec import Settings
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

INDEX, PULLS, SUMS, SPREAD, YOUNG, BONUSES, TABLE = range(7)  # YOUNG: pulls in the table; BONUSES: how many follow it
CONTEXT = 1  # on Markov arms, the row where the testbed's context begins
USUAL = 0.9
MOST_BERNOULLI, MOST_GAUSSIAN = 0.99, 0.999  # tables of larger discounts take long


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The largest index."""
    return best(state[INDEX], rng)


@kernel_part
def update_bernoulli(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """One more success or failure."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += coin(reward, rng)
    pulls, won, young = int(state[PULLS, arm]), int(state[SUMS, arm]), int(state[YOUNG, 0])
    if pulls <= young:
        state[INDEX, arm] = _entry(state, pulls * (pulls + 1) // 2 + won)
    else:
        bonus = _bonus(state, (young + 1) * (young + 2) // 2, pulls + 2)
        state[INDEX, arm] = old_bernoulli(bonus, won, pulls - won)


@kernel_part
def update_gaussian(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The mean, and the bonus of one pull more."""
    state[PULLS, arm] += 1.0
    state[SUMS, arm] += reward
    pulls = state[PULLS, arm]
    state[INDEX, arm] = state[SUMS, arm] / pulls + state[SPREAD, 0] * _bonus(state, 0, int(pulls))


@kernel_part
def _bonus(state: Floats, first: int, pulls: int) -> float:
    """v(`pulls`) of Gaussian arms, v(1) being the number `first` of the table; beyond its end falling as 1/n."""
    known = int(state[BONUSES, 0])
    if pulls <= known:
        return _entry(state, first + pulls - 1)
    return _entry(state, first + known - 1) * known / pulls


@kernel_part
def _entry(state: Floats, number: int) -> float:
    """A number of the table, which fills the rows from `TABLE` on."""
    arms = state.shape[1]
    return float(state[TABLE + number // arms, number % arms])


@kernel_part
def select_markov(state: Floats, t: int, rng: Any) -> int:
    """The largest index of the current states, which the testbed shows."""
    return best(state[CONTEXT + CONTEXT_INDEX], rng)


@kernel_part
def update_markov(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """Nothing to learn."""


class Gittins(Policy):
    """Gittins' policy."""

    rule = "the largest Gittins index"
    good_for = (
        "discounted rewards under a correct prior, where nothing does better; with a horizon instead of a discount "
        "it explores too little"
    )
    needs = "the discount and the prior"
    source = "Gittins 1979"
    recommended_for = (Placement(Kind.MARKOV, 1),)
    compared_on = (Placement(Kind.MARKOV, 4),)

    class Settings(Settings):
        discount: float = Field(
            0.0, ge=0, lt=1, description="γ; 0 for the testbed's own, or 0.9 where the testbed has none"
        )
        prior: int = Field(0, ge=0, le=1000, description="Gaussian arms: how many rewards of 0 the prior counts as")

    def discount(self, bed: Testbed) -> float:
        """γ; BadInput where the table would take too long, or Markov arms have another."""
        gamma = float(self.settings.discount or bed.discount or USUAL)
        if isinstance(bed, MarkovBed):
            if gamma != bed.discount:
                raise BadInput(
                    f"gittins:discount={gamma:g} on Markov arms: their indices are those for the discount of the "
                    f"testbed, {bed.discount:g}; leave it out, or set the testbed's."
                )
            return gamma
        most = MOST_BERNOULLI if bed.bounded else MOST_GAUSSIAN
        if gamma > most:
            raise BadInput(
                f"gittins:discount={gamma:g} takes too long to tabulate on the {bed.family} rewards of this testbed: "
                f"take at most {most:g}."
            )
        return gamma

    def functions(self, bed: Testbed) -> Functions:
        """The pair of the family; BadInput for arms of another."""
        if isinstance(bed, MarkovBed):
            return select_markov, update_markov
        if bed.bounded:
            return select, update_bernoulli
        if bed.family == "gaussian":
            return select, update_gaussian
        raise BadInput(
            f"gittins has no indices for the {bed.family} rewards of this testbed: take a bernoulli, bounded, gaussian "
            "or Markov testbed."
        )

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """Nothing known of any arm, and the table, as far as the horizon needs it."""
        update = self.functions(bed)[1]
        gamma = self.discount(bed)
        if isinstance(bed, MarkovBed):
            return rows(bed.arms, 0.0)
        if update is update_gaussian:
            spread, prior = math.sqrt(bed.variance), self.settings.prior
            bonuses = gaussian_lookup(gamma)[: horizon + prior]
            index = spread * bonuses[prior - 1] if prior else math.inf
            return _with_table(rows(bed.arms, index, float(prior), 0.0, spread, 0.0, len(bonuses)), bonuses)
        table, bonuses = bernoulli_lookup(gamma)
        young = min(len(table) - 1, horizon)
        bonuses = bonuses[: horizon + 2] if horizon > young else bonuses[:0]
        packed = [table[won, pulls - won] for pulls in range(young + 1) for won in range(pulls + 1)]
        head = rows(bed.arms, packed[0], 0.0, 0.0, 0.0, float(young), len(bonuses))
        return _with_table(head, np.concatenate([packed, bonuses]))


def _with_table(head: Floats, table: Floats) -> Floats:
    """The state with the table in the rows below `head`, filled up with zeros."""
    arms = head.shape[1]
    padded = np.zeros(-(-len(table) // arms) * arms)
    padded[: len(table)] = table
    return np.vstack([head, padded.reshape(-1, arms)])
