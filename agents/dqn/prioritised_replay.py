"""Prioritised replay: starts of sequences are drawn by the error of their first step's value (Schaul et al. 2016).

    P(i) = p_i^α / Σ_k p_k^α,   p = |error| + 10⁻⁶        (equation 1, proportional)
    importance weight = (N·P(i))^−β / max over the batch   (section 3.4)

A start gets the largest priority so far once all n steps of its sequence are stored, and keeps it until its first
update. It is not drawn before, nor after its row is overwritten, and never where its row is not valid
(`Transitions.valid`). The sums
are a binary tree per learner, and a draw descends it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from agents.dqn.replay import NStepBatch, Replay
from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.compiled import compiled
from explore.numerics.streams import Streams

Doubles = npt.NDArray[np.float64]
LEAST = 1e-6  # what is added to an error, so that nothing is never drawn again


class PrioritisedReplay(Replay):
    """`Replay` whose sequences of `steps` are drawn by priority; `exponent` is α."""

    def __init__(self, capacity: int, envs: int, steps: int, exponent: float) -> None:
        super().__init__(capacity, envs)
        self.steps = steps
        self.exponent = exponent
        self._leaves = 1 << (envs * self.length - 1).bit_length()
        self._tree: Doubles = np.zeros((0, 0))  # (learners, 2·leaves): node k is the sum of nodes 2k and 2k + 1
        self._largest: Doubles = np.zeros(0)  # (learners,) priority of a start that was never in an update

    def add(self, transitions: Transitions, episodic: torch.Tensor, learning: torch.Tensor | None = None) -> None:
        super().add(transitions, episodic, learning)
        if not self._tree.size:
            learners = len(transitions.reward)
            self._tree, self._largest = np.zeros((learners, 2 * self._leaves)), np.ones(learners)
        places = np.arange(self.envs) * self.length
        learners = len(self._tree)
        if self.written > self.length:
            overwritten = np.tile(places + (self.written - 1) % self.length, (learners, 1))
            _set(self._tree, overwritten, np.zeros(overwritten.shape))
        if len(self) >= self.steps:
            complete = np.tile(places + (self.written - self.steps) % self.length, (learners, 1))
            _set(self._tree, complete, np.repeat(self._largest[:, None], self.envs, axis=1) * self._counts(complete))

    def sample(self, batch: int, steps: int, streams: Streams) -> NStepBatch:
        """As `Replay.sample`, by priority; `steps` is what the replay was made for, BadInput else."""
        if steps != self.steps or steps > len(self):
            raise BadInput(
                f"replay holds {len(self)} vector steps, with priorities of sequences of {self.steps}: "
                f"sequences of {steps} cannot be drawn from it."
            )
        uniform = streams.uniform(batch)
        starts = torch.from_numpy(_draw(self._tree, uniform.cpu().double().numpy())).to(uniform.device)
        slot, time = starts // self.length, starts % self.length
        learner = torch.arange(len(starts), device=starts.device).unsqueeze(-1)
        times = (time.unsqueeze(-1) + torch.arange(steps, device=starts.device)) % self.length
        places = ((learner * self.envs + slot) * self.length).unsqueeze(-1) + times
        return NStepBatch({name: part.flatten(0, 2) for name, part in self._parts.items()}, places)

    def importance(self, drawn: NStepBatch, exponent: float) -> torch.Tensor:
        """Importance weights with β = `exponent`, `(learners, batch)` float32, the largest of each learner 1."""
        starts = self._starts(drawn)
        leaves = self._tree[:, self._leaves :]
        total = np.where(self._tree[:, 1:2] > 0, self._tree[:, 1:2], 1.0)  # 0: a learner without a start that counts
        shares = np.take_along_axis(leaves, starts, axis=1) / total
        count = (leaves > 0).sum(1, keepdims=True)
        weights = np.where(shares > 0, count * shares, 1.0) ** -exponent * (shares > 0)
        weights /= np.maximum(weights.max(1, keepdims=True), np.finfo(np.float64).tiny)
        return torch.from_numpy(weights.astype(np.float32)).to(drawn.mask.device)

    def update_priorities(self, drawn: NStepBatch, errors: torch.Tensor) -> None:
        """The priorities of drawn sequences from the absolute errors `(learners, batch)` of their updates."""
        priorities = (errors.cpu().double().numpy() + LEAST) ** self.exponent
        priorities *= drawn.counts.cpu().numpy()
        self._largest = np.maximum(self._largest, priorities.max(1))
        _set(self._tree, self._starts(drawn), priorities)

    def state_dict(self) -> dict[str, Any]:
        priorities = {"tree": torch.from_numpy(self._tree.copy()), "largest": torch.from_numpy(self._largest.copy())}
        return super().state_dict() | priorities

    def load_state_dict(self, state: dict[str, Any], device: torch.device) -> None:
        super().load_state_dict(state, device)
        self._tree, self._largest = (state[name].cpu().numpy().copy() for name in ("tree", "largest"))

    def _counts(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether the rows at places within their learner, `(learners, batch)`, are transitions."""
        if "valid" not in self._parts:
            return np.ones(places.shape, dtype=np.bool_)
        return np.take_along_axis(self._parts["valid"].flatten(1).cpu().numpy(), places, axis=1)

    def _starts(self, drawn: NStepBatch) -> npt.NDArray[np.int64]:
        """The places of the drawn starts within their learner, `(learners, batch)`."""
        starts: npt.NDArray[np.int64] = drawn.places[..., 0].cpu().numpy() % (self.envs * self.length)
        return starts


@compiled
def _set(tree: Doubles, places: npt.NDArray[np.int64], priorities: Doubles) -> None:
    """Put priorities `(learners, batch)` at the places and mend the sums above them."""
    leaves = tree.shape[1] // 2
    for learner in range(len(tree)):
        for item in range(places.shape[1]):
            node = leaves + places[learner, item]
            tree[learner, node] = priorities[learner, item]
            node //= 2
            while node:
                tree[learner, node] = tree[learner, 2 * node] + tree[learner, 2 * node + 1]
                node //= 2


@compiled
def _draw(tree: Doubles, uniform: Doubles) -> npt.NDArray[np.int64]:
    """The places that uniform numbers `(learners, batch)` fall on, by priority."""
    leaves = tree.shape[1] // 2
    drawn = np.empty(uniform.shape, dtype=np.int64)
    for learner in range(len(tree)):
        sums = tree[learner]
        for item in range(uniform.shape[1]):
            left = uniform[learner, item] * sums[1]
            node = 1
            while node < leaves:
                node *= 2
                if (left >= sums[node] or sums[node] == 0.0) and sums[node + 1] > 0.0:
                    left -= sums[node]
                    node += 1
            drawn[learner, item] = node - leaves
    return drawn
