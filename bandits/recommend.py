"""What kind of problem a testbed is, which policies suit that kind, and why: for reports, defaults and advice.

The kinds are tried in the order of `WHERE`; the first that fits names the situation. A testbed of several kinds at once
(late rewards of changing arms, say) is named after the one that decides most about the choice of a policy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bandits.policies.shared import is_bounded
from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS, Testbed, spelled
from explore.core.spec import parse
from explore.errors import BadInput

RARE = 0.2  # Bernoulli arms whose best mean is below this pay rarely
NAMES = {"gaussian": "Gaussian", "bernoulli": "Bernoulli", "poisson": "Poisson", "markov": "Markov"}
MANY = 20  # arms are many where there are fewer than so many pulls for each


@dataclass(frozen=True)
class Situation:
    """A kind of problem: what it is called, `take` the names of policies that suit it, best first, and `why`."""

    name: str
    words: str
    take: tuple[str, ...]
    why: str
    fits: Callable[[Testbed, int], bool]


def _rare(bed: Testbed, horizon: int) -> bool:
    return bed.family == "bernoulli" and bed.means is not None and float(bed.means.max()) < RARE


WHERE: tuple[Situation, ...] = (
    Situation(
        "markov",
        "pulls move an arm's own state",
        ("gittins", "duff"),
        "a pull is worth what it leads to, which an average of rewards does not see",
        lambda bed, horizon: hasattr(bed, "chains"),
    ),
    Situation(
        "contexts",
        "a context is seen before each pull",
        ("lin-ts", "lin-ucb"),
        "they learn how the context makes the reward; all others see arms that change at random",
        lambda bed, horizon: bed.context_rows > 0,
    ),
    Situation(
        "changing, in [0, 1]",
        "rewards in [0, 1] of arms that change",
        ("glr-ucb", "sliding-window-thompson", "discounted-thompson", "epsilon-greedy:alpha=0.1"),
        "they forget, or notice the change; what never forgets trusts averages of another time",
        lambda bed, horizon: bed.non_stationary and is_bounded(bed),
    ),
    Situation(
        "changing",
        "unbounded rewards of arms that change",
        ("discounted-thompson", "sliding-window-thompson", "epsilon-greedy:alpha=0.1"),
        "they forget at a pace to be set: discount 0.99 remembers some 100 steps",
        lambda bed, horizon: bed.non_stationary,
    ),
    Situation(
        "late",
        "rewards that come late",
        ("thompson", "boltzmann-gumbel"),
        "they choose at random, so that they spread their pulls while news is under way; an index repeats one arm",
        lambda bed, horizon: bed.delay != 0.0,
    ),
    Situation(
        "many",
        f"fewer than {MANY} pulls for each arm",
        ("optimistic", "thompson", "moss", "epsilon-greedy:epsilon=0.1"),
        "there is no time to measure every arm: what settles early on a good one wins",
        lambda bed, horizon: horizon < MANY * bed.arms,
    ),
    Situation(
        "heavy tails",
        "heavy tails: a few huge rewards",
        ("ucb:c=1", "besa", "epsilon-greedy:epsilon=0.1"),
        "a variance that a few rewards make up widens every index; no policy here has a proof",
        lambda bed, horizon: bed.family == "heavy-tailed",
    ),
    Situation(
        "rare",
        "rewards of 0 and 1 that are rare",
        ("thompson", "imed", "kl-ucb", "bayes-ucb"),
        "they know that the variance is small near 0; UCB1 takes it for 1/4 and explores far too much",
        _rare,
    ),
    Situation(
        "bounded",
        "rewards in [0, 1]",
        ("thompson", "imed", "kl-ucb", "bayes-ucb"),
        "they attain the bound of Lai & Robbins for Bernoulli rewards, and are safe for any in [0, 1]",
        lambda bed, horizon: is_bounded(bed),
    ),
    Situation(
        "counts and times",
        "counts (Poisson) and waiting times (exponential)",
        ("kl-ucb", "imed", "thompson"),
        "the divergence of the family knows that the variance grows with the mean",
        lambda bed, horizon: bed.family in ("poisson", "exponential"),
    ),
    Situation(
        "gaussian",
        "Gaussian rewards of known variance",
        ("thompson", "ucb:c=1", "kl-ucb", "imed"),
        "their widths are those of the noise, and they stop exploring as it averages out",
        lambda bed, horizon: True,
    ),
)
BEST_ARM = Situation(
    "best arm",
    "only the arm recommended at the end counts",
    ("top-two-thompson", "successive-elimination", "median-elimination"),
    "they go on testing the runners-up; judge them by the wrong arm, not by regret",
    lambda bed, horizon: False,
)
ADVERSARY = Situation(
    "adversary",
    "somebody may set the rewards against you",
    ("tsallis-inf", "exp3-ix"),
    "no sequence of rewards can exploit them; on harmless arms they pay for that",
    lambda bed, horizon: False,
)

DEFAULTS: dict[str, tuple[str, ...]] = {
    "contexts": ("epsilon-greedy:epsilon=0.1", "thompson", "lin-ucb", "lin-ts"),
    "markov": ("epsilon-greedy:epsilon=0.1", "ucb:c=2", "thompson", "gittins", "duff"),
    "changing, in [0, 1]": (
        "epsilon-greedy:epsilon=0.1",
        "epsilon-greedy:epsilon=0.1,alpha=0.1",
        "thompson",
        "discounted-ucb",
        "sliding-window-ucb",
        "discounted-thompson",
        "sliding-window-thompson",
        "glr-ucb",
    ),
    "changing": (
        "epsilon-greedy:epsilon=0.1",
        "epsilon-greedy:epsilon=0.1,alpha=0.1",
        "thompson",
        "ucb:c=1",
        "discounted-ucb",
        "sliding-window-ucb",
        "discounted-thompson",
        "sliding-window-thompson",
    ),
    "gaussian": (
        "epsilon-greedy:epsilon=0",
        "epsilon-greedy:epsilon=0.01",
        "epsilon-greedy:epsilon=0.1",
        "optimistic:initial=5,alpha=0.1",
        "gradient:alpha=0.1,baseline=true",
        "ucb:c=2",
        "ucb:c=1",
        "thompson",
    ),
}
IN_UNIT = (
    "epsilon-greedy:epsilon=0.1",
    "ucb1",
    "ucb-tuned",
    "moss",
    "kl-ucb",
    "imed",
    "thompson",
    "tsallis-inf",
)
ANY = (
    "epsilon-greedy:epsilon=0.1",
    "boltzmann-gumbel",
    "ucb:c=2",
    "moss",
    "kl-ucb",
    "imed",
    "besa",
    "thompson",
)


def situation_of(bed: Testbed, horizon: int) -> Situation:
    """The kind of problem that this testbed is with so many pulls."""
    return next(kind for kind in WHERE if kind.fits(bed, horizon))


def defaults_for(testbed: str, horizon: int) -> list[str]:
    """Policies worth comparing on a testbed: a simple one, the classic ones, those made for its kind.

    Those that are not installed or refuse the testbed are left out. BadInput for an unknown testbed.
    """
    plugin, settings = TESTBEDS.resolve(spelled(testbed))
    bed = plugin(**dict(settings))
    kind = situation_of(bed, horizon).name
    chosen = DEFAULTS.get(kind, IN_UNIT if is_bounded(bed) else ANY)
    return playable(chosen, bed, horizon)


def worth_trying(bed: Testbed, horizon: int, played: Sequence[str]) -> list[str]:
    """What suits this kind of problem and was not played, in any setting."""
    names = {parse(spec).name for spec in played}
    wanted = [spec for spec in situation_of(bed, horizon).take if parse(spec).name not in names]
    return playable(wanted, bed, horizon)


def playable(specs: Sequence[str], bed: Testbed, horizon: int) -> list[str]:
    """Those of the policies that are installed and accept the testbed."""
    return [spec for spec in specs if _accepts(spec, bed, horizon)]


def _accepts(spec: str, bed: Testbed, horizon: int) -> bool:
    try:
        plugin, settings = POLICIES.resolve(spec)
        plugin(**dict(settings)).initial(bed, max(horizon, bed.arms))
    except BadInput:
        return False
    return True


def facts_of(bed: Testbed, horizon: int) -> str:
    """The testbed in a sentence or two, as far as its class says it."""
    arms = f"{bed.arms:,} arm{'s' if bed.arms > 1 else ''} with {NAMES.get(bed.family, bed.family)} rewards"
    if bed.means is not None and not bed.non_stationary:
        gaps = sorted(float(bed.means.max() - mean) for mean in bed.means if mean < bed.means.max())
        means = f"the same in every run, the best {gaps[0]:.3g} above the next" if gaps else "all equally good"
    elif hasattr(bed, "chains"):
        means = "moved by their pulls"
    elif bed.non_stationary:
        means = "changing"
    else:
        means = f"means drawn anew for each run from {bed.prior}" if bed.prior else "means drawn anew for each run"
    late = f", rewards {abs(bed.delay):g} steps late{' on average' if bed.delay < 0 else ''}" if bed.delay else ""
    return f"{arms}, {means}{late}"
