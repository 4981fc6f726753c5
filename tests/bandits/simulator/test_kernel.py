"""Delayed rewards come with what was true at the draw; what is no number or no arm is refused; late statistics."""

from typing import Any

import numpy as np
import pytest

from bandits.policy import from_functions
from bandits.simulator.simulation import OutOfBounds, simulate
from bandits.testbeds.bernoulli import Bernoulli, FixedBernoulli
from bandits.testbeds.contextual import Linear
from explore.errors import BadInput

STEPS = 60


class Recorder:
    """A policy that cycles through the arms, writes the step into a row, and notes what `update` finds there."""

    def __init__(self) -> None:
        self.step, self.chosen, self.seen = 0, [], []  # type: ignore[var-annotated]

    def select(self, state: Any, t: int, rng: Any) -> int:
        """Arm t − 1 modulo the arms; row 0 is t in every column, row 1 is not kept."""
        self.step = t
        state[0, :], state[1, :] = t, t
        self.chosen.append((t - 1) % state.shape[1])
        return self.chosen[-1]

    def update(self, state: Any, arm: int, reward: float, rng: Any) -> None:
        """The step now, that of the draw by the kept row, that by the other row, the arm, and the context."""
        assert (state[0] == state[0, 0]).all()
        self.seen.append((self.step, int(state[0, 0]), int(state[1, 0]), arm, state[2:, arm].copy()))

    def policy(self, draw_rows: tuple[int, ...] = (0,)) -> Any:
        """The policy made of the two."""
        return from_functions(self.select, self.update, [0.0, 0.0], draw_rows=draw_rows)


@pytest.mark.parametrize("bed", [Bernoulli(arms=3, delay=7), Bernoulli(arms=3, delay=7, delays="geometric")])
def test_update_sees_what_select_wrote_at_the_draw(bed: Any) -> None:
    """The rows that a policy names, of every arm; other rows are those of the last choice."""
    recorder = Recorder()
    simulate(bed, [recorder.policy()], runs=1, horizon=STEPS)
    lags = [now - drawn for now, drawn, _, _, _ in recorder.seen]
    assert all(arm == recorder.chosen[drawn - 1] for _, drawn, _, arm, _ in recorder.seen)
    assert len({drawn for _, drawn, _, _, _ in recorder.seen}) == len(recorder.seen)  # each reward once
    if bed.settings.delays == "fixed":
        assert lags == [7] * (STEPS - 7)
    else:
        assert len(set(lags)) > 3
        assert min(lags) >= 0
    now, _, other, _, _ = recorder.seen[0]
    assert other == now


def test_contexts_and_draw_rows_are_kept_together() -> None:
    """The context of the arm at its draw, found again by the step that the kept row names."""
    drawn: dict[int, Any] = {}

    class Watching(Recorder):
        def select(self, state: Any, t: int, rng: Any) -> int:
            arm = super().select(state, t, rng)
            drawn[t] = state[2:, arm].copy()
            return arm

    recorder = Watching()
    simulate(Linear(arms=3, dimension=2, delay=5), [recorder.policy()], runs=1, horizon=STEPS)
    assert len(recorder.seen) == STEPS - 5
    for _, step, _, _, context in recorder.seen:
        np.testing.assert_array_equal(context, drawn[step])


def test_without_delay_nothing_is_kept() -> None:
    recorder = Recorder()
    simulate(Bernoulli(arms=3), [recorder.policy()], runs=1, horizon=STEPS)
    assert all(now == drawn == other for now, drawn, other, _, _ in recorder.seen)


def test_draw_rows_outside_of_the_state_are_refused() -> None:
    with pytest.raises(BadInput, match=r"draw_rows of the policy 'own' is \(2,\): its rows are 0 to 1"):
        simulate(Bernoulli(arms=2, delay=1), [Recorder().policy((2,))], runs=1, horizon=5)
    with pytest.raises(BadInput, match="keeps 1000 numbers of each choice"):
        simulate(Bernoulli(arms=1000, delay=100_000), [Recorder().policy()], runs=1, horizon=1000)


class Fixed(FixedBernoulli):
    """Three arms, the first the best."""

    means = np.array([0.9, 0.5, 0.1])


def always(choose: Any) -> Any:
    """A policy in plain Python that pulls `choose(t)`."""
    return from_functions(lambda state, t, rng: choose(t), lambda state, arm, reward, rng: None, [0.0], name="mine")


