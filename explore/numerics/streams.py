"""Random numbers for the learner axis: one stream per learner, drawn in blocks, returned as tensors.

The first axis of every tensor is the learner. Each learner's stream is keyed by seed, purpose and the learner's name
(`explore.numerics.seeding`), so a learner draws numbers that do not depend on the others.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from explore.numerics.seeding import stream

BLOCK = 4096  # uniforms drawn per learner and refill; the numbers do not depend on it


class Streams:
    """Independent uniform streams, one per learner.

    `learners` names the learners (0, 1, …): the same name gives the same numbers whichever other learners there are.
    """

    def __init__(self, seed: int, name: str, learners: Sequence[int], device: torch.device | str = "cpu") -> None:
        self.generators = [stream(seed, name, learner) for learner in learners]
        self.device = torch.device(device)
        self._block = np.empty((len(self.generators), 0), dtype=np.float32)
        self._used = 0

    @property
    def learners(self) -> int:
        """How many learners there are."""
        return len(self.generators)

    def uniform(self, *shape: int) -> torch.Tensor:
        """Uniform numbers in [0, 1), float32, shape `(learners, *shape)`."""
        count = int(np.prod(shape, dtype=np.int64))
        left = self._block.shape[1] - self._used
        if left < count:
            drawn = [g.random(max(BLOCK, count - left), dtype=np.float32) for g in self.generators]
            self._block = np.concatenate([self._block[:, self._used :], np.stack(drawn)], axis=1)
            self._used = 0
        numbers = self._block[:, self._used : self._used + count]
        self._used += count
        return torch.from_numpy(numbers.reshape(self.learners, *shape).copy()).to(self.device)

    def integers(self, high: int, *shape: int) -> torch.Tensor:
        """Uniform integers in [0, high), int64, shape `(learners, *shape)`; `high` below 2²⁴ (float32 mantissa)."""
        return (self.uniform(*shape) * high).long().clamp_(max=high - 1)

    def normal(self, *shape: int) -> torch.Tensor:
        """Standard normal numbers, float32, shape `(learners, *shape)`, by inversion."""
        quantiles: torch.Tensor = torch.special.ndtri(self.uniform(*shape).double().clamp_(1e-12, 1 - 1e-9))
        return quantiles.float()

    def state_dict(self) -> dict[str, Any]:
        """The state from which the same numbers continue: plain numbers and a tensor."""
        return {
            "generators": [g.bit_generator.state for g in self.generators],
            "block": torch.from_numpy(self._block[:, self._used :].copy()),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue where `state_dict` was taken."""
        for generator, bits in zip(self.generators, state["generators"], strict=True):
            generator.bit_generator.state = bits
        self._block, self._used = state["block"].cpu().numpy().copy(), 0
