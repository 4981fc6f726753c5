"""The simulation against published values, against itself interpreted, and under changes that must not matter."""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

import bandits
from bandits.policies import epsilon_first, epsilon_greedy, optimistic, ucb, ucb1
from bandits.policies.base import divergence
from bandits.policy import Policy, rows
from bandits.simulator import batched, kernel, results, simulation, specialise
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import FixedBernoulli
from bandits.testbeds.gaussian import SuttonBarto
from bandits.theory.published import PUBLISHED, verdicts
from explore.errors import BadInput
from explore.numerics import compiled

BOOK = [row.policy for row in PUBLISHED if row.testbed == "sutton-barto" and row.quantity == "reward" and not row.step]
LIFTED = [row.policy for row in PUBLISHED if row.testbed == "sutton-barto:mean=4" and row.quantity == "reward"]


@pytest.mark.parametrize(("testbed", "policies"), [("sutton-barto", BOOK), ("sutton-barto:mean=4", LIFTED)])
def test_published_values(testbed: str, policies: list[str]) -> None:
    """Every value of the ten-armed testbed that is known, step 11 of UCB among them."""
    result = verdicts(simulate(testbed, policies, runs=20_000, horizon=1000, seed=2))
    assert len(result) == sum(row.testbed == testbed for row in PUBLISHED)
    assert [(row.policy, row.quantity, row.z) for row in result if not row.agrees] == []


def same(one: Any, other: Any) -> None:
    for ours, theirs in zip(one.policies, other.policies, strict=True):
        for name in (
            "regret",
            "regret_se",
            "reward",
            "reward_se",
            "optimal",
            "optimal_se",
            "simple_regret",
            "best_arm_error",
        ):
            assert getattr(ours, name) == getattr(theirs, name), name
        for name in ("reward_curve", "optimal_curve", "regret_curve", "regret_low", "regret_high", "regrets"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)


def test_threads_change_no_bit() -> None:
    policies = ["epsilon-greedy", "ucb"]
    one, two, four = (simulate(policies=policies, runs=230, horizon=60, seed=5, threads=n) for n in (1, 2, 4))
    same(one, two)
    same(one, four)


def test_a_run_does_not_depend_on_its_company(monkeypatch: pytest.MonkeyPatch) -> None:
    few = simulate(policies=["epsilon-greedy"], runs=30, horizon=60, seed=5).policies[0].regrets
    many = simulate(policies=["epsilon-greedy"], runs=130, horizon=60, seed=5).policies[0].regrets
    monkeypatch.setattr(simulation, "BLOCK", 7)
    blocks = simulate(policies=["epsilon-greedy"], runs=130, horizon=60, seed=5).policies[0].regrets
    np.testing.assert_array_equal(few, many[:30])
    np.testing.assert_array_equal(blocks, many)


