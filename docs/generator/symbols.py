"""The public symbols: what `__all__` of the public packages names, with the methods of classes; who has no docstring.

A docstring may be inherited from a class of Escapade. What a dataclass writes by itself, `Name(field: type)`, is none.
A constant (a registry, a type alias) has as docstring the text that follows its assignment where it is defined.
"""

import ast
import dataclasses
import functools
import importlib
import inspect
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

OURS = ("explore", "bandits", "agents", "escapade")
PACKAGES = (
    "explore",
    "explore.integrations.stable_baselines3",
    "explore.integrations.torchrl",
    "explore.integrations.tianshou",
    "bandits",
    "bandits.theory",
    "bandits.trial",
    "agents",
    "agents.mazes",
    "agents.planners",
    "escapade",
)

What = Literal["class", "function", "data", "module"]


@dataclass(frozen=True)
class Symbol:
    """A public name of a package, and the object that it stands for."""

    package: str
    name: str
    value: Any

    @property
    def full_name(self) -> str:
        """The name to import it by."""
        return f"{self.package}.{self.name}"

    @property
    def what(self) -> What:
        """Which kind of object it is."""
        if isinstance(self.value, types.ModuleType):
            return "module"
        if inspect.isclass(self.value) and not isinstance(self.value, types.GenericAlias):
            return "class"
        return "function" if inspect.isroutine(self.value) or hasattr(self.value, "py_func") else "data"


def public_symbols(packages: tuple[str, ...] = PACKAGES) -> list[Symbol]:
    """Every public symbol, package by package, without packages that have a list of their own."""
    symbols = []
    for package in packages:
        module = importlib.import_module(package)
        symbols += [
            Symbol(package, name, getattr(module, name))
            for name in module.__all__
            if f"{package}.{name}" not in packages and name != "__version__"
        ]
    return symbols


def members(symbol: Symbol) -> list[str]:
    """The public methods and properties to show with a class: its own, and those of bases that are not public.

    Left out are methods that only fulfil the interface of another library's class, by whose docstring they go.
    """
    shown_elsewhere = {id(other.value) for other in public_symbols() if other.value is not symbol.value}
    names: dict[str, None] = {}
    for base in symbol.value.__mro__:
        if base.__module__.partition(".")[0] not in OURS or id(base) in shown_elsewhere:
            continue
        for name, value in vars(base).items():
            if not name.startswith("_") and _is_code(value) and not _documented_by_others(symbol.value, name):
                names[name] = None
    return list(names)


def _is_code(value: Any) -> bool:
    return inspect.isfunction(value) or isinstance(
        value, (property, functools.cached_property, classmethod, staticmethod)
    )


def _definitions(owner: type, name: str) -> Iterator[tuple[type, Any]]:
    """The definitions of a method, from the class to its bases."""
    return ((base, vars(base)[name]) for base in owner.__mro__ if name in vars(base))


def _documented_by_others(owner: type, name: str) -> bool:
    """Whether the docstring of a method is that of a base class from another library."""
    for base, value in _definitions(owner, name):
        if getattr(value, "__doc__", None):
            return base.__module__.partition(".")[0] not in OURS
    return False


def data_docstring(symbol: Symbol) -> str:
    """The text after the assignment of a constant, in the module that the package's stub says; empty where none is."""
    tree, package = _tree(importlib.import_module(symbol.package)), symbol.package
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and symbol.name in [alias.name for alias in node.names]:
            tree = _tree(importlib.import_module(f"{'.' * node.level}{node.module or ''}", package))
            break
    for statement, following in zip(tree.body, tree.body[1:], strict=False):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if symbol.name in [target.id for target in targets if isinstance(target, ast.Name)]:
            text = following.value if isinstance(following, ast.Expr) else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                return inspect.cleandoc(text.value)
    return ""


@functools.cache
def _tree(module: types.ModuleType) -> ast.Module:
    """The syntax tree of a module; of a package that loads lazily, of its stub."""
    source = Path(str(module.__file__))
    stub = source.with_suffix(".pyi")
    return ast.parse((stub if stub.exists() else source).read_text("utf-8"))


def undocumented(symbols: list[Symbol]) -> list[str]:
    """The full names of symbols, and of their methods and properties, that have no docstring."""
    return [name for symbol in symbols for name in _undocumented(symbol)]


def _undocumented(symbol: Symbol) -> Iterator[str]:
    if symbol.what == "data":
        if not data_docstring(symbol):
            yield symbol.full_name
        return
    if not _own_docstring(symbol.value):
        yield symbol.full_name
    if symbol.what == "class":
        for name in members(symbol):
            if not any(getattr(value, "__doc__", None) for _, value in _definitions(symbol.value, name)):
                yield f"{symbol.full_name}.{name}"


def _own_docstring(value: Any) -> str:
    text = vars(value).get("__doc__") or "" if inspect.isclass(value) else inspect.getdoc(value) or ""
    generated = dataclasses.is_dataclass(value) and re.match(rf"{re.escape(value.__name__)}\(", text)
    return "" if generated else text
