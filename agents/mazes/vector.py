"""Base class of both backends: spaces, seeds and autoreset of a vector of mazes."""

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
    maze has several missions, the number of the `mission` `(slots,)`: its text is `layouts.missions[number]`, and the
    numbers are the same in the training and the held-out layouts. The full view is the grid `(slots, width, height, 3)`
    with the agent in it.

    Rewards are multiplied by `reward_scale`. `info["success"]` says where this step reached the true goal, and of the
    deep sea `info["bad_episode"]` where an episode has gone wrong. Where episodes ended, `info["final_obs"]` is an
    array of one observation per slot, None where the slot plays on, and `info["final_info"]` a dict of arrays: as
    Gymnasium's own vector environments give them, each with its mask. ResetNeeded where a step comes before the first
    reset.
    """

    compiled: bool

    def __init__(
        self,
        layouts: Layouts,
        seeds: Sequence[int],
        state_key: bool = False,
        view: str | None = None,
        reward_scale: float = 1.0,
    ) -> None:
        """seeds: one per slot. state_key: whether `info` has the full state as a 64-bit key.

        view: "partial", "full", or None for what the maze's id says. BadInput for another view, and for a scale that is
        negative or no number.
        """
        if view not in (None, "partial", "full"):
            raise unknown("view", str(view), ["partial", "full"])
        if not (math.isfinite(reward_scale) and reward_scale >= 0):
            raise BadInput(f"a reward scale of {reward_scale}: give a finite number, 0 or more.")
        self.layouts = layouts
        self.full = layouts.full if view is None else view == "full"
        self.reward_scale = float(reward_scale)
        self.why_not = layouts.why_not
        self.with_key = state_key
        self.num_envs = len(seeds)
        self.slot_seeds = np.array(seeds, dtype=np.int64)
        self.begun = False
        self.episodes = np.zeros(self.num_envs, dtype=np.int64)
        self.visits = np.zeros((self.num_envs, 0), dtype=np.int64)
        self.metadata = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": ["rgb_array"]}
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
        which = self._slots_to_reset(options)
        new_seeds = [None] * self.num_envs if seed is None else checked_seeds(seed, self.num_envs)
        if isinstance(seed, Integral):
            super().reset(seed=int(seed))  # Gymnasium keeps it as `np_random_seed`
        for slot in np.flatnonzero(which).tolist():
            new_seed = new_seeds[slot]
            if new_seed is not None:
                self.slot_seeds[slot], self.episodes[slot] = new_seed, 0
        self.begun = True
        return self.begin(which)

    def count_visits(self) -> None:
        """From now on `visits` `(slots, width·height)` counts where each step led: cell x·height + y.

        The end of an episode counts, the start of the next does not: one visit per step.
        """
        self.visits = np.zeros((self.num_envs, self.layouts.width * self.layouts.height), dtype=np.int64)

    def render(self) -> tuple[npt.NDArray[np.uint8], ...]:
        """Pictures of the slots, where the mazes were made with a render mode; BadInput where not."""
        raise BadInput("these mazes do not render: make them with render_mode='rgb_array'.")

    def begin(self, which: Flags) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode in the slots `which`, `(slots,)`; what all slots see."""
        raise NotImplementedError

    def reported(self, success: Flags, bad_episode: Flags) -> dict[str, Any]:
        """What a step reports apart from the reward, as `info` with Gymnasium's masks."""
        everywhere = np.ones(self.num_envs, dtype=bool)
        info = {"success": success, "_success": everywhere}
        if self.layouts.rules.rule == DEEP_SEA:
            info |= {"bad_episode": bad_episode, "_bad_episode": everywhere}
        return info

    def ended(self, final: Observation, info: dict[str, Any], keys: dict[str, Any], over: Flags) -> dict[str, Any]:
        """What `info` has where episodes ended, `over`: the slots' last observations, reports and state keys.

        final: the batch of last observations, of which the rows of the ended slots count.
        """
        final_obs = np.full(self.num_envs, None, dtype=object)
        slots, names = np.flatnonzero(over), tuple(final)
        rows = zip(*(list(part[slots]) for part in final.values()), strict=True)
        for slot, row in zip(slots.tolist(), rows, strict=True):
            final_obs[slot] = dict(zip(names, row, strict=True))
        final_info: dict[str, Any] = {}
        for name, part in (info | keys).items():
            if not name.startswith("_"):
                final_info |= {name: part * over, f"_{name}": over}  # zeros where a slot plays on
        final_keys = {"final_state_key": final_info["state_key"], "_final_state_key": over} if keys else {}
        return {"final_obs": final_obs, "_final_obs": over, "final_info": final_info, "_final_info": over} | final_keys

    def checked(self, actions: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The actions as integers; BadInput where there is not one per slot, or one that the maze does not have."""
        if not self.begun:
            raise gym.error.ResetNeeded("step was called before reset: reset the mazes first.")
        array = np.asarray(actions)
        if array.shape != (self.num_envs,) or array.dtype.kind not in "iu":
            raise BadInput(f"actions have shape {array.shape} and type {array.dtype}: give {self.num_envs} integers.")
        count = self.layouts.actions
        if array.size and (array.min() < 0 or array.max() >= count):
            wrong = array[(array < 0) | (array >= count)][0]
            raise BadInput(f"action {wrong} is not one of this maze's: they are 0 to {count - 1}.")
        return array.astype(np.int64, copy=False)

    def _slots_to_reset(self, options: dict[str, Any] | None) -> Flags:
        """The slots in which a reset begins an episode: all where no mask is given."""
        mask = (options or {}).get("reset_mask")
        if mask is None:
            return np.ones(self.num_envs, dtype=bool)
        array = np.asarray(mask)
        if array.shape != (self.num_envs,) or array.dtype != np.bool_ or not array.any():
            raise BadInput(
                f"a reset_mask of shape {array.shape} and type {array.dtype} with {np.count_nonzero(array)} slots set: "
                f"give {self.num_envs} booleans, one of them True at least."
            )
        if not self.begun:
            raise gym.error.ResetNeeded("some mazes were reset before all of them were: reset without a mask first.")
        return array


def checked_seeds(seed: Any, slots: int) -> list[int | None]:
    """The seeds of `slots` slots: seed, seed + 1, …, or one each, None for a slot that keeps its own. BadInput else."""
    if isinstance(seed, Integral) and not isinstance(seed, bool):
        seeds: list[Any] = [int(seed) + slot for slot in range(slots)]
    else:
        try:
            seeds = list(seed)
        except TypeError:
            raise BadInput(f"seed {seed!r}: give a whole number, or {slots} of them.") from None
    if len(seeds) != slots:
        raise BadInput(f"{len(seeds)} seeds for {slots} environments: give one each.")
    return [None if value is None else checked_seed(value) for value in seeds]
