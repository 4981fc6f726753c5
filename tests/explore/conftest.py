"""What the tests of bonuses share: transitions made by hand."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch

from explore.transitions import Transitions

Make = Callable[..., Transitions]


@pytest.fixture
def moves() -> Make:
    """`moves(states, next_states, actions=0, ended=False)`: transitions of a Discrete space, `(learners, batch)`."""

    def make(
        states: Sequence[Sequence[int]],
        following: Sequence[Sequence[int]],
        actions: Any = None,
        ended: Any = None,
        valid: Any = None,
    ) -> Transitions:
        observation = torch.tensor(states, dtype=torch.uint8).unsqueeze(-1)
        shape = observation.shape[:2]
        return Transitions(
            observation=observation,
            action=torch.zeros(shape, dtype=torch.int64) if actions is None else torch.tensor(actions),
            reward=torch.zeros(shape),
            next_observation=torch.tensor(following, dtype=torch.uint8).unsqueeze(-1),
            terminated=torch.zeros(shape, dtype=torch.bool) if ended is None else torch.tensor(ended),
            truncated=torch.zeros(shape, dtype=torch.bool),
            valid=None if valid is None else torch.tensor(valid),
        )

    return make
