"""The installed plugins: kind, distribution, version, settings with defaults; of one that does not load, the error."""

from typing import Any

from rich.table import Table

from agents.dqn.networks.plain import NETWORKS
from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS
from escapade.terminal.output import Output
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.registry import Registry


def show(output: Output) -> None:
    """Print the table of the installed plugins, and write their figures."""
    listed = installed()
    table = Table(title="Installed plugins", title_justify="left")
    for name in ("kind", "name", "from", "settings and defaults, or the error"):
        table.add_column(name, overflow="fold")
    for plugin in listed:
        settings = ", ".join(f"{s['name']}={s['default']}" for s in plugin["settings"])
        origin = f"{plugin['distribution']} {plugin['version']}"
        table.add_row(plugin["kind"], plugin["name"], origin, plugin["problem"] or settings or "none")
    output.console.print(table)
    output.figures(lambda: {"plugins": listed})


def installed() -> list[dict[str, Any]]:
    """Every plugin of every kind, as plain data."""
    registries: list[Registry[Any]] = [BONUSES, STRATEGIES, NETWORKS, POLICIES, TESTBEDS]
    listed = []
    for registry in registries:
        for entry in registry.entries():
            settings = []
            if entry.problem is None:
                model = getattr(registry.get(entry.name), "Settings", None)
                for name, field in model.model_fields.items() if model else ():
                    default = None if field.is_required() else field.default
                    settings.append({"name": name, "default": default, "description": field.description or ""})
            listed.append(
                {
                    "kind": registry.kind,
                    "name": entry.name,
                    "distribution": entry.distribution,
                    "version": entry.version,
                    "problem": entry.problem,
                    "settings": settings,
                }
            )
    return listed
