"""The report of a trial: the contract as a table, then each trait compared with those of the built-in plugins.

Per trait a line with the mean and its 95 % interval, and below it a scale from the lowest to the highest of the
built-in plugins' recorded figures: a `|` per built-in plugin, an `o` for the tested one (`<` or `>` where it lies
beyond them), its rank from the better end, or from the highest where neither is better, and the nearest built-in ones.
"""

import math
from collections.abc import Mapping

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bandits.trial.result import Trait, Trial

SCALE = 24  # cells of a scale
WIDE = 30.0  # a scale is logarithmic where the highest is so many times the lowest and all are above 0
INDENT = 4


def show(console: Console, trial: Trial) -> None:
    """Print the contract, the traits and one sentence."""
    kept = sum(check.passed is True for check in trial.checks)
    title = f"{trial.kind} {trial.spec}, from {trial.origin}: {kept} of {len(trial.checks)} checks pass"
    console.print(title, style="italic")
    console.print(_contract(trial))
    if trial.traits:
        built_in = len({spec for trait in trial.traits for spec in trait.builtin})
        title = f"Traits: mean [95 % interval], compared with the {built_in} built-in {plural(trial.kind)}"
        console.print(title, style="italic")
        console.print(
            "scale: | a built-in plugin, o this one, < or > this one outside their range; rank 1 is the best",
            style="dim",
        )
        for trait in trial.traits:
            head, *rest = lines(trait, trial.spec)
            console.print(Padding(head, (0, 0, 0, 1)))
            for line in rest:
                console.print(Padding(line, (0, 0, 0, INDENT)))
        console.print()
    else:
        console.print("Traits are not measured: they are not comparable where the contract is broken.")
    console.print(sentence(trial), style="bold")


def plural(kind: str) -> str:
    """The word for several plugins of a kind."""
    return {"bonus": "bonuses", "strategy": "strategies", "policy": "policies"}[kind]


def lines(trait: Trait, spec: str) -> list[Text]:
    """The lines of one trait."""
    if trait.problem:
        return [Text(f"{trait.name}: not measured; {trait.problem}", style="yellow")]
    low, high = trait.interval
    head = Text(f"{trait.name:<24s}", style="bold")
    head.append(f"{number(trait.value)} [{number(low)}, {number(high)}] {trait.unit}")
    if trait.better:
        head.append(f", {trait.better} is better", style="not bold dim")
    shown = [head, Text(trait.meaning, style="dim")]
    others = {name: value for name, value in trait.builtin.items() if name != spec and math.isfinite(value)}
    if others:
        shown += standing(trait, others)
    if trait.references:
        shown += [Text(f"against {each}") for each in compared(trait)]
    return shown


def standing(trait: Trait, others: Mapping[str, float]) -> list[Text]:
    """The scale, then the rank and the nearest built-in plugins."""
    ordered = sorted(others.items(), key=lambda pair: (pair[1], pair[0]))
    (lowest, low), (highest, high) = ordered[0], ordered[-1]
    drawn, logarithmic = scale(trait.value, [value for _, value in ordered])
    text = Text(f"{lowest} {number(low)} ")
    text.append(drawn, style="cyan")
    text.append(f" {number(high)} {highest}{' (logarithmic)' if logarithmic else ''}")
    place, equal = rank(trait, list(others.values()))
    shared = "" if not equal else " with one other" if equal == 1 else f" with {equal} others"
    nearest = sorted(others.items(), key=lambda pair: (abs(pair[1] - trait.value), pair[0]))[:2]
    near = ", ".join(f"{name} {number(value)}" for name, value in nearest)
    return [text, Text(f"{place} of {len(others) + 1}{shared}; nearest: {near}")]


def scale(value: float, others: list[float]) -> tuple[str, bool]:
    """Where `value` lies among the sorted `others`, in `SCALE` cells, and whether these are logarithmic."""
    low, high = others[0], others[-1]
    logarithmic = low > 0 and high > WIDE * low
    across = math.log if logarithmic else float
    width = across(high) - across(low)

    def cell(each: float) -> int:
        return round((across(each) - across(low)) / width * (SCALE - 1)) if width else SCALE // 2

    cells = ["·"] * SCALE
    for each in others:
        cells[cell(each)] = "|"
    mark = "<" if value < low else ">" if value > high else "o"
    cells[cell(min(max(value, low), high))] = mark
    return "".join(cells), logarithmic


