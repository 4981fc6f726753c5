"""What vector environments return beside their observations, checked: rewards, ends of episodes, names of states.

Used by everything that steps an environment: the wrappers of `explore` and the agents. Arrays are `(envs,)`, one
number per environment; BadInput says what came and what would be right.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from explore.encoding.leaves import LARGEST
from explore.errors import BadInput, unknown

OnInvalid = Literal["refuse", "skip"]
Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
# The rows of a number of observations, `(count, width)`, and which of them are finite, `(count,)`.
Encode = Callable[[Any, int], tuple[Array, Flags]]


def checked_on_invalid(on_invalid: Any) -> OnInvalid:
    """What to do with an observation that is not finite; BadInput for anything but "refuse" and "skip"."""
    if on_invalid not in ("refuse", "skip"):
        raise unknown("on_invalid", str(on_invalid), ["refuse", "skip"])
    checked: OnInvalid = on_invalid
    return checked


def checked_rewards(reward: Any, envs: int) -> npt.NDArray[np.float64]:
    """The rewards, `(envs,)`; BadInput for other shapes and types, and for what is not finite in float32."""
    array = _array(reward)
    if array.shape != (envs,) or array.dtype.kind not in "biuf":
        raise BadInput(
            f"the environment's rewards have shape {array.shape} and type {array.dtype}: "
            f"one number for each of {envs} environments is right."
        )
    rewards = array.astype(np.float64)
    finite = np.abs(rewards) <= LARGEST  # False for NaN
    if not finite.all():
        raise BadInput(f"the environment's reward is {rewards[~finite][0]}: rewards must be finite in float32.")
    return rewards


def checked_ends(name: str, ends: Any, envs: int) -> Flags:
    """`terminated` or `truncated`, `(envs,)`; BadInput for other shapes, and for what is neither true nor false."""
    array = _array(ends)
    if array.shape != (envs,):
        raise BadInput(
            f"the environment's {name} has shape {array.shape}: one for each of {envs} environments is right."
        )
    if array.dtype != np.bool_ and (array.dtype.kind not in "iuf" or not ((array == 0) | (array == 1)).all()):
        raise BadInput(f"the environment's {name} is {array.reshape(-1)[0]!r} ({array.dtype}): True or False is right.")
    return array.astype(np.bool_)  # a copy


def state_keys(info: dict[str, Any], envs: int) -> npt.NDArray[np.int64] | None:
    """The names of the exact states, as `info` gives them; None where it does not."""
    return _keys(info["state_key"], envs) if "state_key" in info else None


def final_state_keys(info: dict[str, Any], envs: int) -> npt.NDArray[np.int64] | None:
    """The names of the states in which episodes ended within this step; None where they are lost."""
    # Gymnasium's own vector environments hand the last info of an episode over as `final_info`.
    keys = info.get("final_state_key", info.get("final_info", {}).get("state_key"))
    return None if keys is None else _keys(keys, envs)


def with_final(rows: Array, finite: Flags, final: Any, ended: Flags, encode: Encode) -> tuple[Array, Flags]:
    """`rows` and `finite` of the true successors: those of `final`, `info["final_obs"]`, where episodes `ended`.

    final: an object per environment, or a batch, of which the rows of the ended ones count.
    """
    rows, finite = rows.copy(), finite.copy()
    if isinstance(final, np.ndarray) and final.dtype == object:
        if final.shape != ended.shape:
            raise BadInput(f"info['final_obs'] has shape {final.shape}: one for each of {len(ended)} environments.")
        for env in np.flatnonzero(ended):
            if final[env] is None:
                raise BadInput(f"info['final_obs'] has none for environment {env}, whose episode ended.")
            rows[env : env + 1], finite[env : env + 1] = encode(one(final[env]), 1)
    else:
        # Where no episode ended a batch may hold anything.
        rows[ended], finite[ended] = encode(_selected(final, ended), int(ended.sum()))
    return rows, finite


def one(observation: Any) -> Any:
    """A batch of one, as a vector environment would give it."""
    if isinstance(observation, dict):
        return {name: one(part) for name, part in observation.items()}
    if isinstance(observation, tuple):
        return tuple(one(part) for part in observation)
    return _array(observation)[None]


def _selected(observation: Any, which: Flags) -> Any:
    """The observations of a batch where `which`."""
    if isinstance(observation, dict):
        return {name: _selected(part, which) for name, part in observation.items()}
    if isinstance(observation, tuple):
        return tuple(_selected(part, which) for part in observation)
    array = _array(observation)
    if len(array.shape) == 0 or len(array) != len(which):
        raise BadInput(
            f"info['final_obs'] has shape {array.shape}: one for each of {len(which)} environments is right."
        )
    return array[which]


def _array(value: Any) -> Array:
    """As an array; one of objects where the parts differ in shape, which no check lets pass."""
    try:
        return np.asarray(value)
    except ValueError:
        return np.array(len(value) * [None], dtype=object)


def _keys(keys: Any, envs: int) -> npt.NDArray[np.int64]:
    """State keys as 64-bit integers; a float may not hold a key exactly."""
    array = _array(keys)
    if array.dtype.kind not in "biu" or array.shape != (envs,):
        raise BadInput(
            f"the environment's state keys are {array.dtype} of shape {array.shape}: they must be whole numbers of 64 "
            f"bits, one for each of {envs} environments."
        )
    return array.astype(np.int64)
