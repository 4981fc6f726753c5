"""An episode as a GIF, from MiniGrid's own pictures, with its colours to the last bit.

MiniGrid draws with some dozens of colours, and a GIF's palette has 256: every frame gets a palette of its own with
exactly the colours that are in it. Pillow joins equal frames in a row into one that is shown longer, and keeps of every
frame only what differs from the one before.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from explore.errors import BadInput

COLOURS = 256
LEAST = 20  # milliseconds; viewers show faster frames slowly
HELD = 1000  # milliseconds for which the end is shown longer, before it begins again

Picture = npt.NDArray[np.uint8]  # (height, width, 3)


def checked(path: Path) -> None:
    """Refuse, with BadInput, a file that cannot be written or is not called .gif; nothing is left behind."""
    if path.suffix.lower() != ".gif":
        raise BadInput(f"--gif '{path}': only GIF files are written; give a name that ends in .gif.")
    if path.is_dir():
        raise BadInput(f"--gif '{path}' is a folder: name a file in it.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise BadInput(
            f"--gif '{path}' cannot be written: {error.strerror}; name a file in a folder that exists."
        ) from None


def write(path: Path, pictures: Iterable[Picture], seconds: float) -> None:
    """Write the pictures, `seconds` each and in the order in which they come; the file is there whole or not at all.

    BadInput where it cannot be written.
    """
    duration = max(LEAST, round(seconds * 100) * 10)  # a GIF counts hundredths of a second
    frames = _held((own_palette(picture) for picture in pictures), HELD // duration)
    first = next(frames)
    draft = path.with_name(f".{path.stem}-{os.getpid()}.gif")
    try:
        with draft.open("wb") as file:
            first.save(file, "GIF", save_all=True, append_images=frames, duration=duration, loop=0, optimize=False)
        draft.replace(path)
    except OSError as error:
        raise BadInput(f"--gif '{path}' cannot be written: {error.strerror or error}.") from None
    finally:
        draft.unlink(missing_ok=True)


def own_palette(picture: Picture) -> Any:
    """A picture with a palette of its own colours, or of near ones where there are more than 256.

    Pillow's median cut splits the colours until each is alone or there are 256 groups: up to 256 are kept as they are.
    """
    return Image.fromarray(picture).quantize(COLOURS, method=Image.Quantize.MEDIANCUT)


def _held(frames: Iterator[Any], times: int) -> Iterator[Any]:
    """The frames, the last one so many times more."""
    last = None
    for last in frames:
        yield last
    for _ in range(times if last is not None else 0):
        yield last
