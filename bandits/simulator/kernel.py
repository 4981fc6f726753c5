"""The inner loop of the bed: a block of runs of one policy on one testbed, from the first pull to the last.

`play` is plain Python over seven functions that it finds under global names: `sample_arms`, `advance`, `write_context`,
`sample_reward` of the testbed and `select`, `update`, `write_estimates` of the policy (see `testbed.py` and
`policy.py`). `specialise` makes a copy of it with given functions in their places, compiled where
they are. Interpreted, the same lines are the reference of the compiled ones, and the way in which a policy in plain
Python runs.

The arrays that a run works in are arguments, made by `workspace`, so that their references need not be counted.

Compiled code is cached on disk, by the name of the function, so the name says which functions are in their places.
"""

import functools
import hashlib
import math
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from numba.core.dispatcher import Dispatcher

from bandits.simulator.randomness import key, uniform, words_between
from explore.numerics.compiled import borrowed, compiled, has_source, kernel_part
from explore.numerics.hashing import GAMMA, mix

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Workspace = tuple[Floats, Floats, Words, Words, Floats, npt.NDArray[np.int64]]
Named = tuple[str, Callable[..., Any]]
ARMS, PAY, POLICY, DELAY = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)  # what a run's streams are for
LAST = 10  # steps at the end over which reward and share of optimal pulls are averaged
WORTHLESS = 1e-30  # a reward of which no more than this share counts is left out of the discounted return


class NoSuchArm(IndexError):
    """A policy chose an arm that there is not; the arguments are the arm, the step, and how many arms there are."""


def _unbound(*arguments: Any) -> Any:
    raise NotImplementedError("a function of the testbed or policy that `specialise` puts in its place")


sample_arms = advance = write_context = sample_reward = select = update = write_estimates = _unbound


def workspace(arms: int, columns: int, initial: Floats, longest: int = 0, context: int = 0) -> Workspace:
    """What `play` works in: arms, the policy's state, the words of the arms and of the other streams, late rewards.

    `longest` is by how many steps a reward may be late; below each is the context of its arm.
    """
    words, others = np.empty(arms, np.uint64), np.empty((3, 1), np.uint64)
    late, due = np.empty((1 + context, longest + 1)), np.empty((3, longest + 1), np.int64)
    return np.empty((arms, columns)), np.empty_like(initial), words, others, late, due


def play(
    parameters: Floats,
    initial: Floats,
    seed: np.uint64,
    first: int,
    horizon: int,
    non_stationary: bool,
    context: int,
    delay: float,
    discount: float,
    steps: npt.NDArray[np.int64],
    regret: npt.NDArray[np.float32],
    last: Floats,
    sums: Floats,
    estimates: Floats,
    workspace: Workspace,
) -> None:
    """Play the runs `first`, `first` + 1, …, one per row of `regret` `(runs, points)`.

    non_stationary: whether `advance` is called before each step, or pulls change an arm. context_rows: how many last
    rows of the state `write_context` fills before each choice. delay: by how many steps the policy learns of a reward
    later; below 0, −delay is the mean of a geometric number of them, cut off at the length of the workspace.
    discount: γ of the return Σ γ^{t−1} r_t, 0 where none is wanted.

    Written to: `regret`, the pseudo-regret up to each of the `steps` `(points,)`; `last` `(runs, 4)`, the mean reward
    and share of optimal pulls over the last steps, and of the arm that would be recommended at the end, the one pulled
    most, by how much its mean is below the best, and 1 where it is, and with a discount, as a fifth, the return; `sums`
    `(points, 3)`, over runs, of the reward at each point, of its square, and of optimal pulls; `estimates` `(runs, …)`,
    where it is not empty, of the policy's estimands. NoSuchArm where the policy chooses none of the arms.
    """
    arms, state, streams = borrowed(workspace[0]), borrowed(workspace[1]), borrowed(workspace[2])
    others, late, due = borrowed(workspace[3]), borrowed(workspace[4]), borrowed(workspace[5])
    rng, arms_rng, delay_rng = others[0], others[1], others[2]
    for row in range(len(regret)):
        run = np.uint64(first + row)
        arms_rng[0] = key(seed, run, ARMS)
        rng[0] = key(seed, run, POLICY)
        delay_rng[0] = key(seed, run, DELAY)
        pays = key(seed, run, PAY)
        for arm in range(len(arms)):
            streams[arm] = mix(pays + np.uint64(arm) * GAMMA)
        state[:] = initial
        sample_arms(arms, parameters, arms_rng)
        top = arms[:, 0].max()
        due[0, :] = -1
        total, point = 0.0, 0
        returned, weight = 0.0, 1.0 if discount > 0.0 else 0.0
        for t in range(1, horizon + 1):
            if non_stationary and t > 1:
                advance(arms, parameters, t, arms_rng)
                top = arms[:, 0].max()
            if context > 0:
                write_context(arms, state[len(state) - context :])
            arm = select(state, t, rng)
            if not 0 <= arm < len(arms):  # compiled code would write to what lies beside the arrays
                raise NoSuchArm(arm, t, len(arms))
            streams[arm] += GAMMA
            mean = arms[arm, 0]  # before the pull, which may change it
            reward = sample_reward(arms, arm, np.uint64(mix(streams[arm])))
            if delay == 0.0:
                update(state, arm, reward, rng)
            else:
                _later(late, due, state, t, _steps_late(delay, late.shape[1] - 1, delay_rng), arm, reward)
                item = due[0, t % late.shape[1]]
                while item >= 0:
                    for seen in range(context):
                        state[len(state) - context + seen, due[2, item]] = late[1 + seen, item]
                    update(state, due[2, item], late[0, item], rng)
                    item = due[1, item]
                due[0, t % late.shape[1]] = -1
            if weight > WORTHLESS:
                returned += weight * reward
                weight *= discount
            total += top - mean
            optimal = 1.0 if mean == top else 0.0
            if t == steps[point]:
                regret[row, point] = total
                sums[point, 0] += reward
                sums[point, 1] += reward * reward
                sums[point, 2] += optimal
                point += 1
            if t > horizon - LAST:
                last[row, 0] += reward
                last[row, 1] += optimal
        last[row, :2] /= min(LAST, horizon)
        favourite, most = 0, -1
        for arm in range(len(arms)):
            pulls = words_between(np.uint64(mix(pays + np.uint64(arm) * GAMMA)), streams[arm])
            if pulls > most:
                favourite, most = arm, pulls
        if non_stationary:
            top = arms[:, 0].max()  # the last pull may have changed an arm
        last[row, 2] = top - arms[favourite, 0]
        last[row, 3] = 1.0 if arms[favourite, 0] < top else 0.0
        if discount > 0.0:
            last[row, 4] = returned
        if estimates.shape[1] > 0:
            write_estimates(state, estimates[row])


