"""A bonus for any Gymnasium loop: wrappers that pay it with the reward, or only report it.

`BonusReward` wraps a vector environment, `BonusRewardSingle` a single one. Each real step is shown to the bonus with
its true successor, whatever the autoreset mode:

    SAME_STEP    the observation returned is already the next episode's; the successor is `info["final_obs"]`
    NEXT_STEP    the step after an episode's end only resets: it is no transition, earns no bonus, teaches nothing
    DISABLED     the caller resets ended environments, with `options={"reset_mask": …}`

A bonus frozen for evaluation keeps paying under what it knew, and keeps its counts, normalisers and networks still.
`freeze` says nothing of the reward: with `add` it still holds the bonus, so that a frozen copy measures what a training
loop would see. Judge an agent by `info["extrinsic_reward"]`, or by a wrapper with `add=False`.

An environment may name its exact states, for bonuses that count `by=state`: `info["state_key"]`, and in SAME_STEP mode
`info["final_state_key"]` or `info["final_info"]["state_key"]` for the successors of steps that ended an episode.
A wrapper never steps or resets the environment by itself.
"""

from dataclasses import fields
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper

from explore.core.bonus import Bonus
from explore.core.plugins import make_bonus
from explore.core.transitions import Transitions
from explore.errors import BadInput

Flags = npt.NDArray[np.bool_]


class Payer:
    """Shows a bonus what `envs` environments did, as one learner, and says what it pays.

    learn_every: steps between two optimiser steps of the bonus, on all transitions since the last; 0 never learns.
    """

    def __init__(self, bonus: Bonus | str, envs: int, spaces: tuple[Any, Any], seed: int, learn_every: int) -> None:
        if isinstance(bonus, str):
            bonus = make_bonus(bonus, *spaces, envs=envs, seed=seed)
        if bonus.learners != 1 or bonus.envs != envs:
            raise BadInput(
                f"the bonus is made for {bonus.learners} learners with {bonus.envs} environments each: "
                f"one learner with {envs} is wanted here."
            )
        if learn_every < 0:
            raise BadInput(f"learn_every is {learn_every}: give the steps between two updates, or 0 for none.")
        self.bonus = bonus
        self.learn_every = learn_every
        self.over: Flags = np.zeros(envs, dtype=np.bool_)  # where the episode ended and no new one has begun
        self._rows: torch.Tensor | None = None
        self._state_key: torch.Tensor | None = None
        self._waiting: list[Transitions] = []
        self._steps = 0

    def reset(self, observation: Any, info: dict[str, Any], which: Flags) -> None:
        """New episodes began in the environments `which`; `observation` is a batch of all."""
        self._rows = self._encode(observation)
        key = _keys(info.get("state_key"))
        if key is not None and self._state_key is not None:
            # Of the environments that were not reset the info tells nothing, zeros in their place.
            key = torch.where(torch.from_numpy(which), key, self._state_key)
        self._state_key = key
        self.over = self.over & ~which
        self.bonus.episode_start[0, torch.from_numpy(which)] = True

    def pay(
        self, action: Any, reward: Any, terminated: Flags, truncated: Flags, after: Any, info: dict[str, Any]
    ) -> npt.NDArray[np.float64]:
        """The bonus of one step, `(envs,)`; `after` is the batch of observations that the step returned."""
        if self._rows is None:
            raise BadInput("step was called before reset: reset the environment first.")
        rows, ended = self._encode(after), terminated | truncated
        key = _keys(info.get("state_key"))
        successor, next_key = rows, key
        if "final_obs" in info and ended.any():
            successor = self._with_final(rows, info["final_obs"], ended)
            if key is not None:
                # Gymnasium's own vector environments hand the last info of an episode over as `final_info`.
                final_key = _keys(info.get("final_state_key", info.get("final_info", {}).get("state_key")))
                # None where the name of the true successor is lost.
                next_key = None if final_key is None else torch.where(torch.from_numpy(ended), final_key, key)
        transitions = Transitions(
            observation=self._rows,
            action=_actions(action),
            reward=torch.from_numpy(np.asarray(reward, dtype=np.float32))[None],
            next_observation=successor,
            terminated=torch.from_numpy(terminated)[None],
            truncated=torch.from_numpy(truncated)[None],
            state_key=self._state_key,
            next_state_key=next_key,
            valid=torch.from_numpy(~self.over)[None] if self.over.any() else None,
        ).to(self.bonus.steps.device)
        episodic = self.bonus.observe(transitions)
        paid = self.bonus.score(transitions, episodic)[0].double().cpu().numpy()
        paid = np.where(self.over, 0.0, paid)
        self._learn(transitions)
        self._rows, self._state_key, self.over = rows, key, ended
        return paid

    def _learn(self, transitions: Transitions) -> None:
        if not self.learn_every or self.bonus.frozen:
            return
        real = transitions if transitions.valid is None else transitions.select((slice(None), transitions.valid[0]))
        self._waiting.append(real)
        self._steps += 1
        if self._steps % self.learn_every == 0:
            batch = _joined(self._waiting)
            self._waiting = []
            if batch.reward.shape[1]:
                self.bonus.learn(batch)

    def _encode(self, observation: Any) -> torch.Tensor:
        return torch.from_numpy(np.array(self.bonus.encoder.encode(observation)))[None]

    def _with_final(self, rows: torch.Tensor, final: Any, ended: Flags) -> torch.Tensor:
        """`rows` with the true successors where episodes ended: one object per environment, or a batch of all."""
        if not (isinstance(final, np.ndarray) and final.dtype == object):
            return torch.where(torch.from_numpy(ended)[None, :, None], self._encode(final), rows)
        rows = rows.clone()
        for env in np.flatnonzero(ended):
            rows[:, env] = self._encode(one(final[env]))[:, 0]
        return rows


