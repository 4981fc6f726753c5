"""Simulation: policies on a testbed, many runs, streaming aggregates.

Every policy plays the same runs: run i has the same arms, and the n-th pull of arm a pays the same to all of them.
Runs are played in blocks of a fixed size by several threads; sums are added up in the order of the blocks, so that the
figures are the same to the last bit for any number of threads.
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from numba.core.dispatcher import Dispatcher

from bandits.policy import POLICIES, Estimands, Policy
from bandits.simulator import batched, kernel
from bandits.simulator.diagnosis import complaint
from bandits.simulator.kernel import Floats, NoSuchArm, specialise
from bandits.testbed import TESTBEDS, Testbed, spelled
from explore.core.registry import Registry
from explore.core.spec import parse
from explore.errors import BadInput, unknown
from explore.numerics.seeding import checked_seed

BLOCK = batched.BATCH  # runs played by one thread before it takes the next ones
POINTS_PER_DECADE = 16
BAND = (0.05, 0.95)  # quantiles over runs of the band around a regret curve

OnProgress = Callable[[int, int], None]  # pulls done, pulls in all


@dataclass(frozen=True)
class PolicyResult:
    """What one policy did. Curves are `(points,)`, over `Simulation.steps`.

    regret: mean pseudo-regret at the horizon, Σ_t (μ* − μ_{A_t}), over runs; regret_se its standard error; in testbeds
    that change it is measured against the best arm of each step (dynamic regret). regrets: `(runs,)`, each run's.
    reward, optimal: means over the last ten steps; an optimal pull is one of an arm with the largest mean.
    simple_regret, best_arm_error: of the arm that would be recommended at the horizon, the one pulled most: by how much
    its mean is below the best, and how often it is.
    regret_low, regret_high: the 5 % and 95 % quantiles over runs.
    returns: `(runs,)`, each run's discounted return Σ γ^{t−1} r_t; None on a testbed without a discount.
    estimands, estimates: quantities of known value that the policy estimates, and its estimates at the end of each run,
    `(runs, values)`; None for most policies.
    compiled: False where the policy is plain Python. compile_seconds: what making its kernel ready took.
    """

    spec: str
    regret: float
    regret_se: float
    reward: float
    reward_se: float
    optimal: float
    optimal_se: float
    simple_regret: float
    simple_regret_se: float
    best_arm_error: float
    best_arm_error_se: float
    reward_curve: Floats
    reward_curve_se: Floats
    optimal_curve: Floats
    optimal_curve_se: Floats
    regret_curve: Floats
    regret_low: Floats
    regret_high: Floats
    regrets: Floats
    pulls_per_second: float
    compile_seconds: float
    compiled: bool
    returns: Floats | None = None
    estimands: Estimands | None = None
    estimates: Floats | None = None


@dataclass(frozen=True)
class Simulation:
    """What was simulated; `steps` `(points,)` are the checkpoints, log-spaced, with step 11 and the horizon.

    discount: of the testbed, 0 for none; optimum `(runs,)`: the best expected return of endless pulls in each run, None
    where it is not known.
    """

    testbed: str
    horizon: int
    runs: int
    seed: int
    steps: npt.NDArray[np.int64]
    policies: list[PolicyResult]
    discount: float = 0.0
    optimum: Floats | None = None


def simulate(
    testbed: str | Testbed = "sutton-barto",
    policies: Sequence[str | Policy] = ("epsilon-greedy", "ucb"),
    *,
    runs: int = 2000,
    horizon: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    progress: OnProgress | None = None,
) -> Simulation:
    """Play each policy on the testbed, `runs` times `horizon` pulls.

    testbed and policies are spec strings or objects; a spec may name a bonus or strategy, which then plays the
    first of the runs (`bandits.simulator.adapter` says how many). `threads` is all cores where not given. `progress` is
    told the pulls done and to do after each block, from the calling thread; an exception that it raises ends the
    simulation. Blocks have `BLOCK` runs whatever the number of threads, and their sums are added up in their order:
    that size is fixed, as another would round the curves of reward otherwise, in their last bits. BadInput for unknown
    names, wrong settings, a wrong seed, numbers below 1, or a horizon shorter than the arms.
    """
    if threads is not None and threads < 1:
        raise BadInput(f"threads is {threads}: at least 1 is needed.")
    seed = checked_seed(seed)
    bed, players = checked(testbed, policies, runs=runs, horizon=horizon)
    points = checkpoints(horizon)
    total = len(players) * runs * horizon
    results = []
    for number, (spec, player) in enumerate(players):
        done = number * runs * horizon
        told = None if progress is None else (lambda runs_done, d=done: progress(d + runs_done * horizon, total))
        if player is None:
            from bandits.simulator.adapter import simulate_plugin  # imports torch, which compiled policies do without

            results.append(simulate_plugin(bed, spec, runs=runs, horizon=horizon, seed=seed, progress=told))
            continue
        results.append(_simulate_one(bed, spec, player, points, runs, horizon, seed, threads or os.cpu_count(), told))
    optimum = bed.optimum(seed, runs) if bed.discount > 0 else None
    name = spelled(testbed) if isinstance(testbed, str) else type(testbed).__name__
    return Simulation(name, horizon, runs, seed, points, results, bed.discount, optimum)


def checked(
    testbed: str | Testbed, policies: Sequence[str | Policy], *, runs: int, horizon: int
) -> tuple[Testbed, list[tuple[str, Policy | None]]]:
    """The testbed, and the policies with their specs, None for a bonus or strategy that is to play.

    BadInput as `simulate` says, before anything is played.
    """
    for name, value in (("runs", runs), ("horizon", horizon)):
        if value < 1:
            raise BadInput(f"{name} is {value}: at least 1 is needed.")
    bed = testbed if isinstance(testbed, Testbed) else _built(TESTBEDS, spelled(testbed))
    if horizon < bed.arms:
        raise BadInput(f"a horizon of {horizon} is shorter than the {bed.arms} arms: each needs at least one pull.")
    if not policies:
        raise BadInput("no policy to simulate: name at least one.")
    return bed, [(_name(given), _player(given, bed)) for given in policies]


def checkpoints(horizon: int) -> npt.NDArray[np.int64]:
    """Steps 1 … `horizon`, about evenly spaced in ln t; every one of the first few, and 11."""
    count = int(np.ceil(np.log10(max(horizon, 2)) * POINTS_PER_DECADE)) + 1
    spaced = np.unique(np.round(np.geomspace(1, horizon, count)).astype(np.int64))
    return np.union1d(spaced, [step for step in (11, horizon) if step <= horizon]).astype(np.int64)


def _simulate_one(
    bed: Testbed,
    spec: str,
    policy: Policy,
    points: npt.NDArray[np.int64],
    runs: int,
    horizon: int,
    seed: int,
    threads: int | None,
    told: Callable[[int], None] | None,
) -> PolicyResult:
    started = time.perf_counter()
    parameters, initial = np.ascontiguousarray(bed.parameters), _state(bed, spec, policy, horizon)
    play, workspace = _kernel(bed, policy)
    regret = np.zeros((runs, len(points)), dtype=np.float32)
    last = np.zeros((runs, 5 if bed.discount > 0 else 4))
    estimands = policy.estimands(bed)
    estimates = np.zeros((runs, 0 if estimands is None else len(estimands.exact)))

    def block(first: int, size: int = BLOCK) -> Floats:
        sums = np.zeros((len(points), 3))
        rows = slice(first, first + size)
        play(
            parameters,
            initial,
            np.uint64(seed),
            first,
            horizon,
            bed.non_stationary,
            bed.context_rows,
            bed.delay,
            bed.discount,
            points,
            regret[rows],
            last[rows],
            sums,
            estimates[rows],
            workspace(bed.arms, bed.columns, initial, bed.longest_delay, bed.context_rows),
        )
        return sums

    try:
        block(0, 0)  # no run at all: compiles, or loads what was compiled before
    except Exception as error:  # whatever a compiler raises
        raise BadInput(f"the policy '{spec}' {complaint(bed, policy, error)}") from error
    ready = time.perf_counter()
    sums = np.zeros((len(points), 3))
    with ThreadPoolExecutor(threads) as pool:
        try:
            for number, part in enumerate(pool.map(block, range(0, runs, BLOCK))):
                sums += part
                if told is not None:
                    told(min((number + 1) * BLOCK, runs))
        except BaseException as stopped:
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(stopped, NoSuchArm):
                arm, t, arms = stopped.args
                raise BadInput(
                    f"the policy '{spec}' chose arm {arm} in step {t}: the {arms} arms are 0 to {arms - 1}."
                ) from stopped
            raise
    pulls_per_second = runs * horizon / (time.perf_counter() - ready)
    found = summary(spec, regret, last, sums, pulls_per_second, ready - started, isinstance(play, Dispatcher))
    return found if estimands is None else replace(found, estimands=estimands, estimates=estimates)


def summary(
    spec: str,
    regret: npt.NDArray[np.float32],
    last: Floats,
    sums: Floats,
    pulls_per_second: float,
    compile_seconds: float,
    compiled: bool,
) -> PolicyResult:
    """The result of what a kernel wrote: `regret` `(runs, points)`, `last` `(runs, 4 or 5)`, `sums` `(points, 3)`."""
    runs = len(regret)
    reward, square, optimal = (sums / runs).T
    # column by column: all at once would copy the whole
    low, high = np.array([np.quantile(column, BAND) for column in regret.T]).T
    final = regret[:, -1].astype(np.float64)
    return PolicyResult(
        spec=spec,
        regret=float(final.mean()),
        regret_se=_standard_error(final),
        reward=float(last[:, 0].mean()),
        reward_se=_standard_error(last[:, 0]),
        optimal=float(last[:, 1].mean()),
        optimal_se=_standard_error(last[:, 1]),
        simple_regret=float(last[:, 2].mean()),
        simple_regret_se=_standard_error(last[:, 2]),
        best_arm_error=float(last[:, 3].mean()),
        best_arm_error_se=_standard_error(last[:, 3]),
        reward_curve=reward,
        reward_curve_se=np.sqrt(np.maximum(square - reward**2, 0.0) / max(runs - 1, 1)),
        optimal_curve=optimal,
        optimal_curve_se=np.sqrt(optimal * (1.0 - optimal) / max(runs - 1, 1)),
        regret_curve=regret.mean(axis=0, dtype=np.float64),
        regret_low=low,
        regret_high=high,
        regrets=final,
        pulls_per_second=pulls_per_second,
        compile_seconds=compile_seconds,
        compiled=compiled,
        returns=last[:, 4] if last.shape[1] > 4 else None,
    )


def _state(bed: Testbed, spec: str, policy: Policy, horizon: int) -> Floats:
    """The policy's state before the first pull, with the rows that `show` writes."""
    own = np.asarray(policy.initial(bed, horizon), dtype=np.float64)
    if own.ndim != 2 or own.shape[1] != bed.arms:
        raise BadInput(
            f"the policy '{spec}' begins with a state of shape {own.shape}: "
            f"it must be (rows, {bed.arms}), with a column for each arm."
        )
    return np.vstack([own, np.zeros((bed.context_rows, bed.arms))])


