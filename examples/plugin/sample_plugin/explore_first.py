"""Explore first: uniformly random actions for a share of the run, then greedy ones (explore-then-commit)."""

from typing import ClassVar

import torch
from pydantic import Field

from explore import Settings, Strategy, Streams


class ExploreFirstSettings(Settings):
    """Settings of `explore-first`."""

    share: float = Field(0.1, ge=0, le=1, description="share of the run that explores")


class ExploreFirst(Strategy):
    """Random up to `share` of the horizon, greedy from there."""

    Settings: ClassVar[type[Settings]] = ExploreFirstSettings

    def choose(self, values: torch.Tensor, step: int, streams: Streams) -> torch.Tensor:
        if step < self.settings.share * self.horizon:
            return streams.integers(self.actions, values.shape[1])
        return values.argmax(-1)
