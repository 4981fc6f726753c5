"""The base class of bonuses (intrinsic rewards): what agents call, what authors write, and all that bonuses share.

    observe(transitions) → episodic     once per real environment step, in order; updates counts, normalisers, memory
    score(transitions, episodic) → bonus    with the current statistics; pure, bit for bit
    learn(transitions) → losses         one optimiser step on a batch drawn from replay

Bonus and factor are float32, losses `(learners,)` floats.

The bonus that the learner gets is

    b = β · 2^(−steps/half_life) · min(novelty/m, clip) · episodic

with `novelty` the plugin's formula, m its running mean over the learner's steps (`explore.core.scale`), so that β is
the bonus of an average step before the episodic factor, and `episodic` a factor that depends on the current episode: by
default 1 on the first arrival at a state in the episode and else 0. The agent stores the factor in replay with the
transition and passes it to `score`. (A bonus made of several, `explore.bonuses.mix`, has one such factor per part, on a
last axis.)

Defaults: β = 0.02, m and first visits were measured on MiniGrid-DoorKey-8x8 with the two-headed DQN, where count, RND
and ICM all reach the goal with them (docs/results.md), and suit returns near 1. A discount of 0.99 is RND's.

An author writes `novelty`, and where the formula needs them `update_statistics` (counts, normalisers),
`episodic_factor` (memory of the current episode) and `train_step` (networks). Freezing, rows without a transition,
scale, decay, first visits and when networks are trained are handled here: `update_statistics` and `train_step` are not
called while frozen, and an idle row has factor and bonus 0, whatever the plugin returns for it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import gymnasium as gym
import torch
from pydantic import Field, field_validator

from explore.core.scale import ScaleName, make_scale
from explore.core.spec import Settings, settings_from
from explore.core.stateful import StatefulModule
from explore.core.transitions import Transitions
from explore.counting.tables import EpisodeTable
from explore.encoding.observations import Encoder
from explore.errors import BadInput, checked_count
from explore.numerics.seeding import checked_seed, learner_names

ScoreTerms = tuple[torch.Tensor, torch.Tensor | None]  # novelty, and what it is multiplied by
HALF_LIFE_SHARE = 0.27  # of a run of known length, in which β halves; measured on DoorKey-8x8 (40,000 of 150,000 steps)


class BonusSettings(Settings):
    """The settings that every bonus has; a plugin's own `Settings` inherit them and may change the defaults."""

    beta: float = Field(0.02, ge=0, description="bonus of an average step, before the episodic factor")
    half_life: float | None = Field(
        None, ge=0, description="environment steps in which beta halves; 0: never; None: the agent sets it"
    )
    scale: ScaleName = Field("mean", description="what novelty is divided by: its running mean, or RND's deviation")
    first_visit: bool = Field(True, description="pay only on the first arrival of an episode")
    learns_from: Literal["new", "drawn"] = Field(
        "drawn", description="what networks are trained on: each new transition once, or the agent's batches"
    )
    terminal: bool = Field(
        True, description="whether transitions that terminate an episode are counted and get a bonus"
    )
    warmup: int = Field(0, ge=0, description="first environment steps, which update statistics only and get no bonus")
    clip: float = Field(0.0, ge=0, description="largest novelty, after division, before beta; 0 sets no limit")
    discount: float = Field(0.99, ge=0, lt=1, description="discount of the return, for scale=rnd")

    @field_validator("half_life", mode="before")
    @classmethod
    def _none_in_a_spec_string(cls, value: Any) -> Any:
        return None if value in ("none", "None") else value


