"""Kinds of bandit problem: which testbeds are of a kind, and what matters there for the choice of a policy.

`problem_kind(bed, horizon)` tries `KINDS` in their order; the first that applies decides. A testbed of several kinds at
once (delayed rewards of changing arms, say) is of the kind that matters most for the choice of a policy.

A policy says itself on which kinds it is recommended and compared, by `Placement`s (`bandits.policy.Policy`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bandits.testbed import Testbed

RARE_MEAN = 0.2  # the rewards of Bernoulli arms are rare where the best mean is below this
MANY = 20  # arms are many where there are fewer than so many pulls for each
UNRANKED = 100  # the rank of a policy that does not say which; the built-in ones have smaller ranks


class Kind(StrEnum):
    """The names of the kinds; `OTHER_BOUNDED` and `OTHER` hold the default comparisons of kinds without their own."""

    MARKOV = "markov"
    CONTEXTS = "contexts"
    CHANGING_BOUNDED = "changing-bounded"
    CHANGING = "changing"
    DELAYED = "delayed"
    MANY_ARMS = "many-arms"
    HEAVY_TAILED = "heavy-tailed"
    RARE_REWARDS = "rare-rewards"
    BOUNDED = "bounded"
    COUNTS = "counts"
    GAUSSIAN = "gaussian"
    BEST_ARM = "best-arm"
    ADVERSARIAL = "adversarial"
    OTHER_BOUNDED = "other-bounded"
    OTHER = "other"


@dataclass(frozen=True)
class Placement:
    """The place of a policy in the list for one kind of problem: smaller ranks first, with these settings."""

    kind: Kind
    rank: int = UNRANKED
    settings: str = ""


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: its name, a `description`, `why` the recommended policies suit it, and where it `applies`.

    comparison: the kind whose default comparison is played there; None for `OTHER_BOUNDED` or `OTHER`, by the rewards.
    """

    name: Kind
    description: str
    why: str
    applies: Callable[[Testbed, int], bool]
    comparison: Kind | None = None


def _rare(bed: Testbed, horizon: int) -> bool:
    return bed.family == "bernoulli" and bed.means is not None and float(bed.means.max()) < RARE_MEAN


def _never(bed: Testbed, horizon: int) -> bool:
    """For kinds that depend on what the user is after, not on the testbed."""
    return False


KINDS: tuple[ProblemKind, ...] = (
    ProblemKind(
        Kind.MARKOV,
        "arms with a state that changes when they are pulled",
        "the value of a pull includes the states that it leads to, which an average of rewards does not measure",
        lambda bed, horizon: bed.family == "markov",
        Kind.MARKOV,
    ),
    ProblemKind(
        Kind.CONTEXTS,
        "a context is observed before each pull",
        "they learn how the reward depends on the context; to all other policies the arms seem to change at random",
        lambda bed, horizon: bed.context_rows > 0,
        Kind.CONTEXTS,
    ),
    ProblemKind(
        Kind.CHANGING_BOUNDED,
        "rewards in [0, 1] of arms that change",
        "they forget old rewards, or detect the change; other averages mix rewards from before and after it",
        lambda bed, horizon: bed.non_stationary and bed.bounded,
        Kind.CHANGING_BOUNDED,
    ),
    ProblemKind(
        Kind.CHANGING,
        "unbounded rewards of arms that change",
        "they discount old rewards, at a rate to be set: a discount of 0.99 averages over some 100 steps",
        lambda bed, horizon: bed.non_stationary,
        Kind.CHANGING,
    ),
    ProblemKind(
        Kind.DELAYED,
        "delayed rewards",
        "they are randomised, and so pull several arms while rewards are outstanding; an index policy repeats one arm",
        lambda bed, horizon: bed.delay != 0.0,
    ),
    ProblemKind(
        Kind.MANY_ARMS,
        f"fewer than {MANY} pulls per arm",
        "the horizon is too short to estimate every arm: committing early to a good arm gives lower regret",
        lambda bed, horizon: horizon < MANY * bed.arms,
    ),
    ProblemKind(
        Kind.HEAVY_TAILED,
        "heavy-tailed rewards",
        "a variance that is estimated from a few huge rewards widens every index; no policy here has a proof",
        lambda bed, horizon: bed.family == "heavy-tailed",
    ),
    ProblemKind(
        Kind.RARE_REWARDS,
        "rewards of 0 and 1 that are rare",
        "they use that the variance is small near 0; UCB1 assumes 1/4 and explores far too much",
        _rare,
    ),
    ProblemKind(
        Kind.BOUNDED,
        "rewards in [0, 1]",
        "they attain the bound of Lai & Robbins for Bernoulli rewards, and are valid for any rewards in [0, 1]",
        lambda bed, horizon: bed.bounded,
    ),
    ProblemKind(
        Kind.COUNTS,
        "counts (Poisson) and waiting times (exponential)",
        "the divergence of the family accounts for a variance that grows with the mean",
        lambda bed, horizon: bed.family in ("poisson", "exponential"),
    ),
    ProblemKind(
        Kind.GAUSSIAN,
        "Gaussian rewards of known variance",
        "the widths of their intervals or posteriors fit the known variance, and shrink with the number of pulls",
        lambda bed, horizon: True,
        Kind.GAUSSIAN,
    ),
)
GOALS: tuple[ProblemKind, ...] = (
    ProblemKind(
        Kind.BEST_ARM,
        "only the arm recommended at the horizon counts (best-arm identification)",
        "they keep pulling the second-best arms; compare them by the simple regret, not by the regret",
        _never,
    ),
    ProblemKind(
        Kind.ADVERSARIAL,
        "an adversary may choose the rewards",
        "their regret is bounded for any sequence of rewards; on stationary arms it is larger than that of others",
        _never,
    ),
)


def problem_kind(bed: Testbed, horizon: int) -> ProblemKind:
    """The kind of problem that this testbed is with so many pulls."""
    return next(kind for kind in KINDS if kind.applies(bed, horizon))
