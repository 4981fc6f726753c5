"""MBIE-EB, model-based interval estimation: one over the square root of the visits of a state–action pair.

    b(s, a) = β/√(n(s, a) + 0.01)      (Strehl & Littman 2008; the 0.01 of Bellemare et al. 2016, equation 1)

n counts how often the learner took action a in s over the whole run, exactly. The paper's own β depends on the
confidence asked for and is far larger than a deep agent can use; the default β is Count's, measured on MiniGrid.
"""

from typing import Any

import gymnasium as gym
import torch

from explore.bonuses.base.visits import OFFSET, Visits
from explore.core.transitions import Transitions
from explore.counting.keys import with_action
from explore.counting.tables import CountTable
from explore.errors import BadInput


class MBIEEB(Visits):
    """β/√n over state–action pairs, exact. BadInput where the actions are not discrete."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not isinstance(self.action_space, gym.spaces.Discrete):
            raise BadInput(f"mbie-eb counts discrete actions, not {self.action_space}: use count or simhash.")
        self.table = CountTable()

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return (self.table.get(self._taken(transitions)) + OFFSET).rsqrt()

    def update_statistics(self, transitions: Transitions) -> None:
        self.table.add(self._taken(transitions), transitions.mask)

    def _taken(self, transitions: Transitions) -> torch.Tensor:
        return with_action(self.departed(transitions), transitions.action)
