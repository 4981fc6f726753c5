"""The testbeds and policies of act 1, a line each: for `escapade bandits --list`, and for docs/bandits.md.

`python -m escapade.report.bandits.catalogue` prints the page.
"""

import sys
from typing import Any

from rich import box
from rich.table import Table

from escapade.terminal.output import Output

PAGE = """# Testbeds and policies of the bandit bed

This page is printed by `python -m escapade.report.bandits.catalogue`; a test compares it with what is installed. In the
rules, Q is an arm's average reward, n its pulls, t the step, K the number of arms, T the horizon, σ² the variance that
a reward can have. `escapade bandits` holds each policy against its bound where one is known with constants that were
checked (`bandits/theory/bounds/stationary.py` and `changing_bounds.py` say how), and says which of its assumptions a
testbed does not grant.

## Testbeds

{testbeds}

`delay=D` and `delays=geometric` make the rewards of any testbed come late; `name:K` is short for `name:arms=K`.

## Policies

{policies}

## What to take where

{situations}
"""


def testbeds() -> list[dict[str, str]]:
    """Name, what it is, and source of every testbed that loads."""
    from bandits.testbed import TESTBEDS

    return [
        {"name": name, "about": bed.about or _first_line(bed), "source": bed.source, "settings": _settings(bed)}
        for name, bed in _loaded(TESTBEDS)
    ]


def policies() -> list[dict[str, str]]:
    """Name, rule, source, bound and use of every policy that loads."""
    from bandits.advice import advice_for
    from bandits.policy import POLICIES
    from bandits.rules import rule_of

    found = []
    for name, policy in _loaded(POLICIES):
        advice = advice_for(name)
        found.append(
            {
                "name": name,
                "rule": rule_of(name) or _first_line(policy),
                "source": advice.source if advice else "",
                "bound": _bound(name),
                "good_for": advice.good_for if advice else "",
                "settings": _settings(policy),
            }
        )
    return found


def show(output: Output) -> None:
    """Print both lists."""
    beds, players = testbeds(), policies()
    table = _table("Testbeds", ("name", "what it is", "source"))
    for bed in beds:
        table.add_row(bed["name"], bed["about"], bed["source"])
    output.console.print(table)
    table = _table("Policies", ("name", "rule", "good for"))
    for policy in players:
        table.add_row(policy["name"], policy["rule"], policy["good_for"])
    output.console.print(table)
    output.console.print("`escapade plugins` lists the settings of each; docs/bandits.md the sources and bounds.")
    output.figures(lambda: {"testbeds": beds, "policies": players})


def page() -> str:
    """docs/bandits.md."""
    from bandits.recommend import ADVERSARY, BEST_ARM, WHERE

    house = [policy for policy in policies() if policy["source"]]
    return PAGE.format(
        testbeds=_markdown(
            ("testbed and settings", "arms", "source"),
            [(_spec(bed), bed["about"], bed["source"]) for bed in testbeds() if bed["source"]],
        ),
        policies=_markdown(
            ("policy and settings", "rule", "source", "bound known", "good for"),
            [(_spec(p), p["rule"], p["source"], p["bound"], p["good_for"]) for p in house],
        ),
        situations=_markdown(
            ("where", "take", "why"),
            [(kind.words, ", ".join(kind.take), kind.why) for kind in (*WHERE, BEST_ARM, ADVERSARY)],
        ),
    )


def _loaded(registry: Any) -> list[tuple[str, Any]]:
    return [(entry.name, registry.get(entry.name)) for entry in registry.entries() if entry.problem is None]


def _first_line(plugin: Any) -> str:
    return (plugin.__doc__ or "").strip().partition("\n")[0].rstrip(".")


def _settings(plugin: Any) -> str:
    skipped = ("delay", "delays", "discount") if hasattr(plugin, "sample_reward") else ()
    fields = plugin.Settings.model_fields
    return ",".join(f"{name}={field.default}" for name, field in fields.items() if name not in skipped)


def _bound(name: str) -> str:
    """The kinds of bound that are known, on an instance where all conditions hold."""
    from bandits.policy import POLICIES
    from bandits.theory.bounds.catalogue import bounds_for

    settings = POLICIES.get(name).Settings().model_dump()
    known = bounds_for(name, [0.9, 0.5], 1000, settings=settings)
    for family, prior in (("bernoulli", "U[0, 1]"), ("gaussian", "N(0, 1)")):
        known += bounds_for(name, None, 1000, arms=2, family=family, settings=settings, prior=prior)
    contexts: dict[str, Any] = {"linear": "shared", "dimension": 2, "lengths": (1.0, 1.0)}
    known += bounds_for(name, None, 1000, arms=2, family="gaussian", settings=settings, **contexts)
    kinds = {"instance": "finite-time", "worst case": "finite-time, worst case", "bayesian": "mean over the prior"}
    said = [
        "linear, below" if bound.direction == "lower" else kinds[bound.kind] if bound.finite_time else "asymptotic"
        for bound in known
    ]
    return "; ".join(dict.fromkeys(said))


def _spec(row: dict[str, str]) -> str:
    return f"`{row['name']}:{row['settings']}`" if row["settings"] else f"`{row['name']}`"


def _markdown(names: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [names, ("---",) * len(names), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _table(title: str, names: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, name in enumerate(names):
        table.add_column(name, overflow="fold", no_wrap=place == 0)
    return table


if __name__ == "__main__":
    sys.stdout.write(page())