@pytest.mark.parametrize("testbed", ["sutton-barto", "sutton-barto:delay=2"])
def test_how_runs_are_batched_changes_no_bit(testbed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Side by side and one by one, in blocks of one run, of some, or all at once, by one thread or several.

    What is averaged over runs as they are played is added up block by block, so that it moves by rounding alone.
    """
    settings: dict[str, Any] = {"policies": ["epsilon-greedy"], "runs": 70, "horizon": 60, "seed": 5}
    usual = simulate(testbed, **settings).policies[0]
    for block, threads in ((1, 4), (13, 2), (100, 1)):
        monkeypatch.setattr(simulation, "BLOCK", block)
        result = simulate(testbed, threads=threads, **settings).policies[0]
        for name in ("regrets", "reward", "optimal", "simple_regret", "regret_curve", "regret_low", "regret_high"):
            np.testing.assert_array_equal(getattr(result, name), getattr(usual, name), err_msg=name)
        np.testing.assert_allclose(result.reward_curve, usual.reward_curve, rtol=0, atol=1e-14)
        np.testing.assert_array_equal(result.optimal_curve, usual.optimal_curve)


def test_another_seed_is_another_simulation() -> None:
    one, other = (simulate(policies=["ucb"], runs=20, horizon=50, seed=seed).policies[0].regrets for seed in (1, 2))
    assert not np.any(one == other)


@pytest.mark.parametrize("seed", [-1, 2**64, None, 1.5])
@pytest.mark.parametrize("policy", ["ucb1", "count"])
def test_a_wrong_seed_is_not_blamed_on_the_policy(policy: str, seed: Any) -> None:
    """It was "the policy 'ucb1' does not compile"."""
    with pytest.raises(BadInput, match=r"seed .*: a seed is a whole number from 0"):
        simulate(policies=[policy], runs=2, horizon=20, seed=seed)


def test_compiled_is_what_the_interpreter_does() -> None:
    """The same lines interpreted give the same regrets."""

    class Interpreted(epsilon_greedy.EpsilonGreedy):
        select = staticmethod(epsilon_greedy.select.py_func)
        update = staticmethod(epsilon_greedy.update.py_func)

    settings = {"runs": 3, "horizon": 40, "seed": 9}
    ours = simulate(policies=[epsilon_greedy.EpsilonGreedy(epsilon=0.3)], **settings).policies[0]
    theirs = simulate(policies=[Interpreted(epsilon=0.3)], **settings).policies[0]
    assert ours.compiled
    assert not theirs.compiled
    np.testing.assert_array_equal(ours.regrets, theirs.regrets)


class Recorder(Policy):
    """Pulls arms in a fixed order and keeps the rewards."""

    def __init__(self, order: list[int]) -> None:
        super().__init__()
        self.order = order
        self.rewards: dict[tuple[int, int], float] = {}

    def initial(self, bed: Any, horizon: int) -> Any:
        return rows(bed.arms, 0.0)

    def functions(self, bed: Any) -> Any:
        pulled: dict[int, int] = {}

        def select(state: Any, t: int, rng: Any) -> int:
            return self.order[t - 1]

        def update(state: Any, arm: int, reward: float, rng: Any) -> None:
            pulled[arm] = pulled.get(arm, 0) + 1
            self.rewards[arm, pulled[arm]] = reward

        return select, update


def test_the_nth_pull_of_an_arm_pays_the_same_whoever_pulls() -> None:
    forth, back = Recorder([0, 1, 2, 0, 1, 2]), Recorder([2, 2, 0, 0, 1, 1])
    simulate("sutton-barto:arms=3", [forth, back], runs=1, horizon=6, seed=4)
    assert forth.rewards == back.rewards
    assert len(forth.rewards) == 6


def test_copies_of_one_arm_cost_nothing() -> None:
    result = simulate("bernoulli:means=0.3/0.3/0.3", ["epsilon-greedy", "ucb1", "gradient"], runs=20, horizon=100)
    for policy in result.policies:
        assert policy.regret == 0
        assert policy.optimal == 1


class Relabelled(FixedBernoulli):
    means = np.array([0.8, 0.2, 0.5])


def test_the_names_of_the_arms_do_not_matter() -> None:
    """Another order of the arms gives the same regret but for chance."""
    one = simulate("bernoulli:means=0.2/0.5/0.8", ["epsilon-greedy", "ucb1"], runs=3000, horizon=100, seed=1)
    other = simulate(Relabelled(), ["epsilon-greedy", "ucb1"], runs=3000, horizon=100, seed=2)
    for ours, theirs in zip(one.policies, other.policies, strict=True):
        assert abs(ours.regret - theirs.regret) < 4 * np.hypot(ours.regret_se, theirs.regret_se)


def test_regret_is_what_the_pulled_arms_lack() -> None:
    result = simulate("bernoulli:means=0.25/0.75", [Recorder([0, 1, 0, 1])], runs=2, horizon=4)
    assert result.policies[0].regret == 1.0
    assert result.policies[0].optimal == 0.5
    assert result.policies[0].regret_curve.tolist() == [0.5, 0.5, 1.0, 1.0]


@numba.njit
def _always_last(state, t, rng):  # type: ignore[no-untyped-def]
    return state.shape[1] - 1


@numba.njit
def _learn_nothing(state, arm, reward, rng):  # type: ignore[no-untyped-def]
    pass


class Last(Policy):
    """A user's own compiled policy."""

    select = staticmethod(_always_last)
    update = staticmethod(_learn_nothing)

    def initial(self, bed: Any, horizon: int) -> Any:
        return rows(bed.arms, 0.0)


def test_a_policy_of_the_users_own_is_compiled() -> None:
    result = simulate("bernoulli:means=0.25/0.75", [Last()], runs=3, horizon=10).policies[0]
    assert result.compiled
    assert result.regret == 0


def test_checkpoints_are_dense_where_little_happened() -> None:
    points = results.checkpoints(1000)
    assert set(range(1, 8)) | {11, 1000} <= set(points.tolist())
    assert np.all(np.diff(points) > 0)
    assert results.checkpoints(1).tolist() == [1]


def test_memory_does_not_grow_with_the_horizon() -> None:
    for decades in (2, 4, 8):
        assert len(results.checkpoints(10**decades)) <= (results.POINTS_PER_DECADE + 1) * decades


def test_progress_is_told_and_may_stop_it() -> None:
    progress_calls: list[tuple[int, int]] = []
    simulate(policies=["ucb", "epsilon-greedy"], runs=120, horizon=20, progress=lambda *now: progress_calls.append(now))
    assert progress_calls[-1] == (4800, 4800)
    assert progress_calls == sorted(progress_calls)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(policies=["ucb"], runs=120, horizon=20, progress=stop)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"policies": ["epsilon-greedy:epsilon=1.5"]}, "setting 'epsilon' of the policy 'epsilon-greedy' is '1.5'"),
        ({"policies": ["ucbb"]}, "unknown policy 'ucbb': did you mean 'ucb'?"),
        ({"policies": []}, "no policy"),
        ({"testbed": "sutton-barto:arms=0"}, "setting 'arms'"),
        ({"testbed": "bernoulli:means=0.2/1.2"}, "a mean of 1.2 is outside [0, 1]"),
        ({"testbed": "bernoulli:means=-0.1/0.5"}, "a mean of -0.1 is outside [0, 1]"),
        ({"policies": ["lin-ucb"]}, "needs contexts"),
        ({"horizon": 9}, "shorter than the 10 arms"),
        ({"runs": 0}, "runs is 0"),
        ({"threads": 0}, "threads is 0"),
    ],
)
def test_bad_input(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput) as refused:
        simulate(**{"policies": ["ucb"], "runs": 2, "horizon": 20, **change})
    assert message in str(refused.value)


