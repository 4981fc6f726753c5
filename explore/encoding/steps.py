"""Validation of what `step` of a vector environment returns with the observations: rewards, terminated, truncated,
state keys and final observations.

Used by everything that steps an environment: the wrappers of `explore` and the agents. Arrays are `(envs,)`, one
number per environment; BadInput says what the environment returned and what would be right.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from explore.encoding.leaves import LARGEST_FLOAT
from explore.errors import BadInput, unknown

OnInvalid = Literal["refuse", "skip"]
Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
# encode(observations, count): the rows `(count, width)` of a batch, and which of them are finite, `(count,)`.
Encode = Callable[[Any, int], tuple[Array, Flags]]


def checked_on_invalid(on_invalid: Any) -> OnInvalid:
    """The setting for observations that are not finite; BadInput for anything but "refuse" and "skip"."""
    if on_invalid not in ("refuse", "skip"):
        raise unknown("on_invalid", str(on_invalid), ["refuse", "skip"])
    checked: OnInvalid = on_invalid
    return checked


def checked_rewards(reward: Any, envs: int) -> npt.NDArray[np.float64]:
    """The rewards, `(envs,)` float64; BadInput for other shapes and types, and for numbers not finite in float32."""
    array = _array(reward)
    if array.shape != (envs,) or array.dtype.kind not in "biuf":
        raise BadInput(
            f"the environment's rewards have shape {array.shape} and type {array.dtype}: "
            f"one number for each of {envs} environments is right."
        )
    rewards = array.astype(np.float64)
    finite = np.abs(rewards) <= LARGEST_FLOAT  # False for NaN
    if not finite.all():
        raise BadInput(f"the environment's reward is {rewards[~finite][0]}: rewards must be finite in float32.")
    return rewards


def checked_ends(name: str, ends: Any, envs: int) -> Flags:
    """`terminated` or `truncated`, `(envs,)` bool; BadInput for other shapes, and values that are not true or false.

    name: of the array, for the message.
    """
    array = _array(ends)
    if array.shape != (envs,):
        raise BadInput(
            f"the environment's {name} has shape {array.shape}: one for each of {envs} environments is right."
        )
    if array.dtype != np.bool_ and (array.dtype.kind not in "iuf" or not ((array == 0) | (array == 1)).all()):
        raise BadInput(f"the environment's {name} is {array.reshape(-1)[0]!r} ({array.dtype}): True or False is right.")
    return array.astype(np.bool_)  # a copy


def state_keys(info: dict[str, Any], envs: int) -> npt.NDArray[np.int64] | None:
    """The keys of the exact states, `info["state_key"]`, `(envs,)` int64; None where `info` has none.

    BadInput for other shapes, and for floats.
    """
    return _keys(info["state_key"], envs) if "state_key" in info else None


def final_state_keys(info: dict[str, Any], envs: int) -> npt.NDArray[np.int64] | None:
    """The keys of the final states of episodes that ended in this step, `(envs,)` int64; None where `info` has none.

    BadInput as `state_keys`.
    """
    keys = info.get("final_state_key", final_info(info).get("state_key"))
    return None if keys is None else _keys(keys, envs)


def final_info(info: dict[str, Any]) -> dict[str, Any]:
    """The last info of episodes that ended, as Gymnasium's own vector environments give it; empty where there is none.

    Gymnasium before 1.0 had an array of objects there, which is not read.
    """
    last = info.get("final_info")
    return last if isinstance(last, dict) else {}


def with_final_observations(
    rows: Array, finite: Flags, final: Any, ended: Flags, encode: Encode
) -> tuple[Array, Flags]:
    """Copies of `rows` and `finite` with the final observations where episodes ended: the true successors.

    rows: `(envs, width)`, after the reset. finite, ended: `(envs,)`. final: `info["final_obs"]`, an array of objects,
    one per environment, or a batch, of which only the rows of ended episodes are read. BadInput for another shape and
    for a final observation that is missing.
    """
    rows, finite = rows.copy(), finite.copy()
    if isinstance(final, np.ndarray) and final.dtype == object:
        if final.shape != ended.shape:
            raise BadInput(f"info['final_obs'] has shape {final.shape}: one for each of {len(ended)} environments.")
        for env in np.flatnonzero(ended):
            if final[env] is None:
                raise BadInput(f"info['final_obs'] has none for environment {env}, whose episode ended.")
            rows[env : env + 1], finite[env : env + 1] = encode(batch_of_one(final[env]), 1)
    else:
        # Rows of a batch whose episode did not end may have any content.
        rows[ended], finite[ended] = encode(_selected(final, ended), int(ended.sum()))
    return rows, finite


def batch_of_one(observation: Any) -> Any:
    """The observation as a batch of one, in the form that a vector environment returns."""
    if isinstance(observation, dict):
        return {name: batch_of_one(part) for name, part in observation.items()}
    if isinstance(observation, tuple):
        return tuple(batch_of_one(part) for part in observation)
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
    """The value as an array; where its parts differ in shape, an array of objects, which every check refuses."""
    try:
        return np.asarray(value)
    except ValueError:
        return np.array(len(value) * [None], dtype=object)


def _keys(keys: Any, envs: int) -> npt.NDArray[np.int64]:
    """State keys as int64, `(envs,)`; BadInput for other shapes and for floats, which may round a key."""
    array = _array(keys)
    if array.dtype.kind not in "biu" or array.shape != (envs,):
        raise BadInput(
            f"the environment's state keys are {array.dtype} of shape {array.shape}: they must be whole numbers of 64 "
            f"bits, one for each of {envs} environments."
        )
    return array.astype(np.int64)
