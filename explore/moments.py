"""Running moments along time, one set per learner, and the filter of discounted returns that RND divides by.

Mean and variance are merged batch by batch (Chan, Golub & LeVeque 1979):

    δ = m_b − m,   m ← m + δ·n_b/n,   S ← S + S_b + δ²·n·n_b/(n + n_b)

The variance is S/n with n ≥ 1, never the unbiased one: that is NaN after a single sample.
"""

import torch


class RunningMoments(torch.nn.Module):
    """Mean and variance of everything seen so far, per learner; statistics have shape `(learners, *shape)`."""

    mean: torch.Tensor
    squares: torch.Tensor
    count: torch.Tensor

    def __init__(self, learners: int, *shape: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(learners, *shape, dtype=torch.float64))
        self.register_buffer("squares", torch.zeros(learners, *shape, dtype=torch.float64))
        self.register_buffer("count", torch.zeros(learners, dtype=torch.float64))

    @torch.no_grad()
    def update(self, samples: torch.Tensor, valid: torch.Tensor | None = None) -> None:
        """Take in `samples` `(learners, batch, *shape)`; `valid` `(learners, batch)` leaves rows out."""
        samples = samples.double()
        rest = (1,) * (samples.dim() - 2)
        weight = torch.ones(samples.shape[:2], dtype=torch.float64, device=samples.device)
        if valid is not None:
            weight = valid.double()
            samples = torch.where(valid.view(*valid.shape, *rest), samples, 0.0)  # an idle row may hold anything
        new = weight.sum(1)
        spread = weight.view(*weight.shape, *rest)
        per = new.clamp(min=1).view(-1, *rest)
        batch_mean = (samples * spread).sum(1) / per
        batch_squares = ((samples - batch_mean.unsqueeze(1)) ** 2 * spread).sum(1)
        total = self.count + new
        share = (new / total.clamp(min=1)).view(-1, *rest)
        old = self.count.view(-1, *rest)
        delta = batch_mean - self.mean
        self.mean += delta * share
        self.squares += batch_squares + delta**2 * old * share
        self.count.copy_(total)

    @property
    def std(self) -> torch.Tensor:
        """Standard deviation, `(learners, *shape)` float32; 1 while it is unknown (no sample, or no spread yet)."""
        per = self.count.clamp(min=1).view(-1, *(1,) * (self.mean.dim() - 1))
        std = (self.squares / per).sqrt().float()
        return torch.where(std > 1e-8, std, torch.ones_like(std))

    def whiten(self, samples: torch.Tensor, limit: float) -> torch.Tensor:
        """`(samples − mean)/std`, clipped to ±limit; samples `(learners, batch, *shape)`."""
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
        """Take in one step's rewards, `(learners, envs)`."""
        filtered = self.returns * self.discount + rewards.double()
        if valid is not None:
            filtered = torch.where(valid, filtered, self.returns)
        self.returns.copy_(filtered)
        self.moments.update(filtered, valid)

    @property
    def std(self) -> torch.Tensor:
        """The deviation to divide by, `(learners,)` float32."""
        return self.moments.std