class Pays:
    """What the wrappers share: the bonus, and the freeze of it."""

    _payer: Payer

    @property
    def bonus(self) -> Bonus:
        """The bonus that is paid."""
        return self._payer.bonus

    def freeze(self, frozen: bool = True) -> None:
        """Stop (or resume) learning about the world, for evaluation; the bonus is paid on."""
        self.bonus.freeze(frozen)


class BonusReward(Pays, VectorWrapper):
    """Pays a bonus in every step of a vector environment.

    env: the vector environment; its `metadata["autoreset_mode"]` says how it resets.
    bonus: a spec string such as `"rnd:beta=0.01"`, or a `Bonus` made for one learner and `env.num_envs` environments.
    add: add the bonus to the reward; otherwise only report it.
    learn_every: let the bonus learn on its own every so many steps; 0 leaves `bonus.learn` to you.
    seed: of the bonus, when it is given as a string.

    `info["bonus"]` and `info["extrinsic_reward"]`, `(num_envs,)` float64, tell the two apart. Raises BadInput where the
    bonus does not fit, or `env` is not a vector environment.

    Without:

    >>> import gymnasium as gym
    >>> from explore import BonusReward
    >>> envs = gym.make_vec("FrozenLake-v1", num_envs=2, vectorization_mode="sync", is_slippery=False)
    >>> _ = envs.reset(seed=0)
    >>> envs.step(envs.action_space.dtype.type([2, 0]))[1].tolist()
    [0.0, 0.0]

    With, arriving for the first time at a square beside the start, and bumping into the wall:

    >>> envs = BonusReward(envs, "count:beta=0.1")
    >>> _ = envs.reset(seed=0)
    >>> _, reward, _, _, info = envs.step(envs.action_space.dtype.type([2, 0]))
    >>> reward.round(4).tolist(), info["extrinsic_reward"].tolist()
    ([0.0995, 0.0], [0.0, 0.0])
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        bonus: Bonus | str,
        *,
        add: bool = True,
        learn_every: int = 1,
        seed: int = 0,
    ) -> None:
        if not isinstance(env, VectorEnv):
            raise BadInput("BonusReward wraps a vector environment: use BonusRewardSingle for a single one.")
        if not isinstance(env.metadata.get("autoreset_mode"), AutoresetMode):
            raise BadInput('the environment does not say how it resets: set metadata["autoreset_mode"] to its mode.')
        super().__init__(env)
        spaces = (env.single_observation_space, env.single_action_space)
        self._mode: AutoresetMode = env.metadata["autoreset_mode"]
        self._payer = Payer(bonus, env.num_envs, spaces, seed, learn_every)
        self._add = add

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        mask = (options or {}).get("reset_mask")  # read first: the environment takes it out of the options
        which = np.ones(self.num_envs, dtype=np.bool_) if mask is None else np.array(mask, dtype=np.bool_)
        observation, info = self.env.reset(seed=seed, options=options)
        self._payer.reset(observation, info, which)
        return observation, info

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.env.step(actions)
        paid = self._payer.pay(actions, reward, terminated, truncated, observation, info)
        if self._mode == AutoresetMode.SAME_STEP:
            self._payer.over = np.zeros(self.num_envs, dtype=np.bool_)  # the new episode has begun already
        info = {**info, "bonus": paid, "extrinsic_reward": np.array(reward, dtype=np.float64)}
        return observation, reward + paid if self._add else reward, terminated, truncated, info


class BonusRewardSingle(Pays, gym.Wrapper[Any, Any, Any, Any]):
    """Pays a bonus in every step of a single environment; arguments as in `BonusReward`.

    `info["bonus"]` and `info["extrinsic_reward"]` are floats. Stable-Baselines3 and the like take it as it is.

    >>> import gymnasium as gym
    >>> from explore import BonusRewardSingle
    >>> env = BonusRewardSingle(gym.make("FrozenLake-v1", is_slippery=False), "count:beta=0.1", add=False)
    >>> _ = env.reset(seed=0)
    >>> _, reward, _, _, info = env.step(2)
    >>> reward, round(info["bonus"], 4)
    (0, 0.0995)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        bonus: Bonus | str,
        *,
        add: bool = True,
        learn_every: int = 1,
        seed: int = 0,
    ) -> None:
        if isinstance(env, VectorEnv):
            raise BadInput("BonusRewardSingle wraps a single environment: use BonusReward for a vector one.")
        super().__init__(env)
        self._payer = Payer(bonus, 1, (env.observation_space, env.action_space), seed, learn_every)
        self._add = add

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self._payer.reset(one(observation), _batch_of_one(info), np.ones(1, dtype=np.bool_))
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.env.step(action)
        flags = (np.array([terminated], dtype=np.bool_), np.array([truncated], dtype=np.bool_))
        paid = self._payer.pay(one(action), [reward], *flags, one(observation), _batch_of_one(info))
        bonus = float(paid[0])
        info = {**info, "bonus": bonus, "extrinsic_reward": float(reward)}
        return observation, float(reward) + bonus if self._add else reward, terminated, truncated, info


