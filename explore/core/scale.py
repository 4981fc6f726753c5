"""What novelty is divided by, learner by learner, so that β means the same for every bonus.

    mean    m ← m + max(1/k, 0.001)·(x̄ − m)    x̄: mean novelty of the learner's k-th vector step
    rnd     σ, the deviation of the discounted return of the novelty (Burda et al. 2018, section 2.4)
    none    1

With `mean`, β is the bonus of an average step before the episodic factor. After 1,000 vector steps the mean is an
exponential average with a time constant of 1,000. That matters because the first errors of untrained networks are far
above all later ones; `rnd` never forgets them, as published, and with it a DQN with RND learned DoorKey-8x8 in none of
ten runs of 150,000 steps (with `mean` and first visits in six of six).
"""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from explore.numerics.compiled import compiled
from explore.numerics.moments import ReturnScale

ScaleName = Literal["mean", "rnd", "none"]
FORGETTING = 0.001  # least weight of a vector step in the mean
SMALLEST = 1e-12  # a mean or deviation below it divides nothing


class MeanScale(torch.nn.Module):
    """m, the running mean of the novelty that each learner meets."""

    mean: torch.Tensor  # (learners,) float64
    steps: torch.Tensor  # (learners,) k, vector steps with a transition

    def __init__(self, learners: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(learners, dtype=torch.float64))
        self.register_buffer("steps", torch.zeros(learners, dtype=torch.int64))

    @torch.no_grad()
    def update(self, novelty: torch.Tensor, factor: torch.Tensor | None, mask: torch.Tensor) -> None:
        """Take in one vector step, all `(learners, envs)`; the episodic factor is left out."""
        if self.mean.device.type == "cpu" and novelty.dtype in (torch.float32, torch.float64):
            flags = np.ascontiguousarray(mask.numpy())
            _follow_mean(np.ascontiguousarray(novelty.numpy()), flags, self.mean.numpy(), self.steps.numpy())
        else:
            self.merge(novelty, mask)

    def merge(self, novelty: torch.Tensor, mask: torch.Tensor) -> None:
        """`update` by tensor operations, on any device: a dozen, which on a CPU cost more than the sums."""
        rows = mask.sum(1)
        mean = torch.where(mask, novelty, 0.0).double().sum(1) / rows.clamp(min=1)
        self.steps.add_(rows > 0)
        weight = (1 / self.steps.clamp(min=1)).clamp(min=FORGETTING)
        self.mean.add_(torch.where(rows > 0, weight * (mean - self.mean), 0.0))

    @property
    def divisor(self) -> torch.Tensor:
        """What to divide by, `(learners,)` float32; 1 before anything was met."""
        return torch.where(self.mean > SMALLEST, self.mean, 1.0).float()


class ReturnDeviation(torch.nn.Module):
    """σ, the running deviation of the discounted, non-episodic return of the bonus, of everything so far."""

    def __init__(self, learners: int, envs: int, discount: float) -> None:
        super().__init__()
        self.returns = ReturnScale(learners, envs, discount)

    def update(self, novelty: torch.Tensor, factor: torch.Tensor | None, mask: torch.Tensor) -> None:
        """Take in one vector step, all `(learners, envs)`."""
        self.returns.update(novelty if factor is None else novelty * factor, mask)

    @property
    def divisor(self) -> torch.Tensor:
        """What to divide by, `(learners,)` float32."""
        return self.returns.std


def make_scale(name: ScaleName, learners: int, envs: int, discount: float) -> MeanScale | ReturnDeviation | None:
    """The scale called `name`; None for "none"."""
    if name == "mean":
        return MeanScale(learners)
    return ReturnDeviation(learners, envs, discount) if name == "rnd" else None


@compiled
def _follow_mean(
    novelty: npt.NDArray[Any], mask: npt.NDArray[np.bool_], mean: npt.NDArray[np.float64], steps: npt.NDArray[np.int64]
) -> None:
    """`MeanScale.update` for novelty and mask `(learners, envs)`."""
    learners, envs = novelty.shape
    for learner in range(learners):
        total, rows = 0.0, 0
        for env in range(envs):
            if mask[learner, env]:
                total += novelty[learner, env]
                rows += 1
        if rows:
            steps[learner] += 1
            weight = max(1.0 / steps[learner], FORGETTING)
            mean[learner] += weight * (total / rows - mean[learner])
