"""The recorded traits of the built-in plugins, `recorded.json`: made by `python -m benchmarks traits --record`.

    {"made": {…where and with what…}, "traits": {kind: {spec: {trait: [value, low, high] or null}}},
     "seconds": {kind: {spec: what the whole trial took}}}

null stands where a plugin has no such trait; low and high are the 95 % interval. Only plugins that kept the whole
contract are recorded.
"""

import functools
import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("recorded.json")

Figures = dict[str, dict[str, tuple[float, float, float] | None]]


@functools.cache
def recording() -> dict[str, Any]:
    """The whole file; an empty one where nothing was recorded yet."""
    if not FILE.exists():
        return {"made": {}, "traits": {}, "seconds": {}}
    recorded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return recorded


def figures(kind: str) -> Figures:
    """The traits of every built-in plugin of a kind, by spec and name of the trait."""
    of_kind: Figures = recording()["traits"].get(kind, {})
    return of_kind
