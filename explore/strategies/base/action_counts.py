"""Visit counts N(s, a) of state–action pairs, for optimistic strategies.

Where the agent passes its observations (`Strategy.see`), states are identified by the 64-bit key of the observation,
and counts are exact up to collisions of keys; where it does not, as in a bandit, N(a) counts actions alone.
"""

from typing import Any

import torch

from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.counting.keys import row_keys, with_action
from explore.counting.tables import CountTable


class CountingStrategy(Strategy):
    """A strategy with counts N(s, a), one table per learner; transitions that are not valid are not counted."""

    def __init__(self, actions: int, *, learners: int = 1, envs: int = 1, horizon: int = 100_000, **settings: Any):
        super().__init__(actions, learners=learners, envs=envs, horizon=horizon, **settings)
        self.table = CountTable()
        self._state_keys: torch.Tensor | None = None  # (learners, envs) keys of the current states

    def see(self, rows: torch.Tensor) -> None:
        self._state_keys = row_keys(rows)

    def counts(self, values: torch.Tensor) -> torch.Tensor:
        """N(s, a) of every action in the current state of each environment, float32, `(learners, envs, actions)`."""
        keys = self._state_keys
        states = torch.zeros(values.shape[:2], dtype=torch.int64) if keys is None else keys
        pairs = states.unsqueeze(-1).expand(values.shape).flatten(1)
        actions = torch.arange(self.actions).expand(values.shape).flatten(1)
        return self.table.get(with_action(pairs, actions)).view(values.shape).to(values.device)

    def observe(self, transitions: Transitions) -> None:
        states = transitions.observation_key if self._state_keys is not None else transitions.action.cpu() * 0
        self.table.add(with_action(states, transitions.action), transitions.mask)

    def get_extra_state(self) -> Any:
        return {**super().get_extra_state(), "seen": self._state_keys}

    def set_extra_state(self, state: Any) -> None:
        super().set_extra_state(state)
        self._state_keys = state["seen"]
