"""A user's own network for every learner: one `torch.nn.Module` each, stacked on the learner axis.

    bonus = RND(space, actions, learners=5, network=lambda space, outputs: MyEncoder(space.shape[0], outputs))

The stacked networks of this package compute all learners in one product; a user's modules run one after the other.
"""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import torch

from explore.errors import BadInput
from explore.numerics.seeding import stream

NetworkFactory = Callable[[gym.Space[Any], int], torch.nn.Module]


class PerLearner(torch.nn.Module):
    """`(learners, batch, features)` to `(learners, batch, outputs)` by one module per learner.

    factory: called as `factory(space, outputs)` once per learner; the module maps `(batch, *shape)`, `shape` that of a
    Box space, else `(batch, features)`, to `(batch, outputs)`. The initial weights that it draws from PyTorch's global
    generator derive from (seed, name of the network, name of the learner), and the generator is left as it was. The
    modules are in evaluation mode (no dropout, no batch statistics), since a score must not depend on the batch.
    BadInput where the factory returns no module, or the module returns another shape.
    """

    def __init__(
        self,
        factory: NetworkFactory,
        space: gym.Space[Any],
        outputs: int,
        *,
        seed: int,
        name: str,
        learners: Sequence[int],
    ) -> None:
        super().__init__()
        self.shape = space.shape if isinstance(space, gym.spaces.Box) else None
        self.outputs = outputs
        modules = []
        for learner in learners:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(int(stream(seed, name, learner).integers(2**63)))
                module = factory(space, outputs)
            if not isinstance(module, torch.nn.Module):
                raise BadInput(f"the network factory gave {type(module).__name__}: it must give a torch.nn.Module.")
            modules.append(module.eval())
        self.learners = torch.nn.ModuleList(modules)

    def forward(self, features: torch.Tensor, needed: torch.Tensor | None = None) -> torch.Tensor:
        """The outputs of each learner's module for its own features, of all rows, whether `needed` or not."""
        if self.shape is not None:
            features = features.unflatten(-1, self.shape)
        outputs = torch.stack([module(rows) for module, rows in zip(self.learners, features, strict=True)])
        expected = (*features.shape[:2], self.outputs)
        if outputs.shape != expected:
            raise BadInput(
                f"the network gave shape {tuple(outputs.shape[1:])}: (batch, outputs) = {expected[1:]} is right."
            )
        return outputs
