"""RIDE, rewarding impact-driven exploration: how far a step moves in features of what the agent can influence.

    b(s, s′) = ‖φ(s′) − φ(s)‖₂ / √N_ep(s′)
    (Raileanu & Rocktäschel 2020, "RIDE: Rewarding impact-driven exploration for procedurally-generated environments",
    equation 3)

φ is learned as in ICM, from the inverse and the forward model; N_ep counts the visits of the live episode up to and
with this arrival, so that moving back and forth is paid less each time. Unlike a prediction error, the impact of
a step does not vanish with training.

From the paper: the two losses (their weights here are ICM's, w = 0.2) and the count. Networks, Adam and training on
drawn batches are ICM's here; β is Count's.
"""

from typing import Any, ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.forward_model import ForwardModelBonus, ForwardModelSettings
from explore.bonuses.base.visits import Visits, VisitsSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.counting.tables import EpisodeTable


class RIDESettings(ForwardModelSettings, VisitsSettings):
    """Settings of `ride`."""

    first_visit: bool = Field(False, description="pay only on the first arrival of an episode")


class RIDE(ForwardModelBonus, Visits):
    """The impact of a step over the visits of the episode. Discrete and continuous actions; else BadInput."""

    Settings: ClassVar[type[BonusSettings]] = RIDESettings
    settings: RIDESettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.episode = EpisodeTable(self.learners, self.envs)

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        before, after = self.embed(transitions)
        distance: torch.Tensor = torch.linalg.vector_norm(after - before, dim=-1)
        return distance

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        return self.episode_visits(self.episode, transitions).rsqrt()
