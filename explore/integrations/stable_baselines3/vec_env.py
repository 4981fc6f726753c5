"""The bonus in the rewards of a vector environment, for PPO and A2C: returns are computed from what it returns.

SB3's vector environments reset within the step that ends an episode. The successor of that step is
`infos[i]["terminal_observation"]`, and `infos[i]["TimeLimit.truncated"]` tells a truncation from a terminal state.
"""

import os
import time
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from explore.core.bonus import Bonus
from explore.core.saving import read_state, write_state
from explore.encoding.steps import OnInvalid
from explore.errors import BadInput
from explore.integrations.run_statistics import RunStatistics
from explore.optional import missing_class
from explore.wrapped_bonus import WrappedBonus

try:
    from stable_baselines3.common.vec_env import VecEnvWrapper, unwrap_vec_normalize
except ImportError:
    VecEnvWrapper = missing_class("stable_baselines3", "sb3")


class BonusVecEnv(VecEnvWrapper):
    """Pays a bonus in every step of SB3's vector environment `venv`.

    bonus: a spec string such as `"rnd:beta=0.01"`, or a `Bonus` for one learner and `venv.num_envs` environments.
    learn_every: vector steps between two optimiser steps of a bonus that learns from drawn batches, on all transitions
    since the last; 0 leaves them to `BonusCallback`, which takes them on each rollout in batches as large as the
    model's. seed: of a bonus that is given as a string. on_invalid: as `BonusReward` takes it.

    `infos[i]["bonus"]` and `infos[i]["extrinsic_reward"]` tell the two apart, and `infos[i]["episode"]`, which SB3's
    `rollout/ep_rew_mean` is made of, has the extrinsic return: `Monitor` within this wrapper puts it there, and this
    wrapper does where there is none. (A `VecMonitor` around it would measure the sum.)

    With `VecNormalize`, normalise observations around this wrapper, `VecNormalize(BonusVecEnv(venv, …))`: BadInput the
    other way round, since the bonus would see the same state differently each time. Rewards may be normalised within,
    which leaves the size of the bonus as it is, or around, which scales both together.
    """

    def __init__(
        self,
        venv: Any,
        bonus: Bonus | str,
        *,
        learn_every: int = 1,
        seed: int = 0,
        on_invalid: OnInvalid = "refuse",
    ) -> None:
        super().__init__(venv)
        self._normalize = unwrap_vec_normalize(venv)
        if self._normalize is not None and self._normalize.norm_obs:
            raise BadInput(
                "VecNormalize changes the observations within BonusVecEnv: wrap them as "
                "VecNormalize(BonusVecEnv(venv, bonus)), or normalise rewards alone with norm_obs=False."
            )
        self.wrapped = WrappedBonus(
            bonus,
            venv.num_envs,
            (venv.observation_space, venv.action_space),
            seed=seed,
            learn_every=learn_every,
            on_invalid=on_invalid,
            trusted=False,
            resets_within=True,
        )
        self.statistics = RunStatistics(venv.num_envs)
        self._taken: Any = None
        self._started = time.time()

    @property
    def bonus(self) -> Bonus:
        """The bonus that is paid."""
        return self.wrapped.bonus

    def freeze(self, frozen: bool = True) -> None:
        """Stop (or resume) learning about the world, for evaluation; the bonus is paid on."""
        self.bonus.freeze(frozen)

    def reset(self) -> Any:
        """Reset all environments; episodes that were under way count for no statistic."""
        observation = self.venv.reset()
        everywhere = np.ones(self.num_envs, dtype=np.bool_)
        self.wrapped.reset(observation, _state_keys(self.venv.reset_infos, "state_key"), everywhere)
        self.statistics.restart(everywhere)
        return observation

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Begin a step; BadInput for actions that do not fit the space."""
        self._taken = self.wrapped.actions(actions)
        self.venv.step_async(actions)

    def step_wait(self) -> Any:
        """The step with the bonus in its rewards, `(num_envs,)` float32."""
        observation, reward, done, infos = self.venv.step_wait()
        ended = np.asarray(done, dtype=np.bool_)
        truncated = ended & np.array([bool(info.get("TimeLimit.truncated", False)) for info in infos])
        extrinsic = reward if self._normalize is None else self._normalize.get_original_reward()
        paid = self.wrapped.pay(
            self._taken, extrinsic, ended & ~truncated, truncated, observation, self._vector_info(infos, ended)
        )
        assert self.wrapped.last is not None
        self.statistics.observe(self.wrapped.last)
        self.statistics.add_bonus(torch.from_numpy(paid))
        for env, info in enumerate(infos):
            info["bonus"], info["extrinsic_reward"] = float(paid[env]), float(extrinsic[env])
            if ended[env] and "episode" not in info:
                info["episode"] = {
                    "r": round(float(self.statistics.episode_return[env]), 6),
                    "l": int(self.statistics.episode_length[env]),
                    "t": round(time.time() - self._started, 6),
                }
        self.statistics.end_episodes(ended)
        return observation, (reward + paid).astype(np.float32), done, infos

    def save_bonus(self, path: str | os.PathLike[str]) -> None:
        """Write the bonus with all that it has learned: `load_bonus` brings it back."""
        state = {"made_with": self._made_with(), "bonus": self.bonus.state_dict()}
        write_state(state | {"default_half_life": self.bonus.default_half_life}, path, "bonus")

    def load_bonus(self, path: str | os.PathLike[str]) -> None:
        """Go on with a bonus that `save_bonus` wrote; every environment begins a new episode.

        BadInput where there is no such file, or the bonus was made otherwise.
        """
        state = read_state(path, self.bonus.steps.device, "bonus")
        if state["made_with"] != self._made_with():
            raise BadInput(f"{os.fspath(path)} has the bonus {state['made_with']}, this one is {self._made_with()}.")
        self.bonus.load_state_dict(state["bonus"])
        self.bonus.default_half_life = state["default_half_life"]
        self.bonus.begin_episodes()

    def _made_with(self) -> dict[str, Any]:
        """What must be equal for the state of another bonus to be gone on with."""
        settings = self.bonus.settings.model_dump(mode="json")
        return {
            "name": type(self.bonus).__name__,
            "environments": self.num_envs,
            "observations": str(self.bonus.observation_space),
            "actions": str(self.bonus.action_space),
            "settings": settings,
        }

    def _vector_info(self, infos: list[dict[str, Any]], ended: npt.NDArray[np.bool_]) -> dict[str, Any]:
        """The infos of all environments as Gymnasium's vector environments give them, as far as a bonus needs them."""
        final = np.full(self.num_envs, None, dtype=object)
        for env in np.flatnonzero(ended):
            final[env] = infos[env].get("terminal_observation")
        # SB3's info of a step that ended an episode is that of its last state; the next one's is in `reset_infos`.
        now = [self.venv.reset_infos[env] if ended[env] else info for env, info in enumerate(infos)]
        return {"final_obs": final} | _state_keys(now, "state_key") | _state_keys(infos, "final_state_key")


def _state_keys(infos: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The names of the exact states, where every environment gives its own, as `{name: (envs,)}`."""
    if not all("state_key" in info for info in infos):
        return {}
    return {name: np.array([info["state_key"] for info in infos])}
