"""What is recorded, a JSON file each: the sweeps of sweeps.toml, experiments of examples/, other libraries' agents."""

import dataclasses
import functools
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from agents.dqn.settings import DQNSettings
from agents.training.results import Block, LearnerResult
from benchmarks import made_with, replace
from escapade.report.results import finished
from escapade.runs.experiments import checked_plan, optima
from escapade.runs.plan import Plan
from escapade.runs.planners import run_planners
from escapade.runs.store import Store, open_existing
from escapade.terminal.progress import swept
from explore.errors import BadInput

FILE = Path(__file__).parent / "sweeps.toml"
RECORDED = Path(__file__).parent / "recorded"
EXPERIMENTS = RECORDED / "experiments"
INTEGRATIONS = RECORDED / "integrations"
RUNS = Path("evidence-runs")
PACKAGES = "torch", "numpy", "numba", "minigrid"
PLANNERS = ("tree-search", "annealing", "random")  # with as many simulated steps per layout as a learner takes in all


@dataclass(frozen=True)
class Sweep:
    """A sweep's name and what it trains."""

    name: str
    plan: Plan


@dataclass(frozen=True)
class Recorded:
    """A recorded sweep or experiment: its blocks, the planner's return in each maze, and with what it was made.

    planners: figures of planners with a budget in its mazes (`escapade.runs.planners`); empty where there are none yet.
    dqn: all settings of the DQN that it was trained with; empty for another library's agents.
    benchmark: the one that records it with `--run NAME`.
    """

    name: str
    made: dict[str, str]
    optima: dict[str, float | None]
    blocks: list[Block]
    planners: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    dqn: dict[str, Any] = dataclasses.field(default_factory=lambda: DQNSettings().resolved())
    benchmark: str = "evidence"


@functools.cache
def planned() -> dict[str, Sweep]:
    """The sweeps by name, in the order of the file."""
    tables = tomllib.loads(FILE.read_text("utf-8"))["sweep"]
    return {table["name"]: Sweep(table["name"], _plan(table)) for table in tables}


def _plan(table: dict[str, Any]) -> Plan:
    dqn = DQNSettings(**table.get("dqn", {}))
    learners = table.get("learners", 10)
    return checked_plan(table["mazes"], table["agents"], learners, table["steps"], 1, "cpu", dqn, PLANNERS)


def record(sweep: Sweep) -> None:
    """Train what is missing, and write the figures of every learner."""
    store = Store(RUNS / sweep.name)
    store.check(sweep.plan.configurations())
    store.begin({"name": sweep.name, "mazes": sweep.plan.as_dict()})
    planned_returns = run_planners(sweep.plan, store)
    trained = swept(Console(stderr=True), sweep.plan, store, jobs=None, backend=None)
    store.close()
    for failure in trained.failures:
        print(failure)
    figures = {
        "made": made_with(*PACKAGES),
        "dqn": sweep.plan.dqn.resolved(),
        "optima": optima(sweep.plan.mazes),
        "planners": planned_returns,
        "blocks": [_figures(block) for block in trained.blocks],
    }
    _write(RECORDED / f"{sweep.name}.json", figures)


def record_planners(sweep: Sweep) -> None:
    """Plan in the mazes of a sweep that is recorded, and write the figures to it; nothing is trained."""
    path = RECORDED / f"{sweep.name}.json"
    if path.exists():
        figures = json.loads(path.read_text("utf-8"))
        blocks = figures.pop("blocks")
        _write(path, {**figures, "planners": run_planners(sweep.plan, Store(None)), "blocks": blocks})


def recorded() -> list[Recorded]:
    """Every sweep that is recorded, in the order of the file."""
    paths = [RECORDED / f"{name}.json" for name in planned()]
    return [_read(path) for path in paths if path.exists()]


def record_experiment(folder: Path) -> str:
    """Write the figures of an experiment of `examples/` that was run into `folder`; its name.

    BadInput where the folder holds no results, or those of an experiment that is not finished.
    """
    store = open_existing(folder)
    try:
        sessions = store.sessions()
        blocks, planned_blocks = finished(store, sessions)
    finally:
        store.close()
    session = sessions[-1]
    learners = session["experiment"]["mazes"]["learners"]
    if len(blocks) < planned_blocks or any(len(block.results) < learners for block in blocks):
        raise BadInput(f"'{folder}' is not finished: run its experiment again.")
    versions, machine = session["versions"], session["machine"]
    made = {
        "day": session["started"][:10],
        "machine": f"{machine['processor']}, {machine['cores']} cores",
        **{name: versions[name] for name in ("python", "escapade", *PACKAGES)},
    }
    name: str = session["experiment"]["name"]
    mazes = list(dict.fromkeys(block.maze for block in blocks))
    dqn = session["experiment"]["mazes"]["dqn"]
    figures = {"made": made, "dqn": dqn, "optima": optima(mazes), "blocks": [_figures(block) for block in blocks]}
    _write(EXPERIMENTS / f"{name}.json", figures)
    return name


def recorded_experiments() -> dict[str, Recorded]:
    """Every experiment that is recorded, by its name."""
    return {path.stem: _read(path) for path in sorted(EXPERIMENTS.glob("*.json"))}


def record_integration(name: str, blocks: list[Block], packages: Sequence[str]) -> None:
    """Write the figures of another library's agents; `packages` are those whose versions are noted."""
    mazes = list(dict.fromkeys(block.maze for block in blocks))
    figures = {"made": made_with(*packages), "optima": optima(mazes), "blocks": [_figures(block) for block in blocks]}
    _write(INTEGRATIONS / f"{name}.json", figures)


def recorded_integrations() -> list[Recorded]:
    """Every run of another library's agents that is recorded, by `python -m benchmarks integrations`."""
    read = [_read(path) for path in sorted(INTEGRATIONS.glob("*.json"))]
    return [dataclasses.replace(each, benchmark="integrations") for each in read]


def _read(path: Path) -> Recorded:
    figures = json.loads(path.read_text("utf-8"))
    blocks = [
        Block(**{**block, "results": [_learner(each) for each in block["results"]]}) for block in figures["blocks"]
    ]
    planners, dqn = figures.get("planners", []), figures.get("dqn", {})
    return Recorded(path.stem, figures["made"], figures["optima"], blocks, planners, dqn)


def _write(path: Path, figures: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=1).replace("\n    ", " ").replace("\n   ]", "]")  # a row per learner
    replace(path, text + "\n")


def _learner(figures: dict[str, Any]) -> LearnerResult:
    return LearnerResult(**{**figures, "curve": [(step, value) for step, value in figures["curve"]]})


def _figures(block: Block) -> dict[str, Any]:
    """A block as JSON values, without weights and visits."""
    figures = dataclasses.asdict(block)
    del figures["weights"]
    for learner in figures["results"]:
        del learner["visits"]
        learner["curve"] = [[step, round(value, 4)] for step, value in learner["curve"]]
    return figures
