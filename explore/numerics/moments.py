"""Running moments along time, one set per learner, and the filter of discounted returns that RND divides by.

Mean and variance are merged batch by batch (Chan, Golub & LeVeque 1979):

    δ = m_b − m,   m ← m + δ·n_b/n,   S ← S + S_b + δ²·n·n_b/(n + n_b)

The variance is S/n with n ≥ 1, never the unbiased one: that is NaN after a single sample.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from explore.errors import BadInput
from explore.numerics.compiled import compiled

NO_SPREAD = 1e-8  # a deviation that is rounding alone

Doubles = npt.NDArray[np.float64]


class RunningMoments(torch.nn.Module):
    """Mean and variance of all samples so far, per learner; statistics have shape `(learners, *shape)`.

    most: effective number of samples. Beyond it the past loses weight, so that a new sample never weighs less than one
    in `most`: an exponential window with that time constant. None weighs all samples alike.
    """

    mean: torch.Tensor
    squares: torch.Tensor
    count: torch.Tensor

    def __init__(self, learners: int, *shape: int, most: float | None = None) -> None:
        super().__init__()
        self.most = math.inf if most is None else float(most)
        self.register_buffer("mean", torch.zeros(learners, *shape, dtype=torch.float64))
        self.register_buffer("squares", torch.zeros(learners, *shape, dtype=torch.float64))
        self.register_buffer("count", torch.zeros(learners, dtype=torch.float64))

    @torch.no_grad()
    def update(self, samples: torch.Tensor, valid: torch.Tensor | None = None) -> None:
        """Add `samples` `(learners, batch, *shape)`; `valid` `(learners, batch)` leaves rows out.

        BadInput for samples or a mask of another shape: compiled code would read past them.
        """
        self._check(samples)
        if valid is not None and valid.shape != samples.shape[:2]:
            raise BadInput(f"a mask of shape {tuple(valid.shape)} for samples of {tuple(samples.shape)}.")
        if self.mean.device.type == "cpu":
            learners, batch = samples.shape[:2]
            kept = np.ones((learners, batch), dtype=np.bool_) if valid is None else valid.contiguous().numpy()
            mean, squares = self.mean.view(learners, -1).numpy(), self.squares.view(learners, -1).numpy()
            flat = samples.detach().reshape(learners, batch, -1).contiguous().numpy()
            _merge(flat, kept, mean, squares, self.count.numpy(), self.most)
        else:
            self.merge(samples, valid)

    def merge(self, samples: torch.Tensor, valid: torch.Tensor | None = None) -> None:
        """`update` by tensor operations, on any device: a dozen small ones, which on a CPU cost more than the sums."""
        if valid is None:
            valid = torch.ones(samples.shape[:2], dtype=torch.bool, device=samples.device)
        new = valid.sum(1).double()
        if self.most < math.inf:
            kept = torch.minimum(self.count, (self.most - new).clamp(min=0))
            self.squares *= self._each(kept / self.count.clamp(min=1))
            self.count.copy_(kept)
        rows = valid.view(*valid.shape, *(1,) * (samples.dim() - 2))
        samples = torch.where(rows, samples, 0.0).double()  # an idle row may hold anything
        mean = samples.sum(1) / self._each(new.clamp(min=1))
        squares = ((samples - mean.unsqueeze(1)).square() * rows).sum(1)
        total = self.count + new
        share = self._each(new / total.clamp(min=1))
        delta = mean - self.mean
        self.mean += delta * share
        self.squares += squares + delta.square() * (share * self._each(self.count))
        self.count.copy_(total)

    def _check(self, samples: torch.Tensor) -> None:
        if samples.shape[:1] + samples.shape[2:] != self.mean.shape:
            raise BadInput(f"samples of shape {tuple(samples.shape)} for statistics of {tuple(self.mean.shape)}.")

    def _each(self, per_learner: torch.Tensor) -> torch.Tensor:
        """`(learners,)` in a shape that goes with the statistics."""
        return per_learner.view(-1, *(1,) * (self.mean.dim() - 1))

    @property
    def std(self) -> torch.Tensor:
        """Standard deviation, `(learners, *shape)` float32; 1 while it is unknown (no sample, or no spread yet)."""
        std = (self.squares / self._each(self.count.clamp(min=1))).sqrt().float()
        return torch.where(std > NO_SPREAD, std, torch.ones_like(std))

    def whiten(self, samples: torch.Tensor, limit: float) -> torch.Tensor:
        """`(samples − mean)/std`, clipped to ±limit; samples `(learners, batch, *shape)` float32.

        BadInput for samples of another shape.
        """
        self._check(samples)
        if self.mean.device.type == "cpu" and samples.dtype == torch.float32 and not samples.requires_grad:
            learners, batch = samples.shape[:2]
            flat = samples.reshape(learners, batch, -1).contiguous().numpy()
            mean, squares = self.mean.view(learners, -1).numpy(), self.squares.view(learners, -1).numpy()
            whitened = np.empty_like(flat)
            _whiten(flat, mean, squares, self.count.numpy(), limit, whitened)
            return torch.from_numpy(whitened).view(samples.shape)
        centred = samples - self.mean.float().unsqueeze(1)
        return (centred / self.std.unsqueeze(1)).clamp(-limit, limit)


class ReturnScale(torch.nn.Module):
    """The standard deviation of the discounted sum of a reward stream, per learner (Burda 2018, section 2.4).

    Each environment slot filters its own stream *along time*, R ← γR + r, without a cut at the end of an episode; the
    moments run over slots and time. Rewards are divided by the deviation and not centred.
    """

    returns: torch.Tensor

    def __init__(self, learners: int, envs: int, discount: float) -> None:
        super().__init__()
        self.discount = discount
        self.moments = RunningMoments(learners)
        self.register_buffer("returns", torch.zeros(learners, envs, dtype=torch.float64))

    @torch.no_grad()
    def update(self, rewards: torch.Tensor, valid: torch.Tensor | None = None) -> None:
        """Add one step's rewards, `(learners, envs)`."""
        filtered = self.returns * self.discount + rewards.double()
        if valid is not None:
            filtered = torch.where(valid, filtered, self.returns)
        self.returns.copy_(filtered)
        self.moments.update(filtered, valid)

    @property
    def std(self) -> torch.Tensor:
        """The deviation to divide by, `(learners,)` float32."""
        return self.moments.std


