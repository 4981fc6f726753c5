"""The frames of a GIF are the pictures that went in, to the last bit; a file is there whole or not at all."""

import numpy as np
import pytest
from PIL import Image

from agents.mazes.layouts.named_sets import layouts
from agents.play import Episode, repeating
from escapade.watch.gif import checked, own_palette, write
from explore.errors import BadInput

LEFT, RIGHT, FORWARD = 0, 1, 2


def frames(path) -> list[tuple[np.ndarray, int]]:
    """Every frame, and for how many milliseconds it is shown."""
    frames = []
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            frames.append((np.asarray(image.convert("RGB")), image.info["duration"]))
    return frames


def test_the_frames_are_minigrids_own_pictures(tmp_path) -> None:
    """Walking against a wall changes nothing: equal frames become one that is shown longer."""
    episode = Episode(layouts("MiniGrid-ObstructedMaze-1Dlhb-v0", "train"), 3)
    actions = [RIGHT, FORWARD, FORWARD, 6, 6, LEFT, LEFT, FORWARD, RIGHT]
    pictures = [episode.picture() for _ in episode.moments(repeating(actions))]
    write(tmp_path / "walk.gif", iter(pictures), seconds=0.1)
    shown = [picture for picture, duration in frames(tmp_path / "walk.gif") for _ in range(duration // 100)]
    assert len(shown) == len(pictures) + 10  # the end is held for a second
    for picture, expected in zip(shown, [*pictures, *[pictures[-1]] * 10], strict=True):
        np.testing.assert_array_equal(picture, expected)
    assert [path.name for path in tmp_path.iterdir()] == ["walk.gif"]


def test_up_to_256_colours_are_exact_and_more_are_near() -> None:
    random = np.random.default_rng(0)
    palette = random.integers(256, size=(256, 3)).astype(np.uint8)
    picture = palette[random.integers(256, size=(40, 50))]
    np.testing.assert_array_equal(np.asarray(own_palette(picture).convert("RGB")), picture)
    smooth = np.zeros((40, 40, 3), dtype=np.uint8)
    smooth[..., 0], smooth[..., 1] = np.arange(40)[:, None], np.arange(40)
    assert np.abs(np.asarray(own_palette(smooth).convert("RGB")).astype(int) - smooth).max() <= 8


def test_a_break_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "walk.gif"
    path.write_bytes(b"old")

    def broken():
        yield np.zeros((4, 4, 3), dtype=np.uint8)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(path, broken(), 0.1)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["walk.gif"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path) -> None:
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(BadInput, match=r"ends in \.gif"):
        checked(tmp_path / "walk.png")
    with pytest.raises(BadInput, match="name a file in a folder that exists"):
        checked(tmp_path / "missing" / "walk.gif")
    with pytest.raises(BadInput, match="is a folder"):
        checked(tmp_path / "folder.gif")
    checked(tmp_path / "walk.gif")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.gif"]
