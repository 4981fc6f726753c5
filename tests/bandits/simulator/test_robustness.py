"""Every installed policy and testbed under settings drawn from what their `Settings` allow, and relations that hold.

The functions of a policy are compiled by themselves and called from the interpreter, so that no kernel has to be
compiled for them: short runs of all plugins under many settings take seconds.
"""

from dataclasses import fields
from functools import cache
from typing import Any, Literal, get_args, get_origin

import annotated_types
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bandits.policy import POLICIES, Policy
from bandits.simulator import simulation
from bandits.testbed import TESTBEDS
from explore.core.spec import parse
from explore.errors import BadInput

LARGE = 1e6
SIZES = ("arms", "dimension", "states")  # settings by which work grows: kept small
SINGLE = ["scaled:arms=1", "linear:arms=1", "markov:arms=1", "rotting:arms=1"]
BEDS = ["sutton-barto:arms=3,delay=3", "bernoulli:means=0/1/0.5", "abrupt:arms=2,rate=0.1", "two-tasks:delay=2"]


def values(name: str, field: Any) -> st.SearchStrategy[Any]:
    """What a field of some `Settings` may be, its bounds included."""
    low, high, open_low, open_high = -LARGE, LARGE, False, False
    pattern = None
    for bound in field.metadata:
        if isinstance(bound, annotated_types.Ge | annotated_types.Gt):
            low, open_low = (bound.ge, False) if isinstance(bound, annotated_types.Ge) else (bound.gt, True)
        elif isinstance(bound, annotated_types.Le | annotated_types.Lt):
            high, open_high = (bound.le, False) if isinstance(bound, annotated_types.Le) else (bound.lt, True)
        else:
            pattern = getattr(bound, "pattern", pattern)
    kind = next(part for part in (*get_args(field.annotation), field.annotation) if part is not type(None))
    kind = field.annotation if get_origin(field.annotation) is Literal else kind
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    if kind is str:
        numbers = st.lists(st.sampled_from(["0", "0.2", "0.5", "1", "2", "3", "7", "x", ""]), min_size=1, max_size=4)
        return st.from_regex(pattern, fullmatch=True) if pattern else numbers.map("/".join)
    if kind is int:
        if name in SIZES:
            high = min(high, low + 4)
        spread = st.integers(int(low) + open_low, int(min(high, LARGE)) - open_high)
        return st.one_of(st.integers(int(low) + open_low, int(min(high, low + 30))), spread)
    assert kind is float, f"no values are known for a field of the type {kind}"
    bounds = {"exclude_min": open_low, "exclude_max": open_high, "allow_nan": False, "allow_subnormal": False}
    whole = st.floats(max(low, -LARGE), min(high, LARGE), **bounds)
    return st.one_of(whole, st.floats(max(low, -2.0), min(high, 2.0), **bounds)) if low < 2.0 and high > -2.0 else whole


def specs(registry: Any, name: str) -> st.SearchStrategy[str]:
    """Spec strings of this plugin; each setting given or left."""
    fields = registry.get(name).Settings.model_fields
    drawn = st.fixed_dictionaries({}, optional={key: values(key, field) for key, field in fields.items()})
    return drawn.map(
        lambda given: (
            name + (":" + ",".join(f"{key}={value}" for key, value in given.items()))
            if all(str(value) for value in given.values()) and given
            else name
        )
    )


class Parted(Policy):
    """A policy whose functions are called one by one, as a policy in plain Python is."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy, self.draw_rows = policy, policy.draw_rows

    def initial(self, bed: Any, horizon: int) -> Any:
        return self.policy.initial(bed, horizon)

    def functions(self, bed: Any) -> Any:
        select, update = self.policy.functions(bed)
        return uncompiled(select), uncompiled(update)


@cache
def uncompiled(function: Any) -> Any:
    return lambda *arguments: function(*arguments)


@cache
def accepts(name: str, bed: str) -> bool:
    """Whether the policy is made for the testbed's rewards and contexts."""
    try:
        simulation._made_plugin(POLICIES, name).initial(simulation._made_plugin(TESTBEDS, bed), 100)
    except BadInput:
        return False
    return True


def suitable(name: str) -> list[str]:
    """The testbeds that this policy plays."""
    return [bed for bed in [*BEDS, *SINGLE, *TESTBEDS.names()] if accepts(name, bed)]


def sound(testbed: str, policy: str, seed: int, horizon: int) -> bool:
    """Whether these settings are played, and not refused; then the figures are finite, and regret does not shrink."""
    try:
        bed, player = simulation._made_plugin(TESTBEDS, testbed), simulation._made_plugin(POLICIES, policy)
        players, horizon = [Parted(player)], max(horizon, bed.arms)
        result = simulation.simulate(bed, players, runs=2, horizon=horizon, seed=seed, threads=1).policies[0]
    except BadInput:
        return False
    for field in fields(result):
        value = getattr(result, field.name)
        if not isinstance(value, str | None):
            assert np.isfinite(value).all(), field.name
    smallest = -1e-6 * (1 + result.regret)  # single precision
    assert (np.diff(result.regret_curve, prepend=0.0) >= smallest).all()
    assert result.simple_regret >= 0
    assert 0 <= result.optimal <= 1
    return True


