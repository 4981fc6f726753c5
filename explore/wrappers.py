"""Wrappers that add a bonus to the reward of a Gymnasium environment, or only report it.

`BonusReward` wraps a vector environment, `BonusRewardSingle` a single one. The bonus observes each real step with
its true successor, in every autoreset mode:

    SAME_STEP    the observation returned is already the next episode's; the successor is `info["final_obs"]`
    NEXT_STEP    the step after an episode's end only resets: it is no transition, gets no bonus, and teaches nothing
    DISABLED     the caller resets ended environments, with `options={"reset_mask": …}`

β stays constant unless the bonus has a `half_life`, in environment steps of all `envs` together
(`"rnd:half_life=40000"`): a wrapper does not know how long the run will be.

A bonus frozen for evaluation is still computed, but its counts, normalisers and networks do not change. `freeze` does
not affect the reward: with `add` it still includes the bonus, as in training. Evaluate an agent by
`info["extrinsic_reward"]`, or by a wrapper with `add=False`.

An environment may provide keys of its exact states, for bonuses that count `by=state`: `info["state_key"]`, and in
SAME_STEP mode `info["final_state_key"]` or `info["final_info"]["state_key"]` for the successors of steps that ended an
episode. A wrapper never steps or resets the environment by itself.

What the environment returns is checked (`explore.encoding.leaves`), and so is an action before the environment gets it:
the message of BadInput names the value and what the space allows. An observation that is not finite is refused, or,
with `on_invalid="skip"`, the steps to it and from it get no bonus and are not learned from.
"""

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv, VectorWrapper

from explore.core.bonus import Bonus
from explore.encoding.steps import OnInvalid, batch_of_one
from explore.errors import BadInput
from explore.wrapped_bonus import WrappedBonus


class SharedWrapper:
    """What the wrappers share: the bonus, and the freeze of it."""

    _wrapped: WrappedBonus

    @property
    def bonus(self) -> Bonus:
        """The bonus that is paid."""
        return self._wrapped.bonus

    def freeze(self, frozen: bool = True) -> None:
        """Stop (or resume) learning about the world, for evaluation; the bonus is paid on."""
        self.bonus.freeze(frozen)


class BonusReward(SharedWrapper, VectorWrapper):
    """Pays a bonus in every step of a vector environment.

    env: the vector environment; its `metadata["autoreset_mode"]` says how it resets.
    bonus: a spec string such as `"rnd:beta=0.01"`, or a `Bonus` made for one learner and `env.num_envs` environments.
    add: add the bonus to the reward; otherwise only report it.
    learn_every: call `bonus.learn` every so many steps, on all transitions since the last call; 0 leaves it to you. Of
        no effect on bonuses that learn from each new transition once (`learns_from=new`, such as `rnd`).
    seed: of the bonus, when it is given as a string.
    on_invalid: what to do with an observation that has NaN or infinity: "refuse" it (BadInput), or "skip" the steps to
    it and from it, which then earn no bonus and teach nothing.
    trusted: take observations as they come, with a check of their shape alone.

    `info["bonus"]` and `info["extrinsic_reward"]`, `(num_envs,)` float64, tell the two apart. Raises BadInput where the
    bonus does not fit, or `env` is not a vector environment.

    Without:

    >>> import gymnasium as gym
    >>> from explore import BonusReward
    >>> envs = gym.make_vec("FrozenLake-v1", num_envs=2, vectorization_mode="sync", is_slippery=False)
    >>> _ = envs.reset(seed=0)
    >>> envs.step(envs.action_space.dtype.type([2, 0]))[1].tolist()
    [0.0, 0.0]

    With, arriving for the first time at the square next to the start, and bumping into the wall:

    >>> envs = BonusReward(envs, "count:beta=0.1")
    >>> _ = envs.reset(seed=0)
    >>> _, reward, _, _, info = envs.step(envs.action_space.dtype.type([2, 0]))
    >>> reward.round(4).tolist(), info["extrinsic_reward"].tolist()
    ([0.1, 0.0], [0.0, 0.0])
    """

    def __init__(
        self,
        env: VectorEnv[Any, Any, Any],
        bonus: Bonus | str,
        *,
        add: bool = True,
        learn_every: int = 1,
        seed: int = 0,
        on_invalid: OnInvalid = "refuse",
        trusted: bool = False,
    ) -> None:
        if not isinstance(env, VectorEnv):
            raise BadInput("BonusReward wraps a vector environment: use BonusRewardSingle for a single one.")
        if not isinstance(env.metadata.get("autoreset_mode"), AutoresetMode):
            raise BadInput('the environment does not say how it resets: set metadata["autoreset_mode"] to its mode.')
        super().__init__(env)
        spaces = (env.single_observation_space, env.single_action_space)
        self._wrapped = WrappedBonus(
            bonus,
            env.num_envs,
            spaces,
            seed=seed,
            learn_every=learn_every,
            on_invalid=on_invalid,
            trusted=trusted,
            resets_within=env.metadata["autoreset_mode"] == AutoresetMode.SAME_STEP,
        )
        self._add = add

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        mask = (options or {}).get("reset_mask")  # read first: the environment takes it out of the options
        which = np.ones(self.num_envs, dtype=np.bool_) if mask is None else np.array(mask, dtype=np.bool_)
        observation, info = self.env.reset(seed=seed, options=options)
        self._wrapped.reset(observation, info, which)
        return observation, info

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        checked = self._wrapped.actions(actions)
        observation, reward, terminated, truncated, info = self.env.step(actions)
        paid = self._wrapped.pay(checked, reward, terminated, truncated, observation, info)
        info = {**info, "bonus": paid, "extrinsic_reward": np.array(reward, dtype=np.float64)}
        return observation, reward + paid if self._add else reward, terminated, truncated, info


