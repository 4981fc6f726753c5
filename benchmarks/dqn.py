"""Environment steps per second of the DQN and of Stable-Baselines3's, and the shares of its time.

The same maze (both in the compiled engine), 8 environments, batch, updates per step and hidden layers, and all the
cores that this process may use; Stable-Baselines3 trains one learner at a time, so that its rate is that of any number.
It learns from 1-step targets without Double Q or LayerNorm, ours from 3-step double ones with it. The split times
each part of a vector step by the clock. Stable-Baselines3 gets one thread or all cores, whichever is faster: PyTorch's
threads cost a small network more than they save. `python -m benchmarks.dqn --quick` takes fewer steps.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import joblib
import torch

from agents.dqn.dqn import DQN
from agents.dqn.settings import DQNSettings
from benchmarks.peers.sb3_dqn import make_dqn
from explore.numerics.threads import single_threaded_torch

MAZE = "MiniGrid-DoorKey-8x8-v0"
BONUSES, LEARNERS = (None, "count", "rnd", "icm"), (1, 5, 10, 30)
TURNS, STEPS, QUICK_STEPS = 3, 60, 20  # the best of so many turns counts; vector steps of a turn
PARTS = ("acting", "stepping", "observing", "drawing", "returns", "update", "bonus")


def main() -> None:
    """Print rates for 1 to 30 learners, and the split for each kind of bonus at 10."""
    steps = QUICK_STEPS if "--quick" in sys.argv else STEPS
    cores = int(joblib.cpu_count())
    settings = DQNSettings()
    rates = {}
    for threads in sorted({1, cores}):
        torch.set_num_threads(threads)
        rates[threads] = sb3_rate(settings, steps)
    peer = max(rates.values())
    print(f"{MAZE}, {settings.envs} environments, {settings.updates} updates of {settings.batch}, {cores} cores")
    for threads, rate in rates.items():
        print(f"Stable-Baselines3's DQN, threads: {threads} {rate:12,.0f} steps/s")
    for learners in LEARNERS:
        rate, _ = our_rate(None, learners, steps)
        print(f"ε-greedy, {learners:2d} learners together {rate:15,.0f} steps/s, {rate / peer:5.1f} ×", flush=True)
    print(f"\n10 learners, milliseconds per vector step\n{'':10s}" + "".join(f"{part:>10s}" for part in PARTS))
    for bonus in BONUSES:
        rate, split = our_rate(bonus, 10, steps)
        times = "".join(f"{1e3 * split.get(part, 0.0):10.2f}" for part in PARTS)
        print(f"{bonus or 'ε-greedy':10s}{times}   {rate:9,.0f} steps/s, {rate / peer:5.1f} ×", flush=True)


def our_rate(bonus: str | None, learners: int, steps: int) -> tuple[float, dict[str, float]]:
    """Environment steps per second of all learners together while they learn, and seconds per vector step by part."""
    dqn = DQN(MAZE, bonus=bonus, learners=learners)
    warmup = dqn.settings.warmup + 20 * dqn.settings.envs
    dqn.train(warmup)
    best, split = 0.0, dict[str, float]()
    for _ in range(TURNS):
        parts = dict.fromkeys(PARTS, 0.0)
        started = time.perf_counter()
        with single_threaded_torch():  # as in `DQN.train`
            for _ in range(steps):
                _step(dqn, parts)
        seconds = time.perf_counter() - started
        if steps / seconds > best:
            best, split = steps / seconds, {part: spent / steps for part, spent in parts.items()}
    dqn.close()
    return best * learners * dqn.settings.envs, split


def _step(dqn: DQN, parts: dict[str, float]) -> None:
    """One vector step with its updates, as `DQN.train` makes it, each part timed."""
    agent, env, s = dqn.agent, dqn.env, dqn.settings

    def timed(part: str, call: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        result = call(*arguments)
        parts[part] += time.perf_counter() - started
        return result

    actions = timed("acting", agent.act, env.rows)
    timed("observing", agent.observe, timed("stepping", env.step, actions))
    drawn = timed("drawing", agent.replay.sample, s.updates * s.batch, s.n_step, agent.replay_streams)
    batch = timed("returns", agent.with_returns, drawn)
    timed("update", agent.backend.update, batch, agent.replay_streams)
    timed("bonus", agent.learn_bonus, drawn)


def sb3_rate(settings: DQNSettings, steps: int) -> float:
    """Environment steps per second of Stable-Baselines3's DQN while it learns."""
    model = make_dqn(
        MAZE,
        settings.envs,
        batch=settings.batch,
        updates=settings.updates,
        hidden=settings.hidden,
        warmup=settings.warmup,
    )
    model.learn(settings.warmup + 20 * settings.envs)
    best = 0.0
    for _ in range(TURNS):
        started = time.perf_counter()
        model.learn(steps * settings.envs, reset_num_timesteps=False)
        best = max(best, steps * settings.envs / (time.perf_counter() - started))
    return best


if __name__ == "__main__":
    main()
