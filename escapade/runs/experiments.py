"""The bandit and the maze experiment as functions of plain arguments, checked before anything runs or is written."""

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym

from agents.dqn.agent_spec import parse_agent
from agents.dqn.settings import DQNSettings
from agents.mazes.layouts.walls import walls as walls_of
from agents.mazes.maze_spec import is_maze
from agents.mazes.traps import facts
from agents.planners import optimum
from bandits.plots import TESTBED, classic_figures, plots
from bandits.recommend import default_policies
from bandits.simulator.simulation import checked
from bandits.simulator.simulation import simulate as simulated
from escapade.report.bandits.report import lai_robbins_constant
from escapade.runs import clusters
from escapade.runs.plan import Plan, environment_settings
from escapade.runs.planners import checked_planners
from explore.errors import BadInput, unknown
from explore.numerics.device import checked_device
from explore.numerics.seeding import checked_seed

BACKENDS = ("loky", *clusters.BACKENDS)


def checked_plan(
    mazes: Sequence[str],
    agents: Sequence[str],
    learners: int,
    steps: int,
    seed: int,
    device: str,
    dqn: DQNSettings,
    planners: Sequence[str] = (),
) -> Plan:
    """A plan of the maze experiment whose every name and number is good; BadInput names the first that is not."""
    for name, value in (("learners", learners), ("steps", steps)):
        if value < 1:
            raise BadInput(f"--{name} {value}: at least 1 is needed.")
    if steps < dqn.envs:
        raise BadInput(f"--steps {steps}: at least {dqn.envs} are needed, one in each environment slot.")
    seed = checked_seed(seed, "--seed")
    checked_device(device, "--device")
    for agent in agents:
        parse_agent(agent)
    for maze in mazes:
        environment_settings(maze)
    return Plan(
        tuple(dict.fromkeys(mazes)),
        tuple(dict.fromkeys(agents)),
        learners,
        steps,
        seed,
        device,
        dqn,
        planners=checked_planners(planners, mazes),
    )


def check_backend(name: str | None, address: str | None = None) -> None:
    """Refuse, with BadInput, a backend that is unknown or not installed, and an address without a cluster."""
    if name is not None and name not in BACKENDS:
        raise unknown("backend", name, BACKENDS)
    if name not in clusters.BACKENDS:
        if address is not None:
            raise BadInput(f"--address {address}: it is that of a cluster; give --backend ray or --backend dask too.")
        return
    package = "distributed" if name == "dask" else name
    if importlib.util.find_spec(package) is None:
        raise BadInput(
            f"--backend {name} needs the package {package}, which is not installed: pip install 'escapade[{name}]'."
        )


def optima(mazes: Sequence[str]) -> dict[str, float | None]:
    """What the exact planner gets in each maze, on training layouts; None where no planner knows it.

    A trap states it, and tests hold that against the planner, which may take minutes to find it again.
    """
    returns: dict[str, float | None] = {}
    for maze in mazes:
        if not is_maze(maze):
            returns[maze] = None
            continue
        trap = facts(maze)
        returns[maze] = optimum(maze) if trap is None else max(trap.local_score, trap.global_score)
    return returns


def walls(mazes: Sequence[str]) -> dict[str, list[str]]:
    """Where every training layout of each maze has a wall."""
    return {maze: walls_of(maze) for maze in mazes if is_maze(maze)}


def thresholds(mazes: Sequence[str]) -> dict[str, float | None]:
    """Of each environment that is no maze, the return that solves it by Gymnasium's registry; None where unstated."""
    return {name: gym.spec(name).reward_threshold for name in mazes if not is_maze(name)}


def check_bandits(testbed: str, policies: Sequence[str], runs: int, horizon: int) -> None:
    """Refuse, with BadInput, what the bandit experiment would refuse, before anything runs or is written."""
    checked(testbed, policies, runs=runs, horizon=horizon)


def policies_for(testbed: str, horizon: int) -> list[str]:
    """The bandit experiment's policies where none are named: a simple one, the classics, those made for the testbed."""
    return default_policies(testbed, horizon)


def simulate(
    testbed: str,
    policies: Sequence[str],
    runs: int,
    horizon: int,
    seed: int,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    """The bandit experiment, simulated; BadInput where an argument is wrong."""
    for name, value in (("runs", runs), ("horizon", horizon), ("threads", 1 if threads is None else threads)):
        if value < 1:
            raise BadInput(f"--{name} {value}: at least 1 is needed.")
    seed = checked_seed(seed, "--seed")
    return simulated(
        testbed=testbed,
        policies=list(policies),
        runs=runs,
        horizon=horizon,
        seed=seed,
        threads=threads,
        progress=progress,
    )


def draw(simulation: Any, folder: Path, threads: int | None = None) -> list[Path]:
    """The figures of a simulation; on the ten-armed testbed those of the book (2.2 to 2.6) too, simulated for them."""
    drawn = plots(simulation, folder, lai_robbins_constant(simulation))
    if simulation.testbed != TESTBED:
        return drawn

    def again(testbed: str, policies: Sequence[str]) -> Any:
        return simulate(testbed, policies, simulation.runs, simulation.horizon, simulation.seed, threads)

    return [*drawn, *classic_figures(folder, again)]
