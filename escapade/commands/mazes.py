"""`escapade mazes`: the maze experiment alone."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import report, runs, terminal
from explore.errors import BadInput


def mazes(
    maze: Annotated[
        list[str] | None,
        typer.Option(
            help="Maze id, with settings as in ID:size=9, or any Gymnasium id with discrete actions; repeatable."
        ),
    ] = None,
    agent: Annotated[
        list[str] | None, typer.Option(help="Agent, as in epsilon-greedy+rnd; repeatable; the first is the baseline.")
    ] = None,
    planner: Annotated[
        list[str] | None, typer.Option(help="Planner to compare with, such as tree-search; repeatable.")
    ] = None,
    learners: Annotated[int, typer.Option(help="Learners (seeds) per agent.")] = 10,
    steps: Annotated[int, typer.Option(help="Environment steps per learner.")] = 150_000,
    seed: Annotated[int, typer.Option(help="Seed of every random stream.")] = 1,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="DQN setting, such as n_step=5; repeatable.")
    ] = None,
    device: Annotated[str, typer.Option(help="Device of the networks: cpu or cuda.")] = "cpu",
    jobs: Annotated[
        int | None, typer.Option(help="Blocks (an agent in a maze) trained in parallel; by default one per core.")
    ] = None,
    backend: Annotated[str | None, typer.Option(help="Where to train: loky (this machine), ray or dask.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Of the Ray or Dask cluster; by default a local one is started.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; the same command resumes from it.")] = None,
    initial: Annotated[
        Path | None, typer.Option(help="Folder of results whose networks the learners start from.")
    ] = None,
    plots: Annotated[Path | None, typer.Option(help="Draw curves, visits and profiles into this folder.")] = None,
    known: Annotated[bool, typer.Option("--list", help="List all mazes, and which run compiled.")] = False,
    details: Annotated[bool, typer.Option("--details", help="Show every curve, score, map and bound too.")] = False,
    log: Annotated[str, typer.Option(help="Progress: live (plain if piped), plain or json lines.")] = "live",
    tensorboard: Annotated[Path | None, typer.Option(help="Write TensorBoard event files into this folder.")] = None,
    json: Annotated[str | None, typer.Option(help="Write the results as JSON here; - is standard output.")] = None,
) -> None:
    """Train agents in mazes and compare them.

    Example: escapade mazes --maze MiniGrid-DoorKey-5x5-v0 --agent epsilon-greedy --agent count --set n_step=5
    """
    if jobs is not None and jobs < 1:
        raise BadInput(f"--jobs {jobs}: at least one agent must be trained at a time.")
    output = terminal.output.Output(json)
    if known:
        report.mazes.catalogue.show(output)
        return
    dqn = runs.plan.dqn_settings(setting or [])
    plan = runs.experiments.checked_plan(
        maze or ["MiniGrid-DoorKey-8x8-v0"],
        agent or ["epsilon-greedy", "count"],
        learners,
        steps,
        seed,
        device,
        dqn,
        planner or [],
    )
    plan = runs.initial.beginning_with(plan, initial)
    runs.experiments.check_backend(backend, address)
    terminal.progress.check_log(log)
    if tensorboard is not None:
        terminal.output.make_folder(tensorboard, "--tensorboard")
    if plots is not None:
        terminal.output.make_folder(plots, "--plots")
    store = runs.store.Store(out)
    store.check(plan.configurations())
    plan = runs.plan.continued(plan, store.configurations())
    store.begin({"mazes": plan.as_dict()})
    planned = terminal.progress.planned(output.errors, plan, store)
    trained = terminal.progress.swept(
        output.errors, plan, store, jobs=jobs, backend=backend, address=address, log=log, tensorboard=tensorboard
    )
    figures = report.results.figures_of(trained.blocks, planned)
    store.remember("mazes", figures)
    problems = [*map(str, trained.failures), *store.notes]
    sessions = store.sessions()
    store.close()
    report.mazes.report.show(output.console, figures, details=details)
    report.setup.show(output.console, sessions)
    if plots is not None:
        for path in report.mazes.plots.plots(figures, plots):
            output.console.print(f"drawn: {path}")
    output.figures(lambda: {"mazes": figures, "sessions": sessions, "problems": problems})
    terminal.output.end_with(output.errors, problems, trained.notes)
