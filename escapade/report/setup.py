"""The provenance of results: command, DQN settings other than the defaults, versions, machine, state of the code."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from escapade.runs.plan import changed_settings, schedule_sentence


def show(console: Console, sessions: list[dict[str, Any]]) -> None:
    """Print the sessions' lines, dim; nothing for results of earlier versions, which have none."""
    for line in lines(sessions):
        console.print(line, style="dim", soft_wrap=False)


def lines(sessions: list[dict[str, Any]]) -> list[str]:
    """The newest session in two lines, and a third where an earlier one had other package versions."""
    if not sessions:
        return []
    newest = sessions[-1]
    code = newest["git"]
    state = "" if code is None else f", commit {code['commit'][:10]}{' with changes' if code['changed'] else ''}"
    versions = newest["versions"]
    machine = newest["machine"]
    packages = ", ".join(f"{name} {versions[name]}" for name in ("escapade", "torch", "numpy"))
    shown = [
        f"Command: {' '.join(newest['command'])} ({packages}{state}; {machine['system']}, {machine['cores']} cores)"
    ]
    mazes = newest["experiment"].get("mazes", {})
    if "steps" in mazes and (sentence := schedule_sentence(mazes)):
        shown.append(sentence)
    if initial := mazes.get("initial"):
        shown.append(f"Every learner begins with the trained networks of its name in '{initial}'.")
    if dqn := mazes.get("dqn"):
        changed = settings_text(dqn)
        shown.append(f"DQN settings: {changed}, others at defaults." if changed else "DQN settings: all at defaults.")
    others = {
        f"{name} {session['versions'].get(name, 'unknown')}"
        for session in sessions[:-1]
        for name, value in versions.items()
        if session["versions"].get(name) != value
    }
    if others:
        shown.append(f"Some learners were trained with other versions: {', '.join(sorted(others))}.")
    return shown


def settings_text(dqn: Mapping[str, Any]) -> str:
    """The DQN's settings, as JSON values, that differ from their defaults: "discount=0.9, batch=32"; empty for none."""
    return ", ".join(f"{name}={_value(value)}" for name, value in changed_settings(dqn).items())


def _value(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