class BonusRewardSingle(SharedWrapper, gym.Wrapper[Any, Any, Any, Any]):
    """Pays a bonus in every step of a single environment; arguments as in `BonusReward`.

    `info["bonus"]` and `info["extrinsic_reward"]` are floats. Stable-Baselines3 and the like take it as it is.

    >>> import gymnasium as gym
    >>> from explore import BonusRewardSingle
    >>> env = BonusRewardSingle(gym.make("FrozenLake-v1", is_slippery=False), "count:beta=0.1", add=False)
    >>> _ = env.reset(seed=0)
    >>> _, reward, _, _, info = env.step(2)
    >>> float(reward), round(info["bonus"], 4)
    (0.0, 0.1)
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        bonus: Bonus | str,
        *,
        add: bool = True,
        learn_every: int = 1,
        seed: int = 0,
        on_invalid: OnInvalid = "refuse",
        trusted: bool = False,
    ) -> None:
        if isinstance(env, VectorEnv):
            raise BadInput("BonusRewardSingle wraps a single environment: use BonusReward for a vector one.")
        if not isinstance(env, gym.Env):
            raise BadInput(
                f"BonusRewardSingle wraps a Gymnasium environment, such as gymnasium.make gives, not {env!r}."
            )
        super().__init__(env)
        spaces = (env.observation_space, env.action_space)
        self._wrapped = WrappedBonus(
            bonus, 1, spaces, seed=seed, learn_every=learn_every, on_invalid=on_invalid, trusted=trusted
        )
        self._add = add

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self._wrapped.reset(batch_of_one(observation), _batched_info(info), np.ones(1, dtype=np.bool_))
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        checked = self._wrapped.actions(batch_of_one(action))
        observation, reward, terminated, truncated, info = self.env.step(action)
        shape = np.asarray(reward).shape
        if shape:
            raise BadInput(f"the environment's reward has shape {shape}: a single number is right.")
        paid = self._wrapped.pay(
            checked, [reward], [terminated], [truncated], batch_of_one(observation), _batched_info(info)
        )
        bonus = float(paid[0])
        info = {**info, "bonus": bonus, "extrinsic_reward": float(reward)}
        return observation, float(reward) + bonus if self._add else reward, terminated, truncated, info


def _batched_info(info: dict[str, Any]) -> dict[str, Any]:
    return {"state_key": np.array([info["state_key"]])} if "state_key" in info else {}
