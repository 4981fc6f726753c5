"""Nearest neighbours among stored points: of the current episode of each slot, or a uniform sample of the whole run.

The sample is a reservoir (Vitter 1985, algorithm R): of n points seen, each is kept with the same probability.
"""

from collections.abc import Sequence
from typing import Any

import torch

from explore.numerics.streams import Streams

START = 16  # points that an empty memory has room for


class EpisodePoints(torch.nn.Module):
    """The points of each slot's live episode, the last `most` of them; the memory doubles as episodes grow."""

    points: torch.Tensor  # (learners, envs, capacity, features)
    seen: torch.Tensor  # (learners, envs) points since the episode began

    def __init__(self, learners: int, envs: int, features: int, most: int) -> None:
        super().__init__()
        self.most = most
        # No entries of the state dictionary, since their shape changes: the extra state holds them.
        self.register_buffer("points", torch.zeros(learners, envs, min(START, most), features), persistent=False)
        self.register_buffer("seen", torch.zeros(learners, envs, dtype=torch.int64), persistent=False)

    def clear(self, slots: torch.Tensor) -> None:
        """Forget the points of the marked slots, `(learners, envs)` bool."""
        self.seen.masked_fill_(slots, 0)

    def add(self, points: torch.Tensor, slots: torch.Tensor) -> None:
        """Keep one point `(learners, envs, features)` in each marked slot."""
        capacity = self.points.shape[2]
        if capacity < self.most and int(self.seen.max()) >= capacity:
            more = torch.zeros_like(self.points)[:, :, : self.most - capacity]
            self.points = torch.cat([self.points, more], dim=2)
        place = (self.seen % self.points.shape[2])[..., None, None].expand(-1, -1, 1, points.shape[-1])
        old = self.points.gather(2, place)
        self.points.scatter_(2, place, torch.where(slots[..., None, None], points.unsqueeze(2), old))
        self.seen += slots

    def nearest(self, points: torch.Tensor, k: int) -> torch.Tensor:
        """Squared distances of `points` `(learners, envs, features)` to the k nearest, ascending; inf where fewer."""
        squared = (self.points - points.unsqueeze(2)).square().sum(-1)
        empty = torch.arange(squared.shape[-1], device=squared.device) >= self.seen.unsqueeze(-1)
        squared = squared.masked_fill(empty, torch.inf)
        distances = squared.topk(min(k, squared.shape[-1]), largest=False).values
        return torch.nn.functional.pad(distances, (0, k - distances.shape[-1]), value=torch.inf)

    def get_extra_state(self) -> Any:
        return {"points": self.points.clone(), "seen": self.seen.clone()}

    def set_extra_state(self, state: Any) -> None:
        self.points = state["points"].to(self.points.device, copy=True)
        self.seen = state["seen"].to(self.seen.device, copy=True)


class Reservoir(torch.nn.Module):
    """A fair sample of `most` points out of all that each learner has seen."""

    points: torch.Tensor  # (learners, most, features)
    seen: torch.Tensor  # (learners,) points so far

    def __init__(self, features: int, most: int, *, seed: int, name: str, learners: Sequence[int]) -> None:
        super().__init__()
        self.draws = Streams(seed, name, learners)
        self.register_buffer("points", torch.zeros(len(learners), most, features))
        self.register_buffer("seen", torch.zeros(len(learners), dtype=torch.int64))

    def add(self, points: torch.Tensor, counts: torch.Tensor) -> None:
        """Take in `points` `(learners, batch, features)` one after the other, where `counts` `(learners, batch)`."""
        most, batch = self.points.shape[1], points.shape[1]
        drawn = self.draws.uniform(batch).double().to(points.device)
        seen = self.seen.unsqueeze(1) + counts.cumsum(1) - counts.long()  # before each point
        place = torch.where(seen < most, seen, (drawn * (seen + 1)).long())
        kept = counts & (place < most)
        # Where several points fall on one place the last one stays; an index must not have to choose.
        later = torch.ones(batch, batch, dtype=torch.bool, device=points.device).triu(1)
        replaced = (place.unsqueeze(2) == place.unsqueeze(1)) & kept.unsqueeze(1) & later
        learner, item = (kept & ~replaced.any(2)).nonzero(as_tuple=True)
        self.points[learner, place[learner, item]] = points[learner, item]
        self.seen += counts.sum(1)

    def get_extra_state(self) -> Any:
        return {"draws": self.draws.state_dict()}

    def set_extra_state(self, state: Any) -> None:
        self.draws.load_state_dict(state["draws"])

    def distance(self, points: torch.Tensor, k: int) -> torch.Tensor:
        """The distance to the k-th nearest point kept, `(learners, batch)`; to the farthest where there are fewer."""
        # By products rather than differences, in double precision: in single, equal points would seem apart.
        ours, theirs = points.double(), self.points.double()
        squared = ours.square().sum(-1, keepdim=True) + theirs.square().sum(-1).unsqueeze(1)
        squared = torch.baddbmm(squared, ours, theirs.transpose(1, 2), alpha=-2).clamp(min=0)
        most = squared.shape[-1]
        held = self.seen.clamp(max=most)
        empty = torch.arange(most, device=points.device) >= held[:, None, None]
        near = squared.masked_fill(empty, torch.inf).topk(min(k, most), largest=False).values
        last = (held.clamp(max=near.shape[-1]) - 1).clamp(min=0)[:, None, None].expand(-1, near.shape[1], 1)
        return torch.where(held[:, None] > 0, near.gather(-1, last).squeeze(-1), 0.0).sqrt().float()
