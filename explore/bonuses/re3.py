"""RE3, random encoders for efficient exploration: the distance to the nearest past arrivals in a fixed random space.

    b(s′) = log(1 + ‖y − y_kNN‖₂),   y = f(s′)
    (Seo et al. 2021, "State entropy maximization with random encoders for efficient exploration", equation 3)

f is a fixed random network, y_kNN the k-th nearest of a fair sample of everything that the learner arrived at, which
stands for the paper's batch from a large replay (`explore.bonuses.base.nearest_neighbours.Reservoir`): the bonus does
not depend on which batch a transition is scored in. It estimates the entropy of the states seen: what makes up more
than a share of k/`memory` of them pays nothing. Points are kept as they were embedded: those of the first steps, while
the whitening of numbers still settles, are a little off until others take their place (a `warmup` does not keep them
out). Nothing here is trained, so that no early error stays.

From the paper: k = 3 and the logarithm. The paper lets β fall with the steps (`half_life`) and divides by nothing.
1,000 points are a choice that keeps the search cheap, one hidden layer of 128 and 64 features one for small
observations; β is Count's.
"""

from typing import Any, ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.nearest_neighbours import Reservoir
from explore.bonuses.base.observation_normalizer import ObservationNormalizer
from explore.core.bonus import Bonus, BonusSettings
from explore.core.transitions import Transitions
from explore.networks.per_learner import NetworkFactory


class RE3Settings(BonusSettings):
    """Settings of `re3`."""

    hidden: int = Field(128, ge=1, description="width of the hidden layer")
    features: int = Field(64, ge=1, description="outputs of the network")
    neighbours: int = Field(3, ge=1, description="k, which nearest point is measured to")
    memory: int = Field(1000, ge=1, description="points that a learner keeps")


class RE3(Bonus):
    """The distance to the k-th nearest of a learner's past arrivals; any observation space."""

    Settings: ClassVar[type[BonusSettings]] = RE3Settings
    settings: RE3Settings

    def __init__(self, *args: Any, network: NetworkFactory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        s = self.settings
        common: dict[str, Any] = {"seed": self.seed, "learners": self.names}
        self.normalizer = ObservationNormalizer(self.encoder, self.learners, network)
        self.embedding = self.normalizer.network((s.hidden,), s.features, name="re3", **common).requires_grad_(False)
        self.memory = Reservoir(s.features, s.memory, name="re3/memory", **common)

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return self.memory.distance(self._embed(transitions), self.settings.neighbours).log1p()

    def update_statistics(self, transitions: Transitions) -> None:
        self.normalizer.observe(transitions, self.starting(transitions))
        self.memory.add(self._embed(transitions), transitions.mask)

    def _embed(self, transitions: Transitions) -> torch.Tensor:
        embedded: torch.Tensor = self.embedding(self.normalizer(transitions.next_observation), transitions.valid)
        return embedded
