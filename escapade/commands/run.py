"""`escapade run`: the bandit and the maze experiment of a file, resumed where they were stopped."""

from pathlib import Path
from typing import Annotated

import typer

from escapade.experiment import built_in, load
from escapade.report.bandits import report as bandits
from escapade.report.mazes import report as mazes
from escapade.report.mazes.figures import maze_figures
from escapade.runs.experiments import check_backend, check_bandits, checked_plan, optima, simulate, walls
from escapade.runs.store import Store
from escapade.terminal import interrupt
from escapade.terminal.output import Output
from escapade.terminal.progress import Pulls, swept
from explore.errors import BadInput


def run(
    experiment: Annotated[Path | None, typer.Argument(help="Experiment file (TOML).")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="The built-in experiment of a few minutes.")] = False,
    full: Annotated[bool, typer.Option("--full", help="The built-in experiment with more mazes and learners.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the results; escapade-runs/NAME where not given.")] = None,
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
    chosen = load(experiment) if experiment else built_in("quick" if quick else "full" if full else "default")
    used = chosen.seed if seed is None else seed
    act = chosen.mazes
    plan = checked_plan(act.mazes, act.agents, act.learners, act.steps, used, act.device)
    check_backend(backend)
    first = chosen.bandits
    check_bandits(first.testbed, first.policies, first.runs, first.horizon)
    output = Output(json)
    store = Store(out or Path("escapade-runs") / chosen.name)
    with Pulls(output.errors) as pulls:
        simulation = simulate(first.testbed, first.policies, first.runs, first.horizon, used, progress=pulls.update)
    arms = bandits.figures(simulation)
    interrupt.finished("the bandit experiment")
    bandits.show(output.console, arms)
    store.remember("experiment", {**chosen.model_dump(), "seed": used})
    store.remember("bandits", arms)
    blocks = swept(output.errors, plan, store, jobs=jobs, backend=backend)
    found = maze_figures(blocks, optima(plan.mazes), walls(plan.mazes))
    store.remember("mazes", found)
    store.close()
    mazes.show(output.console, found, details=details)
    output.figures(lambda: {"bandits": arms, "mazes": found})