def _kernel(bed: Testbed, policy: Policy) -> tuple[Callable[..., None], Callable[..., Any]]:
    """The kernel that plays this policy here, and what makes its workspace; the batched one where both can."""
    parts: dict[str, Any]
    beside = policy.batched_functions(bed) if policy.estimands(bed) is None else None
    if beside is not None and bed.sample_reward_batched is not None and bed.delay == bed.discount == 0.0:
        parts = {"sample_arms": type(bed).sample_arms, "sample_reward": type(bed).sample_reward_batched}
        parts["select"], parts["update"] = beside
        return specialise(batched.play, parts), batched.workspace
    parts = bed.functions()
    parts["select"], parts["update"] = policy.functions(bed)
    parts["write_estimates"] = type(policy).write_estimates
    return specialise(kernel.play, parts), kernel.workspace


def _standard_error(values: Floats) -> float:
    """Of the mean; zero for a single run, whose spread is unknown."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def _name(given: str | Policy) -> str:
    """The spec, or the class of a policy that was handed over as an object."""
    return given if isinstance(given, str) else type(given).__name__


def _player(given: str | Policy, bed: Testbed) -> Policy | None:
    """The policy; None for a bonus or strategy. Of two plugins with one name the compiled policy is meant."""
    if isinstance(given, Policy):
        return given
    if parse(given).name not in POLICIES.names():
        from bandits.simulator import adapter

        if adapter.is_plugin(given):
            adapter.check_plugin(given, bed)
            return None
    built: Policy = _built(POLICIES, given)
    return built


def _built(registry: Registry[Any], spec: str) -> Any:
    """The plugin that a spec names, with its settings checked."""
    parsed = parse(spec)
    if parsed.name not in registry.names():
        raise unknown(registry.kind, parsed.name, registry.names())
    plugin, settings = registry.resolve(parsed)
    return plugin(**dict(settings))
