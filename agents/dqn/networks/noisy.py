"""NoisyNet: exploration by noise on the weights, whose size is learned (Fortunato et al. 2018).

    y = x(μ_w + σ_w ⊙ f(p)f(q)ᵀ) + μ_b + σ_b ⊙ f(q),   f(x) = sgn(x)√|x|,   p, q ~ N(0, 1)     (factorised noise)

μ_w starts uniform in ±1/√inputs, a hundredth of that in the last layer, and μ_b at 0 (the paper draws both from the
first); σ at σ₀/√inputs with σ₀ = 0.5 (section 3.2). Noise is drawn anew before each choice
and each update, per learner; the exploiting policy uses the mean weights, without noise.
"""

import itertools
import math
from typing import Any, ClassVar

import torch
from pydantic import Field

from agents.dqn.networks.plain import LAST_GAIN, Network
from explore.core.spec import Settings
from explore.networks.stacked import StackedInput, StackedLayerNorm, StackedLinear
from explore.numerics.streams import Streams


class NoisySettings(Settings):
    """Settings of `noisy`."""

    sigma: float = Field(0.5, gt=0, description="σ₀, initial noise times √inputs")


class NoisyLinear(StackedLinear):
    """`StackedLinear` with learned factorised noise; without a draw of noise it is the mean layer."""

    def __init__(self, inputs: int, outputs: int, *, sigma: float, learners: list[int], **kwargs: Any) -> None:
        super().__init__(inputs, outputs, learners=learners, **kwargs)
        start = sigma / math.sqrt(inputs)
        self.weight_sigma = torch.nn.Parameter(torch.full_like(self.weight, start))
        self.bias_sigma = torch.nn.Parameter(torch.full_like(self.bias, start))
        self.noise: tuple[torch.Tensor, torch.Tensor] | None = None

    def resample(self, streams: Streams) -> None:
        """Draw p and q for every learner."""
        rows, columns = self.weight.shape[1:]
        drawn = streams.normal(rows + columns)
        drawn = drawn.sign() * drawn.abs().sqrt()
        self.noise = drawn[:, :rows, None], drawn[:, None, rows:]

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        if self.noise is None:
            return super().forward(inputs)
        rows, columns = self.noise
        weight = self.weight + self.weight_sigma * (rows * columns)
        return torch.baddbmm(self.bias + self.bias_sigma * columns, inputs, weight)


class Noisy(Network):
    """The plain network with noisy layers after the first: the first one reads sparse codes, noise would drown them."""

    Settings: ClassVar[type[Settings]] = NoisySettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widths = [*self.hidden, self.outputs]
        first = StackedInput(self.encoder, widths[0], seed=self.seed, name="noisy/0", learners=self.learners)
        layers: list[torch.nn.Module] = [first]
        self.noisy: list[NoisyLinear] = []
        for depth, (inputs, outputs) in enumerate(itertools.pairwise(widths), start=1):
            layer = NoisyLinear(
                inputs,
                outputs,
                sigma=self.settings.sigma,
                seed=self.seed,
                name=f"noisy/{depth}",
                learners=self.learners,
                gain=LAST_GAIN if depth == len(widths) - 1 else 1.0,
            )
            if self.layer_norm:
                layers.append(StackedLayerNorm(inputs, len(self.learners)))
            layers += [torch.nn.ReLU(), layer]
            self.noisy.append(layer)
        self.layers = torch.nn.Sequential(*layers)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.values_of(self.layers(rows))

    def resample(self, streams: Streams) -> None:
        for layer in self.noisy:
            layer.resample(streams)

    def remove_noise(self) -> None:
        for layer in self.noisy:
            layer.noise = None
