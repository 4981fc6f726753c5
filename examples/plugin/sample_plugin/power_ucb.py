"""Power UCB: a bandit policy whose optimism falls with a power of the pulls.

    A_t = argmax_a Q(a) + c/(n(a) + 1)^p,   ties broken at random

Q is the mean reward of an arm and n its pulls, so that this is `power-count` as a rule for bandits. With p = ½ it is
UCB without the logarithm: an arm that was unlucky early may be given up for good.

The two functions are compiled into the simulator's inner loop, exactly as those of a built-in policy; without
`kernel_part` they would run too, interpreted. All that a run knows is the array `state`, `(rows, arms)`.
"""

from typing import Any, ClassVar

from pydantic import Field

from bandits import Floats, Policy, Testbed, best, rows
from explore import Settings, kernel_part

C, POWER, VALUES, PULLS, INDEX = range(5)  # what the rows mean; a setting lies in column 0 of its own


@kernel_part
def select(state: Floats, t: int, rng: Any) -> int:
    """The largest Q + c/(n + 1)^p."""
    for arm in range(state.shape[1]):
        state[INDEX, arm] = state[VALUES, arm] + state[C, 0] * (state[PULLS, arm] + 1.0) ** -state[POWER, 0]
    return best(state[INDEX], rng)


@kernel_part
def update(state: Floats, arm: int, reward: float, rng: Any) -> None:
    """The sample average."""
    state[PULLS, arm] += 1.0
    state[VALUES, arm] += (reward - state[VALUES, arm]) / state[PULLS, arm]


class PowerUCBSettings(Settings):
    """Settings of `power-ucb`."""

    c: float = Field(2.0, ge=0, description="optimism towards an arm without a pull, in units of the reward")
    power: float = Field(0.5, gt=0, description="p, how fast optimism falls")


class PowerUCB(Policy):
    """Q + c/(n + 1)^p."""

    Settings: ClassVar[type[Settings]] = PowerUCBSettings

    select = staticmethod(select)
    update = staticmethod(update)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """No pulls."""
        return rows(bed.arms, self.settings.c, self.settings.power, 0.0, 0.0, 0.0)
