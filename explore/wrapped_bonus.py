"""A bonus as the wrappers use it: checks the data of an environment and turns them into transitions of one learner.

A step is a transition where no episode had ended before it and its observations are finite. The successor is
`info["final_obs"]` where a step ended an episode and the environment reset within it.
"""

from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from explore.core.bonus import Bonus
from explore.core.plugins import make_bonus
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.encoding.observations import Encoder
from explore.encoding.steps import (
    Array,
    Flags,
    OnInvalid,
    checked_ends,
    checked_on_invalid,
    checked_rewards,
    final_state_keys,
    state_keys,
    with_final_observations,
)
from explore.errors import BadInput, checked_count


class WrappedBonus:
    """A bonus of one learner that a wrapper shows the steps of `envs` environments.

    learn_every: steps between two calls of `bonus.learn`, on all transitions since the last; 0 never calls it.
    resets_within: whether the step that ends an episode returns the first observation of the next one.
    on_invalid, trusted: as `BonusReward` takes them.
    """

    def __init__(
        self,
        bonus: Bonus | str,
        envs: int,
        spaces: tuple[Any, Any],
        *,
        seed: int,
        learn_every: int,
        on_invalid: OnInvalid,
        trusted: bool,
        resets_within: bool = False,
    ) -> None:
        self._skip = checked_on_invalid(on_invalid) == "skip"
        self._encoder = Encoder(spaces[0], trusted=trusted)
        self._actions = ActionEncoder(spaces[1])
        self._envs = envs
        self.bonus = single_learner_bonus(bonus, envs, spaces, seed)
        self.learn_every = checked_count("learn_every", learn_every, 0)
        self.resets_within = resets_within
        self.over: Flags = np.zeros(envs, dtype=np.bool_)  # where the episode ended and no new one has begun
        self._rows: Array | None = None  # (envs, width) what each environment returned last
        self._finite: Flags = np.ones(envs, dtype=np.bool_)  # where the observations in `_rows` are finite
        self._state_key: npt.NDArray[np.int64] | None = None
        self.last: Transitions | None = None  # the newest step
        self._waiting: list[Transitions] = []
        self._steps = 0

    def reset(self, observation: Any, info: dict[str, Any], which: Flags) -> None:
        """New episodes began in the environments `which`; `observation` is a batch of all."""
        self._rows, self._finite = self._encode(observation, self._envs)
        key = state_keys(info, self._envs)
        if key is not None and self._state_key is not None:
            # Of the environments that were not reset the info tells nothing, zeros in their place.
            key = np.where(which, key, self._state_key)
        self._state_key = key
        self.over = self.over & ~which
        self.bonus.begin_episodes(torch.from_numpy(which)[None])

    def actions(self, action: Any) -> torch.Tensor:
        """The actions of all environments, checked, `(1, envs)` or `(1, envs, …)`."""
        return torch.from_numpy(self._actions.encode(action, self._envs))[None]

    def pay(
        self, action: torch.Tensor, reward: Any, terminated: Any, truncated: Any, after: Any, info: dict[str, Any]
    ) -> npt.NDArray[np.float64]:
        """The bonus of one step, `(envs,)`; `after` is the batch of observations that the step returned.

        action: as `actions` gave it.
        """
        if self._rows is None:
            raise BadInput("step was called before reset: reset the environment first.")
        envs = self._envs
        reward = checked_rewards(reward, envs)
        terminated, truncated = checked_ends("terminated", terminated, envs), checked_ends("truncated", truncated, envs)
        (rows, finite), ended = self._encode(after, envs), terminated | truncated
        key = state_keys(info, envs)
        successor, arrived, next_key = rows, finite, key
        if self.resets_within and ended.any():
            if "final_obs" not in info:
                raise BadInput(
                    "an episode ended, and info['final_obs'] does not have the observation that it ended in."
                )
            successor, arrived = with_final_observations(rows, finite, info["final_obs"], ended, self._encode)
            if key is not None:
                final_key = final_state_keys(info, envs)
                # None where the name of the true successor is lost.
                next_key = None if final_key is None else np.where(ended, final_key, key)
        valid = ~self.over & self._finite & arrived
        transitions = Transitions(
            observation=_learner(self._rows),
            action=action,
            reward=_learner(reward.astype(np.float32)),
            next_observation=_learner(successor),
            terminated=_learner(terminated),
            truncated=_learner(truncated),
            state_key=None if self._state_key is None else _learner(self._state_key),
            next_state_key=None if next_key is None else _learner(next_key),
            valid=None if valid.all() else _learner(valid),
        ).to(self.bonus.steps.device)
        episodic = self.bonus.observe(transitions)
        paid: npt.NDArray[np.float64] = self.bonus.score(transitions, episodic)[0].double().cpu().numpy()
        self._learn(transitions)
        self.last = transitions
        self._rows, self._finite, self._state_key = rows, finite, key
        self.over = np.zeros(envs, dtype=np.bool_) if self.resets_within else ended
        return paid

    def _learn(self, transitions: Transitions) -> None:
        if not self.learn_every or self.bonus.frozen or self.bonus.settings.learns_from == "new":
            return
        real = transitions if transitions.valid is None else transitions.select((slice(None), transitions.valid[0]))
        self._waiting.append(real)
        self._steps += 1
        if self._steps % self.learn_every == 0:
            batch = joined(self._waiting)
            self._waiting = []
            if batch.reward.shape[1]:
                self.bonus.learn(batch)

    def _encode(self, observation: Any, count: int) -> tuple[Array, Flags]:
        """The rows of `count` observations, `(count, width)`, and which are finite, `(count,)`."""
        if self._skip:
            rows, finite = self._encoder.encode_finite(observation)
        else:
            rows, finite = self._encoder.encode(observation), None
        if len(rows) != count:
            raise BadInput(f"got {len(rows)} observations, where there are {count} environments.")
        # A copy: the environment may write its next observation into the same memory.
        return np.array(rows), np.ones(count, dtype=np.bool_) if finite is None else finite


def single_learner_bonus(bonus: Bonus | str, envs: int, spaces: tuple[Any, Any], seed: int) -> Bonus:
    """The bonus of one learner in `envs` environments with these observation and action spaces.

    bonus: a spec string, of which one is made, or a bonus that was made. BadInput where it does not fit.
    """
    if isinstance(bonus, str):
        bonus = make_bonus(bonus, *spaces, envs=envs, seed=seed)
    if not isinstance(bonus, Bonus):
        raise BadInput(f"the bonus is {bonus!r}: give a spec such as 'count:beta=0.1', or a bonus that was made.")
    if bonus.learners != 1 or bonus.envs != envs:
        raise BadInput(
            f"the bonus is made for {bonus.learners} learners with {bonus.envs} environments each: "
            f"make it for one learner with {envs}."
        )
    if bonus.observation_space != spaces[0] or bonus.action_space != spaces[1]:
        raise BadInput(
            f"the bonus is made for observations in {bonus.observation_space} and actions in {bonus.action_space}: "
            f"the environment has {spaces[0]} and {spaces[1]}."
        )
    return bonus


def _learner(array: Array) -> torch.Tensor:
    """An array of all environments as that of the one learner, `(1, envs, …)`."""
    return torch.from_numpy(array)[None]


def joined(parts: list[Transitions]) -> Transitions:
    """All transitions as one batch; none of them may be marked as no transition."""
    whole: dict[str, Any] = {}
    for field in fields(Transitions):
        tensors = [getattr(part, field.name) for part in parts]
        whole[field.name] = None if any(tensor is None for tensor in tensors) else torch.cat(tensors, dim=1)
    return Transitions(**{**whole, "valid": None})
