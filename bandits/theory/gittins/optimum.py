"""What the best policy earns on rested Markov arms, for any number of them, without their joint states.

Let an arm be left for good whenever a lump sum m, on offer at any time, exceeds its value, and τ_a(m) be the number of
its pulls until then: it is left in the states whose index is below (1−γ)m. The best discounted return of all arms
together is (Whittle 1980)

    V(x) = ν_max/(1−γ) − ∫ Π_a E[γ^{τ_a(m)} | X_a = x_a] dm       over m up to ν_max/(1−γ).

The integrand changes only where (1−γ)m is the index of some state, so the integral is a sum over the states of all
arms. The expectations are computed with the indices (`gittins.eliminate`), n³/3 multiplications per arm of n states,
where the joint decision process of `oracle.JointChain` has Π n states. The two check each other.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bandits.theory.gittins.indices import checked_discount, eliminate
from bandits.theory.gittins.joint_chain import MarkovArm
from explore.errors import BadInput
from explore.numerics.compiled import compiled

Floats = npt.NDArray[np.float64]


def best_return(arms: Sequence[MarkovArm], states: Sequence[int], discount: float) -> float:
    """The largest expected Σ_{t ≥ 0} γ^t r_t that any policy earns from these `states` of the `arms`.

    BadInput for no arms, a state that its arm does not have, or a discount outside (0, 1).
    """
    gamma = checked_discount(discount)
    if not arms or len(states) != len(arms):
        raise BadInput(f"{len(arms)} arms and {len(states)} states: give at least one arm, and one state for each.")
    indices, leaving = [], []
    for arm, state in zip(arms, states, strict=True):
        if not 0 <= state < len(arm.entering):
            raise BadInput(f"state {state} is not a state of an arm with {len(arm.entering)} states, which begin at 0.")
        index, leave = eliminate(gamma * arm.transitions, arm.rewards.copy(), state)
        indices.append(index)
        leaving.append(leave)
    owner = np.repeat(np.arange(len(arms)), [len(index) for index in indices])
    return float(integrated(np.concatenate(indices), np.concatenate(leaving), owner, gamma))


@compiled
def integrated(index: Floats, leaving: Floats, owner: npt.NDArray[np.int64], discount: float) -> float:
    """Whittle's sum from the index of each state, E[γ^τ] as `eliminate` gives it, and the arm that the state is of."""
    order = np.argsort(-index)
    discounted = np.ones(owner.max() + 1)
    value = index[order[0]]
    for k in range(len(order)):
        z = order[k]
        # of states with one index, those of E[γ^τ] furthest down count: the level between them has no width
        discounted[owner[z]] = min(discounted[owner[z]], leaving[z])
        if k + 1 < len(order):
            value -= (index[z] - index[order[k + 1]]) * discounted.prod()
    return float(value / (1.0 - discount))