def one(observation: Any) -> Any:
    """A batch of one, as a vector environment would give it."""
    if isinstance(observation, dict):
        return {name: one(part) for name, part in observation.items()}
    if isinstance(observation, tuple):
        return tuple(one(part) for part in observation)
    return np.asarray(observation)[None]


def _batch_of_one(info: dict[str, Any]) -> dict[str, Any]:
    return {"state_key": np.array([info["state_key"]])} if "state_key" in info else {}


def _keys(keys: Any) -> torch.Tensor | None:
    return None if keys is None else torch.from_numpy(np.array(keys, dtype=np.int64))[None]


def _actions(action: Any) -> torch.Tensor:
    array = np.array(action)
    # One whole number per environment is a category; anything else is a vector, or the one number of a Box.
    category = array.ndim == 1 and array.dtype.kind in "iub"
    return torch.from_numpy(array.astype(np.int64 if category else np.float32))[None]


def _joined(parts: list[Transitions]) -> Transitions:
    """All transitions as one batch."""
    joined: dict[str, Any] = {}
    for field in fields(Transitions):
        tensors = [getattr(part, field.name) for part in parts]
        joined[field.name] = None if any(tensor is None for tensor in tensors) else torch.cat(tensors, dim=1)
    return Transitions(**{**joined, "valid": None})
