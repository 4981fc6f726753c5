"""What an author reads whose policy does not compile: the function, what is wrong, the file and the line."""

import re
from typing import Any

import numba
import pytest

from bandits import from_functions, simulate
from bandits.simulator.diagnosis import compile_error
from bandits.testbeds.gaussian import SuttonBarto
from explore.errors import BadInput


@numba.njit
def learn_nothing(state, arm, reward, rng):  # type: ignore[no-untyped-def]
    pass


@numba.njit
def first(state, t, rng):  # type: ignore[no-untyped-def]
    return 0


@numba.njit
def helper(state):  # type: ignore[no-untyped-def]
    return state.frobnicate()  # WRONG: attribute in a helper


@numba.njit
def careless(t):  # type: ignore[no-untyped-def]
    return unheard_of(t)  # type: ignore[name-defined]  # noqa: F821  # WRONG: name in a helper


STRANGE = object()
CASES: list[tuple[str, Any, str]] = []


def case(mark: str, message: str) -> Any:
    return lambda function: CASES.append((mark, function, message))


@case("unknown name", "in select, NameError: name 'unheard_of' is not defined")
def _(state, t, rng):  # type: ignore[no-untyped-def]
    arm = 0
    return arm + unheard_of(t)  # type: ignore[name-defined]  # noqa: F821  # WRONG: unknown name


@case("name in a helper", "in select, NameError: name 'unheard_of' is not defined")
def _(state, t, rng):  # type: ignore[no-untyped-def]
    return careless(t)


@case("attribute in a helper", "in select, Unknown attribute 'frobnicate'")
def _(state, t, rng):  # type: ignore[no-untyped-def]
    return helper(state)


@case("untyped global", "in select, Untyped global name 'STRANGE'")
def _(state, t, rng):  # type: ignore[no-untyped-def]
    return STRANGE + t  # WRONG: untyped global


@case("no whole number", "select returns float64, and must return the arm as a whole number")  # WRONG: no whole number
def _(state, t, rng):  # type: ignore[no-untyped-def]
    return 0.5


@case("no result", "select returns none, and must return the arm as a whole number")  # WRONG: no result
def _(state, t, rng):  # type: ignore[no-untyped-def]
    pass


@case("arguments", r"select takes \(state, t\), and must take \(state, t, rng\)")  # WRONG: arguments
def _(state, t):  # type: ignore[no-untyped-def]
    return 0


@case("statement", "in select, The 'with .*' construct is not supported")  # WRONG: statement
def _(state, t, rng):  # type: ignore[no-untyped-def]
    with open("x") as file:
        file.read()
    return 0


def line_of(mark: str) -> int:
    with open(__file__) as file:
        return next(number for number, line in enumerate(file, 1) if line.rstrip().endswith(f"# WRONG: {mark}"))


@pytest.mark.parametrize(("mark", "function", "message"), CASES, ids=[case[0] for case in CASES])
def test_the_line_is_named(mark: str, function: Any, message: str) -> None:
    policy = from_functions(numba.njit(function), learn_nothing, [0.0])
    sentence = compile_error(SuttonBarto(), policy, Exception("the kernel does not compile"))
    assert "\n" not in sentence
    assert re.fullmatch(rf"does not compile: {message}.*test_diagnosis.py, line {line_of(mark)}\)", sentence)


def test_the_function_that_is_wrong_is_named() -> None:
    """`update` of a policy, and `sample_reward` of a third party's testbed."""

    @numba.njit
    def forget(state, arm, reward, rng):  # type: ignore[no-untyped-def]
        state.forget(arm)

    class Odd(SuttonBarto):
        sample_reward = staticmethod(numba.njit(lambda arms, arm, word: arms.odd))

    assert compile_error(SuttonBarto(), from_functions(first, forget, [0.0]), Exception()).startswith(
        "does not compile: in update, Unknown attribute 'forget'"
    )
    assert compile_error(Odd(), from_functions(first, learn_nothing, [0.0]), Exception()).startswith(
        "does not compile, on Odd,: in sample_reward, Unknown attribute 'odd'"
    )


def test_what_compiles_alone_is_told_in_the_words_of_the_compiler() -> None:
    error = Exception("Failed in nopython mode\nthe kernel is too large")
    message = compile_error(SuttonBarto(), from_functions(first, learn_nothing, [0.0]), error)
    assert message == "does not compile: the kernel is too large"


def test_a_simulation_ends_with_that_sentence() -> None:
    """Also for what Numba does not count among its own errors."""
    policy = from_functions(numba.njit(CASES[-1][1]), learn_nothing, [0.0], name="broken")
    with pytest.raises(BadInput, match=f"the policy 'broken' does not compile: in select, .*{line_of('statement')}"):
        simulate(policies=[policy], runs=1, horizon=10)
