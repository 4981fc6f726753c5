"""The contract of a bonus (intrinsic reward), and everything that all bonuses share, written once.

    observe(transitions) → episodic     once per real environment step, in order; updates counts, normalisers, memory
    score(transitions, episodic) → bonus    under what is known now; pure, bit for bit
    learn(transitions) → losses         one optimiser step on the bonus's own networks

Bonus and factor are float32, losses `(learners,)` floats.

The bonus that the learner gets is

    b = β·2^(−steps/half_life) · min(novelty/σ, clip) · episodic

with `novelty` the plugin's formula, σ the running deviation of the discounted novelty stream (Burda 2018, section 2.4;
1 unless `normalise`) and `episodic` the factor that only the live episode knows: the agent keeps it in replay with
the transition and hands it back to `score`. (A bonus made of several, `explore.bonuses.mix`, has one such factor per
part, on a last axis.)

Defaults that all share: β = 0.02 was measured on MiniGrid (`explore.bonuses.count`) and suits returns near 1; a
discount of 0.99 is RND's. Decay, normalisation and clip are off unless a plugin says otherwise.

An author writes `novelty`, and where the formula needs them `update_statistics` (counts, normalisers),
`episodic_factor` (memory of the live episode) and `train_step` (networks). Freezing and rows that are no transition are
handled here: `update_statistics` and `train_step` are not called while frozen, and an idle row has factor and bonus 0,
whatever the plugin returns for it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gymnasium as gym
import torch
from pydantic import Field

from explore.core.spec import Settings, settings_from
from explore.core.stateful import StatefulModule
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.numerics.moments import ReturnScale
from explore.numerics.seeding import checked_seed


class BonusSettings(Settings):
    """The settings that every bonus has; a plugin's own `Settings` inherit them and may change the defaults."""

    beta: float = Field(0.02, ge=0, description="scale of the bonus")
    half_life: float = Field(0.0, ge=0, description="environment steps in which beta halves; 0 keeps it")
    normalise: bool = Field(False, description="divide by the running deviation of the discounted novelty")
    discount: float = Field(0.99, ge=0, lt=1, description="discount of the stream that is normalised by")
    clip: float = Field(0.0, ge=0, description="largest novelty before beta is applied; 0 sets no limit")


