"""Bonuses in Tianshou's agents (version 2): a replay buffer that adds the bonus to the rewards when they are read.

    buffer = BonusVectorReplayBuffer(20_000, 8, space, actions, bonus="count", total_steps=100_000)
    collector = Collector(algorithm, environments, buffer)

On- and off-policy algorithms both read their rewards from the buffer. A change of the rewards of a batch, as by
Tianshou's own `ICMOffPolicyWrapper`, never reaches an off-policy target: `Algorithm.compute_nstep_return` takes
the rewards from the buffer, not from the batch. Here `buffer.rew` itself includes the bonus, for the rows that were
drawn and for those that follow them in an n-step return; the stored rewards remain the environment's own.
"""

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from explore.core.bonus import HALF_LIFE_SHARE, Bonus
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.encoding.observations import Encoder
from explore.errors import BadInput, checked_count
from explore.optional import missing_class
from explore.wrapped_bonus import single_learner_bonus

try:
    from tianshou.data import Batch, VectorReplayBuffer
except ImportError:
    VectorReplayBuffer = missing_class("tianshou", "tianshou")

__all__ = ["BonusVectorReplayBuffer"]

Ints = npt.NDArray[np.int64]


class BonusVectorReplayBuffer(VectorReplayBuffer):
    """Tianshou's `VectorReplayBuffer` for `buffer_num` environments, whose rewards include a bonus.

    bonus: a spec string, or a `Bonus` for one learner and `buffer_num` environments. total_steps: environment steps of
    the run, of which β halves every 0.27, unless the bonus has a `half_life` of its own; None for no decay. seed: of
    the bonus that a string makes. BadInput where the bonus does not fit, or counts by=state, and for the options that
    make Tianshou's buffer keep less than whole transitions.
    """

    def __init__(
        self,
        total_size: int,
        buffer_num: int,
        observation_space: gym.Space[Any],
        action_space: gym.Space[Any],
        *,
        bonus: Bonus | str,
        total_steps: int | None = None,
        seed: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(total_size, buffer_num, **options)
        for option, plain in (("stack_num", 1), ("ignore_obs_next", False), ("save_only_last_obs", False)):
            if options.get(option, plain) != plain:
                raise BadInput(f"a bonus needs whole transitions: leave {option} at {plain}.")
        self.bonus = single_learner_bonus(bonus, buffer_num, (observation_space, action_space), seed)
        if self.bonus.needs_state_key:
            raise BadInput("the bonus counts by=state, which Tianshou's buffer does not keep: count by=observation.")
        if total_steps is not None:
            self.bonus.default_half_life = HALF_LIFE_SHARE * checked_count("total_steps", total_steps)
        self._encoder = Encoder(observation_space)
        self._action_encoder = ActionEncoder(action_space)
        self._episodic: torch.Tensor | None = None  # (maxsize, …) the episodic factors
        self._arrived: npt.NDArray[Any] | None = None  # (buffer_num, width) what each environment's step arrived in
        self._continues = np.zeros(buffer_num, dtype=np.bool_)  # where that step did not end an episode
        self._paid = np.zeros(self.maxsize)  # bonuses of the rows that were read since the last draw
        self._scored = np.zeros(self.maxsize, dtype=np.bool_)  # which these are
        self._to_score: list[Ints] = []

    @property
    def rew(self) -> npt.NDArray[np.float64]:
        """The rewards of all rows, `(maxsize,)`; those that were drawn, and that follow them, include their bonus."""
        rewards: npt.NDArray[np.float64] = self._meta["rew"]
        if self._to_score:
            rows = np.unique(np.concatenate(self._to_score))
            self._to_score = []
            self._score(rows[~self._scored[rows]])
        return rewards + self._paid

    def add(
        self, batch: Any, buffer_ids: Sequence[int] | npt.NDArray[Any] | None = None
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Store a step of the environments `buffer_ids`, all where None, and pass it to the bonus."""
        envs = np.arange(self.buffer_num) if buffer_ids is None else np.asarray(buffer_ids)
        rows, successors = self._encoder.encode(_plain(batch.obs)), self._encoder.encode(_plain(batch.obs_next))
        terminated = np.asarray(batch.terminated, dtype=np.bool_)
        truncated = np.asarray(batch.truncated, dtype=np.bool_) & ~terminated
        self._begin_where_reset(envs, rows)
        valid = np.zeros(self.buffer_num, dtype=np.bool_)
        valid[envs] = True

        def spread(values: npt.NDArray[Any]) -> torch.Tensor:
            """The values of all environments, zeros for those that did not step, `(1, buffer_num, …)`."""
            everywhere = np.zeros((self.buffer_num, *values.shape[1:]), dtype=values.dtype)
            everywhere[envs] = values
            return torch.from_numpy(everywhere)[None]

        transitions = Transitions(
            observation=spread(rows),
            action=spread(self._action_encoder.encode(np.asarray(batch.act), len(envs))),
            reward=spread(np.asarray(batch.rew, dtype=np.float32)),
            next_observation=spread(successors),
            terminated=spread(terminated),
            truncated=spread(truncated),
            valid=None if valid.all() else torch.from_numpy(valid)[None],
        )
        factor = self.bonus.observe(transitions.to(self.bonus.steps.device))[0].cpu()[torch.from_numpy(envs)]
        added: tuple[npt.NDArray[Any], ...] = super().add(batch, buffer_ids)
        if self._episodic is None:
            self._episodic = torch.zeros(self.maxsize, *factor.shape[1:])
            self._arrived = np.zeros((self.buffer_num, rows.shape[1]), dtype=rows.dtype)
        assert self._arrived is not None
        self._episodic[added[0]] = factor
        self._arrived[envs], self._continues[envs] = successors, ~(terminated | truncated)
        return added[0], added[1], added[2], added[3]

    def next(self, index: Any) -> Any:
        """The rows that follow `index` in their episodes, as n-step returns ask for them."""
        rows = super().next(index)
        self._to_score.append(np.atleast_1d(np.asarray(rows)))
        return rows

    def sample(self, batch_size: int | None) -> tuple[Any, Ints]:
        """Draw a batch: its rewards include the bonus as it is scored now, and the bonus learns from it."""
        indices = np.asarray(self.sample_indices(batch_size))
        self._paid[:], self._scored[:] = 0.0, False
        self._to_score = [indices] if len(indices) else []
        batch = self[indices]
        if len(indices):
            with torch.enable_grad():
                self.bonus.learn(self._stored(indices))
        return batch, indices

    def _begin_where_reset(self, envs: npt.NDArray[Any], rows: npt.NDArray[Any]) -> None:
        """Episodes begin where an environment does not go on from what its last step arrived in."""
        if self._arrived is None:
            return
        reset = self._continues[envs] & (rows != self._arrived[envs]).any(axis=1)
        begins = np.zeros(self.bonus.envs, dtype=np.bool_)
        begins[envs[reset]] = True
        self.bonus.begin_episodes(torch.from_numpy(begins)[None])

    def _score(self, rows: Ints) -> None:
        if not len(rows):
            return
        assert self._episodic is not None
        factor = self._episodic[rows][None].to(self.bonus.steps.device)
        self._paid[rows] = self.bonus.score(self._stored(rows), factor)[0].double().cpu().numpy()
        self._scored[rows] = True

    def _stored(self, rows: Ints) -> Transitions:
        """The transitions in these rows, `(1, batch)`."""
        meta = self._meta
        terminated = np.asarray(meta["terminated"][rows], dtype=np.bool_)
        parts = (
            self._encoder.encode(_plain(meta["obs"][rows])),
            self._action_encoder.encode(np.asarray(meta["act"][rows]), len(rows)),
            np.asarray(meta["rew"][rows], dtype=np.float32),
            self._encoder.encode(_plain(meta["obs_next"][rows])),
            terminated,
            np.asarray(meta["truncated"][rows], dtype=np.bool_) & ~terminated,
        )
        return Transitions(*(torch.from_numpy(np.array(part))[None] for part in parts)).to(self.bonus.steps.device)


def _plain(observation: Any) -> Any:
    """A batch of observations without Tianshou's `Batch` around dictionaries."""
    if isinstance(observation, Batch):
        return {key: _plain(observation[key]) for key in observation.get_keys()}
    return observation
