"""What every bonus with networks of its own shares: normalised observations, one Adam for all learners, and its state.

Losses are summed over learners, never averaged, and Adam (Kingma & Ba 2015) works element by element; so one optimiser
moves every learner as if it were alone.
"""

from abc import abstractmethod
from typing import Any, ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.observation_normalizer import ObservationNormalizer
from explore.core.bonus import Bonus, BonusSettings
from explore.core.transitions import Transitions
from explore.networks.adam import StackedAdam
from explore.networks.per_learner import NetworkFactory


class LearnedSettings(BonusSettings):
    """Settings of every bonus with networks."""

    hidden: int = Field(128, ge=1, description="width of the hidden layers")
    features: int = Field(64, ge=1, description="outputs of a network")
    learning_rate: float = Field(1e-4, gt=0, description="Adam's step size")


class Learned(Bonus):
    """A bonus with networks; subclasses build them in `build` and say what they should lower in `losses`.

    network: `factory(space, outputs)` makes the user's own module, one per learner, in place of each network that reads
    observations (`explore.networks.per_learner`); `hidden` is of no effect on them.
    """

    Settings: ClassVar[type[BonusSettings]] = LearnedSettings
    settings: LearnedSettings

    def __init__(self, *args: Any, network: NetworkFactory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.normalizer = ObservationNormalizer(self.encoder, self.learners, network)
        self.build()
        # An ε above the default 1e-8, so that gradients that are nothing but rounding move next to nothing.
        self.optimiser = StackedAdam(self, lr=self.settings.learning_rate, eps=1e-6)

    @abstractmethod
    def build(self) -> None:
        """Make the networks, with `self.common` and a name for each; fixed ones `requires_grad_(False)`."""

    @abstractmethod
    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        """The terms whose sum `train_step` lowers, by name, each per transition, `(learners, batch)`."""

    @property
    def common(self) -> dict[str, Any]:
        """What every stacked network of this bonus is made with, next to its name."""
        return {"seed": self.seed, "learners": self.names}

    def update_statistics(self, transitions: Transitions) -> None:
        self.normalizer.observe(transitions, self.starting(transitions))

    def compiled_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor] | None:
        """`train_steps` by compiled code, where there is some for these losses and networks; else None."""
        return None

    def keeps(self, plugin: type[Any], *methods: str) -> bool:
        """Whether these methods are the `plugin`'s: compiled code stands for no others."""
        return all(getattr(type(self), method) is getattr(plugin, method) for method in methods)

    def train_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor]:
        losses = self.compiled_steps(transitions, batches) if self.keeps(Learned, "train_step") else None
        return super().train_steps(transitions, batches) if losses is None else losses

    def train_step(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        losses = self.compiled_steps(transitions, 1)
        if losses is not None:
            return losses
        with torch.enable_grad():
            terms = {name: mean(each, transitions.mask) for name, each in self.losses(transitions).items()}
            self.optimiser.zero_grad(set_to_none=True)
            torch.stack(list(terms.values())).sum().backward()
        self.optimiser.step()
        return {name: term.detach() for name, term in terms.items()}

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        moved = super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        # A module moves its parameters and buffers, not Adam's moments: the next step would find them elsewhere.
        for moments in self.optimiser.state.values():
            moments.update({name: fn(value) for name, value in moments.items() if isinstance(value, torch.Tensor)})
        return moved


def mean(each: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean over the rows of a batch where `mask` is True, `(learners, batch)` to `(learners,)`."""
    # An idle row may hold anything, and not even zero times that is safe.
    return torch.where(mask, each, 0.0).sum(1) / mask.sum(1).clamp(min=1)
