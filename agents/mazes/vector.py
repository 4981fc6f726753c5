"""What both backends share: spaces, seeds and autoreset of a vector of mazes."""

import math
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv

from agents.mazes.engine.moves import DEEP_SEA
from agents.mazes.layouts.layouts import Layouts
from explore.errors import BadInput, unknown
from explore.numerics.seeding import checked_seed

Flags = npt.NDArray[np.bool_]
Observation = dict[str, npt.NDArray[Any]]
Outcome = tuple[Observation, npt.NDArray[np.float64], Flags, Flags, dict[str, Any]]


class Mazes(VectorEnv[Any, Any, Any]):
    """`len(seeds)` slots, each on layouts of its own stream; an ended slot is reset within the step.

    compiled: whether the steps are the engine's. why_not: the reason where they are real MiniGrid's.
    An observation has the view as `image` `(slots, size, size, 3)` uint8, the `direction` `(slots,)`, and, where the
    maze has several, the number of the `mission` `(slots,)`. The full view is the grid `(slots, width, height, 3)` with
    the agent in it. What a step pays is multiplied by `reward_scale`; `success` in `info` says where
    this step reached the true goal; DeepSea also tells there of a `bad_episode`, one that has gone wrong.
    Where episodes ended, `final_obs` is a batch of what their slots saw last, and `final_info` what the step told of
    them, each with Gymnasium's masks. ResetNeeded where a step comes before the first reset.
    """

    compiled: bool

    def __init__(
        self,
        layouts: Layouts,
        seeds: Sequence[int],
        state_key: bool = False,
        view: str = "partial",
        reward_scale: float = 1.0,
    ) -> None:
        if view not in ("partial", "full"):
            raise unknown("view", view, ["partial", "full"])
        if not (math.isfinite(reward_scale) and reward_scale > 0):
            raise BadInput(f"a reward scale of {reward_scale}: give a finite number above 0.")
        self.layouts = layouts
        self.full = view == "full"
        self.reward_scale = float(reward_scale)
        self.why_not = layouts.why_not
        self.with_key = state_key
        self.num_envs = len(seeds)
        self.slot_seeds = np.array(seeds, dtype=np.int64)
        self.begun = False
        self.episodes = np.zeros(self.num_envs, dtype=np.int64)
        self.visits = np.zeros((self.num_envs, 0), dtype=np.int64)
        self.metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
        self.image_shape = (layouts.width, layouts.height, 3) if self.full else (layouts.view, layouts.view, 3)
        parts: dict[str, gym.Space[Any]] = {
            "image": gym.spaces.Box(0, 255, self.image_shape, np.uint8),
            "direction": gym.spaces.Discrete(4),
        }
        if len(layouts.missions) > 1:
            parts["mission"] = gym.spaces.Discrete(len(layouts.missions))
        self.single_observation_space = gym.spaces.Dict(parts)
        self.single_action_space = gym.spaces.Discrete(layouts.actions)
        self.observation_space = gym.vector.utils.batch_space(self.single_observation_space, self.num_envs)
        self.action_space = gym.vector.utils.batch_space(self.single_action_space, self.num_envs)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in every slot; `seed` gives the slots new streams (slot i: seed + i, or its own).

        options: `{"reset_mask": …}` with `(slots,)` bool begins one in these slots alone, and the others play on.
        BadInput for seeds or a mask that do not fit the slots.
        """
        which = self._which(options)
        given = [None] * self.num_envs if seed is None else given_seeds(seed, self.num_envs)
        if isinstance(seed, Integral):
            super().reset(seed=int(seed))  # what Gymnasium itself remembers of it
        for slot in np.flatnonzero(which).tolist():
            value = given[slot]
            if value is not None:
                self.slot_seeds[slot], self.episodes[slot] = value, 0
        self.begun = True
        return self.begin(which)

    def count_visits(self) -> None:
        """From now on `visits` `(slots, width·height)` counts where each step led: cell x·height + y.

        The end of an episode counts, the start of the next does not: one visit per step.
        """
        self.visits = np.zeros((self.num_envs, self.layouts.width * self.layouts.height), dtype=np.int64)

    def begin(self, which: Flags) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in the slots `which`, `(slots,)`; what all slots see."""
        raise NotImplementedError

    def reported(self, success: Flags, bad: Flags) -> dict[str, Any]:
        """What a step tells apart from the reward, as `info` with Gymnasium's masks."""
        told = {"success": success, "_success": np.ones(self.num_envs, dtype=bool)}
        if self.layouts.rule == DEEP_SEA:
            told |= {"bad_episode": bad, "_bad_episode": np.ones(self.num_envs, dtype=bool)}
        return told

    def ended(self, final: Observation, told: dict[str, Any], key: dict[str, Any], over: Flags) -> dict[str, Any]:
        """What `info` has where episodes ended, `over`: the slots' last observations, reports and state keys."""
        last: dict[str, Any] = {}
        for name, part in (told | key).items():
            if not name.startswith("_"):
                last |= {name: part * over, f"_{name}": over}  # zeros where a slot plays on
        named = {"final_state_key": last["state_key"], "_final_state_key": over} if key else {}
        return {"final_obs": final, "_final_obs": over, "final_info": last, "_final_info": over} | named

    def checked(self, actions: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The actions as numbers; BadInput where there is not one per slot, or one that the maze does not have."""
        if not self.begun:
            raise gym.error.ResetNeeded("step was called before reset: reset the mazes first.")
        found = np.asarray(actions)
        if found.shape != (self.num_envs,) or found.dtype.kind not in "iu":
            raise BadInput(f"actions have shape {found.shape} and type {found.dtype}: give {self.num_envs} integers.")
        count = self.layouts.actions
        if found.size and (found.min() < 0 or found.max() >= count):
            wrong = found[(found < 0) | (found >= count)][0]
            raise BadInput(f"action {wrong} is none of this maze's: they are 0 to {count - 1}.")
        return found.astype(np.int64, copy=False)

    def _which(self, options: dict[str, Any] | None) -> Flags:
        """The slots that a reset is to begin anew, all where no mask is given."""
        mask = (options or {}).get("reset_mask")
        if mask is None:
            return np.ones(self.num_envs, dtype=bool)
        found = np.asarray(mask)
        if found.shape != (self.num_envs,) or found.dtype != np.bool_ or not found.any():
            raise BadInput(
                f"a reset_mask of shape {found.shape} and type {found.dtype} with {np.count_nonzero(found)} slots set: "
                f"give {self.num_envs} booleans, one of them True at least."
            )
        if not self.begun:
            raise gym.error.ResetNeeded("some mazes were reset before all of them were: reset without a mask first.")
        return found


def given_seeds(seed: Any, slots: int) -> list[int | None]:
    """The seeds of `slots` slots: seed, seed + 1, …, or one each, None for a slot that keeps its own. BadInput else."""
    if isinstance(seed, Integral):
        given = [int(seed) + slot for slot in range(slots)]
    else:
        try:
            given = list(seed)
        except TypeError:
            raise BadInput(f"seed {seed!r}: give a whole number, or {slots} of them.") from None
    if len(given) != slots:
        raise BadInput(f"{len(given)} seeds for {slots} environments: give one each.")
    return [None if value is None else checked_seed(value) for value in given]
