"""Stable-Baselines3's DQN with the settings of an experiment file, for a report beside the DQN of `agents`.

    escapade run examples/implementations.toml
    python -m benchmarks implementations examples/implementations.toml escapade-runs/implementations-sb3
    escapade report escapade-runs/implementations escapade-runs/implementations-sb3

Trained are the learners that the folder lacks, one after the other, in every maze of the file; they are kept as the
agent `epsilon-greedy`, so that the report compares them with ours. The file must switch off what SB3's DQN lacks
(double Q-learning, LayerNorm, dueling, priorities), which is checked. What remains are differences of the
implementations: SB3 moves its target network once per vector step and not at each update, acts on the online network
when evaluated, takes all the learner's slots from one random stream, and clips gradients at a norm of 10. Evaluated are
32 episodes with ε = 0.05, on layouts of their own stream.
"""

import sys
import time
from pathlib import Path
from typing import Any

import stable_baselines3
from stable_baselines3 import DQN
from stable_baselines3.common.buffers import NStepReplayBuffer

from agents.dqn.settings import DQNSettings
from agents.mazes.stable_baselines3 import MazeVecEnv
from agents.training.results import Block, LearnerResult
from benchmarks.integrations import STRIDE, Curve, evaluated
from escapade.experiments.experiment import Experiment, load
from escapade.runs.plan import environment_settings
from escapade.runs.store import Store
from explore.errors import BadInput
from explore.numerics.threads import single_threaded_torch
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
    store = Store(folder)
    configurations = [
        {
            "maze": maze,
            "agent": AGENT,
            "steps": mazes.steps,
            "seed": experiment.seed,
            "device": "cpu",
            "settings": {
                "maze": environment_settings(maze),
                "library": f"stable-baselines3 {stable_baselines3.__version__}",
                "dqn": settings,
            },
        }
        for maze in mazes.mazes
    ]
    store.check(configurations)
    shared = {"learners": mazes.learners, "steps": mazes.steps, "seed": experiment.seed, "device": "cpu"}
    blocks = [{key: each[key] for key in ("maze", "agent", "settings")} for each in configurations]
    store.begin({"name": f"{experiment.name}-sb3", "mazes": {**shared, "blocks": blocks}})
    for configuration in configurations:
        present = store.learners(configuration)
        for learner in range(mazes.learners):
            if learner not in present:
                block = train(configuration["maze"], mazes.steps, learner, experiment.seed, experiment.dqn)
                store.save(configuration, block)
                print(f"{block.maze} learner {learner}: {block.results[0].train_return:.3f}, {block.seconds:.0f} s")
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


def train(maze: str, steps: int, learner: int, seed: int, dqn: DQNSettings) -> Block:
    """One learner, whose seed derives from the experiment's and its own name."""
    own = STRIDE * (learner + 1) + seed
    started = time.perf_counter()
    with single_threaded_torch():
        environments = MazeVecEnv(maze, dqn.envs, seed=own)
        model = DQN(
            "MlpPolicy",
            environments,
            replay_buffer_class=NStepReplayBuffer,
            seed=own,
            device="cpu",
            **sb3_settings(dqn),
        )
        curve = TimedCurve(maze, own + STRIDE // 2, steps)
        model.learn(steps, callback=curve)
        training = time.perf_counter() - started - curve.seconds
        reached, success = evaluated(model, maze, curve.seed)
    result = LearnerResult(
        learner=learner,
        train_return=reached,
        train_success=success,
        held_out_return=None,
        held_out_success=None,
        first_reward_step=curve.first_reward,
        curve=[(int(step), float(value)) for step, value in curve.points],
        first_success_step=curve.first_reward,
    )
    seconds = time.perf_counter() - started
    return Block(maze, AGENT, steps, seconds, steps / training, [result])


class TimedCurve(Curve):
    """A curve that knows how many seconds its evaluations took."""

    def __init__(self, maze: str, seed: int, steps: int) -> None:
        super().__init__(maze, seed, steps)
        self.seconds = 0.0

    def _on_step(self) -> bool:
        before = time.perf_counter()
        going_on = super()._on_step()
        self.seconds += time.perf_counter() - before
        return going_on


if __name__ == "__main__":
    main(*sys.argv[1:])