@compiled
def _merge(
    samples: npt.NDArray[Any],
    valid: npt.NDArray[np.bool_],
    mean: Doubles,
    squares: Doubles,
    count: Doubles,
    most: float,
) -> None:
    """Merge samples `(learners, batch, numbers)` into the moments `(learners, numbers)` and counts `(learners,)`."""
    learners, batch, numbers = samples.shape
    batch_mean, batch_squares = np.empty(numbers), np.empty(numbers)
    for learner in range(learners):
        new = valid[learner].sum()
        if new == 0:
            continue
        kept = min(count[learner], max(most - new, 0.0))
        if kept < count[learner]:
            squares[learner] *= kept / count[learner]
            count[learner] = kept
        batch_mean[:] = 0.0
        batch_squares[:] = 0.0
        for item in range(batch):
            if valid[learner, item]:
                for number in range(numbers):
                    batch_mean[number] += samples[learner, item, number]
        batch_mean /= new
        for item in range(batch):
            if valid[learner, item]:
                for number in range(numbers):
                    batch_squares[number] += (samples[learner, item, number] - batch_mean[number]) ** 2
        total = count[learner] + new
        for number in range(numbers):
            delta = batch_mean[number] - mean[learner, number]
            mean[learner, number] += delta * new / total
            squares[learner, number] += batch_squares[number] + delta * delta * new * count[learner] / total
        count[learner] = total


@compiled
def _whiten(
    samples: npt.NDArray[np.float32], mean: Doubles, squares: Doubles, count: Doubles, limit: float, out: Any
) -> None:
    """`RunningMoments.whiten` into `out`, rounded to float32 where the tensor operations round; those are a dozen."""
    learners, batch, numbers = samples.shape
    one, most = np.float32(1.0), np.float32(limit)
    centre, deviation = np.empty(numbers, dtype=np.float32), np.empty(numbers, dtype=np.float32)
    for learner in range(learners):
        seen = max(count[learner], 1.0)
        for number in range(numbers):
            centre[number] = np.float32(mean[learner, number])
            std = np.float32(np.sqrt(squares[learner, number] / seen))
            deviation[number] = std if std > NO_SPREAD else one
        for item in range(batch):
            for number in range(numbers):
                value = (samples[learner, item, number] - centre[number]) / deviation[number]
                out[learner, item, number] = min(max(value, -most), most)
