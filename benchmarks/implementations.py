"""Stable-Baselines3's DQN with the settings of an experiment file, for a report beside the DQN of `agents`.

    escapade run examples/implementations.toml
    python -m benchmarks implementations examples/implementations.toml escapade-runs/implementations-sb3
    escapade report escapade-runs/implementations escapade-runs/implementations-sb3

Trained are the learners that the folder lacks, in every maze of the file; they are kept as the
agent `epsilon-greedy`, so that the report compares them with ours. The file must switch off what SB3's DQN lacks
(double Q-learning, LayerNorm, dueling, priorities), which is checked. What remains are differences of the
implementations: SB3 moves its target network once per vector step and not at each update, acts on the online network
when evaluated, takes all the learner's slots from one random stream, and clips gradients at a norm of 10. Evaluated are
32 episodes with ε = 0.05, on layouts of their own stream.
"""

import functools
import sys
from pathlib import Path
from typing import Any

from stable_baselines3 import DQN
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.buffers import NStepReplayBuffer
from stable_baselines3.common.callbacks import BaseCallback

from agents.dqn.settings import DQNSettings
from agents.mazes.stable_baselines3 import MazeVecEnv
from benchmarks.peers.sb3_training import Agent, train_missing
from escapade.experiments.experiment import Experiment, load
from escapade.runs.store import Store
from explore.errors import BadInput
from explore.strategies.epsilon_greedy import EpsilonGreedySettings

AGENT = "epsilon-greedy"
LACKING: dict[str, Any] = {
    "double": False,
    "layer_norm": False,
    "dueling": False,
    "priority": 0.0,
    "on_invalid": "refuse",
}


def main(*arguments: str) -> None:
    """Train what the folder lacks of the file's learners; without arguments say what is to be given."""
    if len(arguments) != 2:
        print("benchmarks: implementations takes EXPERIMENT.toml and a folder for the results.")
        return
    run(load(Path(arguments[0])), Path(arguments[1]))


def run(experiment: Experiment, folder: Path) -> None:
    """Train and keep every learner that `folder` lacks; BadInput where SB3's DQN cannot have the settings."""
    mazes = experiment.mazes
    if mazes is None:
        raise BadInput("the experiment has no table [mazes].")
    settings = sb3_settings(experiment.dqn)
    making = functools.partial(make, experiment.dqn)
    agents = [Agent(AGENT, maze, mazes.steps, {"dqn": settings}, making) for maze in mazes.mazes]
    store = Store(folder)
    try:
        train_missing(store, f"{experiment.name}-sb3", agents, mazes.learners, experiment.seed)
    finally:
        store.close()


def sb3_settings(dqn: DQNSettings) -> dict[str, Any]:
    """The arguments of SB3's DQN with the same numbers; BadInput where it has no such thing."""
    for name, value in LACKING.items():
        if getattr(dqn, name) != value:
            raise BadInput(f"SB3's DQN cannot have {name}={getattr(dqn, name)}: set {name} = {value} in [dqn].")
    epsilon = EpsilonGreedySettings()
    return {
        "learning_rate": dqn.learning_rate,
        "batch_size": dqn.batch,
        "buffer_size": dqn.capacity,
        "learning_starts": dqn.warmup,
        "train_freq": 1,
        "gradient_steps": dqn.updates,
        "tau": dqn.target_rate,
        "target_update_interval": dqn.target_interval,
        "gamma": dqn.discount,
        "exploration_initial_eps": epsilon.start,
        "exploration_final_eps": epsilon.end,
        "exploration_fraction": epsilon.decay,
        "policy_kwargs": {"net_arch": list(dqn.hidden)},
        "replay_buffer_kwargs": {"n_steps": dqn.n_step, "gamma": dqn.discount},
    }


def make(dqn: DQNSettings, maze: str, seed: int) -> tuple[BaseAlgorithm, list[BaseCallback]]:
    """SB3's DQN in the maze, without callbacks."""
    venv = MazeVecEnv(maze, dqn.envs, seed=seed)
    settings = sb3_settings(dqn)
    return DQN("MlpPolicy", venv, replay_buffer_class=NStepReplayBuffer, seed=seed, device="cpu", **settings), []


if __name__ == "__main__":
    main(*sys.argv[1:])
