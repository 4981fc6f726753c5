"""SimHash: a count over hashed observations, so that similar observations share one count.

    φ(s) = sgn(A g(s)),   b(s′) = β/√(n(φ(s′)) + 0.01)
    (Tang et al. 2017, "#Exploration"; SimHash: Charikar 2002; the 0.01 of Bellemare et al. 2016, equation 1)

A is `bits` × features with independent N(0, 1) entries, own to each learner; g gives the observation's features. Two
observations at angle θ agree in each bit with probability 1 − θ/π. More bits distinguish more observations.

The paper varies the bits per domain; the 32 here are a choice that leaves few accidental collisions among the thousands
of observations of a small maze. In the paper every arrival pays (`first_visit=false`). β is Count's,
measured on MiniGrid.
"""

from typing import Any, ClassVar

import torch
from pydantic import Field, model_validator

from explore.bonuses.base.visits import VisitsSettings
from explore.bonuses.count import Count
from explore.core.bonus import BonusSettings
from explore.counting.keys import row_keys
from explore.numerics.seeding import stream


class SimHashSettings(VisitsSettings):
    """Settings of `simhash`."""

    bits: int = Field(32, ge=1, le=1024, description="bits of the hash")

    @model_validator(mode="after")
    def _hashes_observations(self) -> "SimHashSettings":
        if self.by == "state":
            raise ValueError("simhash hashes features, and a state key has none: use by=observation, or count:by=state")
        return self


class SimHash(Count):
    """β/√n over hashes of the arrivals; BadInput for `by=state`, since a state key has no features to hash."""

    Settings: ClassVar[type[BonusSettings]] = SimHashSettings
    settings: SimHashSettings
    projection: torch.Tensor  # (learners, features, bits)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = (self.encoder.size, self.settings.bits)
        drawn = [stream(self.seed, "simhash", name).standard_normal(shape, dtype="float32") for name in self.names]
        self.register_buffer("projection", torch.stack([torch.from_numpy(part) for part in drawn]))

    def hash(self, rows: torch.Tensor) -> torch.Tensor:
        """The bits of encoded rows, `(learners, batch, bits)` uint8."""
        rows = rows if self.key_function is None else self.key_function(rows)
        # Rounding may depend on the size of the batch: in double precision it flips no sign that matters.
        features = self.encoder.features(rows).double()
        return (torch.bmm(features, self.projection.double()) > 0).to(torch.uint8)

    def key(self, rows: torch.Tensor) -> torch.Tensor:
        return row_keys(self.hash(rows))
