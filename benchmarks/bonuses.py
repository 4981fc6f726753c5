"""The time of a bonus per transition, compared with RLeXplore's reward of the same name.

A rollout of 128 steps in 8 environments is observed step by step, scored at once, and learned from in batches of 256;
both sides do the same, on one thread, whose CPU time is counted. RLeXplore's `watch` is `observe`: most of its rewards
do nothing there, where ours keep, step by step, the statistics that RLeXplore takes from the whole rollout when it
scores. So there are two ratios, of scoring and learning, which are the same work on either side, and of everything.
Observations are 16 numbers. RLeXplore's networks are one hidden layer of 256 and 128 features, and four models for
Disagreement: `same size` gives ours these sizes (RND's predictor has two layers more, as in its paper).

RLeXplore comes from the package index as `rllte-core`, into an environment of its own that is thrown away; the
environment variable RLEXPLORE_PYTHON names an interpreter that has it already.
"""

import json
import os
import subprocess
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch

from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES
from explore.core.transitions import Transitions

STEPS, ENVS, SIZE, ACTIONS, BATCH, REPEATS = 128, 8, 16, 4, 256, 5
PEER = Path(__file__).parent / "peers" / "rlexplore.py"
SAME_SIZE = {"hidden": 256, "features": 128, "models": 4}
WORK = ("observe", "score", "learn")


def main() -> None:
    """Print one line per bonus: microseconds per transition, ours, ours of their size, theirs, and the ratios."""
    torch.set_num_threads(1)
    theirs = peer()
    print(
        f"microseconds per transition: {STEPS} steps × {ENVS} environments, learned in batches of {BATCH}; one thread"
    )
    print(f"torch {torch.__version__} here, {theirs['said']}")
    print(f"{'':16s} {'ours':>26s} {'same size':>26s} {'RLeXplore':>26s}   theirs / ours, same size")
    print(" " * 16 + f" {'observe':>8s} {'score':>8s} {'learn':>8s}" * 3 + "   score + learn       all")
    for name in BONUSES.names():
        if not BONUSES.get(name).__module__.startswith("explore."):
            continue
        fields = BONUSES.get(name).Settings.model_fields
        wide = {key: value for key, value in SAME_SIZE.items() if key in fields}
        ours, same = cost(name), cost(name, **wide)
        line = f"{name:16s} " + " ".join(map(columns, (ours, same)))
        other = theirs["costs"].get(name)
        if other is None:
            print(line)
        elif "failed" in other:
            print(f"{line}   RLeXplore's does not run: {other['failed']}")
        else:
            print(
                f"{line} {columns(other)}   {ratio(other, same, WORK[1:]):13s} {ratio(other, same, WORK):>9s}",
                flush=True,
            )


def columns(side: dict[str, float]) -> str:
    """Observing, scoring and learning."""
    return " ".join(f"{side[what]:8.2f}" for what in WORK)


def ratio(theirs: dict[str, float], ours: dict[str, float], work: tuple[str, ...]) -> str:
    """How many times as long theirs takes for that work."""
    return f"{sum(theirs[what] for what in work) / sum(ours[what] for what in work):.2f} ×"


def cost(name: str, **settings: Any) -> dict[str, float]:
    """Microseconds per transition: the best of several rollouts, the first (which compiles) left out."""
    space = gym.spaces.Box(-np.inf, np.inf, (SIZE,), np.float32)
    bonus: Bonus = BONUSES.get(name)(space, gym.spaces.Discrete(ACTIONS), envs=ENVS, **settings)
    random = torch.Generator().manual_seed(0)
    shape = (1, STEPS * ENVS)
    rollout = Transitions(
        observation=torch.randn(*shape, SIZE, generator=random),
        action=torch.randint(0, ACTIONS, shape, generator=random),
        reward=torch.zeros(shape),
        next_observation=torch.randn(*shape, SIZE, generator=random),
        terminated=torch.rand(shape, generator=random) < 1 / 50,
        truncated=torch.zeros(shape, dtype=torch.bool),
    )
    taken: dict[str, list[float]] = {what: [] for what in WORK}
    for _ in range(1 + REPEATS):
        # Made anew each time: transitions keep what is worked out from them, such as the keys of their observations.
        whole = rollout.select(slice(None))
        steps = [rollout.select((slice(None), slice(at, at + ENVS))) for at in range(0, STEPS * ENVS, ENVS)]
        batches = [rollout.select((slice(None), slice(at, at + BATCH))) for at in range(0, STEPS * ENVS, BATCH)]
        started = time.process_time()
        episodic = torch.cat([bonus.observe(step) for step in steps], dim=1)
        taken["observe"].append(time.process_time() - started)
        started = time.process_time()
        bonus.score(whole, episodic)
        taken["score"].append(time.process_time() - started)
        started = time.process_time()
        for batch in batches:
            bonus.learn(batch)
        taken["learn"].append(time.process_time() - started)
    return {what: 1e6 * min(each[1:]) / (STEPS * ENVS) for what, each in taken.items()}


def peer() -> dict[str, Any]:
    """The costs of RLeXplore's rewards by our names, and a sentence on where they come from or why there are none."""
    with tempfile.TemporaryDirectory() as folder:
        python = os.environ.get("RLEXPLORE_PYTHON")
        # Our pinned versions and paths are not for it.
        clean = {name: value for name, value in os.environ.items() if name not in {"PIP_CONSTRAINT", "PYTHONPATH"}}
        try:
            if python is None:
                venv.create(folder, with_pip=True)
                python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
                command = [python, "-m", "pip", "install", "--quiet", "rllte-core"]
                subprocess.run(command, check=True, capture_output=True, text=True, env=clean)
            sizes = [str(number) for number in (STEPS, ENVS, SIZE, ACTIONS, BATCH, REPEATS)]
            command = [python, str(PEER), *sizes]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=clean)
        except (subprocess.CalledProcessError, OSError) as error:
            reason = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
            return {"costs": {}, "said": f"without RLeXplore: rllte-core does not install or run here ({reason})"}
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    versions = measured["versions"]
    return {**measured, "said": f"{versions['torch']} for RLeXplore (rllte-core {versions['rllte-core']})"}
