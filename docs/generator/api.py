"""A page per public package, in docs/api/: its docstring, and every public symbol with its own."""

import importlib
import inspect
from pathlib import Path

from docs.generator.docstrings import to_rst
from docs.generator.symbols import PACKAGES, Symbol, data_docstring, members, public_symbols


def write(folder: Path) -> None:
    """Write the pages into this folder."""
    folder.mkdir(exist_ok=True)
    links = names_to_link()
    for package in PACKAGES:
        if importlib.import_module(package).__all__ != ["__version__"]:
            (folder / f"{package}.rst").write_text(page(package, links), "utf-8")


def names_to_link() -> dict[str, str]:
    """Every name by which docstrings call a public symbol or a method, and its full name."""
    links: dict[str, str] = {}
    ambiguous: set[str] = set()
    for symbol in public_symbols():
        if symbol.name in links:
            ambiguous.add(symbol.name)
        links |= {symbol.name: symbol.full_name, symbol.full_name: symbol.full_name}
        if symbol.what == "class":
            links |= {f"{symbol.name}.{name}": f"{symbol.full_name}.{name}" for name in members(symbol)}
    return {name: target for name, target in links.items() if name not in ambiguous}


def page(package: str, links: dict[str, str]) -> str:
    """The page of one package, as reStructuredText."""
    lines = [package, "=" * len(package), "", f".. automodule:: {package}", ""]
    for symbol in public_symbols((package,)):
        if symbol.full_name not in PACKAGES:
            lines += [*_entry(symbol, links), ""]
    return "\n".join(lines)


def _entry(symbol: Symbol, links: dict[str, str]) -> list[str]:
    match symbol.what:
        case "module":
            inside = [
                name
                for name in getattr(symbol.value, "__all__", vars(symbol.value))
                if not name.startswith("_") and getattr(getattr(symbol.value, name), "__module__", "") == _home(symbol)
            ]
            functions = [name for name in inside if inspect.isfunction(getattr(symbol.value, name))]
            return [
                symbol.full_name,
                "-" * len(symbol.full_name),
                "",
                f".. automodule:: {symbol.full_name}",
                f"   :members: {', '.join(functions)}" if functions else "",
            ]
        case "class":
            shown = members(symbol)
            return [f".. autoclass:: {symbol.full_name}", f"   :members: {', '.join(shown)}" if shown else ""]
        case "function":
            return [f".. autofunction:: {symbol.full_name}"]
        case "data":
            text = to_rst(data_docstring(symbol).splitlines(), links)
            return [
                f".. py:data:: {symbol.name}",
                f"   :module: {symbol.package}",
                "",
                *(f"   {line}" for line in text),
            ]


def _home(symbol: Symbol) -> str:
    return str(symbol.value.__name__)
