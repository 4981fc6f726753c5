"""NGU, never give up: novelty within the episode, times novelty over the whole run.

    r_ep = 1/s where s = √(Σ_{k nearest} K) + c ≤ s_max, else 0;   K = ε/(max(d²/d̄² − ξ, 0) + ε)
    b(s′) = r_ep · min(max(α, 1), L),   α = 1 + (err − μ)/σ
    (Badia et al. 2020, "Never give up: learning directed exploration strategies", equations 2–4, algorithm 1)

d are the distances of φ(s′) to the points of the live episode, d̄² the running mean of the squared distances to the
nearest, φ learned by the inverse model; err is RND's error at s′, with running mean μ and deviation σ. r_ep depends on
the live episode alone; α is worked out when a transition is scored. μ, σ and d̄² forget after 1,000 vector steps: with
moments of all errors so far, the first errors of the untrained network would keep μ and σ high, and α at its lower
limit, for ever.

From the paper: k, ε, ξ, c, s_max, L, Adam with 5e-4 and a memory of 30,000. The product is divided by its running
mean, since r_ep reaches 1/c = 1000. One hidden layer of 128 and 64 features are a choice for small observations; β is
Count's.
"""

from typing import ClassVar

import torch
from pydantic import Field

from explore.bonuses.base.distillation import Distillation
from explore.bonuses.base.inverse_model import InverseFeatures, InverseSettings
from explore.bonuses.base.nearest_neighbours import EpisodePoints
from explore.core.bonus import BonusSettings
from explore.core.transitions import Transitions
from explore.networks.stacked import compilable
from explore.numerics.moments import RunningMoments

MEMORY = 1000  # vector steps that μ, σ and d̄² remember, as the running mean of the novelty does


class NGUSettings(InverseSettings):
    """Settings of `ngu`."""

    first_visit: bool = Field(False, description="pay only on the first arrival of an episode")
    learning_rate: float = Field(5e-4, gt=0, description="Adam's step size")
    neighbours: int = Field(10, ge=1, description="k, nearest points that are looked at")
    epsilon: float = Field(1e-4, gt=0, description="ε of the kernel")
    cluster: float = Field(0.008, ge=0, description="ξ, squared distance below which points are one")
    constant: float = Field(1e-3, gt=0, description="c, added to the similarity")
    most_similar: float = Field(8.0, gt=0, description="s_max, similarity above which nothing is paid")
    largest: float = Field(5.0, ge=1, description="L, limit of the lifelong factor")
    memory: int = Field(30_000, ge=1, description="points of an episode that are kept")


class NGU(InverseFeatures):
    """Episodic novelty times lifelong novelty. Discrete and continuous actions; else BadInput."""

    Settings: ClassVar[type[BonusSettings]] = NGUSettings
    settings: NGUSettings

    def build(self) -> None:
        super().build()
        s = self.settings
        self.distillation = Distillation(self.normalizer, s.hidden, s.features, name="rnd", **self.common)
        self.errors = RunningMoments(self.learners, most=MEMORY * self.envs)
        self.squared = RunningMoments(self.learners, most=MEMORY * self.envs * s.neighbours)  # its mean is d̄²
        self.episode = EpisodePoints(self.learners, self.envs, s.features, s.memory)

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        gap = self._error(transitions) - self.errors.mean.float().unsqueeze(1)
        return (1 + gap / self.errors.std.unsqueeze(1)).clamp(1, self.settings.largest)

    def score_terms(
        self, transitions: Transitions, episodic: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        # r_ep reaches 1/c = 1000 and belongs to what is divided by its mean.
        novelty = self.novelty(transitions)
        return (novelty if episodic is None else novelty * episodic), None

    def update_statistics(self, transitions: Transitions) -> None:
        super().update_statistics(transitions)
        self.errors.update(self._error(transitions), transitions.mask)
        _, nearest = self._arrival(transitions)
        known = nearest.isfinite() & transitions.mask.unsqueeze(-1)
        self.squared.update(nearest.flatten(1), known.flatten(1))

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        after, nearest = self._arrival(transitions)
        self.episode.add(after, transitions.mask)
        return self.episodic_reward(nearest)

    def episodic_reward(self, nearest: torch.Tensor) -> torch.Tensor:
        """r_ep for squared distances to the nearest points, `(learners, envs, k)` to `(learners, envs)`."""
        s = self.settings
        mean = self.squared.mean.float()[:, None, None]
        relative = torch.where(nearest > 0, nearest / mean.clamp(min=1e-30), 0.0)
        kernel = s.epsilon / ((relative - s.cluster).clamp(min=0) + s.epsilon)
        similarity = kernel.sum(-1).sqrt() + s.constant
        return torch.where(similarity <= s.most_similar, 1 / similarity, 0.0)

    def losses(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        return {**super().losses(transitions), "distillation": self._error(transitions)}

    def compiled_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor] | None:
        networks = (self.embedding, self.inverse, self.distillation.predictor, self.distillation.target)
        if not self.keeps(NGU, "embed", "inverse_loss", "losses") or not all(map(compilable, networks)):
            return None
        inputs = self.normalizer(transitions.next_observation)
        distilled = self.distillation.compiled_steps(inputs, transitions.valid, self.optimiser, batches)
        losses = self.step_models(transitions, None, 0.0, batches)
        if distilled is None or losses is None:
            return None
        return {"inverse": losses[0], "distillation": distilled[1]}

    def _arrival(self, transitions: Transitions) -> tuple[torch.Tensor, torch.Tensor]:
        """φ(s′), and its squared distances to the nearest points of the episode, which begins where it has to.

        Called twice for the same step it gives the same: clearing and adding s again changes nothing.
        """
        before, after = self.embed(transitions)
        starting = self.starting(transitions)
        self.episode.clear(starting)
        self.episode.add(before, starting)
        return after, self.episode.nearest(after, self.settings.neighbours)

    def _error(self, transitions: Transitions) -> torch.Tensor:
        error: torch.Tensor = self.distillation(self.normalizer(transitions.next_observation), transitions.valid)
        return error
