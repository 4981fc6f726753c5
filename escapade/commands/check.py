"""`escapade check`: checks a plugin and measures its traits."""

from typing import Annotated, Any, Literal

import typer

from bandits import trial
from escapade import report, terminal


def check(
    spec: Annotated[str, typer.Argument(help="The plugin and its settings, such as rnd:beta=0.01.")],
    kind: Annotated[
        Literal["bonus", "strategy", "policy"] | None,
        typer.Option(help="The kind, if plugins of several kinds have this name; by default all are checked."),
    ] = None,
    json: Annotated[
        str | None, typer.Option(help="Write checks and traits as JSON here; - is standard output.")
    ] = None,
) -> None:
    """Check the contract of a plugin and measure its traits.

    The plugin is a bonus, a strategy or a bandit policy. Its traits are compared with the recorded ones of the built-in
    plugins. Exit status 1 if a check fails. Example: escapade check count:beta=0.02
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
