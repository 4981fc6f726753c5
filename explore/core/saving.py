"""States in files: written whole or not at all, and read without running any code."""

import os
from pathlib import Path
from typing import Any

import torch

from explore.errors import BadInput


def write_state(state: dict[str, Any], path: str | os.PathLike[str], what: str) -> None:
    """Write tensors and plain numbers; `what` is called so in the message of BadInput where that fails."""
    file = checked_path(path)
    draft = file.with_name(f"{file.name}.draft")
    try:
        torch.save(state, draft)
        os.replace(draft, file)
    except (OSError, RuntimeError) as error:  # PyTorch raises the latter for a folder that is not there
        draft.unlink(missing_ok=True)
        raise BadInput(f"the {what} cannot be saved as {file}: {error}") from None


def read_state(path: str | os.PathLike[str], device: torch.device, what: str) -> dict[str, Any]:
    """What `write_state` wrote, its tensors on `device`; BadInput where there is no such file, or something else."""
    file = checked_path(path)
    try:
        state = torch.load(file, map_location=device, weights_only=True)
    except FileNotFoundError:
        raise BadInput(f"there is no file {file}.") from None
    except Exception as error:  # whatever a file that is something else raises
        raise BadInput(f"{file} is not a saved {what}: {error}") from None
    if not isinstance(state, dict) or "made_with" not in state:
        raise BadInput(f"{file} is not a saved {what}.")
    return state


def checked_path(path: Any) -> Path:
    """The path; BadInput for anything that is none."""
    try:
        return Path(path)
    except TypeError:
        raise BadInput(f"{path!r} is not a path: give the name of a file.") from None
