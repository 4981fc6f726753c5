"""`escapade run`: the bandit and the maze experiment of a file, resumed where they were stopped."""

from pathlib import Path
from typing import Annotated

import typer

from escapade.experiment import built_in, load
from escapade.report import setup
from escapade.report.bandits import report as bandit_report
from escapade.report.mazes import report as maze_report
from escapade.report.mazes.figures import maze_figures
from escapade.runs.experiments import check_backend, check_bandits, checked_plan, optima, simulate, walls
from escapade.runs.plan import dqn_settings
from escapade.runs.store import Store
from escapade.terminal import interrupt
from escapade.terminal.output import Output, end_with
from escapade.terminal.progress import Pulls, swept
from explore.errors import BadInput


def run(
    experiment: Annotated[Path | None, typer.Argument(help="Experiment file (TOML).")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="The built-in experiment of a few minutes.")] = False,
    full: Annotated[bool, typer.Option("--full", help="The built-in experiment with more mazes and learners.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the results; escapade-runs/NAME where not given.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the DQN in the place of the experiment's; repeat.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed in the place of the experiment's.", min=0)] = None,
    jobs: Annotated[int | None, typer.Option(help="Blocks trained in parallel; the cores if not given.", min=1)] = None,
    backend: Annotated[str | None, typer.Option(help="joblib backend: loky, ray or dask.")] = None,
    details: Annotated[bool, typer.Option("--details", help="Show the curves, scores and maps of every maze.")] = False,
    json: Annotated[str | None, typer.Option(help="Write the figures here; - is standard output.")] = None,
) -> None:
    """Run the bandit and the maze experiment of a file, and report.

    Run the same command again to go on where it stopped.

    Example: escapade run --quick --json figures.json
    """
    if (experiment is not None) + quick + full > 1:
        raise BadInput("give one of an experiment file, --quick and --full.")
    settings = load(experiment) if experiment else built_in("quick" if quick else "full" if full else "default")
    used = settings.seed if seed is None else seed
    mazes = settings.mazes
    dqn = dqn_settings(setting or [], settings.dqn)
    plan = checked_plan(mazes.mazes, mazes.agents, mazes.learners, mazes.steps, used, mazes.device, dqn)
    backend = backend or mazes.backend
    check_backend(backend)
    arms = settings.bandits
    check_bandits(arms.testbed, arms.policies, arms.runs, arms.horizon)
    output = Output(json)
    store = Store(out or Path("escapade-runs") / settings.name)
    store.check(plan.configurations())
    store.begin({"name": settings.name, "bandits": {**arms.model_dump(), "seed": used}, "mazes": plan.as_dict()})
    with Pulls(output.errors) as pulls:
        simulation = simulate(arms.testbed, arms.policies, arms.runs, arms.horizon, used, progress=pulls.update)
    bandit_figures = bandit_report.figures(simulation)
    interrupt.finished("the bandit experiment")
    bandit_report.show(output.console, bandit_figures)
    store.remember("bandits", bandit_figures)
    trained = swept(output.errors, plan, store, jobs=jobs, backend=backend)
    maze_results = maze_figures(trained.blocks, optima(plan.mazes), walls(plan.mazes))
    store.remember("mazes", maze_results)
    problems = [*map(str, trained.failures), *store.notes]
    sessions = store.sessions()
    store.close()
    maze_report.show(output.console, maze_results, details=details)
    setup.show(output.console, sessions)
    output.figures(
        lambda: {"bandits": bandit_figures, "mazes": maze_results, "sessions": sessions, "problems": problems}
    )
    end_with(output.errors, problems, trained.notes)
