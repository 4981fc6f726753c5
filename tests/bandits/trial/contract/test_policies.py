"""Policies broken in one way each fail the check that is meant for it and no other; sound ones, plain Python too, pass.

Most of the broken ones are plain Python, which needs no compiling; those that write where they should not are compiled,
as Python itself would stop them.
"""

import threading

import numpy as np
import pytest

from bandits.policies.base.action_value import update_batched
from bandits.policies.epsilon_greedy import EpsilonGreedy, select_batched
from bandits.policy import POLICIES, Policy, rows
from bandits.simulator.simulation import simulate
from bandits.trial import run_trial
from bandits.trial.contract.checks import contract, rules
from bandits.trial.contract.policies import (
    beds,
    policy_arms,
    policy_arrays,
    policy_numbers,
    policy_state,
    policy_stream,
)
from bandits.trial.contract.traces import Trace
from bandits.trial.plugin_under_test import plugin_under_test
from explore.errors import BadInput
from explore.numerics.compiled import kernel_part

VALUES, PULLS = 0, 1


def select_first_best(state, t, rng):
    """The largest value, each arm once before."""
    return t - 1 if t <= state.shape[1] else int(state[VALUES].argmax())


def update_average(state, arm, reward, rng):
    state[PULLS, arm] += 1.0
    state[VALUES, arm] += (reward - state[VALUES, arm]) / state[PULLS, arm]


class Plain(Policy):
    """Follow the leader, in plain Python."""

    select = staticmethod(select_first_best)
    update = staticmethod(update_average)

    def initial(self, bed, horizon):
        return rows(bed.arms, 0.0, 0.0)


class OneArmTooMany(Plain):
    """After its first round it looks for an arm behind the last one."""

    @staticmethod
    def select(state, t, rng):
        return (t - 1) % (state.shape[1] + 1)


class TwoArmsAtLeast(Plain):
    @staticmethod
    def select(state, t, rng):
        return 1


class DividesByNothing(Plain):
    """The reward over the sum of rewards: nothing over nothing where nothing was paid."""

    @staticmethod
    def update(state, arm, reward, rng):
        with np.errstate(invalid="ignore"):
            state[VALUES, arm] += reward
            state[PULLS] = state[VALUES] / np.float64(state[VALUES].sum())


class GlobalDraws(Plain):
    @staticmethod
    def select(state, t, rng):
        return int(np.random.randint(state.shape[1]))  # noqa: NPY002


MEMORY: list[int] = []


class Remembers(Plain):
    """Counts its pulls in a list outside of the state."""

    @staticmethod
    def select(state, t, rng):
        MEMORY.append(t)
        return len(MEMORY) % state.shape[1]


class Worker(Plain):
    """Which thread plays decides, as with a buffer per thread."""

    @staticmethod
    def select(state, t, rng):
        name = threading.current_thread().name
        return int(name[-1]) % state.shape[1] if name.startswith("ThreadPool") else 0


@kernel_part
def select_zero(state, t, rng):
    return 0


@kernel_part
def update_behind(state, arm, reward, rng):
    """A row more than there are."""
    state[len(state), arm] += 1.0


@kernel_part
def update_next_stream(state, arm, reward, rng):
    rng[1] += np.uint64(1)


@kernel_part
def update_untyped(state, arm, reward, rng):
    state[0, arm] = {"reward": reward, 0: arm}


class WritesBehind(Plain):
    select = staticmethod(select_zero)
    update = staticmethod(update_behind)


class NextStream(Plain):
    select = staticmethod(select_zero)
    update = staticmethod(update_next_stream)


class NotCompilable(Plain):
    select = staticmethod(select_zero)
    update = staticmethod(update_untyped)


@kernel_part
def select_as_the_first(state, t, rng, chosen, work):
    """All runs pull what the first of them pulls."""
    select_batched(state, t, rng, chosen, work)
    for lane in range(len(chosen)):
        chosen[lane] = chosen[0]


class LanesMixedUp(EpsilonGreedy):
    batched = (select_as_the_first, update_batched)


