"""The cost of RLeXplore's rewards, as JSON; run by `benchmarks.bonuses` with an interpreter that has rllte-core.

    python rlexplore.py STEPS ENVS SIZE ACTIONS BATCH REPEATS

Needs nothing of ours: that interpreter has an environment of its own.
"""

import contextlib
import json
import sys
import time
from importlib.metadata import version

import gymnasium as gym
import numpy as np
import torch

NAMES = {
    "rnd": "RND",
    "icm": "ICM",
    "disagreement": "Disagreement",
    "ride": "RIDE",
    "ngu": "NGU",
    "pseudo-count": "PseudoCounts",
    "re3": "RE3",
    "e3b": "E3B",
}


class Noise(gym.Env):
    """Random observations: some rewards step the environment when they are made."""

    def __init__(self, size, actions):
        self.observation_space = gym.spaces.Box(-np.inf, np.inf, (size,), np.float32)
        self.action_space = gym.spaces.Discrete(actions)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.np_random.standard_normal(self.observation_space.shape, dtype=np.float32), {}

    def step(self, action):
        return self.np_random.standard_normal(self.observation_space.shape, dtype=np.float32), 0.0, False, False, {}


def main(steps, envs, size, actions, batch, repeats):
    """Print microseconds per transition of each reward: watching computing, and updating."""
    from rllte.xplore import reward as rewards

    torch.set_num_threads(1)
    vector = gym.vector.SyncVectorEnv([lambda: Noise(size, actions)] * envs)
    random = torch.Generator().manual_seed(0)
    samples = {
        "observations": torch.randn(steps, envs, size, generator=random),
        "actions": torch.randint(0, actions, (steps, envs), generator=random),
        "rewards": torch.zeros(steps, envs),
        "terminateds": torch.rand(steps, envs, generator=random) < 1 / 50,
        "truncateds": torch.zeros(steps, envs, dtype=torch.bool),
        "next_observations": torch.randn(steps, envs, size, generator=random),
    }
    costs = {}
    for name, theirs in NAMES.items():
        try:
            reward = getattr(rewards, theirs)(vector, device="cpu", **({} if name == "re3" else {"batch_size": batch}))
            update, taken = reward.update, {"observe": [], "score": [], "learn": []}
            for _ in range(1 + repeats):
                reward.update = lambda samples: None  # timed by itself below
                started = time.process_time()
                for step in range(steps):
                    reward.watch(*(part[step] for part in samples.values()))
                taken["observe"].append(time.process_time() - started)
                started = time.process_time()
                reward.compute(samples)
                taken["score"].append(time.process_time() - started)
                started = time.process_time()
                with contextlib.suppress(NotImplementedError):  # RE3 has nothing to learn
                    update(samples)
                taken["learn"].append(time.process_time() - started)
            costs[name] = {what: 1e6 * min(each[1:]) / (steps * envs) for what, each in taken.items()}
        except Exception as error:  # one that does not run here leaves the others alone
            costs[name] = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps({"costs": costs, "versions": {part: version(part) for part in ("rllte-core", "torch")}}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
