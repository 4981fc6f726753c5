"""Steps of the engine, of real MiniGrid and, where they install, of EnvPool and NAVIX, in one run.

All play uniformly random actions on DoorKey-8x8 with the 7×7 view, each in its own vector of environments; the clock
runs after a warm-up, so that nothing is compiled under it. Compared are steps per second of processor time, of all
threads together: NAVIX takes as many cores as it finds, and other work on the machine counts for nobody.

The peers are installed into an environment of their own for the time of the run, or are taken from the interpreter that
the variable MAZE_PEERS_PYTHON names.
"""

import json
import os
import subprocess
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import numpy as np

from agents.mazes import make

MAZE, REAL_SLOTS, SLOTS = "MiniGrid-DoorKey-8x8-v0", 64, (64, 1024)
CURVE = (1, 4, 16, 64, 256, 1024, 4096, 16384)
SECONDS = 2.0
PEERS = ("envpool==1.2.5", "navix")

Speed = tuple[float, float]  # steps per second, steps per second of processor time


def rate(slots: int, backend: str, maze: str = MAZE, seconds: float = SECONDS) -> Speed:
    """The speed of our mazes."""
    envs = make(maze, slots, backend=backend)  # type: ignore[arg-type]
    envs.reset()
    actions = np.random.default_rng(0).integers(envs.layouts.actions, size=(64, slots))
    for row in actions[:20]:
        envs.step(row)
    started, busy, rounds = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - started < seconds:
        envs.step(actions[rounds % 64])
        rounds += 1
    return rounds * slots / (time.perf_counter() - started), rounds * slots / (time.process_time() - busy)


def peers() -> dict[str, Any]:
    """The peers' speeds by name and number of environments, or why they are not known."""
    script = Path(__file__).parent / "peers" / "mazes.py"
    arguments = [str(script), str(SECONDS), *map(str, SLOTS)]
    if python := os.environ.get("MAZE_PEERS_PYTHON"):
        return _measured([python, *arguments])
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
        done = subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], capture_output=True, text=True)
        if done.returncode:
            return {"EnvPool and NAVIX": f"not installed: {_last_line(done.stderr)}"}
        return _measured([python, *arguments])


def _measured(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "JAX_PLATFORMS": "cpu"})
    if done.returncode:
        return {"EnvPool and NAVIX": f"not measured: {_last_line(done.stderr)}"}
    report: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return report


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1][:150]


def main() -> None:
    """Print the speeds side by side, then the engine's curve over the number of environments."""
    ours = {slots: rate(slots, "compiled") for slots in SLOTS}
    real = rate(REAL_SLOTS, "real")
    others = peers()
    again = {slots: rate(slots, "compiled") for slots in SLOTS}
    best = {slots: max(ours[slots], again[slots], key=lambda speed: speed[1]) for slots in SLOTS}
    print(f"{MAZE}, partial view; steps per second, and per second of processor time")
    for slots in SLOTS:
        _line(f"engine, {slots} environments", best[slots])
    _line(f"real MiniGrid, {REAL_SLOTS} environments", real, best[SLOTS[-1]])
    for name, speeds in others.items():
        if isinstance(speeds, str):
            print(f"  {name}: {speeds}")
            continue
        for slots, speed in speeds.items():
            _line(f"{name}, {slots} environments", tuple(speed), best[int(slots)])
    for slots in CURVE:
        _line(f"engine, {slots} environments", rate(slots, "compiled", seconds=SECONDS / 2))


def _line(name: str, speed: Speed, ours: Speed | None = None) -> None:
    ratio = "" if ours is None else f"   the engine is {ours[1] / speed[1]:,.1f} × as fast per second of processor time"
    print(f"  {name:34s} {speed[0]:12,.0f} {speed[1]:12,.0f}{ratio}")


if __name__ == "__main__":
    main()
