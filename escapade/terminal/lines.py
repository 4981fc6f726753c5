"""Words and entries in lines of a given width, broken only between them."""

from collections.abc import Iterable

from rich.cells import cell_len


def joined(entries: Iterable[str], separator: str, width: int) -> list[str]:
    """The entries with the separator between them, in lines of at most `width` cells; a longer entry has its own."""
    lines: list[str] = []
    for entry in entries:
        longer = f"{lines[-1]}{separator}{entry}" if lines else entry
        if lines and cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(entry)
    return lines
