"""Whether a policy's assumptions hold on a testbed: each that does not, in a sentence, and what it means there.

What is looked at: the family of the rewards, whether arms change, whether rewards come late, and whether the settings
leave time for what the policy plans to do. An assumption that does not hold is no mistake: ε-greedy on changing arms is
a fair yardstick. It says why a figure is what it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bandits.policies.elimination import phase_length
from bandits.policies.shared import is_bounded
from bandits.testbed import Testbed

FORGETS = {"discounted-ucb", "sliding-window-ucb", "discounted-thompson", "sliding-window-thompson"}
DETECTS = {"glr-ucb", "cusum-ucb"}
ADVERSARIAL = {"exp3", "exp3-ix", "exp3-s", "tsallis-inf"}
IDENTIFIES = {"top-two-thompson", "successive-elimination", "median-elimination"}
STEPS = {"epsilon-greedy", "epsilon-decreasing", "epsilon-first", "boltzmann", "optimistic", "q-learning"}  # may have α
INDICES = {"ucb", "ucb1", "ucb-tuned", "ucb-v", "moss", "moss-anytime", "ocucb", "imed", "bayes-ucb"}
INDICES |= {"kl-ucb", "kl-ucb-plus", "kl-ucb-plus-plus", "kl-ucb-switch", "discounted-ucb", "sliding-window-ucb"}
POSTERIORS = {"thompson", "top-two-thompson", "bayes-ucb", "information-directed"}
DIVERGENCES = {"kl-ucb", "kl-ucb-plus", "kl-ucb-plus-plus", "kl-ucb-switch", "imed"}
HOEFFDING = {"ucb1", "moss", "moss-anytime", "ocucb"}  # whose widths know no more of rewards than their range
ARMS_THAT_MOVE = {"gittins", "duff"}
CONTEXTUAL = {"lin-ucb", "lin-ts"}

Settings = Mapping[str, Any]
Check = Callable[[str, Settings, Testbed, int], str]


def misfits(name: str, settings: Settings, bed: Testbed, horizon: int) -> list[str]:
    """What the policy assumes and this testbed does not grant; `settings` with defaults filled in. Empty if it fits."""
    said = [check(name, settings, bed, horizon) for check in CHECKS]
    return [sentence for sentence in said if sentence]


def _change(name: str, settings: Settings, bed: Testbed, horizon: int) -> str:
    constant = name in STEPS and float(settings.get("alpha", 0.0)) > 0.0
    if bed.context_rows:
        return "" if name in CONTEXTUAL | ARMS_THAT_MOVE else "does not look at what the testbed shows before each pull"
    if bed.non_stationary:
        if name == "optimistic":
            return "explores only at the start, and misses later changes"
        if name in ADVERSARIAL - {"exp3-s"}:
            return "is safe against the best single arm, not against the best arm of each step"
        knows = FORGETS | DETECTS | ADVERSARIAL | ARMS_THAT_MOVE | CONTEXTUAL
        return "" if constant or name in knows else "takes arms for constant, but these change"
    if name in FORGETS:
        return "forgets, though nothing changes here, and so never stops exploring"
    return "watches for changes, though nothing changes here" if name in DETECTS else ""


def _rewards(name: str, settings: Settings, bed: Testbed, horizon: int) -> str:
    if name == "ucb1" and not is_bounded(bed):
        return f"is made for rewards in [0, 1]; these are {bed.family} with a variance of up to {bed.variance:.3g}"
    if name == "ucb" and float(settings["c"]) ** 2 >= 12 * bed.variance:
        return f"c={settings['c']:g} is wide for a variance of at most {bed.variance:.3g}: it explores long"
    if name in HOEFFDING and bed.family == "bernoulli" and bed.means is not None and not bed.non_stationary:
        largest = float((bed.means * (1.0 - bed.means)).max())
        if largest < 0.125:
            return f"takes the variance of a reward for 1/4, where it is at most {largest:.2g}, and explores long"
    model = str(settings.get("model", settings.get("family", "auto")))
    if name in POSTERIORS | DIVERGENCES and model == "gaussian" and bed.family != "gaussian":
        return f"takes rewards for Gaussian, but they are {bed.family}"
    own = {"thompson": ("poisson",)}.get(
        name, ("poisson", "exponential") if name in DIVERGENCES - {"kl-ucb-switch"} else ()
    )
    if name in POSTERIORS | DIVERGENCES and not is_bounded(bed) and bed.family not in ("gaussian", *own):
        return f"takes rewards for Gaussian, but they are {bed.family}"
    if name in ADVERSARIAL and not bed.non_stationary:
        return "pays for safety against an adversary, which these arms are not"
    return ""


def _prior(name: str, settings: Settings, bed: Testbed, horizon: int) -> str:
    forgets = name in ("discounted-thompson", "sliding-window-thompson")
    if is_bounded(bed) or bed.family != "gaussian" or not (name in ("thompson", "top-two-thompson") or forgets):
        return ""
    if str(settings.get("model", "auto")) == "student":
        return ""
    spread = float(settings.get("prior", 1.0)) ** 0.5
    centre = float(bed.prior[2:].partition(",")[0]) if bed.prior.startswith("N(") else 0.0
    far = centre if bed.means is None else float(bed.means[np.abs(bed.means).argmax()])
    return (
        f"has the prior N(0, {spread**2:g}), which does not expect means near {far:.3g}"
        if abs(far) > 3 * spread
        else ""
    )


def _start(name: str, settings: Settings, bed: Testbed, horizon: int) -> str:
    if name == "epsilon-greedy" and float(settings["epsilon"]) == 0.0 and float(settings["initial"]) == 0.0:
        return "never explores, and keeps to the first arm that looks good"
    if name == "gradient" and not settings["baseline"] and not bed.prior.startswith("N(0,"):
        return "has no baseline: whatever pays more than 0 looks good, the best arm or not"
    if name == "optimistic":
        initial = float(settings["initial"])
        if bed.means is not None and initial <= bed.means.max():
            return f"initial={initial:g} is not above the best mean: it is no optimism here"
        if is_bounded(bed) and initial > 1.0:
            return f"initial={initial:g} is far above 1, the largest reward, and takes long to come down"
    return ""


def _time(name: str, settings: Settings, bed: Testbed, horizon: int) -> str:
    if name == "epsilon-decreasing":
        until = float(settings["c"]) * bed.arms / float(settings["d"]) ** 2
        if until >= horizon:
            return f"explores at random for cK/d² = {until:,.0f} steps, the whole horizon"
        gaps = [] if bed.means is None else [gap for gap in bed.means.max() - bed.means if gap > 0]
        if gaps and float(settings["d"]) > min(gaps) * (1 + 1e-9):
            return f"d={settings['d']:g} is above the smallest gap, {min(gaps):.3g}: its proof does not hold"
    if name == "epsilon-first" and int(settings["pulls"]) >= horizon:
        return "is at random for the whole horizon"
    if name == "explore-then-commit" and int(settings["pulls"]) * bed.arms >= horizon:
        return f"needs {int(settings['pulls']) * bed.arms:,} pulls before it commits: it never does here"
    if name == "median-elimination":
        first = phase_length(0.25 * settings["epsilon"], 0.5 * settings["delta"], bed.variance) * bed.arms
        if first > horizon:
            return f"needs {first:,.0f} pulls for its first phase: it drops no arm here"
    if name.startswith("sliding-window") and bed.non_stationary and int(settings["window"]) >= horizon:
        return "has a window as long as the horizon: it forgets nothing here"
    return ""


def _lateness(name: str, settings: Settings, bed: Testbed, horizon: int) -> str:
    if bed.delay == 0.0 or name not in INDICES:
        return ""
    return f"repeats one arm until news of it comes, some {abs(bed.delay):g} steps later"


def _purpose(name: str, settings: Settings, bed: Testbed, horizon: int) -> str:
    return (
        "is made to find the best arm, not to earn meanwhile: judge it by the wrong arm" if name in IDENTIFIES else ""
    )


CHECKS: tuple[Check, ...] = (_change, _rewards, _prior, _start, _time, _lateness, _purpose)