@kernel_part
def _steps_late(delay: float, longest: int, rng: Words) -> int:
    """How many steps this reward is late."""
    if delay > 0.0:
        return int(delay)
    return int(min(float(longest), math.floor(math.log(1.0 - uniform(rng)) / math.log(-delay / (1.0 - delay)))))


@kernel_part
def _later(
    late: Floats, due: npt.NDArray[np.int64], state: Floats, t: int, steps: int, arm: int, reward: float
) -> None:
    """Note the reward of step t, and what the arm showed, for step t + `steps`.

    `due` has, per step modulo its length, the first item due then, and per item the next one due with it, and its arm.
    """
    item, slot = t % late.shape[1], (t + steps) % late.shape[1]
    late[0, item], due[2, item] = reward, arm
    for seen in range(1, len(late)):
        late[seen, item] = state[len(state) - len(late) + seen, arm]
    due[1, item] = due[0, slot]
    due[0, slot] = item


def specialise(kernel: Callable[..., None], functions: dict[str, Callable[..., Any]]) -> Callable[..., None]:
    """`kernel`, such as `play`, with these functions in their places, compiled if all of them are."""
    return _specialised(kernel, tuple(sorted(functions.items())))


@functools.cache
def _specialised(kernel: Callable[..., None], functions: tuple[Named, ...]) -> Callable[..., None]:
    """One kernel per combination and process."""
    compilable = all(isinstance(function, Dispatcher) for _, function in functions)
    parts = {name: _spliced(function) if compilable else function for name, function in functions}
    name = "play_" + _names(kernel, [function for _, function in functions])
    copy = types.FunctionType(kernel.__code__, {**kernel.__globals__, **parts}, name)
    copy.__qualname__ = name
    copy.__module__ = kernel.__module__
    if not compilable:
        return np.errstate(over="ignore")(copy)  # NumPy's numbers wrap around as the compiled ones do, but say so
    return compiled(copy, cache=all(has_source(function) for _, function in functions))


@functools.cache
def _spliced(function: Any) -> Any:
    """The function as a part of kernels, also where its author compiled it by plain `njit`."""
    return function if function.targetoptions.get("forceinline") else kernel_part(function.py_func)


def _names(kernel: Callable[..., None], functions: list[Callable[..., Any]]) -> str:
    """A hash of which functions these are; what they do is in the hash that `compiled` adds."""
    digest = hashlib.blake2b(digest_size=8)
    for function in (kernel, *functions):
        plain = getattr(function, "py_func", function)
        digest.update(f"{plain.__module__}.{plain.__qualname__}.".encode())
        if not has_source(function):
            digest.update(repr(id(function)).encode())
    return digest.hexdigest()
