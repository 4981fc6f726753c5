"""Why a policy does not compile: one sentence, with the file and line of the author's code.

The compiler's error names the kernel that the functions are inlined into. Here the signature of each function is
checked, and each is compiled by itself; the first that fails is the cause, and its error is short.
"""

import dis
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import types
from numba.core.dispatcher import Dispatcher

from bandits.policy import Policy
from bandits.testbed import Testbed
from explore.errors import BadInput

STATE, RNG = types.float64[:, ::1], types.uint64[::1]
ARGUMENTS = {
    "select": ("state, t, rng", (STATE, types.int64, RNG)),
    "update": ("state, arm, reward, rng", (STATE, types.int64, types.float64, RNG)),
    "sample_arms": ("arms, parameters, rng", (STATE, STATE, RNG)),
    "advance": ("arms, parameters, t, rng", (STATE, STATE, types.int64, RNG)),
    "write_context": ("arms, context", (STATE, STATE)),
    "sample_reward": ("arms, arm, word", (STATE, types.int64, types.uint64)),
}
# The folders of code that an author cannot change: Numba, explore and bandits.
LIBRARY_FOLDERS = (
    Path(inspect.getfile(numba)).parent,
    Path(inspect.getfile(BadInput)).parent,
    Path(__file__).parents[1],
)


def compile_error(bed: Testbed, policy: Policy, error: Exception) -> str:
    """The cause, to follow "the policy 'name' " in a message; `error` is the exception from compiling the kernel."""
    parts = dict(zip(("select", "update"), policy.functions(bed), strict=True)) | bed.functions()
    for name, function in parts.items():
        plain: Any = getattr(function, "py_func", function)
        problem = _wrong_arguments(name, plain) or _failure(name, plain)
        if problem:
            owner = "" if name in ("select", "update") else f", on {type(bed).__name__},"
            return f"does not compile{owner}: {problem}"
    return f"does not compile: {_message(error)}"


def _wrong_arguments(name: str, plain: Callable[..., Any]) -> str | None:
    """The error in the arguments; None where they are right."""
    arguments, kinds = ARGUMENTS[name]
    try:
        inspect.signature(plain).bind(*kinds)
    except TypeError:
        return f"{name} takes {inspect.signature(plain)}, and must take ({arguments}){_location(plain)}"
    return None


def _failure(name: str, plain: Callable[..., Any]) -> str | None:
    """The compiler's message about the function by itself, or about its return type; None where it compiles."""
    kinds = ARGUMENTS[name][1]
    alone = numba.njit(error_model="numpy")(plain)
    try:
        alone.compile(kinds)
    except Exception as error:  # whatever a compiler raises
        return f"in {name}, {_message(error, plain)}"
    compiled: Any = alone.overloads[kinds]
    returned = compiled.signature.return_type
    if name == "select" and not isinstance(returned, types.Integer):
        return f"select returns {returned}, and must return the arm as a whole number{_location(plain)}"
    return None


def _message(error: Exception, plain: Callable[..., Any] | None = None) -> str:
    """The error in one sentence, with the innermost line of the author's code that it names.

    plain: the function that was compiled; its first line is given where the error names no line.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    causes = [line for line in lines if not line.startswith(("Failed in", "During:", "File", "-", ">", "There are"))]
    message = causes[0] if causes else lines[0] if lines else type(error).__name__
    # The compiler goes from the innermost line to the outermost.
    locations = [(file, int(line)) for file, line in re.findall(r'File "([^"]+)", line (\d+)', text)]
    locations = [position for position in locations if not _is_library(position[0])] or locations
    missing = re.search(r"name '(\w+)' is not defined", message)
    if plain is not None:
        named = _line_of_use(plain, missing.group(1), set()) if missing else None
        locations = [named] if named else locations or [_first_line(plain)]
    return (
        f"{message.removesuffix('Raised from None').rstrip('. ')}{_location_text(*locations[0]) if locations else ''}"
    )


def _is_library(file: str) -> bool:
    """Whether the file is the compiler's, or of the packages that a policy uses, and so not the author's."""
    return any(Path(file).resolve().is_relative_to(folder) for folder in LIBRARY_FOLDERS)


def _line_of_use(plain: Callable[..., Any], name: str, seen: set[Any]) -> tuple[str, int] | None:
    """The line on which the function, or a compiled one that it calls, uses the undefined global `name`."""
    code: Any = plain.__code__
    scope: dict[str, Any] = plain.__globals__
    seen.add(code)
    for instruction in dis.get_instructions(code):
        position = instruction.positions
        if instruction.argval == name and name not in scope and position is not None and position.lineno:
            return code.co_filename, position.lineno
    for called in (scope.get(other) for other in code.co_names):
        if isinstance(called, Dispatcher) and called.py_func.__code__ not in seen:
            location = _line_of_use(called.py_func, name, seen)
            if location:
                return location
    return None


def _first_line(plain: Any) -> tuple[str, int]:
    return plain.__code__.co_filename, plain.__code__.co_firstlineno


def _location(plain: Callable[..., Any]) -> str:
    return _location_text(*_first_line(plain))


def _location_text(file: str, line: int) -> str:
    return f" ({Path(file).resolve()}, line {line})"
