"""A session, the record of one run of the program: command, resolved experiment, versions, machine and code."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import joblib

from explore.errors import BadInput

FILE = "session.json"
PACKAGES = ("escapade", "torch", "numpy", "numba", "gymnasium", "minigrid", "scipy", "joblib", "pydantic")


def describe(experiment: Mapping[str, Any]) -> dict[str, Any]:
    """The session of this process: JSON values; `experiment` is the resolved configuration."""
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "command": ["escapade", *sys.argv[1:]],
        "experiment": dict(experiment),
        "versions": versions(),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "cores": joblib.cpu_count(),
        },
        "git": git_state(Path(__file__)),
    }


def write(folder: Path, session: Mapping[str, Any]) -> None:
    """Write the newest session atomically as `session.json` into the folder; BadInput where that fails."""
    draft = folder / f".{FILE}-{os.getpid()}"
    try:
        try:
            draft.write_text(json.dumps(session, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            draft.replace(folder / FILE)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(
            f"results cannot be stored in '{folder}': {error.strerror}; make room or name another folder, and run it "
            "again."
        ) from None


def versions() -> dict[str, str]:
    """Python's version and those of the packages that a result depends on."""
    known = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            known[package] = "not installed"
    return known


def git_state(file: Path) -> dict[str, Any] | None:
    """The commit that `file`'s repository is at, and whether it was changed since; None where git does not track it."""
    folder = file.parent
    try:
        _git(folder, "ls-files", "--error-unmatch", file.name)  # an installed copy may lie in somebody's repository
        commit = _git(folder, "rev-parse", "HEAD")
        changed = bool(_git(folder, "status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit, "changed": changed}


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.strip()
