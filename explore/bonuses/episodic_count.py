"""Episodic count: one over the square root of the visits within the episode.

    b(s′) = β/√N_ep(s′)      (the episodic factor of RIDE, Raileanu & Rocktäschel 2020; alone: Henaff et al. 2023,
                              "A Study of Global and Episodic Bonuses for Exploration in Contextual MDPs")

N_ep(s′) counts the visits of the live episode up to and with this arrival; the first observation counts as a visit.
The whole bonus is the episodic factor, which depends on the live episode alone, so it does not change when it is scored
later. β is Count's, measured on MiniGrid.
"""

from typing import Any, ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.visits import Visits, VisitsSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.counting.tables import EpisodeTable


class EpisodicCountSettings(VisitsSettings):
    """Settings of `episodic-count`."""

    first_visit: bool = Field(False, description="pay only on the first arrival of an episode")


class EpisodicCount(Visits):
    """β/√N_ep over the arrivals of the live episode, exact."""

    Settings: ClassVar[type[BonusSettings]] = EpisodicCountSettings
    settings: EpisodicCountSettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.episode = EpisodeTable(self.learners, self.envs)

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return torch.ones_like(transitions.reward)

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        return self.factor(self.episode_visits(self.episode, transitions))

    def factor(self, visits: torch.Tensor) -> torch.Tensor:
        """The factor after `visits` of the state in this episode."""
        return visits.rsqrt()