class Bonus(StatefulModule, ABC):
    """A bonus for `learners` independent learners with `envs` environment slots each.

    learners: how many, or the names of the learners (their random streams derive from seed and name, so a learner is
    the same alone and in company). Keyword settings are checked against `Settings`; BadInput where one is wrong.
    """

    Settings: ClassVar[type[BonusSettings]] = BonusSettings
    settings: BonusSettings
    steps: torch.Tensor  # (learners,) environment steps observed
    episode_start: torch.Tensor  # (learners, envs) True where the next transition is the first of its episode

    def __init__(
        self,
        observation_space: gym.Space[Any],
        action_space: gym.Space[Any],
        *,
        learners: int | Sequence[int] = 1,
        envs: int = 1,
        seed: int = 0,
        **settings: Any,
    ) -> None:
        super().__init__()
        self.names = list(range(learners)) if isinstance(learners, int) else list(learners)
        if not self.names or envs < 1:
            raise BadInput(f"a bonus needs at least one learner and one environment: got {len(self.names)} and {envs}.")
        self.settings = settings_from(self.Settings, settings, f"the bonus {type(self).__name__}")
        self.observation_space = observation_space
        self.action_space = action_space
        self.encoder = Encoder(observation_space)
        self.learners = len(self.names)
        self.envs = envs
        self.seed = checked_seed(seed)
        self.frozen = False
        self.register_buffer("steps", torch.zeros(self.learners, dtype=torch.int64))
        self.register_buffer("episode_start", torch.ones(self.learners, envs, dtype=torch.bool))
        self.scale = ReturnScale(self.learners, envs, self.settings.discount) if self.settings.normalise else None

    @abstractmethod
    def novelty(self, transitions: Transitions) -> torch.Tensor:
        """The plugin's formula, `(learners, batch)`, without scale; changes nothing."""

    def update_statistics(self, transitions: Transitions) -> None:
        """Take one step of every slot, `(learners, envs)`, into counts and normalisers; not called while frozen.

        Only rows where `transitions.mask` is True are transitions. Called before `episodic_factor`.
        """
        return

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        """Take one step into the memory of the live episodes; returns the episodic factor, `(learners, envs)`.

        `starting` says where an episode begins with this step. Only rows where `transitions.mask` is True are
        transitions; what is returned for the others is not used. Called while frozen too.
        """
        return torch.ones_like(transitions.reward)

    def starting(self, transitions: Transitions) -> torch.Tensor:
        """Where this step is the first of its episode, `(learners, envs)` bool."""
        return self.episode_start & transitions.mask

    @property
    def needs_state_key(self) -> bool:
        """Whether transitions must name their exact states (`state_key`, `next_state_key`)."""
        return False

    def score_terms(
        self, transitions: Transitions, episodic: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Novelty and the factor to multiply it by, both `(learners, batch)`; None where there is no factor.

        Only a bonus whose novelty itself depends on the episodic factors overrides this; it changes nothing.
        """
        return self.novelty(transitions), episodic

    def train_step(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        """One optimiser step on the plugin's own networks; returns losses by name, each `(learners,)`.

        Only rows where `transitions.mask` is True are transitions. Not called while frozen.
        """
        return {}

    @torch.no_grad()
    def observe(self, transitions: Transitions) -> torch.Tensor:
        """Take in one real environment step of every slot; returns the episodic factor, `(learners, envs)`.

        Call it once per step, in order, with the true successors. While `frozen`, nothing is learned about the
        world (see `freeze`).
        """
        if not self.frozen:
            self.update_statistics(transitions)
        episodic = _without_idle(self.episodic_factor(transitions), transitions)
        if not self.frozen:
            self.steps += transitions.mask.sum(1)
            if self.scale is not None:
                novelty, factor = self.score_terms(transitions, episodic)
                self.scale.update(novelty if factor is None else novelty * factor, transitions.valid)
        self.episode_start.copy_(torch.where(transitions.mask, transitions.ended, self.episode_start))
        return episodic

    @torch.no_grad()
    def score(self, transitions: Transitions, episodic: torch.Tensor | None = None) -> torch.Tensor:
        """The bonus of each transition under what is known now, `(learners, batch)`; pure. An idle row has none."""
        bonus, factor = self.score_terms(transitions, episodic)
        if self.scale is not None:
            bonus = bonus / self.scale.std.unsqueeze(1)
        if self.settings.clip:
            bonus = bonus.clamp(max=self.settings.clip)
        if factor is not None:
            bonus = bonus * factor
        return _without_idle(bonus * self.beta.unsqueeze(1), transitions)

    def learn(self, transitions: Transitions) -> Mapping[str, torch.Tensor]:
        """One optimiser step on the plugin's own networks; nothing for counts and while frozen."""
        return {} if self.frozen else self.train_step(transitions)

    @property
    def beta(self) -> torch.Tensor:
        """The scale now, per learner, `(learners,)`."""
        beta = torch.full_like(self.steps, 1, dtype=torch.float32) * self.settings.beta
        if self.settings.half_life:
            beta = beta * 0.5 ** (self.steps.float() / self.settings.half_life)
        return beta

    def freeze(self, frozen: bool = True) -> None:
        """Stop (or resume) learning about the world: counts, normalisers, beta's decay and networks keep still.

        Memory of the live episode goes on, since the episodic factor depends on it. Bonuses within this one freeze
        with it.
        """
        for module in self.modules():
            if isinstance(module, Bonus):
                module.frozen = frozen


def _without_idle(values: torch.Tensor, transitions: Transitions) -> torch.Tensor:
    """0 in rows that are no transition; `values` `(learners, batch, …)`."""
    if transitions.valid is None:
        return values
    return values.masked_fill(~transitions.valid.view(*transitions.valid.shape, *(1,) * (values.dim() - 2)), 0.0)
