"""Steps of other compiled MiniGrids, as JSON; run by `benchmarks.mazes` with an interpreter that has them.

    python mazes.py SECONDS SLOTS [SLOTS …]

Uniformly random actions on DoorKey-8x8 with the 7×7 view: EnvPool (C++) by its Gymnasium interface, NAVIX (JAX) by a
jitted scan over 20 steps, as its authors time it, run before the clock until its cache of compiled programs grows no
more (the second call compiles again, as the state that comes out has other types than the one that went in). For each,
steps per second of the clock and per second of processor time, of all threads together. Needs nothing of ours.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy as np

SCAN = 20


def timed(seconds, advance):
    """(steps per second, steps per second of processor time); `advance()` returns how many steps it made."""
    steps, started, busy = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - started < seconds:
        steps += advance()
    return steps / (time.perf_counter() - started), steps / (time.process_time() - busy)


def envpool(seconds, slots):
    import envpool

    envs = envpool.make("MiniGrid-DoorKey-8x8-v0", env_type="gymnasium", num_envs=slots, num_threads=1)
    actions = np.random.default_rng(0).integers(7, size=(64, slots)).astype(np.int32)
    envs.reset()
    rounds = iter(range(1 << 62))

    def advance():
        envs.step(actions[next(rounds) % 64])
        return slots

    for _ in range(20):
        advance()
    return timed(seconds, advance)


def navix(seconds, slots):
    import jax
    import navix

    env = navix.make("Navix-DoorKey-8x8-v0")

    @jax.jit
    def many(state, key):
        def one(state, key):
            return jax.vmap(env.step)(state, jax.random.randint(key, (slots,), 0, 7)), None

        return jax.lax.scan(one, state, jax.random.split(key, SCAN))[0]

    latest = [jax.vmap(env.reset)(jax.random.split(jax.random.PRNGKey(0), slots))]
    rounds = iter(range(1 << 62))

    def advance():
        latest[0] = jax.block_until_ready(many(latest[0], jax.random.PRNGKey(next(rounds))))
        return SCAN * slots

    compiled = -1
    while many._cache_size() != compiled:
        compiled = many._cache_size()
        advance()
    speeds = timed(seconds, advance)
    assert many._cache_size() == compiled, "something was compiled under the clock"
    return speeds


def main(seconds, *slots):
    report = {}
    for name, measure in (("envpool", envpool), ("navix", navix)):
        try:
            report[f"{name} {version(name)}"] = {count: measure(float(seconds), int(count)) for count in slots}
        except Exception as error:
            report[name] = f"{type(error).__name__}: {str(error)[:150]}"
    print(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
