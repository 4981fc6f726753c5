"""Numbers of the standard Gumbel distribution, F(x) = e^{−e^{−x}}."""

import math
from typing import Any

from bandits.simulator.randomness import exponential
from explore.numerics.compiled import kernel_part


@kernel_part
def gumbel(rng: Any) -> float:
    """A number of the standard Gumbel distribution."""
    return -math.log(max(exponential(rng), 1e-300))
