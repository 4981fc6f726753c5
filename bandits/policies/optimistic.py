"""Optimistic initial values (Sutton & Barto 2018, section 2.6): Q starts above the mean of any arm, so that every pull
lowers its arm's value until every arm has been tried."""

from pydantic import Field

from bandits.policies.base.action_value import update, update_batched
from bandits.policies.base.assumptions import no_contexts
from bandits.policies.epsilon_greedy import select, select_batched
from bandits.policy import Floats, Policy, rows
from bandits.problem_kinds import Kind, Placement
from bandits.testbed import Testbed
from explore.core.spec import Settings


def no_later_changes(policy: Policy, bed: Testbed, horizon: int) -> str:
    """What is learned at the start stays true."""
    return "explores only at the start, and misses later changes" if bed.non_stationary and not bed.context_rows else ""


def above_all_means(policy: Policy, bed: Testbed, horizon: int) -> str:
    """`initial` is above what any arm pays, and not far above."""
    initial = policy.settings.initial * policy.settings.scale
    if bed.means is not None and initial <= bed.means.max():
        return f"the initial value {initial:g} is not above the best mean: it is not optimistic here"
    if bed.bounded and initial > 1.0:
        return f"the initial value {initial:g} is far above 1, the largest reward, and takes long to come down"
    return ""


class Optimistic(Policy):
    """Greedy with optimistic initial values: 5, and step 0.1, as in figure 2.3 of the book."""

    rule = "the largest Q, from initial values that are too high"
    good_for = "short stationary problems; explores once, at the start, so it misses later changes"
    needs = "an upper bound of the rewards"
    source = "Sutton & Barto 2018, 2.6"
    recommended_for = (Placement(Kind.MANY_ARMS, 1),)
    compared_on = (Placement(Kind.GAUSSIAN, 4, "initial=5,alpha=0.1"),)
    assumptions = (no_contexts, no_later_changes, above_all_means)

    class Settings(Settings):
        initial: float = Field(5.0, description="value of an arm before its first pull, in units of `scale`")
        alpha: float = Field(0.1, gt=0, le=1, description="constant step size")
        epsilon: float = Field(0.0, ge=0, le=1, description="probability of a random arm")
        scale: float = Field(1.0, ge=1e-100, le=1e100, description="size of a reward, the unit of `initial`")

    select = staticmethod(select)
    update = staticmethod(update)
    batched = (select_batched, update_batched)

    def initial(self, bed: Testbed, horizon: int) -> Floats:
        """α, the initial values, no pulls, and ε."""
        settings = self.settings
        return rows(bed.arms, settings.alpha, settings.initial * settings.scale, 0.0, settings.epsilon)
