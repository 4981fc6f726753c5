"""NovelD, the difference of novelty: the increase of RND's novelty in a step, paid once per state and episode.

    b(s, s′) = max(ν(s′) − α ν(s), 0) · 1[N_ep(s′) = 1],   ν = ‖f̂ − f‖₂ of RND,   α = ½
    (Zhang et al. 2021, "NovelD: A simple yet effective exploration criterion", equation 1)

N_ep as in `first-visit`. From the paper: α and ν. Adam with 1e-4, the networks and training on each new transition once
are RND's here; β is Count's.
"""

from typing import Any, ClassVar, Literal

import torch
from pydantic import Field

from explore.bonuses.base.distillation import Distillation
from explore.bonuses.base.learned import Learned, LearnedSettings
from explore.bonuses.base.visits import Visits, VisitsSettings
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.counting.tables import EpisodeTable


class NovelDSettings(LearnedSettings, VisitsSettings):
    """Settings of `noveld`."""

    first_visit: bool = Field(False, description="pay only on the first arrival of an episode")
    learns_from: Literal["new", "drawn"] = Field("new", description="what networks are trained on")
    alpha: float = Field(0.5, ge=0, le=1, description="share of the old state's novelty that is taken off")


class NovelD(Learned, Visits):
    """The rise of RND's novelty on first arrivals; any observation space."""

    Settings: ClassVar[type[BonusSettings]] = NovelDSettings
    settings: NovelDSettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.episode = EpisodeTable(self.learners, self.envs)

    def build(self) -> None:
        s = self.settings
        self.distillation = Distillation(self.normalizer, s.hidden, s.features, name="rnd", **self.common)

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        both = torch.cat([transitions.observation, transitions.next_observation], dim=1)
        needed = None if transitions.valid is None else transitions.valid.repeat(1, 2)
        before, after = self.distillation(self.normalizer(both), needed).sqrt().chunk(2, dim=1)
        rise: torch.Tensor = (after - self.settings.alpha * before).clamp(min=0)
        return rise

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        return (self.episode_visits(self.episode, transitions) == 1).float()

    def compiled_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor] | None:
        if not self.keeps(NovelD, "losses"):
            return None
        inputs = self.normalizer(transitions.next_observation)
        step = self.distillation.compiled_steps(inputs, transitions.valid, self.optimiser, batches)
        return None if step is None else {"distillation": step[1]}

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        inputs = self.normalizer(transitions.next_observation)
        return {"distillation": self.distillation(inputs, transitions.valid)}
