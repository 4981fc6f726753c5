"""The tree: floors import downwards only, and nothing imports in a circle, from its parent package, or out of sight.

The four packages are read as text; nothing of them is imported.
"""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = {"explore": 0, "bandits": 1, "agents": 1, "escapade": 2}

# What may be imported inside a function: packages that need not be installed, or are of one operating system.
OPTIONAL = {"ray", "dask", "distributed", "tensorboard", "pyarrow", "termios", "tty", "msvcrt"}


def _sources() -> dict[str, Path]:
    sources = {}
    for package in FLOORS:
        for path in sorted((ROOT / package).rglob("*.py")):
            sources[".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = path
    return sources


SOURCES = _sources()
PACKAGES = {name for name, path in SOURCES.items() if path.name == "__init__.py"}


def _module(name: str) -> str | None:
    """The module of ours that a dotted name lies in; None for one of another distribution."""
    while name and name not in SOURCES:
        name = name.rpartition(".")[0]
    return name or None


def _imported(node: ast.stmt) -> list[str]:
    """The modules, ours or others', that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports name their modules in full"
        base = str(node.module)
        inside = [f"{base}.{alias.name}" for alias in node.names]
        return [name if name in SOURCES else base for name in inside]
    return []


def _is_for_types_alone(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _walk(body: list[ast.stmt], hidden: bool = False) -> list[tuple[str, int, bool]]:
    """Every import that runs: what, in which line, and whether inside a function."""
    imports = []
    for node in body:
        if _is_for_types_alone(node):
            continue
        imports += [(name, node.lineno, hidden) for name in _imported(node)]
        inside = hidden or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for field in ("body", "orelse", "finalbody"):
            imports += _walk(getattr(node, field, []), inside)
        for handler in getattr(node, "handlers", []):
            imports += _walk(handler.body, inside)
    return imports


IMPORTS = {name: _walk(ast.parse(path.read_text("utf-8")).body) for name, path in SOURCES.items()}
MODULES = pytest.mark.parametrize("module", SOURCES)


def test_imports_are_read_wherever_they_stand() -> None:
    text = """
import a
if TYPE_CHECKING:
    import b
try:
    import c
except ImportError:
    import d
class C:
    def f(self):
        if True:
            from explore.errors import BadInput
"""
    read = [(name, hidden) for name, _, hidden in _walk(ast.parse(text).body)]
    assert read == [("a", False), ("c", False), ("d", False), ("explore.errors", True)]


@MODULES
def test_a_floor_imports_from_those_below(module: str) -> None:
    floor = module.partition(".")[0]
    above = {
        name
        for name, _, _ in IMPORTS[module]
        if (other := name.partition(".")[0]) in FLOORS and other != floor and FLOORS[other] >= FLOORS[floor]
    }
    assert not above, f"{module} imports from its own floor or above"


@MODULES
def test_no_module_imports_from_a_package_that_it_lies_in(module: str) -> None:
    parents = {name for name, _, _ in IMPORTS[module] if name in PACKAGES and module.startswith(f"{name}.")}
    assert not parents, f"{module} imports names from a parent package"


@MODULES
def test_imports_stand_at_the_top(module: str) -> None:
    hidden = {
        f"{name} (line {line})"
        for name, line, inside in IMPORTS[module]
        if inside and not OPTIONAL & set(name.split("."))  # torch.utils.tensorboard needs tensorboard
    }
    assert not hidden, f"{module} imports inside a function"


def test_nothing_is_imported_in_a_circle() -> None:
    graph = {name: {m for n, _, _ in imports if (m := _module(n)) and m != name} for name, imports in IMPORTS.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' → '.join(error.args[1])}")


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_loads_its_names_when_they_are_asked_for(package: str) -> None:
    """So that importing one module does not import all beside it."""
    loaded = {name for name, _, _ in IMPORTS[package] if _module(name)}
    # Importing a package of environments registers their ids, by Gymnasium's convention.
    allowed = {"explore.version"} | ({"agents.mazes.registration"} if package == "agents.mazes" else set())
    assert loaded <= allowed, f"{package} imports its modules at once"
    if SOURCES[package].with_suffix(".pyi").exists():
        assert "lazy_loader.attach_stub" in SOURCES[package].read_text("utf-8")