def test_the_kernel_is_named_after_its_functions() -> None:
    """Numba's cache must not give back the kernel of other functions."""
    bed = SuttonBarto().functions()

    def name(play: Callable[..., None], **functions: Callable[..., Any]) -> str:
        bound: Any = specialise.specialise(play, {**bed, **functions})
        return str(bound.py_func.__qualname__)

    one = name(kernel.play, select=epsilon_greedy.select, update=epsilon_greedy.update)
    other = name(kernel.play, select=epsilon_first.select, update=epsilon_greedy.update)
    aside = name(batched.play, select=epsilon_greedy.select, update=epsilon_greedy.update)
    assert len({one, other, aside}) == 3
    assert bandits.simulate is simulate


def test_a_kernel_is_named_after_what_its_functions_call_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """KL-UCB solves its equation in another module: a change there must not leave the old kernel in the cache."""
    functions = (("select", divergence.select), ("update", divergence.update))
    before: Any = specialise._specialised.__wrapped__(kernel.play, functions)
    real = compiled._source
    changed = "bandits.theory.divergences"
    monkeypatch.setattr(compiled, "_source", lambda name: b"changed" if name == changed else real(name))
    after: Any = specialise._specialised.__wrapped__(kernel.play, functions)
    assert after.py_func.__qualname__ != before.py_func.__qualname__


