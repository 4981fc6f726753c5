"""A moment of an episode as text: two characters per cell, which can be read without colour.

A thing is a letter and the first letter of its colour (`e` for grey, `g` is green): `Ky` is a yellow key. A door has
its state in the place of a letter: `_` open, `D` closed, `L` locked. Where the terminal knows only ASCII, walls are
`##` and the agent `^>v<`.
"""

from collections.abc import Sequence

import numpy as np
from minigrid.core.constants import IDX_TO_COLOR, IDX_TO_OBJECT
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from agents.play import Moment
from escapade.terminal.lines import joined

ARROWS, LETTERS = "▶▼◀▲", ">v<^"
STATES = {0: ("_", "open door"), 1: ("D", "door"), 2: ("L", "locked door")}
THINGS = {"key": "K", "ball": "O", "box": "B", "goal": "G", "lava": "~", "floor": "f"}
INITIALS = {"red": "r", "green": "g", "blue": "b", "purple": "p", "yellow": "y", "grey": "e"}
STYLES = {
    "red": "red",
    "green": "green",
    "blue": "bright_blue",
    "purple": "magenta",
    "yellow": "yellow",
    "grey": "bright_black",
}
SIDE = 28  # least columns of the facts to the right of the maze
MOST_RUNS = 40  # of equal actions that are listed
Codes = Sequence[int]


def cell(code: Codes, ascii_only: bool) -> tuple[str, str, Style]:
    """How MiniGrid's (object, colour, state) looks: two characters, what they mean, and their style."""
    kind = IDX_TO_OBJECT.get(int(code[0]), "thing")
    colour = IDX_TO_COLOR.get(int(code[1]), "grey")
    tint = STYLES.get(colour, "default")
    initial = INITIALS.get(colour, colour[0])
    if kind in ("empty", "unseen"):
        return ". " if ascii_only else "· ", "", Style(dim=True)
    if kind == "wall":
        return "##" if ascii_only else "██", "wall", Style.parse(tint)
    if kind == "goal":
        return "G ", "goal", Style(color="black", bgcolor="green", bold=True)
    if kind == "lava":
        return "~~", "lava", Style(color="black", bgcolor="red", bold=True)
    if kind == "door":
        letter, meaning = STATES.get(int(code[2]), STATES[1])
        return letter + initial, f"{colour} {meaning}", Style.parse(f"bold {tint}")
    return THINGS.get(kind, kind[0].upper()) + initial, f"{colour} {kind}", Style.parse(tint)


def grid(moment: Moment, ascii_only: bool, columns: int, rows: int) -> Text:
    """The maze, at most `columns` characters wide and `rows` high: the part around the agent where it is larger."""
    width, height = moment.grid.shape[:2]
    across, down = window(width, columns // 2, moment.position[0]), window(height, rows, moment.position[1])
    text = Text(no_wrap=True, overflow="crop")
    for y in range(down.start, down.stop):
        if y > down.start:
            text.append("\n")
        for x in range(across.start, across.stop):
            if (x, y) == moment.position:
                text.append((LETTERS if ascii_only else ARROWS)[moment.direction] + " ", Style.parse("bold bright_red"))
            else:
                shown, _, style = cell(moment.grid[x, y].tolist(), ascii_only)
                text.append(shown, style)
    return text


def window(size: int, room: int, at: int) -> range:
    """Which of `size` rows are seen where there is room for fewer: `at` is in the middle, or near an edge."""
    room = max(1, min(size, room))
    start = min(max(at - room // 2, 0), size - room)
    return range(start, start + room)


def legend(moment: Moment, ascii_only: bool) -> list[str]:
    """What the letters in this maze mean, the agent first."""
    codes = np.unique(moment.grid.reshape(-1, 3), axis=0).tolist()
    if moment.carrying is not None:
        codes.append(list(moment.carrying))
    known = {shown.strip(): meaning for shown, meaning, _ in (cell(code, ascii_only) for code in codes) if meaning}
    arrow = (LETTERS if ascii_only else ARROWS)[moment.direction]
    return [f"{arrow} agent", *(f"{shown} {meaning}" for shown, meaning in known.items())]


def facts(moment: Moment) -> list[tuple[str, str]]:
    """Mission, step, action, reward, return, load and end, by name."""
    carried = "nothing" if moment.carrying is None else cell(moment.carrying, True)[1]
    rows = [
        ("mission", moment.mission or "none stated"),
        ("step", f"{moment.step} of at most {moment.limit}"),
        ("action", moment.action_name or "none yet"),
        ("reward", f"{moment.reward:.3g}"),
        ("return", f"{moment.episode_return:.3g}"),
        ("carries", carried),
    ]
    return [*rows, ("end", moment.ending)] if moment.ending else rows


def frame(console: Console, title: str, moment: Moment, note: str = "") -> RenderableType:
    """The moment as it is shown: title, maze, facts to its right (below where the maze is wide), legend and a note."""
    ascii_only = console.options.ascii_only
    width, height = moment.grid.shape[:2]
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts(moment):
        table.add_row(name, value)
    words = Text("\n".join(legend_lines(moment, ascii_only, console.width)), style="dim")
    below = [words, *([Text(note, style="dim")] if note else [])]
    # In a terminal the frame must not be higher than the screen, or it could not be drawn over.
    used = 1 + cell_len(title) // console.width + sum(line.plain.count("\n") + 1 for line in below) + 1
    rows = max(3, console.height - used) if console.is_terminal else height
    if 2 * width + 2 + SIDE <= console.width:
        both = Table.grid(padding=(0, 2, 0, 0))
        both.add_row(grid(moment, ascii_only, 2 * width, rows), table)
        return Group(Text(title, style="bold"), both, *below)
    rows = max(3, rows - table.row_count) if console.is_terminal else height
    return Group(Text(title, style="bold"), grid(moment, ascii_only, console.width, rows), table, *below)


def actions_taken(actions: Sequence[str]) -> str:
    """What was done, with repetitions counted: `left, forward ×3, pickup`; of long episodes the beginning."""
    runs: list[tuple[str, int]] = []
    for action in actions:
        if runs and runs[-1][0] == action:
            runs[-1] = (action, runs[-1][1] + 1)
        else:
            runs.append((action, 1))
    listed = [name if count == 1 else f"{name} ×{count}" for name, count in runs[:MOST_RUNS]]
    left = sum(count for _, count in runs[MOST_RUNS:])
    return ", ".join([*listed, *([f"and {left} more"] if left else [])])


def legend_lines(moment: Moment, ascii_only: bool, width: int) -> list[str]:
    """The legend in lines of at most `width`, broken between its entries."""
    return joined(legend(moment, ascii_only), " · ", width)
