"""Side-by-side timings, and what is recorded for the documents; `python -m benchmarks` lists and runs them."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def made_with(*packages: str) -> dict[str, str]:
    """The day, the machine and the versions with which something is recorded."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    day = datetime.now(UTC).date().isoformat()
    return {"day": day, "python": platform.python_version(), "machine": machine} | {
        name: version(name) for name in ("escapade", *packages)
    }


def replace(path: Path, text: str) -> None:
    """Write a file, all or nothing, so that an interruption leaves it as it was."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
