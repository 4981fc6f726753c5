"""Single runs of a bandit policy outside the simulator, whose arrays lie between marks.

The policy's two functions are put into `_trace` as the simulator puts them into its loop.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from bandits.policy import Policy
from bandits.simulator.kernel import POLICY_STREAM, REWARD_STREAM, Floats, Words
from bandits.simulator.randomness import key
from bandits.simulator.specialise import placeholder, specialise
from bandits.testbed import Testbed
from explore.numerics.hashing import GAMMA, mix

Integers = npt.NDArray[np.int64]

GUARD = 2  # rows or words on either side of an array that nobody may write to
MARK = 7
PULLS = 40


def pulls_of(bed: Testbed) -> int:
    """The pulls of a traced run: enough to pull every arm several times."""
    return 3 * bed.arms + PULLS


class Trace:
    """Single runs of a policy, whose state and stream lie between marks."""

    def __init__(self, policy: Policy, bed: Testbed) -> None:
        initial = np.vstack([policy.initial(bed, pulls_of(bed)), np.zeros((bed.context_rows, bed.arms))])
        select, update = policy.functions(bed)
        parts: dict[str, Any] = {"select": select, "update": update}
        self._follow = (
            specialise(_trace, parts)
            if not bed.context_rows
            else specialise(_trace_with_contexts, {**parts, **bed.functions()})
        )
        self._bed = bed
        self._state = np.full((len(initial) + 2 * GUARD, bed.arms), float(MARK))
        self._words = np.full(1 + 2 * GUARD, MARK, np.uint64)
        self.state = self._state[GUARD:-GUARD]
        self.rng = self._words[GUARD:-GUARD]
        self._initial = initial

    def play(self, run: int, rewards: Floats) -> Integers:
        """The arms that are pulled in a run, up to one that there is not; rewards `(pulls, arms)`.

        A testbed with contexts pays its own rewards, as these belong to its contexts.
        """
        self.state[:] = self._initial
        self.rng[0] = key(np.uint64(0), np.uint64(run), POLICY_STREAM)
        chosen = np.zeros(len(rewards), np.int64)
        if not self._bed.context_rows:
            self._follow(self.state, self.rng, rewards, chosen)
            return chosen
        arms, streams = np.empty((self._bed.arms, self._bed.columns)), np.zeros(self._bed.arms + 1, np.uint64)
        for place in range(len(streams)):
            streams[place] = key(np.uint64(run), np.uint64(place), REWARD_STREAM)
        parameters = np.ascontiguousarray(self._bed.parameters)
        self._follow(
            self.state,
            self.rng,
            parameters,
            self._bed.non_stationary,
            self._bed.context_rows,
            arms,
            streams[:1],
            streams[1:],
            chosen,
        )
        return chosen

    def guards(self) -> dict[str, npt.NDArray[Any]]:
        """What lies on either side of the arrays that are the run's, by name."""
        sides = (slice(None, GUARD), slice(-GUARD, None))
        return {
            "the state": np.concatenate([self._state[side] for side in sides]),
            "the run's stream": np.concatenate([self._words[side] for side in sides]),
        }


sample_arms = advance = write_context = sample_reward = select = update = placeholder


def _trace(state: Floats, rng: Words, rewards: Floats, chosen: Integers) -> None:
    """One run; it ends before anything is learned of an arm that there is not."""
    for step in range(len(rewards)):
        arm = select(state, step + 1, rng)
        chosen[step] = arm
        if arm < 0 or arm >= state.shape[1]:
            return
        update(state, arm, rewards[step, arm], rng)


def _trace_with_contexts(
    state: Floats,
    rng: Words,
    parameters: Floats,
    non_stationary: bool,
    context_rows: int,
    arms: Floats,
    arms_rng: Words,
    streams: Words,
    chosen: Integers,
) -> None:
    """One run on a testbed with contexts."""
    sample_arms(arms, parameters, arms_rng)
    for step in range(len(chosen)):
        if non_stationary and step > 0:
            advance(arms, parameters, step + 1, arms_rng)
        write_context(arms, state[len(state) - context_rows :])
        arm = select(state, step + 1, rng)
        chosen[step] = arm
        if arm < 0 or arm >= state.shape[1]:
            return
        streams[arm] += GAMMA
        update(state, arm, sample_reward(arms, arm, np.uint64(mix(streams[arm]))), rng)