BATCHED = [
    epsilon_greedy.EpsilonGreedy(epsilon=0.2),
    optimistic.Optimistic(),
    ucb.UCB(c=1.0),
    ucb1.UCB1(),
]


@pytest.mark.parametrize("testbed", ["sutton-barto", "two-arms", "scaled:arms=1"])
@pytest.mark.parametrize("policy", BATCHED, ids=lambda policy: type(policy).__name__)
def test_side_by_side_is_one_by_one(policy: Policy, testbed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bit for bit, with many ties (two arms that pay 0 or 1), and for runs that do not fill the batched."""
    settings: dict[str, Any] = {"runs": batched.BATCH + 3, "horizon": 120, "seed": 4, "threads": 1}
    beside = simulate(testbed, [policy], **settings)
    monkeypatch.setattr(type(policy), "batched", None)
    same(beside, simulate(testbed, [policy], **settings))


def test_who_overrides_a_function_loses_the_batched_pair() -> None:
    """The batched pair of the parent would play the parent's rule."""

    class Greedy(epsilon_greedy.EpsilonGreedy):
        select = staticmethod(epsilon_first.select)

    class Cents(SuttonBarto):
        sample_reward = staticmethod(SuttonBarto.sample_reward)

    class Renamed(epsilon_greedy.EpsilonGreedy):
        pass

    assert Greedy.batched is None
    assert Cents.sample_reward_batched is None
    assert Renamed.batched is not None


def test_an_authors_functions_are_compiled_as_the_house_compiles_its_own() -> None:
    """Plain `njit` functions give the same bits."""

    class Mine(epsilon_greedy.EpsilonGreedy):
        select = staticmethod(numba.njit(epsilon_greedy.select.py_func))
        update = staticmethod(numba.njit(epsilon_greedy.update.py_func))

    settings: dict[str, Any] = {"runs": 40, "horizon": 100, "seed": 4}
    same(simulate(policies=[Mine()], **settings), simulate(policies=["epsilon-greedy"], **settings))


def test_a_policy_that_does_not_compile_is_refused_with_its_line() -> None:
    """The line is that of the author's file, not of the kernel around it."""

    def select(state: Any, t: int, rng: Any) -> int:
        return int(state.frobnicate(t))

    class Broken(epsilon_greedy.EpsilonGreedy):
        select = staticmethod(numba.njit(lambda state, t, rng: 0))
        update = staticmethod(epsilon_greedy.update)

    Broken.select = staticmethod(numba.njit(select))
    line = select.__code__.co_firstlineno + 1
    with pytest.raises(BadInput, match=rf"'Broken' does not compile: .*frobnicate.*test_simulation.py, line {line}\)"):
        simulate(policies=[Broken()], runs=2, horizon=20)


def test_the_recommended_arm_is_the_one_pulled_most() -> None:
    """A uniform random choice recommends each of two arms half of the time, at a cost of 0.1; UCB1 hardly errs."""
    random, ucb1 = simulate("two-arms", ["epsilon-greedy:epsilon=1", "ucb1"], runs=2000, horizon=301, seed=1).policies
    assert abs(random.best_arm_error - 0.5) < 4 * random.best_arm_error_se
    assert random.simple_regret == pytest.approx(0.1 * random.best_arm_error)
    assert ucb1.best_arm_error < 0.1
    committed = simulate("needle:arms=3,p=1", ["explore-then-commit:pulls=1"], runs=50, horizon=10, seed=1).policies[0]
    assert committed.best_arm_error == committed.simple_regret == 0
