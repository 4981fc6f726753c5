"""Simulation: policies on a testbed, many runs, streaming aggregates.

Every policy plays the same runs: run i has the same arms, and the n-th pull of arm a has the same reward for all of
them. Runs are played in blocks of a fixed size by several threads; sums are added up in the order of the blocks, so
that the results are the same to the last bit for any number of threads.
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from bandits.policy import POLICIES, Policy
from bandits.simulator import adapter, batched, kernel
from bandits.simulator.diagnosis import compile_error
from bandits.simulator.kernel import (
    POINT_COLUMNS,
    RUN_COLUMNS,
    Floats,
    Integers,
    NoSuchArm,
    NotFinite,
    RunSpec,
    Tally,
)
from bandits.simulator.oracle import oracle_rewards
from bandits.simulator.results import PolicyResult, Simulation, checkpoints, not_finite, summary
from bandits.simulator.specialise import NotAnArm, specialise
from bandits.testbed import TESTBEDS, Testbed, spelled
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.registry import Registry
from explore.core.spec import parse
from explore.errors import BadInput, checked_count, unknown
from explore.numerics.seeding import checked_seed

BLOCK = batched.BATCH  # runs played by one thread before it takes the next ones

MAX_PENDING = 50_000_000  # numbers that the workspace keeps of choices whose reward is pending

OnProgress = Callable[[int, int], None]  # pulls done, pulls in total


class OutOfBounds(BadInput):
    """In a simulation with `check_bounds`: a policy or testbed used an index outside of its arrays."""


def simulate(
    testbed: str | Testbed = "sutton-barto",
    policies: Sequence[str | Policy] = ("epsilon-greedy", "ucb"),
    *,
    runs: int = 2000,
    horizon: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    progress: OnProgress | None = None,
    check_bounds: bool = False,
) -> Simulation:
    """Play each policy on the testbed, `runs` times `horizon` pulls.

    testbed and policies are spec strings or objects; a spec may name a bonus or strategy, which then plays the
    first of the runs (`bandits.simulator.adapter.plugin` states how many). `threads`: all cores by default. `progress`
    is called with the pulls done and the total after each block, from the calling thread; an exception that it raises
    ends the simulation. Blocks have `BLOCK` runs for any number of threads: another size would change the rounding of
    the reward curves in their last bits. With `check_bounds` every index is checked, which takes longer: OutOfBounds
    where a policy reads or writes outside of its state.

    BadInput for unknown names, wrong settings, a wrong seed, `runs`, `horizon` or `threads` that are not whole numbers
    of at least 1, a horizon below the number of arms, a policy that chooses an arm that does not exist, and a testbed
    whose reward or mean is NaN or infinite.
    """
    if threads is not None:
        checked_count("threads", threads)
    seed = checked_seed(seed)
    bed, players = checked(testbed, policies, runs=runs, horizon=horizon)
    points = checkpoints(horizon)
    total = len(players) * runs * horizon
    results = []
    for number, (spec, player) in enumerate(players):
        done = number * runs * horizon
        report = None if progress is None else (lambda runs_done, d=done: progress(d + runs_done * horizon, total))
        if player is None:
            results.append(adapter.simulate_plugin(bed, spec, runs=runs, horizon=horizon, seed=seed, progress=report))
            continue
        workers = threads or os.cpu_count()
        results.append(_simulate_one(bed, spec, player, points, runs, horizon, seed, workers, report, check_bounds))
    optimum = bed.optimum(seed, runs) if bed.discount > 0 else None
    name = spelled(testbed) if isinstance(testbed, str) else type(testbed).__name__
    oracle = oracle_rewards(bed, seed, runs, horizon) if bed.greedy_is_optimal else None
    return Simulation(name, horizon, runs, seed, points, results, bed.discount, optimum, oracle)


def checked(
    testbed: str | Testbed, policies: Sequence[str | Policy], *, runs: int, horizon: int
) -> tuple[Testbed, list[tuple[str, Policy | None]]]:
    """The testbed, and for each policy its spec and the policy object, None for a bonus or strategy.

    BadInput as in `simulate`, before any run.
    """
    for name, value in (("runs", runs), ("horizon", horizon)):
        checked_count(name, value)
    bed = testbed if isinstance(testbed, Testbed) else _made_plugin(TESTBEDS, spelled(testbed))
    if horizon < bed.arms:
        raise BadInput(f"a horizon of {horizon} is shorter than the {bed.arms} arms: each needs at least one pull.")
    if not policies:
        raise BadInput("no policy to simulate: name at least one.")
    return bed, [(_name(policy), _made_policy(policy, bed)) for policy in policies]


def _simulate_one(
    bed: Testbed,
    name: str,
    policy: Policy,
    points: Integers,
    runs: int,
    horizon: int,
    seed: int,
    threads: int | None,
    progress: Callable[[int], None] | None,
    check_bounds: bool,
) -> PolicyResult:
    started = time.perf_counter()
    parameters, initial = np.ascontiguousarray(bed.parameters), _initial_state(bed, name, policy, horizon)
    play, new_workspace = _kernel(bed, policy, initial, check_bounds)
    spec = RunSpec(np.uint64(seed), horizon, bed.non_stationary, bed.context_rows, float(bed.delay), bed.discount)
    estimands = policy.estimands(bed)
    tally = Tally(
        np.zeros((runs, len(points)), dtype=np.float32),
        np.zeros((runs, RUN_COLUMNS)),
        np.zeros((len(points), POINT_COLUMNS)),
        np.zeros((runs, 0 if estimands is None else len(estimands.exact))),
    )

    def block(first: int, size: int = BLOCK) -> Floats:
        rows = slice(first, first + size)
        sums = np.zeros_like(tally.per_point)
        part = Tally(tally.regret[rows], tally.per_run[rows], sums, tally.estimates[rows])
        play(spec, parameters, initial, first, points, part, new_workspace())
        return sums

    try:
        block(0, 0)  # no run at all: compiles the kernel, or loads it from the cache
    except Exception as error:  # whatever a compiler raises
        raise BadInput(f"the policy '{name}' {compile_error(bed, policy, error)}") from error
    ready = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for number, sums in enumerate(pool.map(block, range(0, runs, BLOCK))):
                tally.per_point[:] += sums
                if progress is not None:
                    progress(min((number + 1) * BLOCK, runs))
        except BaseException as stopped:
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(stopped, NoSuchArm | NotAnArm | NotFinite):
                raise BadInput(_pull_error(bed, name, stopped)) from stopped
            if check_bounds and isinstance(stopped, IndexError):
                raise OutOfBounds(
                    f"the policy '{name}' reads or writes outside of its state, or the testbed {type(bed).__name__} "
                    f"outside of its arms ({stopped}): indices must stay within the arrays."
                ) from stopped
            raise
    return summary(
        name,
        tally,
        discounted=bed.discount > 0,
        estimands=estimands,
        pulls_per_second=runs * horizon / (time.perf_counter() - ready),
        compile_seconds=ready - started,
        compiled=isinstance(play, Dispatcher),
    )


def _pull_error(bed: Testbed, name: str, error: NoSuchArm | NotAnArm | NotFinite) -> str:
    """The error message for an exception that the kernel raised in a pull."""
    if isinstance(error, NotFinite):
        return not_finite(bed, *error.args)
    if isinstance(error, NotAnArm):
        t, choice = error.args
        return f"select of the policy '{name}' returned {choice!r} in step {t}: it must return an arm, a whole number."
    arm, t, arms = error.args
    return f"the policy '{name}' chose arm {arm} in step {t}: the {arms} arms are 0 to {arms - 1}."


def _initial_state(bed: Testbed, name: str, policy: Policy, horizon: int) -> Floats:
    """The policy's state before the first pull, with the rows that `write_context` fills, `(rows, arms)`."""
    own = np.asarray(policy.initial(bed, horizon), dtype=np.float64)
    if own.ndim != 2 or own.shape[1] != bed.arms:
        raise BadInput(
            f"the policy '{name}' begins with a state of shape {own.shape}: "
            f"it must be (rows, {bed.arms}), with a column for each arm."
        )
    if any(not 0 <= row < len(own) for row in policy.draw_rows):
        raise BadInput(f"draw_rows of the policy '{name}' is {policy.draw_rows}: its rows are 0 to {len(own) - 1}.")
    if len(policy.draw_rows) * bed.arms * bed.longest_delay > MAX_PENDING:
        raise BadInput(
            f"the policy '{name}' keeps {len(policy.draw_rows) * bed.arms} numbers of each choice until its reward "
            f"arrives, up to {bed.longest_delay:,} steps later: use a shorter delay or fewer arms."
        )
    return np.vstack([own, np.zeros((bed.context_rows, bed.arms))])


