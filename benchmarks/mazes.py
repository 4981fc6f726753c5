"""Steps per second of the engine, of real MiniGrid and, where it installs, of NAVIX, side by side on one core.

All play uniformly random actions on DoorKey-8x8 with the 7×7 view, each in its own vector of environments; the clock
runs after the first steps, so that nothing is compiled under it.
"""

import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np

from agents.mazes import make

MAZE, REAL_SLOTS, SLOTS = "MiniGrid-DoorKey-8x8-v0", 64, 1024
CURVE = (1, 4, 16, 64, 256, 1024, 4096, 16384)
SECONDS = 2.0
NAVIX = """
import time, jax, jax.numpy as jnp, navix
env = navix.make("Navix-DoorKey-8x8-v0")
slots = {slots}
keys = jax.random.split(jax.random.PRNGKey(0), slots)
state = jax.vmap(env.reset)(keys)
@jax.jit
def many(state, key):
    def one(state, key):
        return jax.vmap(env.step)(state, jax.random.randint(key, (slots,), 0, 7)), None
    return jax.lax.scan(one, state, jax.random.split(key, 20))[0]
state = jax.block_until_ready(many(state, jax.random.PRNGKey(1)))
started, rounds = time.perf_counter(), 0
while time.perf_counter() - started < {seconds}:
    state = jax.block_until_ready(many(state, jax.random.PRNGKey(rounds)))
    rounds += 1
print(rounds * 20 * slots / (time.perf_counter() - started))
"""


def rate(slots: int, backend: str, maze: str = MAZE) -> float:
    """Environment steps per second."""
    envs = make(maze, slots, backend=backend)  # type: ignore[arg-type]
    envs.reset()
    actions = np.random.default_rng(0).integers(envs.layouts.actions, size=(64, slots))
    for chosen in actions[:3]:
        envs.step(chosen)
    started, rounds = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        envs.step(actions[rounds % 64])
        rounds += 1
    return rounds * slots / (time.perf_counter() - started)


def navix(slots: int) -> str:
    """NAVIX's steps per second on this CPU, or why they are not known."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"
        steps = (
            [python, "-m", "pip", "install", "-q", "navix"],
            [python, "-c", NAVIX.format(slots=slots, seconds=SECONDS)],
        )
        for step in steps:
            done = subprocess.run(
                [str(part) for part in step], capture_output=True, text=True, env={**os.environ, "JAX_PLATFORMS": "cpu"}
            )
            if done.returncode:
                lines = done.stderr.strip().splitlines() or ["no message"]
                return f"not measured: {lines[-1][:150]}"
        return f"{float(done.stdout.strip().splitlines()[-1]):,.0f} steps/s (all cores that JAX takes)"


def main() -> None:
    """Print the ratio, then the curve over the number of environments, then the peer."""
    ours, theirs, again = rate(SLOTS, "compiled"), rate(REAL_SLOTS, "real"), rate(SLOTS, "compiled")
    best = max(ours, again)
    print(f"{MAZE}, partial view, one core")
    print(f"  engine, {SLOTS} environments        {best:12,.0f} steps/s")
    print(f"  real MiniGrid, {REAL_SLOTS} environments   {theirs:12,.0f} steps/s")
    print(f"  ratio {best / theirs:.0f}")
    for slots in CURVE:
        print(f"  engine, {slots:6d} environments      {rate(slots, 'compiled'):12,.0f} steps/s")
    print(f"  NAVIX, {SLOTS} environments         {navix(SLOTS)}")


if __name__ == "__main__":
    sys.exit(main())
