"""`escapade mazes`: the maze experiment alone."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from agents.mazes import describe_mazes
from agents.mazes.traps import IDS, facts
from escapade.report import setup
from escapade.report.mazes import profiles, visits
from escapade.report.mazes.figures import maze_figures
from escapade.report.mazes.report import show
from escapade.runs.experiments import check_backend, checked_plan, optima, walls
from escapade.runs.plan import dqn_settings
from escapade.runs.store import Store
from escapade.terminal.output import Output, end_with, make_folder
from escapade.terminal.progress import swept
from explore.errors import BadInput


def mazes(
    maze: Annotated[
        list[str] | None, typer.Option(help="Maze, ID or ID:size=9; or any id with discrete actions.")
    ] = None,
    agent: Annotated[list[str] | None, typer.Option(help="Agent, strategy+bonus; the first is the baseline.")] = None,
    learners: Annotated[int, typer.Option(help="Learners (seeds) per agent.")] = 10,
    steps: Annotated[int, typer.Option(help="Environment steps per learner.")] = 150_000,
    seed: Annotated[int, typer.Option(help="Seed of every random stream.")] = 1,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the DQN, such as n_step=5; repeat for several.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where the networks are trained: cpu or cuda.")] = "cpu",
    jobs: Annotated[int | None, typer.Option(help="Blocks trained in parallel; the cores where not given.")] = None,
    backend: Annotated[str | None, typer.Option(help="joblib backend: loky, ray or dask.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that keeps the results and resumes.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Draw visits and profiles of scores into this folder.")] = None,
    known: Annotated[bool, typer.Option("--list", help="List every maze, and whether it runs compiled.")] = False,
    details: Annotated[bool, typer.Option("--details", help="Show the curves, scores and maps of every maze.")] = False,
    json: Annotated[str | None, typer.Option(help="Write the figures here; - is standard output.")] = None,
) -> None:
    """Train agents in mazes and compare them.

    Example: escapade mazes --maze MiniGrid-DoorKey-5x5-v0 --agent epsilon-greedy --agent count --set n_step=5
    """
    if jobs is not None and jobs < 1:
        raise BadInput(f"--jobs {jobs}: at least one block must train at a time.")
    output = Output(json)
    if known:
        _list(output)
        return
    dqn = dqn_settings(setting or [])
    plan = checked_plan(
        maze or ["MiniGrid-DoorKey-8x8-v0"], agent or ["epsilon-greedy", "count"], learners, steps, seed, device, dqn
    )
    check_backend(backend)
    if plots is not None:
        make_folder(plots, "--plots")
    store = Store(out)
    store.check(plan.configurations())
    store.begin({"mazes": plan.as_dict()})
    trained = swept(output.errors, plan, store, jobs=jobs, backend=backend)
    figures = maze_figures(trained.blocks, optima(plan.mazes), walls(plan.mazes))
    store.remember("mazes", figures)
    problems = [*map(str, trained.failures), *store.notes]
    sessions = store.sessions()
    store.close()
    show(output.console, figures, details=details)
    setup.show(output.console, sessions)
    if plots is not None:
        for path in [*visits.plots(figures, plots), *profiles.plots(figures, plots)]:
            output.console.print(f"drawn: {path}")
    output.figures(lambda: {"mazes": figures, "sessions": sessions, "problems": problems})
    end_with(output.errors, problems, trained.notes)


def _list(output: Output) -> None:
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
        "The ids of traps begin with escapade/, the deep sea has every size from 10 to 50. Any maze can have its "
        "reward multiplied: --maze ID:reward_scale=10."
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
