"""Tables in Markdown, and links to the files of plugins, for the pages in docs/."""

from collections.abc import Sequence


def table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with these columns; a `|` in a cell is escaped."""
    lines = [names, ("---",) * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def links_to_file_and_test(module: str) -> str:
    """Links, from docs/, to the file of a module such as `explore.bonuses.rnd` and to its tests, which mirror it."""
    folders, _, name = module.replace(".", "/").rpartition("/")
    return f"[file](../{folders}/{name}.py) · [test](../tests/{folders}/test_{name}.py)"
