"""Frames show what MiniGrid's own text of the grid says, over random grids; nothing is wider than there is room."""

import copy
import io
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from minigrid.core.constants import COLOR_NAMES
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Ball, Box, Door, Floor, Goal, Key, Lava, Wall
from minigrid.minigrid_env import MiniGridEnv
from rich.console import Console

from agents.play import Moment
from escapade.watch.picture import INITIALS, actions_taken, frame, grid, legend, window

COLOURS = st.sampled_from(COLOR_NAMES)
THINGS = st.one_of(
    st.none(),
    st.builds(Wall, COLOURS),
    st.builds(Floor, COLOURS),
    st.builds(Key, COLOURS),
    st.builds(Ball, COLOURS),
    st.builds(Box, COLOURS),
    st.builds(Goal),
    st.builds(Lava),
    st.builds(Door, COLOURS, is_open=st.just(True)),
    st.builds(Door, COLOURS),
    st.builds(Door, COLOURS, is_locked=st.just(True)),
)


class Drawn(MiniGridEnv):
    """A maze with these things in rows of five."""

    def __init__(self, things: list[object], start: tuple[int, int, int]) -> None:
        self.things, self.start = things, start
        super().__init__(MissionSpace(lambda: "see"), width=5, height=4, max_steps=60)

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        for place, thing in enumerate(self.things):
            self.grid.set(place % width, place // width, copy.deepcopy(thing))
        x, y, self.agent_dir = self.start
        self.agent_pos = (x, y)
        self.grid.set(x, y, None)
        self.mission = "see"


def moment_of(env: MiniGridEnv, **changes: object) -> Moment:
    place = (int(env.agent_pos[0]), int(env.agent_pos[1]))
    state = {
        "action": None,
        "action_name": None,
        "reward": 0.0,
        "episode_return": 0.0,
        "success": False,
        "ending": None,
        **changes,
    }
    return Moment(env.grid.encode(), place, env.agent_dir, None, "see", 0, 60, **state)


def pairs(text: str) -> Iterator[list[str]]:
    for line in text.split("\n"):
        yield [line[i : i + 2] for i in range(0, len(line), 2)]


SAME = {"W": "█", "F": "f", "D": "D", "L": "L", "K": "K", "A": "O", "B": "B", "G": "G", "V": "~"}


@settings(max_examples=150)
@given(
    things=st.lists(THINGS, min_size=20, max_size=20),
    start=st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)),
)
def test_a_frame_says_what_minigrid_says(things: list[object], start: tuple[int, int, int]) -> None:
    env = Drawn(things, start)
    env.reset()
    shown = list(pairs(grid(moment_of(env), False, 10, 4).plain))
    for ours, theirs in zip(shown, pairs(env.pprint_grid()), strict=True):
        for mine, cell in zip(ours, theirs, strict=True):
            if cell in (">>", "VV", "<<", "^^"):  # lava is red: VR
                assert mine == {">>": "▶ ", "VV": "▼ ", "<<": "◀ ", "^^": "▲ "}[cell]
            elif cell == "__":
                assert mine[0] == "_"
                assert mine[1] in INITIALS.values()
            elif cell == "  ":
                assert mine == "· "
            else:
                assert mine[0] == SAME[cell[0]]
                colour = {initial: name for name, initial in INITIALS.items()}.get(mine[1])
                assert colour is None or colour[0].upper() == cell[1]
                assert (colour is None) == (cell[0] in "WGV")


def test_every_kind_and_state_and_colour_is_told_apart() -> None:
    """Without colour: the initials of the colours differ, which MiniGrid's own do not (green and grey)."""
    kinds = [Wall("red"), Goal(), Lava(), None]
    for colour in COLOR_NAMES:
        doors = [Door(colour), Door(colour, is_open=True), Door(colour, is_locked=True)]
        kinds += [Key(colour), Ball(colour), Box(colour), Floor(colour), *doors]
    for ascii_only in (False, True):
        seen = set()
        for kind in kinds:
            env = Drawn([None, kind] + [None] * 18, (0, 0, 0))
            env.reset()
            seen.add(next(pairs(grid(moment_of(env), ascii_only, 10, 4).plain))[1])
        assert len(seen) == len(kinds)
        assert not ascii_only or all(map(str.isascii, seen))


@given(size=st.integers(1, 60), room=st.integers(1, 70), at=st.floats(0, 0.999))
def test_the_window_holds_the_agent_and_no_more_than_there_is_room(size: int, room: int, at: float) -> None:
    visible = window(size, room, int(at * size))
    assert int(at * size) in visible
    assert len(visible) == min(size, room)
    assert visible.start >= 0
    assert visible.stop <= size


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 12), (20, 14)])
def test_a_scene_fits_the_terminal(width: int, height: int) -> None:
    """A large maze too: the part around the agent is shown."""
    env = Drawn([Key("red")] * 20, (2, 2, 1))
    env.reset()
    codes = np.tile(env.grid.encode(), (8, 9, 1))
    moment = Moment(codes, (30, 20), 1, (5, 4, 0), "see", 3, 60, 2, "forward", 0.5, 0.5, False, None)
    text = io.StringIO()
    console = Console(file=text, width=width, height=height, force_terminal=True, color_system=None)
    console.print(frame(console, "title", moment, "note"))
    lines = text.getvalue().splitlines()
    assert len(lines) <= height
    assert any("▼" in line for line in lines[1:-3])
    assert "note" in lines[-1]


def test_the_legend_names_what_is_there() -> None:
    env = Drawn([Door("yellow", is_locked=True), Ball("grey")] + [None] * 18, (4, 3, 2))
    env.reset()
    assert set(legend(moment_of(env), False)) == {"◀ agent", "Ly yellow locked door", "Oe grey ball"}


def test_actions_are_told_with_their_repetitions() -> None:
    assert actions_taken(["left", "forward", "forward", "forward", "left"]) == "left, forward ×3, left"
    assert actions_taken(["left", "right"] * 100).endswith("left, right, and 160 more")