@pytest.mark.parametrize("value", [2.0, None, "1", np.float64(1.0)])
def test_a_policy_that_returns_no_whole_number_is_named(value: Any) -> None:
    with pytest.raises(BadInput, match=r"select of the policy 'mine' returned .* in step 3: .* whole number"):
        simulate(Fixed(), [always(lambda t: value if t == 3 else 0)], runs=1, horizon=5)


def test_numpy_integers_are_arms() -> None:
    assert simulate(Fixed(), [always(lambda t: np.int32(1))], runs=2, horizon=5).policies[0].regret == pytest.approx(2)


@pytest.mark.parametrize("paid", [np.nan, np.inf, -np.inf])
def test_a_reward_that_is_not_finite_is_refused_with_its_place(paid: float) -> None:
    """Run, step and arm; step 4 is the second pull of arm 1, in run 0 of every policy."""

    class Broken(Fixed):
        def sample_reward(arms: Any, arm: int, word: Any) -> float:  # type: ignore[misc]
            arms[arm, 1] += 1.0
            return paid if arm == 1 and arms[arm, 1] == 2.0 else 1.0

        sample_reward = staticmethod(sample_reward)  # type: ignore[arg-type]
        sample_arms = staticmethod(lambda arms, parameters, rng: arms.fill(0.5) or arms[:, 1].fill(0.0))
        columns = 2

    with pytest.raises(BadInput, match=r"testbed Broken gave arm 1 in step 4 of run 0 .* NaN or infinite"):
        simulate(Broken(), [always(lambda t: (t - 1) % 2)], runs=2, horizon=9, threads=1)


def test_a_mean_that_is_not_finite_is_refused() -> None:
    class Unknown(Fixed):
        sample_arms = staticmethod(lambda arms, parameters, rng: arms.fill(np.nan))

    with pytest.raises(BadInput, match="testbed Unknown gave arm 0 in step 1 of run 0"):
        simulate(Unknown(), [always(lambda t: 0)], runs=1, horizon=5)


def test_the_last_half_is_counted_apart() -> None:
    """Of steps 6 to 10: inferior pulls in 7, 8, 9; changes of arm at 6, 7, 8 and 10."""
    arms = [1, 2, 1, 2, 1, 0, 1, 2, 2, 0]
    result = simulate(Fixed(), [always(lambda t: arms[t - 1])], runs=3, horizon=10).policies[0]
    assert result.late_inferior == pytest.approx(3 / 5)
    assert result.late_switches == pytest.approx(4 / 5)
    alone = simulate(Fixed(), [always(lambda t: 0)], runs=1, horizon=3).policies[0]
    assert alone.late_inferior == alone.late_switches == 0


def test_a_single_run_has_no_standard_error() -> None:
    one = simulate(Fixed(), [always(lambda t: 1)], runs=1, horizon=4).policies[0]
    assert one.regret == pytest.approx(1.6)
    assert np.isnan([one.regret_se, one.reward_se, one.optimal_se, one.simple_regret_se, one.best_arm_error_se]).all()
    assert np.isnan(one.reward_curve_se).all()
    assert np.isnan(one.optimal_curve_se).all()


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"runs": 2.5}, "runs is 2.5: it must be a whole number"),
        ({"horizon": "9"}, "horizon is '9': it must be a whole number"),
        ({"threads": 1.5}, "threads is 1.5: it must be a whole number"),
        ({"seed": -1}, "seed -1"),
        ({"seed": 2**64}, "a seed is a whole number"),
        ({"seed": None}, "seed None"),
        ({"seed": 1.5}, "seed 1.5"),
    ],
)
def test_numbers_that_are_not_whole_are_refused(numbers: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        simulate(Fixed(), [always(lambda t: 0)], **{"runs": 1, "horizon": 5, **numbers})


def test_a_plain_policy_that_leaves_its_arrays_is_told_apart() -> None:
    """NumPy checks its indices; with `check_bounds` the error is one of bad input."""

    def update(state: Any, arm: int, reward: float, rng: Any) -> None:
        state[7, arm] = reward

    wild = from_functions(lambda state, t, rng: 0, update, [0.0], name="wild")
    with pytest.raises(OutOfBounds, match="policy 'wild' reads or writes outside of its state"):
        simulate(Fixed(), [wild], runs=1, horizon=5, check_bounds=True)
