"""Pieces of Markdown that several generated pages share."""

import re

from docs.generator.docstrings import begins_sentence
from escapade.report.markdown import table
from explore.core.spec import Settings

NOT_MEASURED = "not measured yet"


def prose(docstring: str) -> str:
    """A docstring as Markdown: its code indented by four stays, arguments become a list, stars and rules are text.

    In code, a source in brackets that follows a formula gets a line of its own, so that narrow screens show it.
    """
    lines: list[str] = []
    before = ""
    for line in docstring.splitlines():
        argument = re.match(r"([a-z_]\w*(?:, [a-z_]\w*)*): ", line) if begins_sentence(before) else None
        before = line
        if argument:
            lines.append(f"- **{argument[1]}**: {line[argument.end() :]}")
        elif line.startswith(" " * 12):
            lines.append(f"{' ' * 5}{line.lstrip()}")  # what a source goes on with
        elif line.startswith("    "):
            formula, gap, source = re.match(r"(    .*?)(?:(\s{3,})(\(.*))?$", line).groups()
            lines += [formula, f"    {source}"] if gap else [formula]
        else:
            lines.append(re.sub(r"([*|<])", r"\\\1", line))
    return "\n".join(lines)


def settings_table(model: type[Settings]) -> str:
    """A row per setting: name, default, meaning and range."""
    rows = []
    for name, field in model.model_fields.items():
        default = "required" if field.is_required() else f"`{shown(field.default)}`"
        rows.append((f"`{name}`", default, f"{field.description or ''}{_limits(field.metadata)}"))
    return table(("setting", "default", "meaning"), rows)


def shown(value: object) -> str:
    """A default as one would write it in a spec string."""
    return str(value).lower() if isinstance(value, bool) else "none" if value is None else str(value) or "''"


def _limits(metadata: list[object]) -> str:
    """The range of a setting, after its meaning."""
    words = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    limits = [
        f"{word} {getattr(each, sign):g}" for each in metadata for sign, word in words.items() if _has(each, sign)
    ]
    return f" ({', '.join(limits)})" if limits else ""


def _has(constraint: object, sign: str) -> bool:
    return isinstance(getattr(constraint, sign, None), (int, float))
