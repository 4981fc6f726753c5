"""Replay of real transitions, one ring buffer per learner, drawn as n-step sequences.

Each environment slot of each learner has a ring of its own, so that a sequence lies in consecutive rows. It stores
transitions and their episodic factors, never a bonus or an n-step return: those are computed from the sequence when it
is drawn, so that no bonus is out of date.

Rows that are not valid (`Transitions.valid`) are stored too, so that rows stay consecutive, but nothing is learned
from them: a sequence ends before the first, and one that starts with one has the weight 0.
"""

from dataclasses import fields
from functools import cached_property
from typing import Any

import torch

from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.streams import Streams

BESIDE = ("episodic", "learning")  # what is stored beside the parts of a transition


class NStepBatch:
    """`steps` consecutive transitions from each drawn start; every tensor begins `(learners, batch)`.

    mask: `(learners, batch, steps)` bool, True until the sequence's episode ends, or a row comes that is no transition.
    counts: `(learners, batch)` bool, whether the first row is a transition; what starts with another is to be left out.
    What is large is copied out of the replay when it is first asked for, and never if it is not.
    """

    def __init__(self, parts: dict[str, torch.Tensor], places: torch.Tensor) -> None:
        """The places `(learners, batch, steps)` of parts whose first axis is everything that the replay holds."""
        self._parts, self.places = parts, places
        ended = self._at("terminated", places) | self._at("truncated", places)
        breaks = ended[..., :-1]
        self.counts = torch.ones_like(ended[..., 0])
        if "valid" in parts:
            valid = self._at("valid", places)
            self.counts = valid[..., 0]
            breaks = breaks | ~valid[..., 1:]
        self.mask = torch.ones_like(ended)
        self.mask[..., 1:] = breaks.cumsum(-1) == 0

    @cached_property
    def transitions(self) -> Transitions:
        """All transitions, `(learners, batch·steps, …)`, the steps of one sequence in consecutive rows."""
        return self._transitions(self.places.flatten(1))

    @cached_property
    def episodic(self) -> torch.Tensor:
        """The episodic factors of `transitions`, `(learners, batch·steps, …)`."""
        return self._at("episodic", self.places.flatten(1))

    @cached_property
    def first(self) -> Transitions:
        """The first transition of each sequence, `(learners, batch, …)`."""
        return self._transitions(self.places[..., 0])

    @cached_property
    def last(self) -> Transitions:
        """The last transition of each sequence, or of its episode where that ends before, `(learners, batch, …)`."""
        return self._transitions(self.places.gather(-1, self.mask.sum(-1, keepdim=True) - 1).squeeze(-1))

    @cached_property
    def learning(self) -> torch.Tensor | None:
        """Which value functions learn from each first transition, `(learners, batch, functions)`; None for all."""
        return self._at("learning", self.places[..., 0]) if "learning" in self._parts else None

    @cached_property
    def rewards(self) -> torch.Tensor:
        """The rewards of all steps, `(learners, batch, steps)`."""
        return self._at("reward", self.places)

    def at(self, items: torch.Tensor) -> Transitions:
        """Some of `transitions`, by their places on its second axis, `(learners, any)` int64."""
        return self._transitions(self.places.flatten(1).gather(1, items))

    def _transitions(self, places: torch.Tensor) -> Transitions:
        return Transitions(**{name: self._at(name, places) for name in self._parts if name not in BESIDE})

    def _at(self, name: str, places: torch.Tensor) -> torch.Tensor:
        drawn: torch.Tensor = self._parts[name].index_select(0, places.flatten()).unflatten(0, places.shape)
        return drawn


class Replay:
    """Ring buffers of `capacity` transitions per learner in `envs` slots; the oldest are overwritten.

    BadInput where the capacity does not hold one vector step.
    """

    def __init__(self, capacity: int, envs: int) -> None:
        if capacity < envs:
            raise BadInput(f"a replay of {capacity} transitions cannot hold one step of {envs} environments.")
        self.length = capacity // envs
        self.envs = envs
        self.written = 0
        self._parts: dict[str, torch.Tensor] = {}

    def __len__(self) -> int:
        """Vector steps held now."""
        return min(self.written, self.length)

    def add(self, transitions: Transitions, episodic: torch.Tensor, learning: torch.Tensor | None = None) -> None:
        """Store one vector step, every tensor `(learners, envs, …)`; `learning`: which functions learn from it.

        BadInput where it has not the parts that the first one had: a mask of valid rows, or the states' names.
        """
        parts = _named(transitions)
        parts["episodic"] = episodic
        if learning is not None:
            parts["learning"] = learning
        if not self._parts:
            self._parts = {
                name: torch.zeros(*part.shape[:2], self.length, *part.shape[2:], dtype=part.dtype, device=part.device)
                for name, part in parts.items()
            }
        if parts.keys() != self._parts.keys():
            names = ", ".join(sorted(parts.keys() ^ self._parts.keys()))
            raise BadInput(f"a step differs from the first that was stored in what it has: {names}.")
        place = self.written % self.length
        for name, part in parts.items():
            self._parts[name][:, :, place] = part
        self.written += 1

    def sample(self, batch: int, steps: int, streams: Streams) -> NStepBatch:
        """Draw `batch` sequences of `steps` transitions per learner, uniformly, with each learner's own stream.

        BadInput where fewer than `steps` vector steps are held: a sequence would run from the newest transition on to
        the oldest.
        """
        if not 1 <= steps <= len(self):
            raise BadInput(f"replay holds {len(self)} vector steps: sequences of {steps} cannot be drawn from it.")
        starts = len(self) - steps + 1  # sequences that do not run over the newest transition
        time = self.written - len(self) + streams.integers(starts, batch)
        env = streams.integers(self.envs, batch)
        times = (time.unsqueeze(-1) + torch.arange(steps, device=time.device)) % self.length
        learner = torch.arange(time.shape[0], device=time.device).unsqueeze(-1)
        # One index over all learners and slots: rows are then copied whole, and not number by number.
        places = ((learner * self.envs + env) * self.length).unsqueeze(-1) + times
        return NStepBatch({name: part.flatten(0, 2) for name, part in self._parts.items()}, places)

    def truncate_newest(self) -> Transitions | None:
        """The newest step of every slot, `(learners, envs, …)`, whose episodes from now on end there; None if empty."""
        if not self.written:
            return None
        place = (self.written - 1) % self.length
        self._parts["truncated"][:, :, place] |= ~self._parts["terminated"][:, :, place]
        return Transitions(**{name: part[:, :, place] for name, part in self._parts.items() if name not in BESIDE})

    def state_dict(self) -> dict[str, Any]:
        """Everything that is held."""
        parts = {name: part[:, :, : len(self)].clone() for name, part in self._parts.items()}
        return {"written": self.written, "parts": parts}

    def load_state_dict(self, state: dict[str, Any], device: torch.device) -> None:
        """Go on where `state_dict` was taken."""
        self.written = int(state["written"])
        self._parts = {}
        for name, held in state["parts"].items():
            shape = (*held.shape[:2], self.length, *held.shape[3:])
            self._parts[name] = torch.zeros(shape, dtype=held.dtype, device=device)
            self._parts[name][:, :, : len(self)] = held


def _named(transitions: Transitions) -> dict[str, torch.Tensor]:
    # The fields alone: what a transition has worked out and kept, such as its mask, is no part of what happened.
    parts = {field.name: getattr(transitions, field.name) for field in fields(transitions)}
    return {name: part for name, part in parts.items() if part is not None}
