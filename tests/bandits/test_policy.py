"""A policy of the user's own, made of two functions: the figures of the built-in one, and what is refused."""

from typing import Any

import numba
import numpy as np
import pytest

import bandits
from bandits.policies import epsilon_greedy
from bandits.simulator import specialise
from bandits.simulator.randomness import best, integer, uniform
from explore.errors import BadInput


def select(state: Any, t: int, rng: Any) -> int:
    """ε-greedy as its author would write it: ε, averages, pulls."""
    if uniform(rng) < state[0, 0]:
        return integer(rng, state.shape[1])
    return best(state[1], rng)


def update(state: Any, arm: int, reward: float, rng: Any) -> None:
    state[2, arm] += 1.0
    state[1, arm] += (reward - state[1, arm]) / state[2, arm]


SETTINGS: dict[str, Any] = {"testbed": "sutton-barto:delay=2", "runs": 30, "horizon": 60, "seed": 3}
COMPILED = numba.njit(select), numba.njit(update)


def test_two_compiled_functions_are_a_policy_like_any_other() -> None:
    """The same bits as the built-in ε-greedy, out of a kernel like its own; no subclass, no entry point."""
    own = bandits.from_functions(*COMPILED, initial=[0.1, 0.0, 0.0], name="mine")
    ours, theirs = bandits.simulate(policies=[own, "epsilon-greedy"], **SETTINGS).policies
    assert ours.spec == "mine"
    assert ours.compiled
    np.testing.assert_array_equal(ours.regrets, theirs.regrets)
    bed = bandits.simulator.simulation._made_plugin(bandits.testbed.TESTBEDS, "sutton-barto")
    assert all(part.targetoptions["forceinline"] for part in map(specialise._inlined, own.functions(bed)))


def test_plain_functions_work_and_the_report_says_how_slow_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    from escapade.report.bandits.report import figures, show

    plain = bandits.from_functions(select, update, [0.1, 0.0, 0.0], name="plain")
    played = bandits.simulate(policies=[plain, "epsilon-greedy"], **{**SETTINGS, "runs": 4})
    ours, theirs = played.policies
    assert not ours.compiled
    np.testing.assert_array_equal(ours.regrets, theirs.regrets)
    show(Console(width=100), figures(played))
    assert "not compiled; times slower than the fastest here: plain" in capsys.readouterr().out


def test_the_state_may_be_given_by_a_function() -> None:
    own = bandits.from_functions(select, update, lambda bed, horizon: np.full((3, bed.arms), 1.0 / horizon))
    bed = bandits.simulator.simulation._made_plugin(bandits.testbed.TESTBEDS, "sutton-barto:arms=4")
    np.testing.assert_array_equal(own.initial(bed, 20), np.full((3, 4), 0.05))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((select, "update", [0.1]), "update is 'update': it must be a function"),
        ((select, update, "ten"), "initial is 'ten': give one number for each row"),
        ((select, update, 0.1), "initial is 0.1: give one number for each row"),
    ],
)
def test_what_is_no_policy_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        bandits.from_functions(*arguments)


@pytest.mark.parametrize("state", [np.zeros(3), np.zeros((3, 9))])
def test_a_state_that_does_not_fit_the_arms_is_refused(state: Any) -> None:
    own = bandits.from_functions(select, update, lambda bed, horizon: state)
    with pytest.raises(BadInput, match=r"'own' begins with a state of shape \(3.*: it must be \(rows, 10\)"):
        bandits.simulate(policies=[own], runs=1, horizon=10)


def test_who_chooses_no_arm_is_told_so() -> None:
    """Compiled, batched and interpreted; beyond the arms, below them, and far outside of all memory."""

    class Batched(epsilon_greedy.EpsilonGreedy):
        select = staticmethod(epsilon_greedy.select)
        update = staticmethod(epsilon_greedy.update)
        batched = (numba.njit(_beyond_batched), epsilon_greedy.update_batched)

    beyond = [
        numba.njit(lambda state, t, rng: state.shape[1] if t == 7 else 0),
        lambda state, t, rng: 10 if t == 7 else 0,
    ]
    for wrong in [*(bandits.from_functions(one, COMPILED[1], [0.0] * 3) for one in beyond), Batched()]:
        with pytest.raises(BadInput, match=r"chose arm 10 in step 7: the 10 arms are 0 to 9\."):
            bandits.simulate(policies=[wrong], runs=3, horizon=20)
    for arm in (-1, 10**12):
        away = bandits.from_functions(lambda state, t, rng, arm=arm: arm, update, [0.0] * 3)
        with pytest.raises(BadInput, match=f"chose arm {arm} in step 1"):
            bandits.simulate(policies=[away], runs=3, horizon=20)


def _beyond_batched(state: Any, t: int, rng: Any, chosen: Any, work: Any) -> None:
    for lane in range(len(chosen)):
        chosen[lane] = state.shape[1] if t == 7 and lane == 2 else 0
