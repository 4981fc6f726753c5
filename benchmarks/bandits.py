"""Pulls per second, compared with scalar C, compiled here where a C compiler is at hand; peers; scaling; memory.

The C program is compiled with `-O3 -march=native`, as Numba compiles for the processor at hand too. It plays run after
run, and its KL-UCB solves the equation of every arm in every step, where the simulator solves those that can matter
(`bandits.policies.base.divergence`): that row compares algorithms, the others the same work. Compilation is never
under a clock: the simulator's speeds are measured after its kernel is compiled, and peers play a run before theirs.

The peers come from the package index into an environment of their own that is thrown away; the environment variable
BANDIT_PEERS_PYTHON names an interpreter that has them already.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from bandits.simulator.simulation import simulate

FLOOR = Path(__file__).with_name("bandit_floor.c")
PEERS = Path(__file__).parent / "peers" / "bandits.py"
LIBRARIES = ("SMPyBandits", "pymab", "mabwiser", "river")
SECONDS = 3  # that each policy of each peer plays
# name, the floor's arguments (problem, policy, runs), testbed, policy, runs, horizon
ROWS = [
    ("ten Gaussian arms, ε-greedy", (0, 0, 20_000), "sutton-barto", "epsilon-greedy:epsilon=0.1", 20_000, 1_000),
    ("ten Gaussian arms, UCB", (0, 1, 20_000), "sutton-barto", "ucb:c=1.41421356", 20_000, 1_000),
    ("ten Gaussian arms, Thompson", (0, 2, 10_000), "sutton-barto", "thompson", 10_000, 1_000),
    ("problem B, UCB1", (1, 1, 1_000), "problem-b", "ucb1", 1_000, 10_000),
    ("problem B, KL-UCB", (1, 3, 100), "problem-b", "kl-ucb", 400, 10_000),
    ("problem B, Thompson", (1, 2, 400), "problem-b", "thompson", 400, 10_000),
]
REPEATS = 3
LIMIT = 2000 * 100_000  # pulls of a scaling row


def main() -> None:
    """Print the side-by-side table, then peers, then scaling over arms and horizons, then memory."""
    print("pulls per second, best of 3; compile time of the kernel apart, with a cold cache")
    print("scalar C: gcc -O3 -march=native; its KL-UCB solves every arm's bound in every step, escapade's does not")
    with tempfile.TemporaryDirectory() as folder:
        floor = compiled_floor(Path(folder))
        if floor is None:
            print("no C compiler here: the column of scalar C is missing")
        print(f"{'':28s} {'threads':>7s} {'scalar C':>10s} {'escapade':>10s} {'ratio':>6s} {'compile':>8s}")
        for name, arguments, testbed, policy, runs, horizon in ROWS:
            for threads in (1, 2):
                ours, compile_seconds = measured(testbed, policy, runs, horizon, threads)
                line = f"{name:28s} {threads:7d}"
                if floor is None:
                    print(f"{line} {'-':>10s} {ours / 1e6:8.1f} M {'-':>6s} {compile_seconds:6.1f} s")
                    continue
                theirs = max(floor_speed(floor, arguments, threads) for _ in range(REPEATS))
                ratio = ours / theirs
                print(f"{line} {theirs / 1e6:8.1f} M {ours / 1e6:8.1f} M {ratio:6.2f} {compile_seconds:6.1f} s")
    show_peers()
    print("\nscaling: ε-greedy and UCB1 on K arms (scaled:arms=K), pulls per second, all cores")
    for arms in (2, 10, 100, 1000):
        speeds = [measured(f"scaled:arms={arms}", policy, 640, 5_000, None)[0] for policy in ("epsilon-greedy", "ucb1")]
        print(f"K = {arms:7,d}, T =     5,000: {speeds[0] / 1e6:8.1f} M {speeds[1] / 1e6:8.1f} M")
    for horizon in (100, 1_000, 10_000, 100_000, 1_000_000):
        runs = max(64, min(20_000, LIMIT // horizon))
        speeds = [measured("problem-b", policy, runs, horizon, None)[0] for policy in ("epsilon-greedy", "ucb1")]
        print(f"K =      10, T = {horizon:9,d}: {speeds[0] / 1e6:8.1f} M {speeds[1] / 1e6:8.1f} M")
    peak = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    print(f"\npeak memory of 1,000,000 runs × 1,000 steps of ε-greedy on sutton-barto: {peak.stdout.strip()}")


def show_peers() -> None:
    """Print ε-greedy and UCB on ten Gaussian arms beside other libraries, on one thread."""
    print("\npeers: ten Gaussian arms, T = 1,000, one thread; pulls per second, and how many times as fast this bed is")
    speeds = peers()
    ours = [measured(testbed, policy, runs, horizon, 1)[0] for _, _, testbed, policy, runs, horizon in ROWS[:2]]
    print(f"{'':28s} {'ε-greedy':>18s} {'UCB':>18s}")
    print(f"{'escapade':28s}" + "".join(f" {speed / 1e6:16.1f} M" for speed in ours))
    for name, peer in speeds.items():
        if "failed" in peer:
            print(f"{name:28s} does not run here: {peer['failed']}")
            continue
        columns = [
            f" {theirs / 1e3:8.0f} k {own / theirs:5.0f} ×" for theirs, own in zip(peer["speeds"], ours, strict=True)
        ]
        print(f"{name + ' ' + peer['version']:28s}" + "".join(columns))


def peers() -> dict[str, Any]:
    """The speeds that the peers' script measured, by library; why it did not run where it does not."""
    # Our pinned versions and paths are not for them.
    clean = {name: value for name, value in os.environ.items() if name not in {"PIP_CONSTRAINT", "PYTHONPATH"}}
    with tempfile.TemporaryDirectory() as folder:
        python = os.environ.get("BANDIT_PEERS_PYTHON")
        try:
            if python is None:
                venv.create(folder, with_pip=True)
                python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
                install = [python, "-m", "pip", "install", "--quiet", *LIBRARIES]
                subprocess.run(install, check=True, capture_output=True, text=True, env=clean)
            command = [python, str(PEERS), str(SECONDS)]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=clean, cwd=folder)
        except (subprocess.CalledProcessError, OSError) as error:
            reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
            return {"the peers": {"failed": f"they do not install ({reason})"}}
    measurements: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measurements