def _kernel(
    bed: Testbed, policy: Policy, initial: Floats, check_bounds: bool = False
) -> tuple[Callable[..., None], Callable[[], kernel.Workspace | batched.Workspace]]:
    """The kernel for this policy and testbed, and a function that makes its workspace; batched if both support it."""
    parts: dict[str, Any]
    pair = policy.batched_functions(bed) if policy.estimands(bed) is None else None
    if pair is not None and bed.sample_reward_batched is not None and bed.delay == bed.discount == 0.0:
        parts = {"sample_arms": type(bed).sample_arms, "sample_reward": type(bed).sample_reward_batched}
        parts["select"], parts["update"] = pair
        return specialise(batched.play, parts, check_bounds=check_bounds), lambda: batched.Workspace(
            bed.arms, bed.columns
        )
    parts = bed.functions()
    parts["select"], parts["update"] = policy.functions(bed)
    parts["write_estimates"] = type(policy).write_estimates
    return specialise(kernel.play, parts, check_bounds=check_bounds), lambda: kernel.new_workspace(
        bed.arms, bed.columns, initial, bed.longest_delay, bed.context_rows, policy.draw_rows
    )


def _name(policy: str | Policy) -> str:
    """The policy's spec, or the name of its class if it is an object."""
    return policy if isinstance(policy, str) else type(policy).__name__


def _made_policy(policy: str | Policy, bed: Testbed) -> Policy | None:
    """The policy object; None for a bonus or strategy. A name of both a policy and a strategy means the policy."""
    if isinstance(policy, Policy):
        return policy
    if parse(policy).name not in POLICIES.names() and _is_plugin(policy):
        adapter.check_plugin(policy, bed)
        return None
    built: Policy = _made_plugin(POLICIES, policy)
    return built


def _is_plugin(spec: str) -> bool:
    """Whether the spec names a bonus or strategy, installed or registered from Python; imports none."""
    name = parse(spec).name
    return name in BONUSES.names() or name in STRATEGIES.names()


def _made_plugin(registry: Registry[Any], spec: str) -> Any:
    """The plugin that a spec names, with its settings checked."""
    parsed = parse(spec)
    if parsed.name not in registry.names():
        raise unknown(registry.kind, parsed.name, registry.names())
    plugin, settings = registry.resolve(parsed)
    return plugin(**dict(settings))
