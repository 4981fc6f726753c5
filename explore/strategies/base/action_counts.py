"""How often each learner took each action where it stands: what optimistic strategies count.

Where the agent passes its observations (`Strategy.see`) the counts are of state–action pairs, exact, under the 64-bit
key of the observation; where it does not, as in a bandit, of actions alone.
"""

from typing import Any

import torch

from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.counting.keys import row_keys, with_action
from explore.counting.tables import CountTable


class CountingStrategy(Strategy):
    """A strategy with counts N(s, a), one table per learner; real steps enter them, idle ones do not."""

    def __init__(self, actions: int, *, learners: int = 1, envs: int = 1, horizon: int = 100_000, **settings: Any):
        super().__init__(actions, learners=learners, envs=envs, horizon=horizon, **settings)
        self.table = CountTable()
        self._seen: torch.Tensor | None = None  # (learners, envs) keys of the states that the slots are in

    def see(self, rows: torch.Tensor) -> None:
        self._seen = row_keys(rows)

    def counts(self, values: torch.Tensor) -> torch.Tensor:
        """N(s, a) of every action where each slot stands, float32, the shape of `values`."""
        states = torch.zeros(values.shape[:2], dtype=torch.int64) if self._seen is None else self._seen
        pairs = states.unsqueeze(-1).expand(values.shape).flatten(1)
        actions = torch.arange(self.actions).expand(values.shape).flatten(1)
        return self.table.get(with_action(pairs, actions)).view(values.shape).to(values.device)

    def observe(self, transitions: Transitions) -> None:
        states = transitions.observation_key if self._seen is not None else transitions.action.cpu() * 0
        self.table.add(with_action(states, transitions.action), transitions.mask)

    def get_extra_state(self) -> Any:
        return {**super().get_extra_state(), "seen": self._seen}

    def set_extra_state(self, state: Any) -> None:
        super().set_extra_state(state)
        self._seen = state["seen"]
