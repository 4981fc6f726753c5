"""Pseudo-count: a visit count inferred from how much one more visit would raise the probability of an observation.

    N̂ = ρ(1 − ρ′)/(ρ′ − ρ),   b(s′) = β/√(N̂(s′) + 0.01)
    (Bellemare et al. 2016, "Unifying count-based exploration and intrinsic motivation", equations 1 and 2)

ρ is the probability of s′ under a density model of everything the learner arrived at, ρ′ its probability after one more
visit. The paper's model (CTS) is for grey pictures. The one here fits rows of numbers and categories: columns are
independent, each a categorical distribution over K values with a Dirichlet prior of one imaginary visit (Perks 1947),

    ρ(x) = Π_i (n_i(x_i) + 1/K_i)/(n + 1)

Like CTS it can only become surer of what it sees (ρ′ ≥ ρ), and it generalises: a row whose columns were all seen, but
never together, counts as partly visited. On a single column N̂ = n(x) + 1/K exactly. Numbers fall into `bins` of equal
width between their bounds, where the space has any; else the bins cut x/(1 + |x|), so that they do not depend on the
data.

The 0.01 is the paper's; its β of 0.05 was tuned on Atari, so that β is Count's here; 16 bins are a choice.
"""

from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from explore.bonuses.base.visits import OFFSET
from explore.core.bonus import Bonus, BonusSettings
from explore.core.transitions import Transitions

UNBOUNDED = 1e6  # a bound beyond it bounds nothing; many spaces write the largest float


class PseudoCountSettings(BonusSettings):
    """Settings of `pseudo-count`."""

    bins: int = Field(16, ge=2, description="bins that a column of numbers is cut into")


class PseudoCount(Bonus):
    """β/√N̂ under independent columns; any observation space."""

    Settings: ClassVar[type[BonusSettings]] = PseudoCountSettings
    settings: PseudoCountSettings
    counts: torch.Tensor  # (learners, all values of all columns) visits of each value
    total: torch.Tensor  # (learners,) visits
    starts: torch.Tensor  # (columns,) where a column's values begin
    values: torch.Tensor  # (columns,) K, how many values a column has
    _number: torch.Tensor  # (columns,) whether a column is a number, not a category
    _bounded: torch.Tensor
    _low: torch.Tensor
    _width: torch.Tensor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        low, high = self.encoder.bounds
        categories = np.array(self.encoder.categories)
        whole = self.encoder.dtype.kind in "ui"
        # Whole numbers of fewer levels than bins, such as flags, need no more bins than levels.
        bins = np.minimum(self.settings.bins, high - low + 1) if whole else np.full(len(low), self.settings.bins)
        values = np.where(categories > 0, categories, bins).astype(np.int64)
        bounded = np.maximum(np.abs(low), np.abs(high)) < UNBOUNDED
        self.register_buffer("values", torch.from_numpy(values))
        self.register_buffer("starts", torch.from_numpy(np.cumsum(values) - values))
        self.register_buffer("counts", torch.zeros(self.learners, int(values.sum()), dtype=torch.float64))
        self.register_buffer("total", torch.zeros(self.learners, dtype=torch.float64))
        self.register_buffer("_number", torch.from_numpy(categories == 0), persistent=False)
        self.register_buffer("_bounded", torch.from_numpy(bounded), persistent=False)
        self.register_buffer("_low", torch.from_numpy(np.where(bounded, low, 0.0)), persistent=False)
        # One wider where numbers are whole, so that the largest has a bin as wide as the others.
        width = np.where(bounded, high - low + whole, 1.0)
        self.register_buffer("_width", torch.from_numpy(np.where(width > 0, width, 1.0)), persistent=False)

    def novelty(self, transitions: Transitions) -> torch.Tensor:
        return (self.pseudo_counts(transitions.next_observation) + OFFSET).rsqrt().float()

    def update_statistics(self, transitions: Transitions) -> None:
        places = self._places(transitions.next_observation)
        visits = transitions.mask.double().repeat_interleave(places.shape[-1], dim=1)
        self.counts.scatter_add_(1, places.flatten(1), visits)
        self.total += transitions.mask.sum(1)

    def pseudo_counts(self, rows: torch.Tensor) -> torch.Tensor:
        """N̂ of rows `(learners, batch, width)`, `(learners, batch)` float64."""
        places = self._places(rows)
        prior = 1 / self.values.double()
        mass = self.counts.gather(1, places.flatten(1)).view(places.shape) + prior
        total = self.total[:, None] + 1
        density = (mass.log() - total.log().unsqueeze(-1)).sum(-1)  # log ρ
        gain = ((1 / mass).log1p() - (1 / total).log1p().unsqueeze(-1)).sum(-1)  # log ρ′/ρ
        # (1 − ρ′)/(ρ′/ρ − 1) is the paper's N̂, and loses no digits where ρ is tiny.
        pseudo = -(density + gain).expm1() / gain.expm1()
        # Where every column has one value alone, ρ is 1 and no measure: all visits are of this row.
        return torch.where(gain > 1e-12, pseudo, self.total[:, None])

    def _places(self, rows: torch.Tensor) -> torch.Tensor:
        """Where the count of each column's value stands, `(learners, batch, columns)` int64."""
        number = rows.double()
        share = torch.where(self._bounded, (number - self._low) / self._width, (1 + number / (1 + number.abs())) / 2)
        binned = (share * self.values).long()
        value = torch.where(self._number, binned, rows.long())
        return self.starts + value.clamp(min=torch.zeros_like(self.values), max=self.values - 1)
