"""The elements of the page as HTML: headings, paragraphs, tables that sort, figures; and rich's tables turned to them.

A table has a caption, header cells with a scope, and in each a button that sorts by that column (`page.js`). It lies in
a region of its own that scrolls where the screen is narrower than the table.
"""

import io
from collections.abc import Sequence
from html import escape
from typing import Any

from rich.console import Console
from rich.table import Table

LONG = 24  # letters of a cell from which on it is broken into lines


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f"<p{_class(kind)}>{escape(text)}</p>"


def heading(level: int, text: str) -> str:
    """A heading of plain text."""
    return f"<h{level}>{escape(text)}</h{level}>"


def table(caption: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text; the first column heads its rows."""
    head = "".join(
        f'<th scope="col" aria-sort="none"><button type="button">{escape(name)}</button></th>' for name in names
    )
    body = "".join(f'<tr><th scope="row">{escape(row[0])}</th>{"".join(map(_cell, row[1:]))}</tr>' for row in rows)
    return (
        f'<div class="scroll" role="region" aria-label="{escape(caption)}" tabindex="0"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def figure(content: str, caption: str, kind: str = "") -> str:
    """A figure of HTML `content` with a caption of plain text."""
    return f"<figure{_class(kind)}>{content}<figcaption>{escape(caption)}</figcaption></figure>"


def section(identity: str, *content: str) -> str:
    """A section of HTML `content`, that can be linked to."""
    return f'<section id="{escape(identity)}">{"".join(content)}</section>'


def more(summary: str, *content: str) -> str:
    """HTML `content` that is shown when asked for."""
    return f"<details><summary>{escape(summary)}</summary>{''.join(content)}</details>"


class HtmlConsole(Console):
    """A console that turns what is printed to it into `elements`: tables, and paragraphs of plain text.

    Charts, which are rich Texts, are left out: the page has its own.
    """

    def __init__(self) -> None:
        super().__init__(file=io.StringIO(), width=200, highlight=False, markup=False)
        self.elements: list[str] = []

    def print(self, *objects: Any, **_: Any) -> None:
        """Add what is printed."""
        for each in objects:
            if isinstance(each, Table):
                self.elements.append(self._table(each))
            elif isinstance(each, str) and each.strip():
                self.elements.append(paragraph(each.strip()))

    def _table(self, shown: Table) -> str:
        names = [_flat(str(column.header)) or "place" for column in shown.columns]
        rows = list(zip(*[[_flat(str(cell)) for cell in column.cells] for column in shown.columns], strict=True))
        caption = str(shown.title or " ".join(("by", names[0])))
        notes = [paragraph(str(shown.caption))] if shown.caption else []
        return "".join([table(caption, names, rows), *notes])


def _cell(text: str) -> str:
    return f'<td class="long">{escape(text)}</td>' if len(text) > LONG else f"<td>{escape(text)}</td>"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _class(kind: str) -> str:
    return f' class="{escape(kind)}"' if kind else ""
