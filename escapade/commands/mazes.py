"""`escapade mazes`: the maze experiment alone."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import report, runs, terminal
from explore.errors import BadInput


def mazes(
    maze: Annotated[
        list[str] | None, typer.Option(help="Maze, ID or ID:size=9; or any id with discrete actions.")
    ] = None,
    agent: Annotated[list[str] | None, typer.Option(help="Agent, strategy+bonus; the first is the baseline.")] = None,
    planner: Annotated[
        list[str] | None, typer.Option(help="A method that knows the maze, such as tree-search; repeat for several.")
    ] = None,
    learners: Annotated[int, typer.Option(help="Learners (seeds) per agent.")] = 10,
    steps: Annotated[int, typer.Option(help="Environment steps per learner.")] = 150_000,
    seed: Annotated[int, typer.Option(help="Seed of every random stream.")] = 1,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the DQN, such as n_step=5; repeat for several.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where the networks are trained: cpu or cuda.")] = "cpu",
    jobs: Annotated[int | None, typer.Option(help="Blocks trained in parallel; by default as many as cores.")] = None,
    backend: Annotated[str | None, typer.Option(help="Where blocks run: loky (this machine), ray or dask.")] = None,
    address: Annotated[str | None, typer.Option(help="Of the Ray or Dask cluster; else one starts here.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that keeps the results and resumes.")] = None,
    initial: Annotated[
        Path | None, typer.Option(help="Folder of results whose networks the learners begin with.")
    ] = None,
    plots: Annotated[Path | None, typer.Option(help="Draw curves, visits and profiles into this folder.")] = None,
    known: Annotated[bool, typer.Option("--list", help="List every maze, and whether it runs compiled.")] = False,
    details: Annotated[bool, typer.Option("--details", help="Show everything: each curve, score, map, bound.")] = False,
    log: Annotated[str, typer.Option(help="Progress: live (plain where piped), plain, or json lines.")] = "live",
    tensorboard: Annotated[Path | None, typer.Option(help="Write TensorBoard's files into this folder too.")] = None,
    json: Annotated[str | None, typer.Option(help="Write the figures here; - is standard output.")] = None,
) -> None:
    """Train agents in mazes and compare them.

    Example: escapade mazes --maze MiniGrid-DoorKey-5x5-v0 --agent epsilon-greedy --agent count --set n_step=5
    """
    if jobs is not None and jobs < 1:
        raise BadInput(f"--jobs {jobs}: at least one block must train at a time.")
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
