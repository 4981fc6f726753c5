"""Which policies to simulate on a testbed, as the policies state (`Policy.recommended_for`, `Policy.compared_on`).

Policies are listed by their rank for the kind of problem that the testbed is (`bandits.problem_kinds`). A policy that
is recommended on a kind is left out on a testbed that does not satisfy its assumptions; one whose scale alone does not
fit is recommended with the scale that does.
"""

from collections.abc import Sequence

from bandits.policy import POLICIES, Policy
from bandits.problem_kinds import Kind, problem_kind
from bandits.testbed import TESTBEDS, Testbed, spelled
from explore.core.spec import parse
from explore.errors import BadInput

NAMES = {"gaussian": "Gaussian", "bernoulli": "Bernoulli", "poisson": "Poisson", "markov": "Markov"}


def default_policies(testbed: str, horizon: int) -> list[str]:
    """The policies to compare on a testbed: a simple one, the classic ones, those made for its kind of problem.

    Those that refuse the testbed are left out. BadInput for an unknown testbed.
    """
    plugin, settings = TESTBEDS.resolve(spelled(testbed))
    bed = plugin(**dict(settings))
    kind = problem_kind(bed, horizon).comparison or (Kind.OTHER_BOUNDED if bed.bounded else Kind.OTHER)
    return [spec for spec in _ranked("compared_on", kind) if _accepted(spec, bed, horizon) is not None]


def recommended(kind: Kind) -> list[str]:
    """The policies that are recommended on a kind of problem, best first, whatever the testbed."""
    return _ranked("recommended_for", kind)


def recommended_on(bed: Testbed, horizon: int) -> list[str]:
    """The policies that are recommended on this testbed, best first; with the scale of its rewards where needed."""
    specs = (_fitted(spec, bed, horizon) for spec in recommended(problem_kind(bed, horizon).name))
    return [spec for spec in specs if spec is not None]


def untested(bed: Testbed, horizon: int, played: Sequence[str]) -> list[str]:
    """The recommended policies that were not played, in any setting."""
    names = {parse(spec).name for spec in played}
    return [spec for spec in recommended_on(bed, horizon) if parse(spec).name not in names]


def installed_policies() -> list[tuple[str, type[Policy]]]:
    """Name and class of every policy that can be imported."""
    policies = []
    for name in POLICIES.names():
        try:
            policies.append((name, POLICIES.get(name)))
        except BadInput:  # a third party's package that is broken; `escapade plugins` shows what is wrong
            continue
    return policies


def rule_of(policy: type[Policy]) -> str:
    """The rule of a policy; the first line of its docstring where it states none."""
    return policy.rule or (policy.__doc__ or "").strip().partition("\n")[0].rstrip(".")


def describe(bed: Testbed) -> str:
    """The testbed in a sentence or two, as far as its class says it."""
    arms = f"{bed.arms:,} arm{'s' if bed.arms > 1 else ''} with {NAMES.get(bed.family, bed.family)} rewards"
    if bed.means is not None and not bed.non_stationary:
        gaps = sorted(float(bed.means.max() - mean) for mean in bed.means if mean < bed.means.max())
        means = f"the same in every run, the best {gaps[0]:.3g} above the next" if gaps else "all equally good"
    elif bed.family == "markov":
        means = "with states that pulls change"
    elif bed.non_stationary:
        means = "changing"
    else:
        means = f"means drawn anew for each run from {bed.prior}" if bed.prior else "means drawn anew for each run"
    steps = f"{abs(bed.delay):g} steps{' on average' if bed.delay < 0 else ''}"
    return f"{arms}, {means}{f', rewards delayed by {steps}' if bed.delay else ''}"


def _ranked(attribute: str, kind: Kind) -> list[str]:
    """The specs of all installed policies with a placement for this kind, by rank, then by name."""
    places = [
        (placement.rank, f"{name}:{placement.settings}" if placement.settings else name)
        for name, policy in installed_policies()
        for placement in getattr(policy, attribute)
        if placement.kind == kind
    ]
    return [spec for _, spec in sorted(places)]


def _accepted(spec: str, bed: Testbed, horizon: int) -> Policy | None:
    """The policy, if it accepts the testbed."""
    try:
        plugin, settings = POLICIES.resolve(spec)
        policy: Policy = plugin(**dict(settings))
        policy.initial(bed, max(horizon, bed.arms))
    except BadInput:
        return None
    return policy


def _fitted(spec: str, bed: Testbed, horizon: int) -> str | None:
    """The spec, if the testbed satisfies the policy's assumptions; with the rewards' own scale if that helps."""
    policy = _accepted(spec, bed, horizon)
    if policy is None:
        return None
    if not policy.misfits(bed, horizon):
        return spec
    if "scale" not in type(policy).Settings.model_fields:
        return None
    scaled = f"{spec}{',' if ':' in spec else ':'}scale={bed.variance**0.5:.4g}"
    policy = _accepted(scaled, bed, horizon)
    return scaled if policy is not None and not policy.misfits(bed, horizon) else None
