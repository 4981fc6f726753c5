"""Mix: a weighted sum or product of other bonuses.

    how=sum        b = β · Σ_k w_k b_k
    how=product    b = β · Π_k b_k^{w_k}

b_k is what bonus k alone would pay, with its own β, scale, clip and episodic factor. β of the mix is 1. A half-life
that the agent sets applies to the mix as a whole, and not again to its parts.

In a spec string the bonuses are joined by `+`, and inside one of them `/` stands before each setting:

    mix:bonuses=count+rnd
    mix:bonuses=count/beta=0.1/first_visit=false+rnd/beta=0.01,weights=1+0.5
    mix:bonuses=rnd/beta=1+episodic-count/beta=1,how=product,beta=0.02

None of these characters is special to a shell. A mix of a mix is refused: write all parts in one mix.
"""

import math
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field, model_validator

from explore.core.bonus import Bonus, BonusSettings
from explore.core.plugins import BONUSES
from explore.core.scale import ScaleName
from explore.core.spec import Spec, parse
from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.seeding import stream


class MixSettings(BonusSettings):
    """Settings of `mix`."""

    beta: float = Field(1.0, ge=0, description="scale of the mixed bonus, on top of each part's own")
    scale: ScaleName = Field("none", description="what the mixed bonus is divided by; each part has a scale of its own")
    first_visit: bool = Field(False, description="pay only on the first arrival of an episode")
    bonuses: str = Field("count+first-visit", min_length=1, description="the bonuses, name/setting=value, joined by +")
    weights: str = Field("", description="one number per bonus, joined by +; all 1 where empty")
    how: Literal["sum", "product"] = Field("sum", description="how the bonuses are put together")

    @model_validator(mode="after")
    def _fits(self) -> "MixSettings":
        specs, shares = self.specs(), self.shares()
        if any(spec.name == "mix" for spec in specs):
            raise ValueError("a mix cannot hold a mix: write all bonuses in one")
        if len(shares) != len(specs):
            raise ValueError(f"'{self.bonuses}' and weights '{self.weights}' do not match: give one weight per bonus")
        if not all(math.isfinite(share) and (share >= 0 or self.how == "sum") for share in shares):
            raise ValueError(f"weights '{self.weights}' must be finite, and 0 or more for how=product")
        for spec in specs:
            BONUSES.resolve(spec)  # refuses an unknown part or setting here, before anything is made
        return self

    def resolved(self) -> dict[str, Any]:
        """The settings of the mix, and of every part with its defaults."""
        parts = [{"name": spec.name, **BONUSES.resolve(spec)[1].resolved()} for spec in self.specs()]
        return super().resolved() | {"bonuses": parts, "weights": self.shares()}

    def specs(self) -> list[Spec]:
        """The bonuses, parsed."""
        return [_part(text) for text in self.bonuses.split("+")]

    def shares(self) -> list[float]:
        """The weight of each bonus."""
        if not self.weights:
            return [1.0] * len(self.specs())
        try:
            return [float(weight) for weight in self.weights.split("+")]
        except ValueError:
            raise ValueError(f"'{self.weights}' is not a list of weights: write numbers joined by +") from None


class Mix(Bonus):
    """Several bonuses as one. BadInput where a part is unknown, badly set, or does not suit the spaces.

    The episodic factors of the parts travel side by side: `observe` returns `(learners, envs, parts)` and `score` takes
    `(learners, batch, parts)`.
    """

    Settings: ClassVar[type[BonusSettings]] = MixSettings
    settings: MixSettings

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts: list[Bonus] = []
        for place, spec in enumerate(self.settings.specs()):
            plugin, settings = BONUSES.resolve(spec)
            assert isinstance(settings, BonusSettings)
            # What the mix leaves out, its parts leave out: each keeps account of its own episodes.
            shared = {
                "terminal": settings.terminal and self.settings.terminal,
                "warmup": max(settings.warmup, self.settings.warmup),
            }
            parts.append(
                plugin(
                    self.observation_space,
                    self.action_space,
                    learners=self.names,
                    envs=self.envs,
                    # A seed of its own, so that two parts of one kind are not the same twice.
                    seed=int(stream(self.seed, "mix", place).integers(2**62)),
                    **settings.model_dump() | shared,
                )
            )
        self.parts = torch.nn.ModuleList(parts)

    @property
    def members(self) -> list[Bonus]:
        """The bonuses that are mixed, in order."""
        return [part for part in self.parts if isinstance(part, Bonus)]

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return self.score_terms(transitions, None)[0]

    def score_terms(
        self, transitions: Transitions, episodic: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        factors = [None] * len(self.members) if episodic is None else episodic.unbind(-1)
        scores = [part.score(transitions, factor) for part, factor in zip(self.members, factors, strict=True)]
        if self.settings.how == "sum":
            mixed = sum(w * score for w, score in zip(self.settings.shares(), scores, strict=True))
        else:
            mixed = torch.stack([s**w for w, s in zip(self.settings.shares(), scores, strict=True)]).prod(0)
        assert isinstance(mixed, torch.Tensor)
        return mixed, None  # each part has used its own factor already

    def _counted(self, transitions: Transitions) -> Transitions:
        return transitions  # the parts see every end of an episode, and leave out what does not count

    @property
    def needs_state_key(self) -> bool:
        return any(part.needs_state_key for part in self.members)

    def episodic_factor(self, transitions: Transitions) -> torch.Tensor:
        return torch.stack([part.observe(transitions) for part in self.members], dim=-1)

    def train_step(self, transitions: Transitions) -> dict[str, torch.Tensor]:
        return self.train_steps(transitions, 1)

    def train_steps(self, transitions: Transitions, batches: int) -> dict[str, torch.Tensor]:
        specs = self.settings.specs()
        return {
            f"{place}/{spec.name}/{name}": loss
            for place, (spec, part) in enumerate(zip(specs, self.members, strict=True))
            for name, loss in part.learn_batches(transitions, batches).items()
        }


def _part(text: str) -> Spec:
    name, slash, settings = text.strip().partition("/")
    try:
        return parse(f"{name}:{settings.replace('/', ',')}" if slash else name)
    except BadInput as error:
        raise ValueError(f"in the bonus '{text}': write name/setting=value/setting=value ({error})") from None
