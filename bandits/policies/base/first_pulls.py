"""Arms without an observed reward are pulled first."""

import math

from bandits.policy import Floats
from explore.numerics.compiled import kernel_part


@kernel_part
def untried(state: Floats, pulls: int, index: int) -> bool:
    """Whether of some arm no reward is known yet; the row `index` of the state is then largest for those.

    `pulls` is the row with the known rewards of each arm. It may stay 0 after a pull, where rewards come late.
    """
    fewest = math.inf
    for arm in range(state.shape[1]):
        fewest = min(fewest, state[pulls, arm])
        state[index, arm] = -state[pulls, arm]
    return fewest == 0.0