class Raises(Plain):
    @staticmethod
    def update(state, arm, reward, rng):
        raise KeyError("of an author")


class Fussy(Plain):
    def initial(self, bed, horizon):
        raise BadInput("fussy takes no testbed.")


BROKEN = {
    OneArmTooMany: "arms",
    TwoArmsAtLeast: "arms",
    NotCompilable: "own arrays",  # the first check, on which all others build
    Raises: "own arrays",  # the first check, on which all others build
    Fussy: "own arrays",  # the first check, on which all others build
    DividesByNothing: "numbers",
    WritesBehind: "own arrays",
    NextStream: "own arrays",
    GlobalDraws: "own stream",
    Remembers: "no hidden state",
    Worker: "thread count",
    LanesMixedUp: "batched",
}


SLOW = {LanesMixedUp}  # it compiles every loop twice


@pytest.mark.parametrize(
    "plugin",
    [pytest.param(plugin, marks=[pytest.mark.slow] * (plugin in SLOW)) for plugin in BROKEN],
    ids=lambda plugin: plugin.__name__,
)
def test_a_broken_policy_fails_its_check_and_no_other(plugin):
    checks = {check.name: check for check in contract(plugin_under_test(plugin))}
    assert [name for name, check in checks.items() if check.passed is False] == [BROKEN[plugin]]


def test_plain_python_passes_and_is_reported_as_slow():
    checks = {check.name: check for check in contract(plugin_under_test(Plain))}
    assert [(check.name, check.explanation) for check in checks.values() if check.passed is not True] == []
    assert list(checks) == list(rules(plugin_under_test("ucb", "policy")))
    assert "plain Python" in checks["compiles"].note


def test_a_policy_that_must_see_its_arms_is_tried_with_what_they_show():
    """Duff's learner reads the states of Markov arms."""
    duff = plugin_under_test("duff", "policy")
    assert [bed.family for bed in beds(duff, 3)] == ["bounded"]


@pytest.mark.parametrize("name", POLICIES.names())
def test_every_policy_keeps_what_is_checked_of_single_runs(name):
    """One loop is compiled for each pair of functions, and all five checks use it; the rest of a trial simulates."""
    policy = plugin_under_test(name, "policy")
    for check in (policy_arms, policy_arrays, policy_numbers, policy_stream, policy_state):
        assert check(policy) == (None, ""), check.__name__


def test_a_built_in_policy_keeps_the_contract():
    checks = list(contract(plugin_under_test("ucb", "policy")))
    assert [(check.name, check.explanation) for check in checks if check.passed is not True] == []
    assert next(check for check in checks if check.name == "compiles").note == ""


def test_a_policy_that_refuses_most_rewards_is_tried_with_those_it_takes():
    families = [bed.family for bed in beds(plugin_under_test("kl-ucb:family=bernoulli", "policy"), 5)]
    assert families == ["bernoulli"]


@pytest.mark.parametrize("plugin", [OneArmTooMany, WritesBehind])
def test_what_writes_anywhere_plays_with_checked_indices_alone(plugin, monkeypatch):
    def checked_alone(*arguments, check_bounds=False, **settings):
        assert check_bounds, "it plays with unchecked indices"
        return simulate(*arguments, check_bounds=check_bounds, **settings)

    monkeypatch.setattr("bandits.trial.contract.policies.simulate", checked_alone)
    checks = {check.name: check for check in contract(plugin_under_test(plugin))}
    assert [checks[name].passed for name in ("compiles", "thread count", "batched")] == [None] * 3


def test_a_trace_ends_at_an_arm_that_there_is_not():
    policy = plugin_under_test(OneArmTooMany)
    bed = next(beds(policy, 3))
    chosen = Trace(policy.policy(), bed).play(0, np.ones((6, 3)))
    assert chosen.tolist() == [0, 1, 2, 3, 0, 0]


def test_the_trial_of_a_broken_policy_measures_nothing():
    trial = run_trial(Remembers)
    assert (trial.kind, trial.passed, trial.traits) == ("policy", False, [])
