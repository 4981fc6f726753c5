"""The weights of trained learners on disk: one file per block in DIR/weights, written atomically.

A file is written before the rows that name it: a kill between the two leaves an unused file, and the block is
trained again. Only numbers, lists and tensors are loaded.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from explore.errors import BadInput

FOLDER = "weights"


def write(folder: Path, maze: str, agent: str, key: str, weights: Mapping[str, Any]) -> str:
    """Keep `weights` in `folder` and give back the name of the file; BadInput where it cannot be written.

    `key` is what tells one configuration from another.
    """
    digest = hashlib.blake2b(f"{key}{list(weights['learners'])}".encode(), digest_size=6).hexdigest()
    readable = re.sub(r"[^A-Za-z0-9.=-]+", "-", f"{maze} {agent}")[:60]
    name = f"{readable}-{digest}.pt"
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=folder / FOLDER, suffix=".draft")
        try:
            with os.fdopen(handle, "wb") as file:
                torch.save(dict(weights), file)
            Path(draft).replace(folder / FOLDER / name)
        finally:
            Path(draft).unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:  # torch's own writer turns a full disk into a RuntimeError
        why = getattr(error, "strerror", None) or "the disk is full or limits the size of files"
        raise BadInput(
            f"the weights of '{agent}' in {maze} could not be stored in '{folder / FOLDER}' ({why}); its results were: "
            "make room, and train it into another folder to watch it."
        ) from None
    return name


def read(folder: Path, name: str) -> dict[str, Any]:
    """What was kept; BadInput where the file is missing or damaged."""
    place = folder / FOLDER / name
    try:
        weights: dict[str, Any] = torch.load(place, map_location="cpu", weights_only=True)
        if not {"hidden", "envs", "learners", "state"} <= weights.keys():
            raise ValueError("parts are missing")
    except FileNotFoundError:
        raise BadInput(f"the weights '{place}' are missing: train this agent again to watch it.") from None
    except Exception:  # a damaged archive raises UnpicklingError, RuntimeError, EOFError, …
        raise BadInput(f"the weights '{place}' cannot be read: train this agent again to watch it.") from None
    return weights