def some(examples: int) -> Any:
    """Few examples, the same in each run of the tests; how to shrink a failure is not worth the time it takes."""
    phases, checks = [Phase.explicit, Phase.reuse, Phase.generate], list(HealthCheck)
    return settings(max_examples=examples, deadline=None, phases=phases, suppress_health_check=checks, derandomize=True)


@pytest.mark.parametrize("name", POLICIES.names())
def test_every_policy_with_any_settings(name: str) -> None:
    played = []

    @some(4)
    @given(bed=st.sampled_from(suitable(name)), policy=specs(POLICIES, name), seed=st.integers(0, 2**32))
    def check(bed: str, policy: str, seed: int) -> None:
        played.append(sound(bed, policy, seed, 20))

    check()
    assert any(played)


@pytest.mark.parametrize("name", TESTBEDS.names())
def test_every_testbed_with_any_settings(name: str) -> None:
    played = []

    @some(8)
    @given(bed=specs(TESTBEDS, name), seed=st.integers(0, 2**32))
    def check(bed: str, seed: int) -> None:
        played.append(sound(bed, "epsilon-greedy", seed, 20))

    check()
    assert any(played)


def test_the_settings_that_are_drawn_are_those_of_the_plugins() -> None:
    """Bounds are reached and never passed, literals and patterns are kept to."""
    drawn: list[str] = []

    @some(300)
    @given(specs(POLICIES, "thompson"), specs(TESTBEDS, "linear"), specs(POLICIES, "exp3-s"))
    def check(thompson: str, linear: str, adversarial: str) -> None:
        drawn.extend([thompson, linear, adversarial])
        for registry, spec in ((POLICIES, thompson), (TESTBEDS, linear), (POLICIES, adversarial)):
            simulation._made_plugin(registry, spec)

    check()
    text = "\n".join(drawn)
    for part in ("model=student", "model=auto", "delays=geometric", "parameters=disjoint", "arms=1,", "delay=0"):
        assert part in text


COPIES = ["bernoulli:means=0.3/0.3/0.3/0.3", "gaussian:means=2/2/2", *SINGLE]


@pytest.mark.parametrize("name", POLICIES.names())
def test_copies_of_one_arm_cost_nothing(name: str) -> None:
    beds = [bed for bed in COPIES if accepts(name, bed)]
    if not beds:
        pytest.skip("no testbed of equal arms suits this policy")
    for bed in beds:
        player = Parted(simulation._made_plugin(POLICIES, name))
        result = simulation.simulate(simulation._made_plugin(TESTBEDS, bed), [player], runs=1, horizon=40).policies[0]
        assert result.regret == result.simple_regret == result.best_arm_error == 0
        assert result.optimal == 1


STEPS = 40


def pulls(name: str, bed: Any, order: Any, seed: int, *, scale: float = 1.0, shift: float = 0.0) -> Any:
    """The arms that the policy pulls, named as they were before they were put into this `order`.

    Each arm has been pulled once before; the n-th pull of an arm pays the same whoever pulls, times `scale`, plus
    `shift`. Contexts are those of the arms.
    """
    rng = np.random.default_rng(7)
    policy = simulation._made_plugin(POLICIES, name)
    select, update = policy.functions(bed)
    state, words = simulation._initial_state(bed, name, policy, 10 * STEPS), np.array([seed], np.uint64)
    own, theta = rng.uniform(0.4, 0.6, bed.arms), rng.normal(size=bed.context_rows)
    noise, seen = rng.uniform(-0.4, 0.4, (STEPS + 1, bed.arms)), rng.normal(size=(STEPS, bed.context_rows, bed.arms))
    counts, result = np.zeros(bed.arms, int), []

    def pull(arm: int, contexts: Any) -> None:
        reward = own[arm] + theta @ contexts[:, arm] + noise[counts[arm], arm]
        counts[arm] += 1
        update(state, list(order).index(arm), shift + scale * reward, words)

    for arm in range(bed.arms):
        state[len(state) - bed.context_rows :] = seen[arm][:, order]
        pull(arm, seen[arm])
    for t in range(bed.arms + 1, STEPS):
        state[len(state) - bed.context_rows :] = seen[t][:, order]
        arm = int(order[select(state, t, words)])
        result.append(arm)
        pull(arm, seen[t])
    return np.array(result)


def table(name: str) -> Any:
    """A testbed of four arms with the rewards that this policy takes."""
    beds = ["uniform:arms=4", "gaussian:arms=4", "linear:arms=4"]
    return next((simulation._made_plugin(TESTBEDS, bed) for bed in beds if accepts(name, bed)), None)


SURE = ("kl-ucb", "imed", "lin-ucb", "moss", "ucb", "ucb1", "ucb-tuned", "ucb-v")  # draw no number but for ties


