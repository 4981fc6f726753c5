"""The contract of a bandit policy as checks: its arms, numbers, arrays and stream, and that runs are independent.

Most checks follow single runs (`bandits.trial.contract.traces`); the last three simulate. A policy is tried with
Gaussian and with Bernoulli arms, or, where it refuses both because of their rewards, with the first testbed that it
takes.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from bandits.policy import Policy
from bandits.simulator.kernel import Floats
from bandits.simulator.results import PolicyResult
from bandits.simulator.simulation import BLOCK, OutOfBounds, simulate
from bandits.testbed import TESTBEDS, Testbed
from bandits.testbeds.bernoulli import Scaled
from bandits.testbeds.gaussian import SuttonBarto
from bandits.trial.comparison import Fault, Refused, changed, contents, fixed_random_state, global_streams
from bandits.trial.contract.traces import MARK, PULLS, Integers, Trace, pulls_of
from bandits.trial.plugin_under_test import PluginUnderTest
from explore.errors import BadInput
from explore.numerics.compiled import compiled
from explore.numerics.seeding import stream

Verdict = tuple[Fault, str]

ARMS = (1, 2, 3, 10, 60)
USUAL = 10
RUNS = 2 * BLOCK + 2  # of a simulation: three blocks of the simulator, the last of them not full
SOME = BLOCK + 6
THREADS = (2, 4)


def policy_compiles(plugin: PluginUnderTest) -> Verdict:
    """It compiles into the simulator's loop, or can be played interpreted."""
    bed = next(beds(plugin, USUAL))
    (played,) = simulate(bed, [plugin.policy()], runs=1, horizon=PULLS, threads=1).policies
    return None, "" if played.compiled else "It is plain Python: it plays, but about a hundred times slower."


def policy_arms(plugin: PluginUnderTest) -> Verdict:
    """Arms 0 … K − 1, whatever was paid."""
    for arms in ARMS:
        for bed in beds(plugin, arms):
            for kind, rewards in _rewards(bed, pulls_of(bed)).items():
                chosen = Trace(plugin.policy(), bed).play(0, rewards)
                wrong = chosen[(chosen < 0) | (chosen >= bed.arms)]
                if len(wrong):
                    return f"with {kind} rewards it pulls arm {wrong[0]} of {bed.arms}, counted from 0", ""
    return None, ""


def policy_numbers(plugin: PluginUnderTest) -> Verdict:
    """No NaN in the state; an infinite index is a fair way to say that an arm comes first."""
    for arms in (1, USUAL):
        for bed in beds(plugin, arms):
            for kind, rewards in _rewards(bed, pulls_of(bed)).items():
                trace = Trace(plugin.policy(), bed)
                trace.play(0, rewards)
                rows = np.flatnonzero(np.isnan(trace.state).any(1))
                if len(rows):
                    return f"with {kind} rewards of {bed.arms} arms row {rows[0]} of the state becomes NaN", ""
    return None, ""


def policy_arrays(plugin: PluginUnderTest) -> Verdict:
    """Nothing is written outside of the state and the run's own stream.

    A third party's policy plays first with every index checked, as an index far outside would damage other memory.
    """
    for bed in beds(plugin, USUAL):
        for policy in _variants(plugin, bed) if _from_elsewhere(plugin) else ():
            try:
                simulate(bed, [policy], runs=2, horizon=pulls_of(bed), threads=1, check_bounds=True)
            except OutOfBounds as error:
                return f"an index of it lies outside of its arrays ({error.__cause__})", ""
            except BadInput:
                pass  # such as an arm that there is not, or what does not compile: other checks say so
        trace = Trace(plugin.policy(), bed)
        trace.play(0, _rewards(bed, pulls_of(bed))["usual"])
        for what, guards in trace.guards().items():
            if (guards != MARK).any():
                return f"it writes outside of {what}", ""
    return None, ""


def _from_elsewhere(plugin: PluginUnderTest) -> bool:
    """Whether the policy's class is not of this package."""
    return not type(plugin.policy()).__module__.startswith("bandits.")


def _variants(plugin: PluginUnderTest, bed: Testbed) -> Iterator[Policy]:
    """The policy, and where it plays in batches also by its functions for one run."""
    policy = plugin.policy()
    yield policy
    if policy.batched_functions(bed) is not None:
        yield _one_by_one(policy)


def _one_by_one(policy: Policy) -> Policy:
    """The policy without its functions for many runs at once."""
    alone: Any = copy.copy(policy)
    alone.batched_functions = lambda bed: None
    played: Policy = alone
    return played


def policy_stream(plugin: PluginUnderTest) -> Verdict:
    """The global random states of Python, NumPy, torch and Numba are neither used nor set."""
    for bed in beds(plugin, USUAL):
        rewards = _rewards(bed, pulls_of(bed))["usual"]
        before = contents(global_streams())
        chosen = [_seeded(plugin, bed, rewards, seed) for seed in (0, 1)]
        if not np.array_equal(chosen[0], chosen[1]):
            return "what it pulls depends on a global random state, not on the run's stream alone", ""
        touched = changed(before, contents(global_streams()))
        if touched:
            return f"it draws from the global random state of {touched.split(']')[0].removeprefix('[')}", ""
    return None, ""


