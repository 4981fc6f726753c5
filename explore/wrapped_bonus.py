"""A bonus as the wrappers use it: what environments take and return is checked, and becomes transitions of one learner.

A step is a transition where no episode had ended before it and its observations are finite. The successor is
`info["final_obs"]` where a step ended an episode and the environment reset within it.
"""

from dataclasses import fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from explore.core.bonus import Bonus
from explore.core.plugins import make_bonus
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.encoding.observations import Encoder
from explore.errors import BadInput, unknown

OnInvalid = Literal["refuse", "skip"]
Flags = npt.NDArray[np.bool_]


class WrappedBonus:
    """A bonus of one learner that a wrapper shows the steps of `envs` environments.

    learn_every: steps between two calls of `bonus.learn`, on all transitions since the last; 0 never calls it.
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
    ) -> None:
        if on_invalid not in ("refuse", "skip"):
            raise unknown("on_invalid", on_invalid, ["refuse", "skip"])
        self._encoder = Encoder(spaces[0], trusted=trusted)
        self._actions = ActionEncoder(spaces[1])
        self._skip = on_invalid == "skip"
        self._envs = envs
        if isinstance(bonus, str):
            bonus = make_bonus(bonus, *spaces, envs=envs, seed=seed)
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
        if learn_every < 0:
            raise BadInput(f"learn_every is {learn_every}: give the steps between two updates, or 0 for none.")
        self.bonus = bonus
        self.learn_every = learn_every
        self.over: Flags = np.zeros(envs, dtype=np.bool_)  # where the episode ended and no new one has begun
        self._rows: torch.Tensor | None = None
        self._finite: Flags = np.ones(envs, dtype=np.bool_)  # where the observations in `_rows` are finite
        self._state_key: torch.Tensor | None = None
        self._waiting: list[Transitions] = []
        self._steps = 0

    def reset(self, observation: Any, info: dict[str, Any], which: Flags) -> None:
        """New episodes began in the environments `which`; `observation` is a batch of all."""
        self._rows, self._finite = self._encode(observation)
        key = _keys(info.get("state_key"))
        if key is not None and self._state_key is not None:
            # Of the environments that were not reset the info tells nothing, zeros in their place.
            key = torch.where(torch.from_numpy(which), key, self._state_key)
        self._state_key = key
        self.over = self.over & ~which
        self.bonus.episode_start[0, torch.from_numpy(which)] = True

    def actions(self, action: Any) -> torch.Tensor:
        """The actions of all environments, checked, `(1, envs)` or `(1, envs, …)`."""
        return torch.from_numpy(self._actions.encode(action, self._envs))[None]

    def pay(
        self, action: torch.Tensor, reward: Any, terminated: Flags, truncated: Flags, after: Any, info: dict[str, Any]
    ) -> npt.NDArray[np.float64]:
        """The bonus of one step, `(envs,)`; `after` is the batch of observations that the step returned.

        action: as `actions` gave it.
        """
        if self._rows is None:
            raise BadInput("step was called before reset: reset the environment first.")
        reward = self._reward(reward)
        (rows, finite), ended = self._encode(after), terminated | truncated
        key = _keys(info.get("state_key"))
        successor, arrived, next_key = rows, finite, key
        if "final_obs" in info and ended.any():
            successor, arrived = self._with_final(rows, finite, info["final_obs"], ended)
            if key is not None:
                # Gymnasium's own vector environments hand the last info of an episode over as `final_info`.
                final_key = _keys(info.get("final_state_key", info.get("final_info", {}).get("state_key")))
                # None where the name of the true successor is lost.
                next_key = None if final_key is None else torch.where(torch.from_numpy(ended), final_key, key)
        valid = ~self.over & self._finite & arrived
        transitions = Transitions(
            observation=self._rows,
            action=action,
            reward=torch.from_numpy(reward.astype(np.float32))[None],
            next_observation=successor,
            terminated=torch.from_numpy(terminated)[None],
            truncated=torch.from_numpy(truncated)[None],
            state_key=self._state_key,
            next_state_key=next_key,
            valid=None if valid.all() else torch.from_numpy(valid)[None],
        ).to(self.bonus.steps.device)
        episodic = self.bonus.observe(transitions)
        paid: npt.NDArray[np.float64] = self.bonus.score(transitions, episodic)[0].double().cpu().numpy()
        self._learn(transitions)
        # The bonus does not see the end of an episode in a step that is left out.
        self.bonus.episode_start[0, torch.from_numpy(ended & ~valid)] = True
        self._rows, self._finite, self._state_key, self.over = rows, finite, key, ended
        return paid

    def _learn(self, transitions: Transitions) -> None:
        if not self.learn_every or self.bonus.frozen or self.bonus.settings.learns_from == "new":
            return
        real = transitions if transitions.valid is None else transitions.select((slice(None), transitions.valid[0]))
        self._waiting.append(real)
        self._steps += 1
        if self._steps % self.learn_every == 0:
            batch = _joined(self._waiting)
            self._waiting = []
            if batch.reward.shape[1]:
                self.bonus.learn(batch)

    def _encode(self, observation: Any, count: int | None = None) -> tuple[torch.Tensor, Flags]:
        """Rows of `count` observations, of all environments where None, `(1, count, width)`, and which are finite."""
        count = self._envs if count is None else count
        if self._skip:
            rows, finite = self._encoder.encode_finite(observation)
        else:
            rows, finite = self._encoder.encode(observation), None
        if len(rows) != count:
            raise BadInput(f"got {len(rows)} observations, where there are {count} environments.")
        # A copy: the environment may write its next observation into the same memory.
        return torch.from_numpy(np.array(rows))[None], np.ones(count, dtype=np.bool_) if finite is None else finite

    def _with_final(self, rows: torch.Tensor, finite: Flags, final: Any, ended: Flags) -> tuple[torch.Tensor, Flags]:
        """`rows` and `finite` of the true successors where episodes ended: an object per environment, or a batch."""
        rows, finite = rows.clone(), finite.copy()
        if isinstance(final, np.ndarray) and final.dtype == object:
            for env in np.flatnonzero(ended):
                rows[:, env : env + 1], finite[env : env + 1] = self._encode(one(final[env]), 1)
        else:
            # Where no episode ended a batch may hold anything.
            rows[:, ended], finite[ended] = self._encode(_selected(final, ended), int(ended.sum()))
        return rows, finite

    def _reward(self, reward: Any) -> npt.NDArray[np.float64]:
        """The rewards, one finite number per environment."""
        array = np.asarray(reward)
        if array.shape != (self._envs,) or array.dtype.kind not in "biuf":
            raise BadInput(
                f"the environment's rewards have shape {array.shape} and type {array.dtype}: "
                f"one number for each of {self._envs} environments is right."
            )
        if not np.isfinite(array).all():
            raise BadInput(f"the environment's reward is {array[~np.isfinite(array)][0]}: rewards must be finite.")
        return array.astype(np.float64)


def one(observation: Any) -> Any:
    """A batch of one, as a vector environment would give it."""
    if isinstance(observation, dict):
        return {name: one(part) for name, part in observation.items()}
    if isinstance(observation, tuple):
        return tuple(one(part) for part in observation)
    return np.asarray(observation)[None]


def _selected(observation: Any, which: Flags) -> Any:
    """The observations of a batch where `which`."""
    if isinstance(observation, dict):
        return {name: _selected(part, which) for name, part in observation.items()}
    if isinstance(observation, tuple):
        return tuple(_selected(part, which) for part in observation)
    return np.asarray(observation)[which]


def _keys(keys: Any) -> torch.Tensor | None:
    """State keys as 64-bit integers, `(1, envs)`; a float may not hold a key exactly."""
    if keys is None:
        return None
    array = np.asarray(keys)
    if array.dtype.kind not in "biu":
        raise BadInput(f"the environment's state keys are {array.dtype}: they must be whole numbers of 64 bits.")
    return torch.from_numpy(array.astype(np.int64))[None]


def _joined(parts: list[Transitions]) -> Transitions:
    """All transitions as one batch."""
    joined: dict[str, Any] = {}
    for field in fields(Transitions):
        tensors = [getattr(part, field.name) for part in parts]
        joined[field.name] = None if any(tensor is None for tensor in tensors) else torch.cat(tensors, dim=1)
    return Transitions(**{**joined, "valid": None})