@pytest.mark.parametrize("name", POLICIES.names())
def test_the_names_of_the_arms_do_not_matter(name: str) -> None:
    """Where chance has no say, relabelled arms are pulled in the same order; else as often, within 5 errors."""
    bed, order = table(name), np.array([2, 0, 3, 1])
    if bed is None:
        pytest.skip("no testbed of four arms suits this policy")
    first, second = (pulls(name, bed, np.arange(4), seed) for seed in (1, 2))
    if (first == second).all():
        np.testing.assert_array_equal(pulls(name, bed, order, 3), first)
        return
    assert name not in SURE
    ours, theirs = (
        np.array([np.bincount(pulls(name, bed, labels, seed), minlength=4) for seed in seeds])
        for labels, seeds in ((np.arange(4), range(30)), (order, range(100, 130)))
    )
    error = np.sqrt((ours.var(0) + theirs.var(0)) / 30)
    assert (np.abs(ours.mean(0) - theirs.mean(0)) <= 5 * error + 1e-9).all()


def relabelled(bed: str, order: Any) -> Any:
    """The testbed with its arms in another order, where they are not alike from the start."""
    kind = type(simulation._made_plugin(TESTBEDS, bed))

    class Relabelled(kind):  # type: ignore[misc, valid-type]
        @property
        def parameters(self) -> Any:
            return super().parameters[order]

    settings: dict[str, Any] = dict(parse(bed).settings)
    return Relabelled(**settings)


UNLIKE = ["bernoulli:means=0.05/0.4/0.95", "gaussian:means=0/0.5/2", "two-tasks"]
WITH_SETTINGS = [
    "ucb:c=0",
    "epsilon-greedy:epsilon=0",
    "gradient:baseline=false",
    "exp3:gamma=0.1",
    "boltzmann:decay=1",
]


@pytest.mark.parametrize("delay", [0, 5])
@pytest.mark.parametrize("spec", [*POLICIES.names(), *WITH_SETTINGS])
def test_the_distribution_of_regret_does_not_depend_on_labels(spec: str, delay: int) -> None:
    """Two samples of runs, of arms in either order, with and without delayed rewards: means within 4.5 errors.

    The false alarm rate of a comparison is 7 in a million. A policy that plays one label for ever, as after a NaN,
    differs by far more.
    """
    name = spec.split(":", maxsplit=1)[0]
    bed = next((f"{bed}{',' if ':' in bed else ':'}delay={delay}" for bed in UNLIKE if accepts(name, bed)), None)
    if bed is None:
        pytest.skip("it plays contexts, of which all arms have the same law")
    arms = simulation._made_plugin(TESTBEDS, bed).arms
    regrets = []
    for seed, order in enumerate((np.arange(arms), np.arange(arms)[::-1])):
        player = Parted(simulation._made_plugin(POLICIES, spec))
        run = simulation.simulate(relabelled(bed, order), [player], runs=40, horizon=60, seed=seed, threads=1)
        regrets.append(run.policies[0].regrets)
    ours, theirs = regrets
    error = np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / 40)
    assert abs(ours.mean() - theirs.mean()) <= 4.5 * error + 1e-9


FREE = ["besa", "epsilon-greedy", "explore-then-commit:pulls=5", "thompson:model=student"]  # whatever the noise is
NOISE_KNOWN = [
    "bayes-ucb",
    "imed",
    "kl-ucb",
    "moss",
    "ocucb",
    "successive-elimination",
    "sliding-window-ucb",
    "lin-ucb:norm=",
]
SHIFTED = ["besa", "boltzmann", "explore-then-commit:pulls=5", "ucb", "ucb1", "moss", "ocucb", "kl-ucb", "imed"]


BED, SEEN = "gaussian:arms=4,deviations={}", "linear:arms=4,noise={}"


@pytest.mark.parametrize("spec", [*FREE, *NOISE_KNOWN])
def test_the_unit_of_the_rewards_does_not_matter(spec: str) -> None:
    """Four times the rewards, which is exact in binary, and four times the noise for those that know it."""
    result = []
    for unit in (1.0, 4.0):
        noise = unit if spec in NOISE_KNOWN else 1.0
        bed = (SEEN if spec.startswith("lin") else BED).format(noise)
        policy = spec + str(noise) if spec.endswith("=") else spec
        result.append(pulls(policy, simulation._made_plugin(TESTBEDS, bed), np.arange(4), 5, scale=unit))
    assert len(set(result[0])) > 1
    np.testing.assert_array_equal(*result)


@pytest.mark.parametrize("spec", SHIFTED)
def test_where_zero_lies_does_not_matter(spec: str) -> None:
    bed = simulation._made_plugin(TESTBEDS, BED.format(1))
    low, high = (pulls(spec, bed, np.arange(4), 5, shift=shift) for shift in (0.0, 8.0))
    assert len(set(low)) > 1
    np.testing.assert_array_equal(low, high)
