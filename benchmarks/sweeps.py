"""Sweeps: how busy one keeps the cores, what a block costs the driver, and what 10,000 learners cost on many machines.

The driver is the process that hands blocks out and keeps what comes back. Its cost per block is measured apart from
training: what a worker sends is unpickled, written to the store and loaded again for the report.

    hours = max(blocks · training / (machines · cores), blocks · driver)

The driver is the bottleneck from training / (driver · cores) machines on.
"""

import os
import pickle
import resource
import tempfile
import time
from pathlib import Path

from agents.dqn.settings import DQNSettings
from agents.training.results import Block
from agents.training.training import train
from escapade.runs.plan import Plan
from escapade.runs.store import Store
from escapade.runs.sweep import sweep

MAZES = (
    "MiniGrid-DoorKey-5x5-v0",
    "MiniGrid-DoorKey-6x6-v0",
    "MiniGrid-DoorKey-8x8-v0",
    "MiniGrid-Empty-5x5-v0",
    "MiniGrid-Empty-6x6-v0",
)
AGENTS = ("epsilon-greedy", "count", "boltzmann", "episodic-count")
BLOCK = 10  # learners that are trained together: 5 mazes x 4 agents x 10 are 200 learners
STEPS = 800
LONG = 150_000  # steps of a learner of a long sweep, the program's default
BUSY = 0.9
REPEATS = 20
MACHINES = (1, 10, 100)
TOTAL = 10_000  # learners


def main() -> int:
    """Print all of it; 1 where the cores are less busy than `BUSY`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share, seconds = utilisation(cores)
    print(f"{BLOCK * len(AGENTS) * len(MAZES)} learners of {STEPS:,} steps: {seconds:.0f} s on {cores} cores")
    print(f"CPU time / (wall time x cores): {share:.2f} (at least {BUSY})")
    rate, block = training_rate()
    driver, size = driver_cost(block)
    print(f"training: {rate:,.0f} steps of a learner per second and core, {BLOCK} learners together")
    print(f"driver: {1000 * driver:.1f} ms per block of {BLOCK} learners, which send {size / 1e6:.2f} MB")
    print(table(rate, driver, cores))
    return int(share < BUSY)


def utilisation(cores: int) -> tuple[float, float]:
    """The share of the cores' time that a sweep of 200 learners uses, and its seconds; starting and compiling apart.

    The workers are warm from a first sweep.
    """
    dqn = DQNSettings(capacity=2_000)
    small = Plan(MAZES[:1], AGENTS, 1, 80, 2, dqn=dqn)
    plan = Plan(MAZES, AGENTS, BLOCK, STEPS, 1, dqn=dqn)
    with tempfile.TemporaryDirectory() as folder:
        sweep(small, Store(None), jobs=cores)
        store = Store(Path(folder))
        before, began = _cpu(), time.perf_counter()
        sweep(plan, store, jobs=cores)
        seconds, used = time.perf_counter() - began, _cpu() - before
        store.close()
    return used / (seconds * cores), seconds


def training_rate() -> tuple[float, Block]:
    """Steps of one learner per second on one core, and a block with the weights and the visits that it sends."""
    began = time.process_time()
    block = train(MAZES[0], AGENTS[1], learners=list(range(BLOCK)), steps=4_000, seed=1, keep_weights=True)
    return BLOCK * 4_000 / (time.process_time() - began), block


def driver_cost(block: Block) -> tuple[float, int]:
    """The driver's seconds per block, and the bytes that a worker sends it."""
    sent = pickle.dumps(block)
    configurations = Plan(MAZES[:1], (AGENTS[1],), BLOCK, 4_000, 1).configurations()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        began = time.perf_counter()
        for number in range(REPEATS):
            configuration = {**configurations[0], "seed": number}
            store.save(configuration, pickle.loads(sent))
            store.load(configuration)
        seconds = time.perf_counter() - began
        store.close()
    return seconds / REPEATS, len(sent)


def table(rate: float, driver: float, cores: int) -> str:
    """What `TOTAL` learners cost, by the two figures: a row per number of machines."""
    blocks = TOTAL // BLOCK
    training = BLOCK * LONG / rate
    lines = [
        f"{TOTAL:,} learners of {LONG:,} steps: {blocks:,} blocks of {training:,.0f} s on a core",
        "machines  workers   training  driver    wall time",
    ]
    for machines in MACHINES:
        working, handing = blocks * training / min(blocks, machines * cores) / 3600, blocks * driver / 3600
        lines.append(
            f"{machines:8d}  {machines * cores:7d}  {working:7.2f} h  {handing:6.3f} h  {max(working, handing):7.2f} h"
        )
    lines.append(f"the driver is the bottleneck from {training / driver / cores:,.0f} machines of {cores} cores on")
    return "\n".join(lines)


def _cpu() -> float:
    """CPU seconds of this process and of its workers so far; those of running workers from /proc, as on Linux."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    total = own.ru_utime + own.ru_stime
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total += ended.ru_utime + ended.ru_stime
    tick = os.sysconf("SC_CLK_TCK")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[1]) == os.getpid():
            total += (int(fields[11]) + int(fields[12])) / tick
    return total
