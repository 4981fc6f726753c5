"""Replay of real transitions, one ring buffer per learner, drawn as n-step sequences.

A place of the ring is one vector step: every environment of every learner. What is stored is what happened (and the
episodic factor that only the running episode knew), never a bonus or an n-step return: those are computed from the
sequence when it is drawn, so that no bonus goes stale.
"""

from dataclasses import dataclass

import torch

from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.streams import Streams


@dataclass(frozen=True)
class NStepBatch:
    """`steps` consecutive transitions from each drawn start; every tensor begins `(learners, batch)`.

    transitions: `(learners, batch·steps, …)`, the steps of one sequence in consecutive rows; episodic: `(learners,
    batch·steps, …)`. mask: `(learners, batch, steps)` bool, True until the sequence's episode ends.
    """

    transitions: Transitions
    episodic: torch.Tensor
    mask: torch.Tensor

    @property
    def first(self) -> Transitions:
        """The first transition of each sequence, `(learners, batch, …)`."""
        steps = self.mask.shape[-1]
        return self.transitions.select((slice(None), slice(None, None, steps)))


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

    def add(self, transitions: Transitions, episodic: torch.Tensor) -> None:
        """Store one vector step, every tensor `(learners, envs, …)`."""
        parts = _named(transitions)
        parts["episodic"] = episodic
        if not self._parts:
            self._parts = {
                name: torch.zeros(part.shape[0], self.length, *part.shape[1:], dtype=part.dtype, device=part.device)
                for name, part in parts.items()
            }
        place = self.written % self.length
        for name, part in parts.items():
            self._parts[name][:, place] = part
        self.written += 1

    def sample(self, batch: int, steps: int, streams: Streams) -> NStepBatch:
        """Draw `batch` sequences of `steps` transitions per learner, uniformly, with each learner's own stream.

        BadInput where fewer than `steps` vector steps are held: a sequence would run from the newest transition on to
        the oldest.
        """
        if not 1 <= steps <= len(self):
            raise BadInput(f"replay holds {len(self)} vector steps: sequences of {steps} cannot be drawn from it.")
        starts = len(self) - steps + 1  # sequences that do not run over the newest transition
        oldest = self.written - len(self)
        time = oldest + streams.integers(starts, batch)
        env = streams.integers(self.envs, batch)
        times = (time.unsqueeze(-1) + torch.arange(steps, device=time.device)) % self.length
        index = times * self.envs + env.unsqueeze(-1)
        learner = torch.arange(index.shape[0], device=index.device).view(-1, 1, 1)
        # One index over all learners: rows are then copied whole, and not number by number.
        place = (learner * (self.length * self.envs) + index).flatten()
        drawn = {
            name: part.flatten(0, 2).index_select(0, place).unflatten(0, index.shape)
            for name, part in self._parts.items()
        }
        ended = drawn["terminated"] | drawn["truncated"]
        mask = torch.ones_like(ended)
        mask[..., 1:] = ended[..., :-1].cumsum(-1) == 0
        flat = {name: part.flatten(1, 2) for name, part in drawn.items()}
        episodic = flat.pop("episodic")
        return NStepBatch(Transitions(**flat), episodic, mask)


def _named(transitions: Transitions) -> dict[str, torch.Tensor]:
    return {name: part for name, part in vars(transitions).items() if part is not None}
