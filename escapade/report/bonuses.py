"""The bonuses, a line each, with their formulas and links to file, test and trial: for docs/bonuses.md.

`python -m escapade.report.bonuses` prints the page.
"""

import inspect
import re
import sys

from escapade.report.markdown import links_to_file_and_test, table
from explore.core.plugins import BONUSES
from explore.version import OWN

PAGE = """# Exploration bonuses

This page is printed by `python -m escapade.report.bonuses`; a test compares it with what is installed. The formula
gives the novelty and the episodic factor of a bonus; the settings that all bonuses share scale it and let it decay
(`explore/core/bonus.py`). The file of a bonus states its sources, the reasons for its defaults, and measurements.
[traits.md](traits.md#bonuses) has what `escapade check NAME` measured of every bonus, [results.md](results.md) the
training runs that were recorded.

{bonuses}
"""


def page() -> str:
    """docs/bonuses.md, of the bonuses of this distribution."""
    rows = []
    for entry in BONUSES.entries():
        if entry.distribution == OWN and entry.problem is None:
            module = inspect.getmodule(BONUSES.get(entry.name))
            assert module is not None
            text = inspect.getdoc(module) or ""
            rows.append(
                (f"`{entry.name}`", _summary(text), f"`{_formula(text)}`", links_to_file_and_test(module.__name__))
            )
    return PAGE.format(bonuses=table(("bonus", "novelty", "formula", "where"), rows))


def _summary(text: str) -> str:
    """The first sentence of a module's docstring, without the name before the colon or comma."""
    first = text.partition("\n\n")[0].replace("\n", " ").rstrip(".")
    return first.partition(": ")[2] or first


def _formula(text: str) -> str:
    """The formula of a module's docstring: its first indented lines, up to their source in brackets."""
    block = re.search(r"\n\n((?:    .+\n)+)", text + "\n")
    lines = block[1].splitlines() if block else []
    formula = "; ".join(line.strip() for line in lines if not line.startswith("     "))
    formula = re.split(r"(?:^|      |; )\((?=[A-Z][a-zé]|the )", formula)[0]
    return re.sub(r"([,;]?)\s{3,}", lambda match: f"{match[1] or ','} ", formula).strip(" ,;")


if __name__ == "__main__":
    sys.stdout.write(page())
