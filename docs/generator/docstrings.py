"""Docstrings as the packages write them, to reStructuredText for Sphinx.

    `name`                    code; a link where it is a public symbol
    lines indented by four    code as it stands, or examples where they begin with >>>
    name, other: text         what an argument or a field means; its next lines may be indented
    - text                    a list

All other punctuation means itself.
"""

import re
from collections.abc import Mapping, Sequence

_ARGUMENT = re.compile(r"(?P<names>[a-z_]\w*(?:, [a-z_]\w*)*)(?: `(?P<shape>[^`]*)`)?: (?P<text>.*)")


def to_rst(lines: Sequence[str], links: Mapping[str, str]) -> list[str]:
    """The docstring, whose indentation is 0, as lines of reStructuredText; `links` has the full name of a name."""
    out: list[str] = []
    for paragraph in _paragraphs(lines):
        out += [*_converted(paragraph, links), ""]
    return out


def _paragraphs(lines: Sequence[str]) -> list[list[str]]:
    """Runs of lines that are not blank; indented runs that follow each other are one, with the blank between them."""
    paragraphs: list[list[str]] = []
    open_paragraph = False
    for line in lines:
        if not line.strip():
            open_paragraph = False
        elif open_paragraph:
            paragraphs[-1].append(line)
        else:
            if paragraphs and _is_code(paragraphs[-1]) and _is_code([line]):
                paragraphs[-1] += ["", line]
            else:
                paragraphs.append([line])
            open_paragraph = True
    return paragraphs


def _is_code(paragraph: Sequence[str]) -> bool:
    return paragraph[0].startswith("    ")


def _converted(paragraph: list[str], links: Mapping[str, str]) -> list[str]:
    first = paragraph[0]
    if first.lstrip().startswith(">>>"):
        return [line.removeprefix("    ") if _is_code([first]) else line for line in paragraph]
    if _is_code(paragraph):
        return [".. code-block:: text", "", *paragraph]
    if first.startswith("- "):
        return _items(paragraph, "- ", links)
    if _ARGUMENT.fullmatch(first):
        return _arguments(paragraph, links)
    return [inline(line.strip(), links) for line in _joined(paragraph)]


def begins_sentence(line_before: str) -> bool:
    """Whether a line after this one begins a sentence, and so may begin with the name of an argument."""
    return not line_before or line_before.rstrip().endswith((".", ")"))


def _items(paragraph: list[str], mark: str, links: Mapping[str, str]) -> list[str]:
    items: list[str] = []
    for line in paragraph:
        if line.startswith(mark):
            items.append(line.removeprefix(mark))
        else:
            items[-1] += f" {line.strip()}"
    return [f"- {inline(item, links)}" for item in items]


def _arguments(paragraph: list[str], links: Mapping[str, str]) -> list[str]:
    items: list[str] = []
    before = ""
    for line in paragraph:
        match = _ARGUMENT.fullmatch(line) if begins_sentence(before) else None
        before = line
        if match:
            names = ", ".join(f"**{escaped(name)}**" for name in match["names"].split(", "))
            shape = f" ``{match['shape']}``" if match["shape"] else ""
            items.append(f"- {names}{shape}: {match['text']}")
        else:
            items[-1] += f" {line.strip()}"
    head = re.compile(r"(- .*?: )(.*)")
    return [f"{match[1]}{inline(match[2], links)}" for item in items if (match := head.fullmatch(item))]


def _joined(paragraph: list[str]) -> list[str]:
    """The lines of a paragraph; one line where a piece of code goes on in the next."""
    text = "\n".join(paragraph)
    return [re.sub(r"\s+", " ", text)] if any(line.count("`") % 2 for line in paragraph) else paragraph


def inline(text: str, links: Mapping[str, str]) -> str:
    """Text whose backticks hold code, and whose other signs mean themselves."""
    parts = re.split(r"`([^`]*)`", text)
    out = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            out += escaped(part)
            continue
        # Inline markup begins after a space or a bracket and ends before one: an escaped space stands in for it.
        before = "\\ " if re.search(r"[\w’′)]$", parts[place - 1]) else ""
        after = "\\ " if re.match(r"[\w(\[′’]", parts[place + 1]) else ""
        code = f":py:obj:`~{links[part]}`" if part in links else f"``{part}``"
        out += before + code + after
    return out


def escaped(text: str) -> str:
    """Text with every sign of reStructuredText escaped."""
    return re.sub(r"([\\*_|`])", r"\\\1", text)
