"""RE3, random encoders for efficient exploration: the distance to the nearest past observations in random features.

    b(s′) = log(1 + ‖y − y_kNN‖₂),   y = f(s′)
    (Seo et al. 2021, "State entropy maximization with random encoders for efficient exploration", equation 3)

f is a fixed random network, y_kNN the k-th nearest point of a uniform sample of all observations that the learner
arrived at (`explore.bonuses.base.nearest_neighbours.Reservoir`). The paper takes a batch from a large replay instead;
with the sample the bonus does not depend on which batch a transition is scored in. The bonus estimates the entropy of
the visited states: an observation that makes up more than a share k/`memory` of the sample gets none. Points are kept
as they were embedded. Those of the first steps, when the statistics that whiten the observations still change, are
slightly off until they are replaced; `warmup` does not leave them out. No network is trained, so no error of an
untrained one enters the bonus.

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
