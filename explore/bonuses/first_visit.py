"""First visit: a constant for the first arrival at a state in each episode.

    b(s′) = β·1[N_ep(s′) = 1]      (the episodic factor of NovelD, Zhang et al. 2021)

N_ep as in `episodic-count`. β is Count's, measured on MiniGrid.
"""

import torch

from explore.bonuses.episodic_count import EpisodicCount


class FirstVisit(EpisodicCount):
    """β on the first arrival of the episode, nothing afterwards."""

    def factor(self, visits: torch.Tensor) -> torch.Tensor:
        return (visits == 1).float()