MEMORY = """
from benchmarks.bandits import peak
from bandits.simulator.simulation import simulate
played = simulate("sutton-barto", ["epsilon-greedy"], runs=1_000_000, horizon=1000).policies[0]
print(f"{peak()} MB ({played.pulls_per_second / 1e6:.0f} M pulls per second, regret {played.regret:.2f})")
"""


def peak() -> int:
    """The largest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(testbed: str, policy: str, runs: int, horizon: int, threads: int | None) -> tuple[float, float]:
    """Pulls per second, the best of some, and what the first made ready."""
    results = [
        simulate(testbed, [policy], runs=runs, horizon=horizon, seed=1, threads=threads).policies[0]
        for _ in range(REPEATS)
    ]
    return max(result.pulls_per_second for result in results), results[0].compile_seconds


def compiled_floor(folder: Path) -> Path | None:
    """The C floor, compiled into `folder`; None without a compiler."""
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("cc") or shutil.which("clang")
    if compiler is None:
        return None
    target = folder / "floor"
    command = [compiler, "-O3", "-march=native", "-fopenmp", "-o", str(target), str(FLOOR), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{compiler} cannot compile the floor: {done.stderr.strip().splitlines()[-1]}")
        return None
    return target


def floor_speed(floor: Path, arguments: tuple[int, int, int], threads: int) -> float:
    """Pulls per second that the C program prints."""
    output = subprocess.run([str(floor), *map(str, (*arguments, threads))], capture_output=True, text=True, check=True)
    speed = re.search(r"([\d.e+]+) pulls/s", output.stdout)
    if speed is None:
        raise RuntimeError(f"the floor printed no speed: {output.stdout}")
    return float(speed[1])
