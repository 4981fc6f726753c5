"""The traits of all built-in plugins: measured, and recorded for the report of `escapade check` and for docs/traits.md.

    python -m benchmarks traits                       measure a few and compare them with what is recorded
    python -m benchmarks traits --record              try all, write recorded.json and docs/traits.md
    python -m benchmarks traits --record count rnd    try these and write both
    python -m benchmarks traits --costs               measure costs and speeds alone, and write both
    python -m benchmarks traits --document            write docs/traits.md from what is recorded

A recording is of whole trials, and ends where a plugin breaks its contract. One that was interrupted goes on where it
was when it is started again, unless the sources have changed since. All traits but costs and speeds are the same on a
busy machine; for those let nothing else run, or measure them again with `--costs`. All of them took 27 minutes on one
of two cores; traits of long learning take most of the time of a bonus that trains networks.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, get_args

import bandits
import explore
from bandits.policy import POLICIES
from bandits.trial import run_trial
from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.result import Kind, Trait
from bandits.trial.traits.catalogue import PROBES, measure, measured, trait_specs
from bandits.trial.traits.measurement import FEW, MANY, RUNS
from bandits.trial.traits.recorded import FILE, Figures
from benchmarks import made_with, replace
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.registry import Registry
from explore.version import OWN

DOCUMENT = Path(__file__).parents[1] / "docs" / "traits.md"
UNDER_WAY = FILE.with_suffix(".partial.json")
SAMPLE = {"bonus": ["count", "episodic-count"], "strategy": ["greedy"], "policy": ["ucb"]}
REGISTRIES: dict[Kind, Registry[Any]] = {"bonus": BONUSES, "strategy": STRATEGIES, "policy": POLICIES}
TITLES = {"bonus": "Bonuses", "strategy": "Strategies", "policy": "Bandit policies"}
OF_THE_MACHINE = ("cost of ", "speed")  # names of traits that begin so are not the same everywhere


def main(*arguments: str) -> None:
    """Measure, record, document, as the arguments say."""
    names = [name for name in arguments if not name.startswith("--")]
    if "--document" in arguments:
        document(json.loads(FILE.read_text(encoding="utf-8")))
    elif "--record" in arguments:
        record(names)
    elif "--costs" in arguments:
        record_costs(names)
    else:
        compare(names)


def built_in(kind: Kind) -> list[str]:
    """The names of the built-in plugins of a kind."""
    return sorted(entry.name for entry in REGISTRIES[kind].entries() if entry.distribution == OWN)


def record(names: list[str]) -> None:
    """Try the plugins named, all where none is, and write the recording and the document."""
    plugins = [(kind, name) for kind in get_args(Kind) for name in built_in(kind) if not names or name in names]
    recording = read(FILE) if names else read(UNDER_WAY)
    if not names and recording["made"] != under_way():
        recording = {"made": under_way(), "traits": {}, "seconds": {}}
    for number, (kind, name) in enumerate(plugins, start=1):
        traits, seconds = (recording[part].setdefault(kind, {}) for part in ("traits", "seconds"))
        if name in traits and not names:
            print(f"{number}/{len(plugins)} {kind} {name}: tried before the interruption", flush=True)
            continue
        trial = run_trial(name, kind=kind)
        if not trial.passed:
            broken = ", ".join(check.name for check in trial.checks if check.passed is False)
            raise SystemExit(f"{kind} {name} breaks its contract ({broken}): nothing is recorded of it.")
        traits[name], seconds[name] = row(trial.traits), significant(trial.seconds)
        print(f"{number}/{len(plugins)} {kind} {name}: {trial.seconds:.0f} s", flush=True)
        if not names:
            write(UNDER_WAY, recording)
    recording["made"] = made()
    for part in ("traits", "seconds"):  # plugins that are gone, and another order, must not stay behind
        recording[part] = {
            kind: {
                name: recording[part].get(kind, {})[name] for name in built_in(kind) if name in recording[part][kind]
            }
            for kind in get_args(Kind)
        }
    write(FILE, recording)
    UNDER_WAY.unlink(missing_ok=True)
    document(recording)


def record_costs(names: list[str]) -> None:
    """Measure anew what depends on the machine, of the plugins named or of all; write the recording and document."""
    recording = read(FILE)
    for kind in get_args(Kind):
        probes = [probe for probe in PROBES[kind] if probe.traits[0].name.startswith(OF_THE_MACHINE)]
        for name in [each for each in built_in(kind) if not names or each in names]:
            plugin = plugin_under_test(name, kind)
            for probe in probes:
                recording["traits"][kind][name] |= row(measured(plugin, probe))
    recording["made"] = made()
    write(FILE, recording)
    document(recording)


def read(path: Path) -> dict[str, Any]:
    """The recording in that file; an empty one where there is no such file."""
    if not path.exists():
        return {"made": {}, "traits": {}, "seconds": {}}
    recording: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return recording


def under_way() -> dict[str, str]:
    """What a recording that goes on must have begun with: the packages, and the sources as they are."""
    sources = hashlib.blake2b(digest_size=8)
    for package in (bandits, explore):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            sources.update(file.read_bytes())
    return {**made(), "sources": sources.hexdigest()}


def row(traits: list[Trait]) -> dict[str, list[float] | None]:
    """Value and interval by name; None where a trait could not be measured."""
    return {
        trait.name: None if trait.problem else [significant(each) for each in (trait.value, *trait.interval)]
        for trait in traits
    }


def significant(value: float) -> float:
    """Six digits, which is more than any interval warrants."""
    return float(f"{value:.6g}")


def write(path: Path, recording: dict[str, Any]) -> None:
    """The recording as a file."""
    replace(path, json.dumps(recording, indent=1, ensure_ascii=False) + "\n")


def made() -> dict[str, str]:
    """With what it was recorded."""
    return made_with("torch", "numpy", "numba")


def compare(names: list[str]) -> None:
    """Print each measured trait with the recorded one."""
    recorded = json.loads(FILE.read_text(encoding="utf-8"))["traits"]
    for kind in get_args(Kind):
        for name in [each for each in built_in(kind) if each in (names or SAMPLE[kind])]:
            print(f"{kind} {name}")
            for trait in measure(plugin_under_test(name, kind)):
                then = recorded.get(kind, {}).get(name, {}).get(trait.name)
                print(f"  {trait.name:26s} {trait.value:10.4g}   recorded {'–' if then is None else f'{then[0]:.4g}'}")


def document(recording: dict[str, Any]) -> None:
    """Write docs/traits.md."""
    DOCUMENT.write_text(page(recording), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT.name} is written.\n")


def page(recording: dict[str, Any]) -> str:
    """docs/traits.md of a recording."""
    versions = ", ".join(f"{name} {value}" for name, value in recording["made"].items())
    parts = [
        "# Traits of the built-in plugins\n",
        "What `escapade check` measures of a plugin, recorded of every built-in one with its default settings; the\n"
        "report of a trial compares a plugin with these. Made, with this page, by\n",
        "    python -m benchmarks traits --record\n",
        "Each figure is the mean over learners with its 95 % interval, of costs and speeds over repeats. There are\n"
        f"{FEW} learners of a bonus that trains networks, {MANY} of others and strategies, {RUNS} runs of a policy.\n"
        "The files in `bandits/trial/traits/` say how each trait is measured. All but costs and speeds depend on the\n"
        "seed alone, up to the rounding of the machine's arithmetic.\n",
        f"Recorded with: {versions}.\n",
    ]
    for kind in get_args(Kind):
        parts += section(kind, recording["traits"].get(kind, {}), recording.get("seconds", {}).get(kind, {}))
    return "\n".join(parts).rstrip() + "\n"


def section(kind: Kind, figures: Figures, seconds: dict[str, float]) -> list[str]:
    """The tables of one kind of plugin: what the traits are, then the plugins, a few traits at a time."""
    every = trait_specs(kind)
    meanings = [f"| {q.name} | {q.unit} | {f'{q.better} is better' if q.better else ''} | {q.meaning} |" for q in every]
    slowest = max(seconds, key=seconds.__getitem__, default="")
    taken = f" The whole trial took at most {seconds[slowest]:.0f} seconds, of `{slowest}`." if seconds else ""
    promises = f"All {len(figures)} keep the whole contract.{taken}\n"
    parts = [
        f"## {TITLES[kind]}\n",
        promises,
        "\n".join(["| trait | unit | | meaning |", "|---|---|---|---|", *meanings]) + "\n",
    ]
    for first in range(0, len(every), COLUMNS):
        some = every[first : first + COLUMNS]
        lines = ["| | " + " | ".join(q.name for q in some) + " |", "|---" * (len(some) + 1) + "|"]
        for spec, traits in figures.items():
            lines.append(f"| `{spec}` | " + " | ".join(cell(traits.get(q.name)) for q in some) + " |")
        parts.append("\n".join(lines) + "\n")
    return parts


COLUMNS = 4


def cell(figure: Any) -> str:
    """A figure with its interval."""
    return "–" if figure is None else f"{short(figure[0])} [{short(figure[1])}, {short(figure[2])}]"


def short(value: float) -> str:
    """Three digits."""
    return f"{0.0 if abs(value) < 5e-4 else value:.3g}"
