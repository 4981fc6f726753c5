"""The mazes and traps that agents can train in, a line each: for `escapade mazes --list`."""

from dataclasses import asdict
from typing import Any

from rich import box
from rich.table import Table

from agents.mazes import describe_mazes
from agents.mazes.traps import IDS, facts
from escapade.terminal.output import Output


def show(output: Output) -> None:
    """Print every maze of the catalogue, and what the traps hold."""
    listed = describe_mazes()
    table = Table(title="Mazes", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in ("id", "runs"):
        table.add_column(name, no_wrap=True)  # to be copied as it stands
    table.add_column("why not compiled", overflow="fold")
    for maze in listed:
        if maze.id not in IDS:
            table.add_row(maze.id, "compiled" if maze.compiled else "on MiniGrid", maze.why_not or "")
    output.console.print(table)
    traps = {name: trap for name in IDS if (trap := facts(name)) is not None}
    output.console.print(_traps(traps))
    output.console.print(
        "The ids of traps begin with escapade/; DeepSea exists in every size from 10 to 50. The setting reward_scale "
        "multiplies the rewards of any maze: --maze ID:reward_scale=10."
    )
    output.console.print(f"{sum(maze.compiled for maze in listed)} of {len(listed)} mazes run compiled.")
    output.figures(
        lambda: {
            "mazes": [
                {
                    "id": m.id,
                    "compiled": m.compiled,
                    "why_not": m.why_not,
                    "trap": asdict(traps[m.id]) if m.id in traps else None,
                }
                for m in listed
            ]
        }
    )


def _traps(traps: dict[str, Any]) -> Table:
    """The traps with the score of each optimum; what an optimum is, once for all sizes."""
    table = Table(title="Traps, all compiled", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("id", no_wrap=True)
    for name in ("local optimum", "global optimum"):
        table.add_column("score", justify="right", no_wrap=True)
        table.add_column(name, overflow="fold")
    last = ("", "")
    for name, trap in traps.items():
        if "DeepSea" in name and "-10-" not in name and "-50-" not in name:
            continue
        optima = (trap.local_optimum, trap.global_optimum)
        local, best = ("", "") if optima == last else optima
        table.add_row(
            name.removeprefix("escapade/"), f"{trap.local_score:.2f}", local, f"{trap.global_score:.2f}", best
        )
        last = optima
    return table
