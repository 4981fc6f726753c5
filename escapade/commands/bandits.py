"""`escapade bandits`: the bandit experiment alone."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import report, terminal
from escapade import runs as work


def bandits(
    testbed: Annotated[str, typer.Option(help="Testbed: the arms and their rewards.")] = "sutton-barto",
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Policy and its settings; repeatable. By default some that suit the testbed."),
    ] = None,
    runs: Annotated[int, typer.Option(help="Independent runs per policy.")] = 2000,
    horizon: Annotated[int, typer.Option(help="Pulls per run.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of every random stream.")] = 1,
    threads: Annotated[
        int | None, typer.Option(help="Threads, by default all cores; the results do not depend on it.")
    ] = None,
    plots: Annotated[Path | None, typer.Option(help="Write plots into this folder.")] = None,
    known: Annotated[bool, typer.Option("--list", help="List all testbeds and policies.")] = False,
    json: Annotated[str | None, typer.Option(help="Write the results as JSON here; - is standard output.")] = None,
) -> None:
    """Simulate bandit policies and compare them with published values.

    Example: escapade bandits --policy epsilon-greedy:epsilon=0.1 --policy ucb:c=2 --runs 2000 --horizon 1000
    """
    output = terminal.output.Output(json)
    if known:
        report.bandits.catalogue.show(output)
        return
    if plots is not None:
        terminal.output.make_folder(plots, "--plots")
    policies = policy or work.experiments.policies_for(testbed, horizon)
    with terminal.progress.Pulls(output.errors) as pulls:
        simulation = work.experiments.simulate(testbed, policies, runs, horizon, seed, threads, pulls.update)
    figures = report.bandits.report.figures(simulation)
    report.bandits.report.show(output.console, figures)
    if plots is not None:
        for path in work.experiments.draw(simulation, plots, threads):
            output.console.print(f"drawn: {path}")
    output.figures(lambda: figures)
