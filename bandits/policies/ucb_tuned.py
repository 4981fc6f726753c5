"""UCB-tuned: the width √(ln t / n · min(σ², V + √(2 ln t / n))), V the variance of the arm's rewards, t the pulls so
far (Auer, Cesa-Bianchi & Fischer 2002, section 4). There is no proof."""

import math
from typing import Any

from bandits.policies.base.assumptions import constant_means, no_contexts, prompt_rewards
from bandits.policies.base.first_pulls import untried
from bandits.policies.base.optimism import (
    DEVIATIONS,
    INDEX,
    PULLS,
    SPREAD,
    VALUES,
    IndexWithVariance,
)
from bandits.policy import Floats
from bandits.problem_kinds import Kind, Placement
from bandits.simulator.randomness import best
from explore.numerics.compiled import kernel_part


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """UCB-tuned."""
    if not untried(state, PULLS, INDEX):
        log = math.log(t - 1.0)
        for arm in range(state.shape[1]):
            pulls = state[PULLS, arm]
            variance = state[DEVIATIONS, arm] / pulls + math.sqrt(2.0 * log / pulls)
            state[INDEX, arm] = state[VALUES, arm] + math.sqrt(log / pulls * min(state[SPREAD, 0], variance))
    return best(state[INDEX], rng)


class UCBTuned(IndexWithVariance):
    """UCB-tuned."""

    rule = "UCB1 with each arm's own variance in the width"
    good_for = "a cheap improvement of UCB1, without a proof"
    needs = "rewards in [0, 1]"
    source = "Auer et al. 2002, section 4"
    compared_on = (Placement(Kind.OTHER_BOUNDED, 3),)
    assumptions = (no_contexts, constant_means, prompt_rewards)

    select = staticmethod(select)
