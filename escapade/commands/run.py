"""`escapade run`: the bandit and the maze experiment of a file, resumed where they were stopped."""

from pathlib import Path
from typing import Annotated, Any

import typer

from escapade import experiments, report, runs, terminal
from explore.errors import BadInput


def run(
    experiment: Annotated[Path | None, typer.Argument(help="Experiment file (TOML).")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Run the built-in experiment of a few minutes.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Run the built-in experiment of many hours.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default escapade-runs/NAME.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="DQN setting that overrides the experiment's; repeatable.")
    ] = None,
    learners: Annotated[
        int | None, typer.Option(help="Number of learners that overrides the experiment's.", min=1)
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Number of steps that overrides the experiment's.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed that overrides the experiment's.", min=0)] = None,
    jobs: Annotated[
        int | None,
        typer.Option(help="Blocks (an agent in a maze) trained in parallel; by default one per core.", min=1),
    ] = None,
    backend: Annotated[str | None, typer.Option(help="Where to train: loky (this machine), ray or dask.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Of the Ray or Dask cluster; by default a local one is started.")
    ] = None,
    details: Annotated[bool, typer.Option("--details", help="Show every curve, score, map and bound too.")] = False,
    log: Annotated[str, typer.Option(help="Progress: live (plain if piped), plain or json lines.")] = "live",
    tensorboard: Annotated[Path | None, typer.Option(help="Write TensorBoard event files into this folder.")] = None,
    json: Annotated[str | None, typer.Option(help="Write the results as JSON here; - is standard output.")] = None,
) -> None:
    """Run the bandit and the maze experiment of a file, and show the report.

    Run the same command again to resume a run that was stopped.

    Example: escapade run --quick --json figures.json
    """
    if (experiment is not None) + quick + full > 1:
        raise BadInput("give one of an experiment file, --quick and --full.")
    name = "quick" if quick else "full" if full else "default"
    settings = experiments.load(experiment) if experiment else experiments.built_in(name)
    used = settings.seed if seed is None else seed
    arms, mazes = settings.bandits, settings.mazes
    plan = None
    if mazes is not None:
        plan = runs.experiments.checked_plan(
            mazes.mazes,
            mazes.agents,
            learners or mazes.learners,
            steps or mazes.steps,
            used,
            mazes.device,
            runs.plan.dqn_settings(setting or [], settings.dqn),
            mazes.planners,
        )
        plan = runs.initial.beginning_with(plan, Path(mazes.initial) if mazes.initial else None)
        backend = backend or mazes.backend
    runs.experiments.check_backend(backend, address)
    terminal.progress.check_log(log)
    if tensorboard is not None:
        terminal.output.make_folder(tensorboard, "--tensorboard")
    if arms is not None:
        runs.experiments.check_bandits(arms.testbed, arms.policies, arms.runs, arms.horizon)
    output = terminal.output.Output(json)
    store = runs.store.Store(out or Path("escapade-runs") / settings.name)
    if plan is not None:
        store.check(plan.configurations())
        plan = runs.plan.continued(plan, store.configurations())
    described: dict[str, Any] = {"name": settings.name}
    described |= {} if arms is None else {"bandits": {**arms.model_dump(), "seed": used}}
    store.begin(described | ({} if plan is None else {"mazes": plan.as_dict()}))
    bandit_figures = None
    if arms is not None:
        with runs.compile_ahead.compiling_ahead(plan, output.errors):
            bandit_figures = _simulated(arms, used, output, store)
    maze_figures: list[dict[str, Any]] = []
    problems: list[str] = []
    notes: list[str] = []
    if plan is not None:
        planned = terminal.progress.planned(output.errors, plan, store)
        trained = terminal.progress.swept(
            output.errors, plan, store, jobs=jobs, backend=backend, address=address, log=log, tensorboard=tensorboard
        )
        maze_figures = report.results.figures_of(trained.blocks, planned)
        store.remember("mazes", maze_figures)
        problems, notes = [str(failure) for failure in trained.failures], trained.notes
    problems += store.notes
    results = report.results.Results(settings.name, bandit_figures, maze_figures, store.sessions())
    store.close()
    report.results.show(output.console, results, details=details)
    output.figures(lambda: {**results.as_dict(), "problems": problems})
    terminal.output.end_with(output.errors, problems, notes)


def _simulated(
    arms: "experiments.BanditExperiment", seed: int, output: "terminal.output.Output", store: "runs.store.Store"
) -> dict[str, Any]:
    """The figures of the bandit experiment, simulated and kept in the store."""
    with terminal.progress.Pulls(output.errors) as pulls:
        simulation = runs.experiments.simulate(
            arms.testbed, arms.policies, arms.runs, arms.horizon, seed, progress=pulls.update
        )
    figures: dict[str, Any] = report.bandits.report.figures(simulation)
    terminal.interrupt.finished("the bandit experiment")
    output.errors.print(f"finished: {report.bandits.report.sentence(figures)}", style="dim")
    store.remember("bandits", figures)
    return figures
