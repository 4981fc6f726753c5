"""Stable-Baselines3's DQN and PPO in sparse mazes, with and without a bonus: who gets out, by learner.

    python -m benchmarks integrations                    print what is recorded
    python -m benchmarks integrations --run [NAME …]     train what sb3-dqn or sb3-ppo lacks, record and document it

The learners are kept in evidence-runs/NAME, each as soon as it is trained, so that a run goes on where it was stopped;
`escapade report evidence-runs/NAME` reports them. DQN has the settings of `agents.DQN` as far as SB3 has them (n-step
returns, updates, layers, soft target; no double Q-learning, LayerNorm or second value function).
"""

import functools
import sys
from typing import Any

from stable_baselines3 import DQN, PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.buffers import NStepReplayBuffer
from stable_baselines3.common.callbacks import BaseCallback

from agents.mazes.stable_baselines3 import MazeVecEnv
from benchmarks.evidence import document, sweeps
from benchmarks.peers.sb3_training import EPSILON, Agent, train_missing
from escapade.runs.store import Store
from explore.integrations.stable_baselines3 import BonusCallback, BonusNStepReplayBuffer, BonusVecEnv

STEPS = {"MiniGrid-DoorKey-6x6-v0": 100_000, "MiniGrid-DoorKey-8x8-v0": 300_000}
BONUSES, LEARNERS, SEED = (None, "count", "rnd"), 10, 0
PACKAGES = "torch", "stable_baselines3", "numpy", "minigrid"
N_STEP, LAYERS = 3, [128, 128]
DQN_SETTINGS: dict[str, Any] = {
    "gamma": 0.97,
    "learning_rate": 5e-4,
    "batch_size": 64,
    "buffer_size": 100_000,
    "learning_starts": 1_000,
    "train_freq": 1,
    "gradient_steps": 2,
    "tau": 0.01,
    "target_update_interval": 1,
    "exploration_fraction": 0.1,
    "exploration_final_eps": EPSILON,
}
PPO_SETTINGS: dict[str, Any] = {"gamma": 0.99, "n_steps": 128, "batch_size": 256, "n_epochs": 4, "ent_coef": 0.01}
ENVS = {"dqn": 8, "ppo": 16}
RUNS = {"sb3-dqn": "dqn", "sb3-ppo": "ppo"}


def main(*arguments: str) -> None:
    """Print what is recorded; with `--run` train what is missing before."""
    names = [word for word in arguments if word != "--run"]
    if unknown := [name for name in names if name not in RUNS or "--run" not in arguments]:
        sys.exit(f"benchmarks: integrations takes --run, and with it {' or '.join(RUNS)}, not '{unknown[0]}'.")
    if "--run" in arguments:
        for name in names or RUNS:
            record(name)
            document.write()
    print(document.tables(sweeps.recorded_integrations()))


def record(name: str) -> None:
    """Train the learners that are missing of one of `RUNS`, and write the figures of all."""
    store = Store(sweeps.RUNS / name)
    try:
        blocks = train_missing(store, name, planned(RUNS[name]), LEARNERS, SEED)
    finally:
        store.close()
    sweeps.record_integration(name, blocks, PACKAGES)


def planned(algorithm: str) -> list[Agent]:
    """What is trained of "dqn" or "ppo": in each maze without a bonus, the first, and with each."""
    own = DQN_SETTINGS if algorithm == "dqn" else PPO_SETTINGS
    settings = {algorithm: own, "layers": LAYERS, "n_step": N_STEP if algorithm == "dqn" else 1}
    return [
        Agent(
            algorithm if bonus is None else f"{algorithm} with {bonus}",
            maze,
            steps,
            {**settings, "bonus": bonus},
            functools.partial(make, algorithm, bonus),
        )
        for maze, steps in STEPS.items()
        for bonus in BONUSES
    ]


def make(algorithm: str, bonus: str | None, maze: str, seed: int) -> tuple[BaseAlgorithm, list[BaseCallback]]:
    """SB3's agent in the maze, and its callbacks; `bonus` as a spec string, or None."""
    shared: dict[str, Any] = {"policy_kwargs": {"net_arch": LAYERS}, "seed": seed, "device": "cpu"}
    venv = MazeVecEnv(maze, ENVS[algorithm], seed=seed)
    callbacks: list[BaseCallback] = [BonusCallback()] if bonus else []
    if algorithm == "ppo":
        with_bonus = BonusVecEnv(venv, bonus, seed=seed) if bonus else venv
        return PPO("MlpPolicy", with_bonus, **PPO_SETTINGS, **shared), callbacks
    kwargs: dict[str, Any] = {"n_steps": N_STEP, "gamma": DQN_SETTINGS["gamma"]}
    if bonus:
        kwargs |= {"bonus": bonus, "seed": seed}
    shared |= {"replay_buffer_class": BonusNStepReplayBuffer if bonus else NStepReplayBuffer}
    return DQN("MlpPolicy", venv, replay_buffer_kwargs=kwargs, **DQN_SETTINGS, **shared), callbacks
