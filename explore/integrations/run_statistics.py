"""What is logged of a run with a bonus: its mean, the extrinsic return, and how many observations were visited."""

from collections import deque

import numpy as np
import numpy.typing as npt
import torch

from explore.core.transitions import Transitions
from explore.counting.tables import CountTable

WINDOW = 100  # episodes that the extrinsic return is averaged over


class RunStatistics:
    """Statistics of one learner with `envs` environments.

    returns: the extrinsic returns of the latest episodes. coverage: distinct observations that a step arrived in, None
    where observations have real numbers, which hardly ever come twice.
    """

    def __init__(self, envs: int) -> None:
        self.returns: deque[float] = deque(maxlen=WINDOW)
        self.coverage: int | None = 0
        self.episode_return = np.zeros(envs)
        self.episode_length = np.zeros(envs, dtype=np.int64)
        self._visits = CountTable()
        self._bonus_sum, self._bonus_count = 0.0, 0

    def observe(self, transitions: Transitions) -> None:
        """Add one step of every environment, `(1, envs)`."""
        self.episode_return += transitions.reward[0].double().cpu().numpy()
        self.episode_length += 1
        if transitions.next_observation.dtype.is_floating_point:
            self.coverage = None
        elif self.coverage is not None:
            arrivals = self._visits.add(transitions.next_observation_key, transitions.mask)
            self.coverage += int((arrivals == 1).sum())

    def end_episodes(self, ended: npt.NDArray[np.bool_]) -> None:
        """End the episodes of the environments where `ended`, `(envs,)`."""
        self.returns.extend(self.episode_return[ended].tolist())
        self.restart(ended)

    def restart(self, which: npt.NDArray[np.bool_]) -> None:
        """Start an episode in the environments `which`, without recording the one before it."""
        self.episode_return[which] = 0.0
        self.episode_length[which] = 0

    def add_bonus(self, bonus: torch.Tensor) -> None:
        """Bonuses that were added to the learner's rewards."""
        self._bonus_sum += float(bonus.sum())
        self._bonus_count += bonus.numel()

    def take_mean_bonus(self) -> float | None:
        """The mean of the bonuses added since the last call; None where there were none."""
        if not self._bonus_count:
            return None
        mean = self._bonus_sum / self._bonus_count
        self._bonus_sum, self._bonus_count = 0.0, 0
        return mean

    @property
    def extrinsic_return(self) -> float | None:
        """The mean extrinsic return of the latest episodes; None before the first has ended."""
        return float(np.mean(self.returns)) if self.returns else None
