"""Compile what trains while the bandit experiment runs, so that Numba's cache has it when the workers begin.

Two processes, one for each half: the first maze with its planner, and the networks with their update. Without them
every worker compiles the same kernels at the same time, after the bandits. What the processes say is dropped, and
nothing depends on them: workers compile what is missing in the cache.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import joblib
import numpy as np
import torch
from rich.console import Console

from agents import planners
from agents.dqn.agent import QAgent
from agents.dqn.agent_spec import parse_agent
from agents.dqn.settings import DQNSettings
from agents.mazes import make
from agents.mazes.maze_spec import is_maze
from agents.training.observations import symbolic_space
from escapade.runs.plan import Plan
from escapade.runs.workers import end_with_parent
from explore.core.transitions import Transitions
from explore.numerics.compiled import code_is_kept

STEPS = 400  # enough for an update, whatever the settings
SILENT = 5.0  # seconds of waiting that need no explanation: from Numba's cache all is read in a few


@contextlib.contextmanager
def compiling_ahead(plan: Plan | None, console: Console) -> Iterator[None]:
    """Compile for the plan in the background, where there is a core for it; the block ends when that is done."""
    trains = plan is not None and plan.device == "cpu" and is_maze(plan.mazes[0])
    # Where compiled code is not kept, what another process compiles would be lost.
    if plan is None or not trains or joblib.cpu_count() < 2 or not code_is_kept():
        yield
        return
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(_started(half, plan)) for half in HALVES]
        for process in processes:
            stack.callback(process.kill)
        yield
        _wait(processes, console)


def _started(half: str, plan: Plan) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", __name__, str(os.getpid()), half, plan.mazes[0], plan.dqn.model_dump_json()]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait(processes: list[subprocess.Popen[bytes]], console: Console) -> None:
    end = time.monotonic() + SILENT
    try:
        for process in processes:
            process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        console.print("compiling for the mazes (about a minute, once)", style="dim")
        for process in processes:
            process.wait()


def compile_maze(maze: str, settings: DQNSettings) -> None:
    """Play a step in the maze, and plan in it."""
    env = make(maze, num_envs=settings.envs)
    env.count_visits()
    env.reset()
    env.step(np.zeros(settings.envs, dtype=np.int64))
    planners.optimum(maze, sample=1)


def compile_networks(maze: str, settings: DQNSettings) -> None:
    """Let ε-greedy choose and learn from transitions of the maze's shapes, which are all zeros."""
    short = settings.model_copy(update={"warmup": min(settings.warmup, STEPS // 2)})
    env = make(maze, num_envs=short.envs)
    agent = QAgent(
        parse_agent("epsilon-greedy"),
        symbolic_space(env.single_observation_space),
        env.layouts.actions,
        learners=[0],
        horizon=STEPS,
        seed=0,
        settings=short,
    )
    each = (1, short.envs)
    rows = torch.from_numpy(np.zeros((*each, agent.encoder.width), dtype=agent.encoder.dtype))
    never = torch.zeros(each, dtype=torch.bool)
    while agent.steps < STEPS:
        action = agent.act(rows)
        agent.observe(Transitions(rows, action, torch.zeros(each), rows, never, never))
        agent.learn()
        agent.greedy_values(rows)


HALVES = {"maze": compile_maze, "networks": compile_networks}


if __name__ == "__main__":
    parent, half, name, values = sys.argv[1:]
    end_with_parent(int(parent))
    HALVES[half](name, DQNSettings.model_validate_json(values))
