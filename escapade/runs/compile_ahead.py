"""Compile what trains while the bandit experiment runs, so that Numba's cache has it when the workers begin.

A process of its own trains ε-greedy in the first maze for a few steps. Without it every worker compiles the same
kernels at the same time, after the bandits. What the process says is dropped, and nothing depends on it: workers
compile what is missing in the cache.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import joblib
from rich.console import Console

from agents.dqn.settings import DQNSettings
from agents.mazes.maze_spec import is_maze
from agents.training.training import train
from escapade.runs.plan import Plan
from escapade.runs.workers import end_with_parent

STEPS = 400  # enough for updates and for evaluations
SILENT = 5.0  # seconds of waiting that need no explanation: from Numba's cache all is read in a few


@contextlib.contextmanager
def compiling_ahead(plan: Plan | None, console: Console) -> Iterator[None]:
    """Compile for the plan in the background, where there is a core for it; the block ends when that is done."""
    if plan is None or plan.device != "cpu" or not is_maze(plan.mazes[0]) or joblib.cpu_count() < 2:
        yield
        return
    command = [sys.executable, "-m", __name__, str(os.getpid()), plan.mazes[0], plan.dqn.model_dump_json()]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as one:
        try:
            yield
            try:
                one.wait(SILENT)
            except subprocess.TimeoutExpired:
                console.print("compiling for the mazes (about a minute, once)", style="dim")
                one.wait()
        finally:
            one.kill()


def compile_for(maze: str, settings: DQNSettings) -> None:
    """Train ε-greedy in the maze for a few steps: what it runs is compiled and cached."""
    short = settings.model_copy(update={"warmup": min(settings.warmup, STEPS // 2)})
    train(maze, "epsilon-greedy", learners=[0], steps=STEPS, seed=0, settings=short)


if __name__ == "__main__":
    parent, name, values = sys.argv[1:]
    end_with_parent(int(parent))
    compile_for(name, DQNSettings.model_validate_json(values))
