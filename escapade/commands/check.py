"""`escapade check`: put a plugin on trial."""

from typing import Annotated, Any, Literal

import typer

from bandits import trial
from escapade import report, terminal


def check(
    spec: Annotated[str, typer.Argument(help="The plugin and its settings, such as rnd:beta=0.01.")],
    kind: Annotated[
        Literal["bonus", "strategy", "policy"] | None,
        typer.Option(help="Which plugin is meant where several kinds have one of that name; without it, all of them."),
    ] = None,
    json: Annotated[str | None, typer.Option(help="Write checks and traits here; - is standard output.")] = None,
) -> None:
    """Put a bonus, a strategy or a bandit policy on trial.

    It runs the checks of its contract and compares its traits with the recorded ones of the built-in plugins. Exit
    status 1 where a check fails. Example: escapade check count:beta=0.02
    """
    output = terminal.output.Output(json)
    with terminal.progress.Line(output.console) as line:
        results = trial.run_trials(spec, kind=kind, on_start=line.update)
    for result in results:
        report.check.show(output.console, result)
    output.figures(lambda: _figures(spec, [result.as_dict() for result in results]))
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def _figures(spec: str, trials: list[dict[str, Any]]) -> dict[str, Any]:
    """One trial as it is; of several their list, and whether all of them pass."""
    if len(trials) == 1:
        return trials[0]
    return {"spec": spec, "passed": all(trial["passed"] for trial in trials), "trials": trials}
