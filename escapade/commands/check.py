"""`escapade check`: put a plugin on trial."""

from typing import Annotated

import typer
from rich.table import Table

from escapade.output import Output


def check(
    spec: Annotated[str, typer.Argument(help="The plugin and its settings, such as rnd:beta=0.01.")],
    json: Annotated[str | None, typer.Option(help="Write checks and traits here; - is standard output.")] = None,
) -> None:
    """Put a plugin on trial: the checks of its contract, and its traits beside the built-in ones.

    Exit status 1 where a check fails. Example: escapade check count:beta=0.02
    """
    from bandits.trial import run_trial

    output = Output(json)
    trial = run_trial(spec)
    checks = Table(title=f"{trial.kind} {trial.spec}, from {trial.origin}", title_justify="left")
    for name in ("check", "verdict", "what was seen"):
        checks.add_column(name, overflow="fold")
    for each in trial.checks:
        checks.add_row(each.name, each.verdict, each.explanation)
    output.console.print(checks)
    traits = Table(title="Traits, with 95 % intervals", title_justify="left")
    for name in ("trait", "value", "unit", "built-in plugins", "meaning"):
        traits.add_column(name, overflow="fold")
    for trait in trial.traits:
        low, high = trait.interval
        builtin = ", ".join(f"{name} {value:.3g}" for name, value in trait.builtin.items())
        traits.add_row(trait.name, f"{trait.value:.3g} [{low:.3g}, {high:.3g}]", trait.unit, builtin, trait.meaning)
    if trial.traits:
        output.console.print(traits)
    output.figures(trial.as_dict)
    if not trial.passed:
        raise typer.Exit(1)
