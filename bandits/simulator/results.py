"""The results of a simulation: a `Simulation` with a `PolicyResult` per policy, from the kernels' `Tally`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bandits.policy import Estimands
from bandits.simulator.kernel import (
    EXPECTED_SUM,
    LATE_INFERIOR,
    LATE_SWITCHES,
    OPTIMAL,
    RETURN,
    REWARD,
    SIMPLE_REGRET,
    WRONG_ARM,
    Floats,
    Tally,
)
from bandits.testbed import Testbed

POINTS_PER_DECADE = 16
BAND = (0.05, 0.95)  # quantiles over runs of the band around a regret curve


@dataclass(frozen=True)
class PolicyResult:
    """The results of one policy; curves are `(points,)`, over `Simulation.steps`. Standard errors of one run are NaN.

    regret: mean pseudo-regret at the horizon, Σ_t (μ* − μ_{A_t}), over runs; regret_se its standard error; in testbeds
    that change it is measured against the best arm of each step (dynamic regret). regrets: `(runs,)`, each run's.
    reward, optimal: mean reward and share of optimal pulls (of an arm with the largest mean) over the last ten steps.
    simple_regret, best_arm_error: of the arm recommended at the horizon, the one pulled most: the mean gap of its mean
    to the best, and the share of runs in which the gap is positive.
    late_inferior, late_switches: over the second half of the steps, the share of pulls of arms that were not the best
    and the share of steps in which the arm differed from that of the step before.
    regret_low, regret_high: the 5 % and 95 % quantiles of the regret over runs.
    expected_rewards: `(runs,)`, each run's sum of the means of the arms that were pulled.
    returns: `(runs,)`, each run's discounted return Σ γ^{t−1} r_t; None on a testbed without a discount.
    estimands, estimates: quantities of known value that the policy estimates, and its estimates at the end of each run,
    `(runs, estimands)`; None for most policies.
    compiled: False where the policy is plain Python. compile_seconds: seconds to compile or load its kernel.
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
    late_inferior: float
    late_switches: float
    reward_curve: Floats
    reward_curve_se: Floats
    optimal_curve: Floats
    optimal_curve_se: Floats
    regret_curve: Floats
    regret_low: Floats
    regret_high: Floats
    regrets: Floats
    expected_rewards: Floats
    pulls_per_second: float
    compile_seconds: float
    compiled: bool
    returns: Floats | None = None
    estimands: Estimands | None = None
    estimates: Floats | None = None


@dataclass(frozen=True)
class Simulation:
    """The results of all policies on one testbed.

    steps: `(points,)`, the checkpoints, log-spaced, with step 11 and the horizon.
    discount: of the testbed, 0 for none. optimum: `(runs,)`, the optimal expected discounted return over an infinite
    horizon, None where it is not known. oracle_rewards: `(runs,)`, the sum of the means of the arms that the optimal
    policy pulls on its own trajectory, on rotting arms where that policy is known; else None.
    """

    testbed: str
    horizon: int
    runs: int
    seed: int
    steps: npt.NDArray[np.int64]
    policies: list[PolicyResult]
    discount: float = 0.0
    optimum: Floats | None = None
    oracle_rewards: Floats | None = None

    def policy_regrets(self, policy: PolicyResult) -> Floats | None:
        """Each run's regret against the oracle's own trajectory, `(runs,)`; None where the oracle is not known."""
        if self.oracle_rewards is None:
            return None
        return self.oracle_rewards[: len(policy.expected_rewards)] - policy.expected_rewards


def checkpoints(horizon: int) -> npt.NDArray[np.int64]:
    """Steps in 1 … `horizon`, about evenly spaced in ln t, with 11 and the horizon, `(points,)`."""
    count = int(np.ceil(np.log10(max(horizon, 2)) * POINTS_PER_DECADE)) + 1
    spaced = np.unique(np.round(np.geomspace(1, horizon, count)).astype(np.int64))
    return np.union1d(spaced, [step for step in (11, horizon) if step <= horizon]).astype(np.int64)


def summary(
    spec: str,
    tally: Tally,
    *,
    discounted: bool,
    estimands: Estimands | None,
    pulls_per_second: float,
    compile_seconds: float,
    compiled: bool,
) -> PolicyResult:
    """The result of a policy, from the tally over all runs.

    discounted: whether the testbed has a discount.
    """
    runs = len(tally.regret)
    reward, square, optimal = (tally.per_point / runs).T
    # column by column, as the quantiles of the whole array would copy it
    low, high = np.array([np.quantile(column, BAND) for column in tally.regret.T]).T
    final = tally.regret[:, -1].astype(np.float64)
    per_run = tally.per_run
    return PolicyResult(
        spec=spec,
        regret=float(final.mean()),
        regret_se=standard_error(final),
        reward=float(per_run[:, REWARD].mean()),
        reward_se=standard_error(per_run[:, REWARD]),
        optimal=float(per_run[:, OPTIMAL].mean()),
        optimal_se=standard_error(per_run[:, OPTIMAL]),
        simple_regret=float(per_run[:, SIMPLE_REGRET].mean()),
        simple_regret_se=standard_error(per_run[:, SIMPLE_REGRET]),
        best_arm_error=float(per_run[:, WRONG_ARM].mean()),
        best_arm_error_se=standard_error(per_run[:, WRONG_ARM]),
        late_inferior=float(per_run[:, LATE_INFERIOR].mean()),
        late_switches=float(per_run[:, LATE_SWITCHES].mean()),
        reward_curve=reward,
        reward_curve_se=_curve_error(np.maximum(square - reward**2, 0.0), runs),
        optimal_curve=optimal,
        optimal_curve_se=_curve_error(optimal * (1.0 - optimal), runs),
        regret_curve=tally.regret.mean(axis=0, dtype=np.float64),
        regret_low=low,
        regret_high=high,
        regrets=final,
        expected_rewards=per_run[:, EXPECTED_SUM].copy(),
        pulls_per_second=pulls_per_second,
        compile_seconds=compile_seconds,
        compiled=compiled,
        returns=per_run[:, RETURN] if discounted else None,
        estimands=estimands,
        estimates=None if estimands is None else tally.estimates,
    )


def standard_error(values: Floats) -> float:
    """The standard error of the mean of `values` `(runs,)`; NaN for a single run, whose variance is unknown."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


def _curve_error(variance: Floats, runs: int) -> Floats:
    """The standard error at each point, from the biased variance over runs `(points,)`; NaN for a single run."""
    return np.sqrt(variance / (runs - 1)) if runs > 1 else np.full(len(variance), np.nan)


def not_finite(bed: Testbed, run: int, step: int, arm: int) -> str:
    """The error message for a testbed whose reward or mean is NaN or infinite."""
    return (
        f"the testbed {type(bed).__name__} gave arm {arm} in step {step} of run {run} a reward or a mean that is NaN "
        "or infinite: both must be finite numbers."
    )
