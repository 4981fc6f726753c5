"""What the tests of bonuses share: transitions made by hand."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from explore.core.transitions import Transitions

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


@pytest.fixture
def vectors() -> Make:
    """`vectors(learners, batch, size, seed=0)`: random transitions of a Box space; `action` replaces the actions."""

    def make(learners: int, batch: int, size: int, seed: int = 0, action: Any = None, **others: Any) -> Transitions:
        generator = torch.Generator().manual_seed(seed)
        no = torch.zeros(learners, batch, dtype=torch.bool)
        parts = {
            "observation": torch.randn(learners, batch, size, generator=generator),
            "action": torch.randint(0, 3, (learners, batch), generator=generator) if action is None else action,
            "reward": torch.zeros(learners, batch),
            "next_observation": torch.randn(learners, batch, size, generator=generator),
            "terminated": no,
            "truncated": no,
        }
        return Transitions(**{**parts, **others})

    return make


@pytest.fixture
def plain() -> Callable[..., Any]:
    """`plain(network, learner, x)`: what a stacked network says, worked out in NumPy in double precision."""

    def forward(network: torch.nn.Module, learner: int, x: Any) -> Any:
        weights = [part.detach().double().numpy()[learner] for part in network.parameters()]
        x = np.asarray(x, dtype=np.float64)
        for weight, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = np.maximum(x @ weight + bias, 0)
        return x @ weights[-2] + weights[-1]

    return forward
