"""The testbeds and policies of the bandit experiment, a line each: for `escapade bandits --list` and docs/bandits.md.

`python -m escapade.report.bandits.catalogue` prints the page.
"""

import sys
from typing import Any

from rich import box
from rich.table import Table

from bandits.policy import Policy
from bandits.problem_kinds import GOALS, KINDS
from bandits.recommend import installed_policies, recommended, rule_of
from bandits.testbed import TESTBEDS
from bandits.theory.bounds.of_policy import bounds_for
from escapade.report.markdown import links_to_file_and_test, table
from escapade.terminal.output import Output
from explore.errors import BadInput

PAGE = """# Bandit testbeds and policies

This page is printed by `python -m escapade.report.bandits.catalogue`; a test compares it with what is installed. The
last column links the file of a policy, which states its rule, source, assumptions and bounds, and its test. The
contract checks and the measured traits of every policy are in [traits.md](traits.md#bandit-policies).

In the rules, Q is an arm's average reward, n its pulls, t the step, K the number of arms, T the horizon, σ² the
variance that a reward can have. In the bounds, Δ ranges over the gaps of the suboptimal arms. A bound is on the
expected regret after T pulls; it is listed only where its constants were checked against a second source or derived
anew ([bounds](../bandits/theory/bounds/statement.py)), so a policy without an entry has no bound here, although its
paper may prove one. `escapade bandits` prints the value of each bound, and names the assumptions that a testbed does
not satisfy.

## Testbeds

{testbeds}

`delay=D` and `delays=geometric` delay the rewards of any testbed; `name:K` is short for `name:arms=K`.

## Policies

{policies}

## Recommended policies

{kinds}
"""


def testbeds() -> list[dict[str, str]]:
    """Name, what it is, and source of every testbed that loads."""
    return [
        {"name": name, "about": bed.about or _first_line(bed), "source": bed.source, "settings": _settings(bed)}
        for name, bed in _loaded(TESTBEDS)
    ]


def policies() -> list[dict[str, str]]:
    """Name, rule, source, bound, use, needs and files of every policy that loads."""
    return [
        {
            "name": name,
            "rule": rule_of(policy),
            "source": policy.source,
            "bound": _bounds(policy),
            "good_for": policy.good_for,
            "needs": policy.needs,
            "settings": _settings(policy),
            "where": links_to_file_and_test(policy.__module__),
        }
        for name, policy in installed_policies()
    ]


def show(output: Output) -> None:
    """Print both lists."""
    beds, players = testbeds(), policies()
    listing = _table("Testbeds", ("name", "what it is", "source"))
    for bed in beds:
        listing.add_row(bed["name"], bed["about"], bed["source"])
    output.console.print(listing)
    listing = _table("Policies", ("name", "rule", "good for"))
    for policy in players:
        listing.add_row(policy["name"], policy["rule"], policy["good_for"])
    output.console.print(listing)
    output.console.print("`escapade plugins` lists the settings of each; docs/bandits.md the sources and bounds.")
    output.figures(lambda: {"testbeds": beds, "policies": players})


def page() -> str:
    """docs/bandits.md, of the plugins that state their source."""
    return PAGE.format(
        testbeds=table(
            ("testbed and settings", "arms", "source"),
            [(_spec(bed), bed["about"], bed["source"]) for bed in testbeds() if bed["source"]],
        ),
        policies=table(
            ("policy and settings", "rule", "source", "bounds on the regret", "good for", "needs", "where"),
            [
                (_spec(p), p["rule"], p["source"], p["bound"], p["good_for"], p["needs"], p["where"])
                for p in policies()
                if p["source"]
            ],
        ),
        kinds=table(
            ("problem", "policies", "why"),
            [(kind.description, ", ".join(recommended(kind.name)), kind.why) for kind in (*KINDS, *GOALS)],
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


def _bounds(policy: type[Policy]) -> str:
    """Kind and formula of each bound that holds for the default settings, on instances where its conditions hold."""
    try:
        player = policy()
    except BadInput:  # it has a setting without a default
        return ""
    known = bounds_for(player, [0.9, 0.5], 1000)
    for family, prior in (("bernoulli", "U[0, 1]"), ("gaussian", "N(0, 1)")):
        known += bounds_for(player, None, 1000, arms=2, family=family, prior=prior)
    contexts: dict[str, Any] = {"linear": "shared", "dimension": 2, "lengths": (1.0, 1.0)}
    known += bounds_for(player, None, 1000, arms=2, family="gaussian", **contexts)
    kinds = {"instance": "finite-time", "worst case": "finite-time, worst case", "bayesian": "mean over the prior"}
    descriptions = []
    for bound in known:
        kind = "lower bound" if bound.direction == "lower" else kinds[bound.kind] if bound.finite_time else "asymptotic"
        descriptions.append(f"{kind}: {bound.formula}")
    return "; ".join(dict.fromkeys(descriptions))


def _spec(row: dict[str, str]) -> str:
    return f"`{row['name']}:{row['settings']}`" if row["settings"] else f"`{row['name']}`"


def _table(title: str, names: tuple[str, ...]) -> Table:
    listing = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, name in enumerate(names):
        listing.add_column(name, overflow="fold", no_wrap=place == 0)
    return listing


if __name__ == "__main__":
    sys.stdout.write(page())