def rank(trait: Trait, others: list[float]) -> tuple[str, int]:
    """The plugin's place from the better end, or from the highest where neither is, and how many share it."""
    sign = -1.0 if trait.better == "less" else 1.0
    ahead = sum(sign * other > sign * trait.value for other in others)
    place = ahead + 1
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    name = f"{place}{ending}" if trait.better else "highest" if place == 1 else f"{place}{ending} highest"
    return name, sum(other == trait.value for other in others)


def compared(trait: Trait) -> list[str]:
    """The trait against its references, by paired differences."""
    shown = []
    for name, (theirs, difference, low, high) in trait.references.items():
        if low > 0:
            verdict = f"higher by {number(difference)} [{number(low)}, {number(high)}]"
        elif high < 0:
            verdict = f"lower by {number(-difference)} [{number(-high)}, {number(-low)}]"
        else:
            verdict = f"no significant difference, {number(difference)} [{number(low)}, {number(high)}]"
        shown.append(f"{name} {number(theirs)}: {verdict}")
    return shown


def sentence(trial: Trial) -> str:
    """The verdict, in one sentence."""
    failed = [check.name for check in trial.checks if check.passed is False]
    if failed:
        unchecked = sum(check.passed is None for check in trial.checks)
        rest = f"; {unchecked} more cannot be checked before that is mended" if unchecked else ""
        return f"{trial.spec} breaks its contract: {', '.join(failed)} {'fails' if len(failed) == 1 else 'fail'}{rest}."
    parts = [f"{trial.spec} keeps its contract: all {len(trial.checks)} checks pass"]
    best, worst = extremes(trial)
    if best:
        parts.append(f"no built-in plugin is better in: {', '.join(best)}")
    if worst:
        parts.append(f"none is worse in: {', '.join(worst)}")
    regret = next((trait for trait in trial.traits if trait.references and "regret" in trait.name), None)
    if regret is not None:
        against = [
            f"{'less than' if high < 0 else 'more than' if low > 0 else 'not significantly different from'} {name}'s"
            for name, (_, _, low, high) in regret.references.items()
        ]
        parts.append(f"on sutton-barto its regret is {' and '.join(against)}")
    broken = [trait.name for trait in trial.traits if trait.problem]
    if broken:
        parts.append(f"not measured: {', '.join(broken)}")
    return "; ".join(parts) + f" ({trial.seconds:.0f} s)."


def extremes(trial: Trial) -> tuple[list[str], list[str]]:
    """The traits in which no built-in plugin is better, and those in which none is worse; neither where all tie.

    Nothing is claimed where the figure of the next one lies within the interval.
    """
    best: list[str] = []
    worst: list[str] = []
    for trait in trial.traits:
        others = [value for name, value in trait.builtin.items() if name != trial.spec and math.isfinite(value)]
        others = [value for value in others if value != trait.value]
        low, high = trait.interval
        if not trait.better or not others or not math.isfinite(trait.value):
            continue
        if all(value < low for value in others):
            (best if trait.better == "more" else worst).append(trait.name)
        if all(value > high for value in others):
            (best if trait.better == "less" else worst).append(trait.name)
    return best, worst


def number(value: float, *, sign: bool = False) -> str:
    """Three digits, without an exponent; – where the value is not finite."""
    if not math.isfinite(value):
        return "–"
    value = 0.0 if abs(value) < 5e-4 else value
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    shown = f"{value:+,.{min(digits, 3)}f}" if sign else f"{value:,.{min(digits, 3)}f}"
    return shown


def _contract(trial: Trial) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("check", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("observation", overflow="fold")
    styles = {True: "green", False: "bold red", None: "yellow"}
    for check in trial.checks:
        table.add_row(check.name, Text(check.verdict, style=styles[check.passed]), check.explanation)
    return table