def policy_state(plugin: PluginUnderTest) -> Verdict:
    """A run is played the same after other runs: nothing is remembered outside of the state, and it begins anew."""
    for bed in beds(plugin, USUAL):
        rewards = [_rewards(bed, pulls_of(bed), seed)["usual"] for seed in range(4)]
        policy = plugin.policy()
        initial = policy.initial(bed, pulls_of(bed)).copy()
        first = _seeded(plugin, bed, rewards[0], 0)
        for run in (1, 2, 3):
            Trace(policy, bed).play(run, rewards[run][run:])  # of any length, lest a memory come round to the same
            again = _seeded(plugin, bed, rewards[0], 0)
            if not np.array_equal(first, again):
                step = int(np.flatnonzero(first != again)[0]) + 1
                return f"after other runs the same run pulls other arms, from pull {step} on", ""
        if not np.array_equal(initial, policy.initial(bed, pulls_of(bed)), equal_nan=True):
            return "initial gives another state after some runs were played", ""
    return None, ""


def policy_threads(plugin: PluginUnderTest) -> Verdict:
    """The same figures for one thread and for several, and for the first runs alone."""
    bed = next(beds(plugin, USUAL))
    one = _simulated(plugin.policy(), bed, RUNS, 1)
    for threads in THREADS:
        if not _equal(one, _simulated(plugin.policy(), bed, RUNS, threads)):
            return f"its figures differ between one thread and {threads}", ""
    if not np.array_equal(one.regrets[:SOME], _simulated(plugin.policy(), bed, SOME, 1).regrets):
        return f"its first {SOME} runs differ when {RUNS} are simulated", ""
    return None, ""


def policy_batched(plugin: PluginUnderTest) -> Verdict:
    """Its functions for many runs at once, where it has some, do what those for one run do."""
    bed, policy = next(beds(plugin, USUAL)), plugin.policy()
    if policy.batched_functions(bed) is None or bed.sample_reward_batched is None:
        return None, "It has none."
    if not _equal(_simulated(policy, bed, RUNS, 1), _simulated(_one_by_one(policy), bed, RUNS, 1)):
        return "its functions for many runs at once give other results than those for one run", ""
    return None, ""


def beds(plugin: PluginUnderTest, arms: int) -> Iterator[Testbed]:
    """The testbeds to try the policy with, of so many arms where they can have as many; Refused where there is none."""
    usual: list[Testbed] = [SuttonBarto(arms=arms), Scaled(arms=arms)]
    taken = [bed for bed in usual if _takes(plugin, bed)]
    if taken:
        yield from taken
        return
    for name in TESTBEDS.names():
        testbed_class = TESTBEDS.get(name)
        settings = {"arms": arms} if "arms" in testbed_class.Settings.model_fields else {}
        bed = testbed_class(**settings)
        if _takes(plugin, bed):
            yield bed
            return
    raise Refused(f"it takes no testbed of {arms} arms: {_why_not(plugin, usual[1])}")


def _takes(plugin: PluginUnderTest, bed: Testbed) -> bool:
    return _why_not(plugin, bed) is None


def _why_not(plugin: PluginUnderTest, bed: Testbed) -> str | None:
    try:
        plugin.policy().initial(bed, pulls_of(bed))
    except BadInput as error:
        return str(error)
    return None


def _rewards(bed: Testbed, pulls: int, seed: int = 0) -> dict[str, Floats]:
    """Rewards `(pulls, arms)` such as the testbed's family has, by what they are like."""
    random = stream(seed, "trial/rewards")
    shape = (pulls, bed.arms)
    usual = np.abs(random.normal(size=shape)).round()
    if bed.family == "bernoulli":
        usual = (random.random(shape) < 0.5).astype(float)
    elif bed.family == "bounded":
        usual = random.random(shape)
    elif bed.family == "gaussian":
        usual = random.normal(size=shape)
    rewards = {"usual": usual, "only zero": np.zeros(shape), "only one": np.ones(shape)}
    return {**rewards, "huge": 1e6 * usual} if bed.family == "gaussian" else rewards


@compiled
def _seed_compiled(seed: int) -> None:
    # Numba has a global state of its own, apart from NumPy's.
    np.random.seed(seed)  # noqa: NPY002


def _seeded(plugin: PluginUnderTest, bed: Testbed, rewards: Floats, seed: int) -> Integers:
    """The arms of run 0 where all global random states derive from `seed`."""
    with fixed_random_state(seed):
        _seed_compiled(seed)
        return Trace(plugin.policy(), bed).play(0, rewards)


def _simulated(policy: Policy, bed: Testbed, runs: int, threads: int) -> PolicyResult:
    (played,) = simulate(bed, [policy], runs=runs, horizon=max(PULLS, bed.arms), threads=threads).policies
    return played


def _equal(one: PolicyResult, other: PolicyResult) -> bool:
    pairs: Sequence[tuple[Any, Any]] = [
        (getattr(one, name), getattr(other, name))
        for name in ("regrets", "reward_curve", "optimal_curve", "regret_curve", "reward", "optimal", "simple_regret")
    ]
    return all(np.array_equal(ours, theirs) for ours, theirs in pairs)