class Bonus(StatefulModule, ABC):
    """A bonus for `learners` independent learners with `envs` environment slots each.

    learners: how many, or the names of the learners (their random streams derive from seed and name, so a learner does
    not depend on the others). Keyword settings are checked against `Settings`; BadInput where one is wrong.
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
        self.names = learner_names(learners)
        envs = checked_count("envs", envs)
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
        s = self.settings
        self.default_half_life = 0.0  # steps, set by an agent that knows the length of its run; 0: no decay
        self.scale = make_scale(s.scale, self.learners, envs, s.discount)
        self.first_visits = EpisodeTable(self.learners, envs) if s.first_visit else None
        self.last_losses: dict[str, torch.Tensor] = {}  # of the last optimiser step, each (learners,)

    @abstractmethod
    def novelty(self, transitions: Transitions) -> torch.Tensor:
        """The plugin's formula, `(learners, batch)`, without scale; changes nothing.

        Where `transitions.mask` is False the result is not used, and need not be computed.
        """

    def update_statistics(self, transitions: Transitions) -> None:
        """Update counts and normalisers with one step of every slot, `(learners, envs)`; not called while frozen.

        Only rows where `transitions.mask` is True are transitions. Called before `episodic_factor`.
        """
        return

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        """Update the memory of the current episodes with one step; returns the episodic factor, `(learners, envs)`.

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

    @property
    def pays_by_factor(self) -> bool:
        """Whether the bonus is novelty times a factor `(learners, batch)`: where that is 0, nothing need be scored."""
        return type(self).score_terms is Bonus.score_terms

    def score_terms(self, transitions: Transitions, episodic: torch.Tensor | None) -> ScoreTerms:
        """Novelty and the factor to multiply it by, both `(learners, batch)`; None where there is no factor.

        Only a bonus whose novelty itself depends on the episodic factors overrides this; it changes nothing.
        """
        return self.novelty(transitions), episodic

    def train_step(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        """One optimiser step on the plugin's own networks; returns losses by name, each `(learners,)`.

        Only rows where `transitions.mask` is True are transitions. Not called while frozen.
        """
        return {}

    def train_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor]:
        """A `train_step` on each of `batches` equal parts, in turn; returns the last losses.

        A bonus that makes them faster together overrides this.
        """
        size = transitions.reward.shape[1] // batches
        losses: dict[str, torch.Tensor] = {}
        for start in range(0, size * batches, size):
            losses = self.train_step(transitions.select((slice(None), slice(start, start + size))))
        return losses

    def arrived(self, transitions: Transitions) -> torch.Tensor:
        """Keys of the true successors, `(learners, batch)` int64: what first visits are counted under."""
        return transitions.next_observation_key

    def departed(self, transitions: Transitions) -> torch.Tensor:
        """Keys of the states that the transitions start from, `(learners, batch)` int64."""
        return transitions.observation_key

    def episode_visits(self, episode: EpisodeTable, transitions: Transitions) -> torch.Tensor:
        """Count one step in `episode`; returns N_ep(s′) after it, `(learners, envs)` float32.

        The first observation of an episode counts as a visit: coming back to it is not a first arrival.
        """
        starting = self.starting(transitions)
        if starting.any():
            episode.clear(starting)
            episode.add(self.departed(transitions), starting)
        return episode.add(self.arrived(transitions), transitions.mask)

    def begin_episodes(self, slots: torch.Tensor | None = None) -> None:
        """The next step of these slots, `(learners, envs)` bool, all where None, begins an episode.

        For environments that were reset in mid-episode: the end of an episode is in the transitions. Bonuses within
        this one are told too.
        """
        for module in self.modules():
            if isinstance(module, Bonus):
                if slots is None:
                    module.episode_start.fill_(True)
                else:
                    module.episode_start.logical_or_(slots.to(module.episode_start.device))

    @torch.no_grad()
    def observe(self, transitions: Transitions) -> torch.Tensor:
        """Process one real environment step of every slot; returns the episodic factor, `(learners, envs)`.

        Call it once per step, in order, with the true successors. While `frozen`, statistics and networks do not change
        (see `freeze`). BadInput where the transitions are not those of `learners` × `envs` slots, or have rows of
        another space; `score` and `learn` take any number of transitions.
        """
        transitions.check(self.learners, self.encoder.width, self.envs)
        counted = self._counted(transitions)
        if not self.frozen:
            self.update_statistics(counted)
        episodic = self.episodic_factor(counted)
        if episodic.shape[:2] != transitions.reward.shape:
            right, wrong = tuple(transitions.reward.shape), tuple(episodic.shape)
            raise BadInput(
                f"{type(self).__name__}.episodic_factor gives shape {wrong}: give (learners, envs) = {right}."
            )
        if self.first_visits is not None:
            first = (self.episode_visits(self.first_visits, counted) == 1).float()
            # Where the plugin has no factor of its own, this is the factor.
            plain = type(self).episodic_factor is Bonus.episodic_factor
            episodic = first if plain else episodic * _expand(first, episodic)
        if counted.valid is not None:
            episodic = episodic.masked_fill(~_expand(counted.valid, episodic), 0.0)
        if not self.frozen:
            self._follow(counted, episodic)
            # In place, here and elsewhere: a module looks through all it has before an attribute is set.
            self.steps.add_(self.envs if transitions.valid is None else transitions.valid.sum(1))
        if transitions.valid is None:
            self.episode_start.copy_(transitions.ended)
        else:  # a row that is left out may end an episode all the same
            self.episode_start.copy_(transitions.ended | (self.episode_start & ~transitions.valid))
        return episodic

    def _follow(self, transitions: Transitions, episodic: torch.Tensor) -> None:
        """Update scale and networks with one step that is counted; not before the warm-up is over."""
        if self.settings.warmup:
            if not self._warm.any():
                return  # an optimiser counts its steps, those without a transition too
            transitions = transitions.with_valid(transitions.mask & self._warm)
        if self.settings.learns_from == "new":
            terms, self.last_losses = self.score_and_train(transitions, episodic)
        else:
            terms = None if self.scale is None else self.score_terms(transitions, episodic)
        if self.scale is not None and terms is not None:
            self.scale.update(*terms, transitions.mask)

    def score_and_train(
        self, transitions: Transitions, episodic: torch.Tensor
    ) -> tuple[ScoreTerms | None, dict[str, torch.Tensor]]:
        """`score_terms` of one new step, None where there is no scale that needs them, and then a `train_step` on it.

        A bonus that gets the terms and the gradient from one pass overrides this.
        """
        terms = None if self.scale is None else self.score_terms(transitions, episodic)
        with torch.enable_grad():
            return terms, self.train_step(transitions)

    @torch.no_grad()
    def score(self, transitions: Transitions, episodic: torch.Tensor | None = None) -> torch.Tensor:
        """The bonus of each transition with the current statistics, `(learners, batch)`; pure. An idle row has none."""
        transitions.check(self.learners, self.encoder.width)
        transitions = self._counted(transitions)
        if episodic is not None and self.pays_by_factor:
            # Most steps of an episode are no first arrivals.
            paid = episodic != 0
            transitions = transitions.with_valid(paid if transitions.valid is None else transitions.valid & paid)
        bonus, factor = self.score_terms(transitions, episodic)
        if self.scale is not None:
            bonus = bonus / self.scale.divisor.unsqueeze(1)
        if self.settings.clip:
            bonus = bonus.clamp(max=self.settings.clip)
        if factor is not None:
            bonus = bonus * factor
        bonus = bonus * self.beta.unsqueeze(1)
        if self.settings.warmup:
            bonus = bonus * self._warm
        return bonus if transitions.valid is None else bonus.masked_fill(~transitions.valid, 0.0)

    def learn(self, transitions: Transitions) -> Mapping[str, torch.Tensor]:
        """One optimiser step on a batch drawn from replay; returns losses by name, each `(learners,)`.

        Nothing while frozen, for bonuses without networks, and for those that learn from new transitions (`observe`
        trains them).
        """
        return self.learn_batches(transitions, 1)

    def learn_batches(self, transitions: Transitions, batches: int) -> Mapping[str, torch.Tensor]:
        """`learn` from each of `batches` equal parts of what was drawn, one after the other; returns the last losses.

        For agents that make several updates per step: compiled networks stay in the cache from one to the next.
        """
        if self.frozen or self.settings.learns_from == "new":
            return {}
        transitions.check(self.learners, self.encoder.width)
        counted = self._counted(transitions)
        if self.settings.warmup:
            if not self._warm.any():
                return {}
            counted = counted.with_valid(counted.mask & self._warm)
        self.last_losses = self.train_step(counted) if batches == 1 else self.train_steps(counted, batches)
        return self.last_losses

    @property
    def beta(self) -> torch.Tensor:
        """β after its decay, per learner, `(learners,)`."""
        half_life = self.default_half_life if self.settings.half_life is None else self.settings.half_life
        decay = 0.5 ** (self.steps.double() / half_life) if half_life else torch.ones_like(self.steps)
        return (self.settings.beta * decay).float()

    @property
    def _warm(self) -> torch.Tensor:
        """Which learners are past the warm-up, `(learners, 1)` bool."""
        return (self.steps >= self.settings.warmup).unsqueeze(1)

    def _counted(self, transitions: Transitions) -> Transitions:
        """The transitions, of which only those that count are valid."""
        if self.settings.terminal:
            return transitions
        return transitions.with_valid(transitions.mask & ~transitions.terminated)

    def freeze(self, frozen: bool = True) -> None:
        """Stop (or resume) updating counts, normalisers, m, β's decay and networks.

        The memory of the current episode is still updated, since the episodic factor depends on it. Bonuses within
        this one are frozen with it.
        """
        for module in self.modules():
            if isinstance(module, Bonus):
                module.frozen = frozen


def _expand(rows: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """`(learners, batch)` in a shape that goes with `values`, `(learners, batch, …)`."""
    return rows.view(*rows.shape, *(1,) * (values.dim() - 2))
