"""Learners of Stable-Baselines3's agents in the compiled mazes, trained with a curve and kept in a run store.

A learner is a seed. Evaluated are 32 episodes on layouts of their own stream, DQN with ε = 0.05, PPO as it samples.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import stable_baselines3
from joblib import Parallel, delayed
from stable_baselines3 import DQN
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.callbacks import BaseCallback

from agents.mazes.stable_baselines3 import MazeVecEnv
from agents.training.results import Block, LearnerResult
from escapade.runs.plan import environment_settings
from escapade.runs.store import Store
from explore.numerics.threads import single_threaded_torch

EPISODES, EVALUATIONS, EPSILON = 32, 10, 0.05
STRIDE = 10_000  # between the seeds of learners, so that no two of them share a stream of layouts

Make = Callable[[str, int], tuple[BaseAlgorithm, list[BaseCallback]]]


@dataclass(frozen=True)
class Agent:
    """An agent of SB3 in a maze: its name in reports, how many steps, its settings as JSON, and how to make it.

    make: the agent and its callbacks, from the maze and a seed; a function that can be pickled.
    """

    name: str
    maze: str
    steps: int
    settings: dict[str, Any]
    make: Make

    def configuration(self, seed: int) -> dict[str, Any]:
        """What a store tells learners apart by."""
        library = f"stable-baselines3 {stable_baselines3.__version__}"
        settings = {"maze": environment_settings(self.maze), "library": library, **self.settings}
        return {
            "maze": self.maze,
            "agent": self.name,
            "steps": self.steps,
            "seed": seed,
            "device": "cpu",
            "settings": settings,
        }


def train_missing(store: Store, name: str, agents: Sequence[Agent], learners: int, seed: int) -> list[Block]:
    """Train the learners that `store` lacks, one per core, and keep each when it is trained; a block per agent.

    BadInput where the store has learners of these agents with other settings.
    """
    configurations = {(agent.maze, agent.name): agent.configuration(seed) for agent in agents}
    store.check(list(configurations.values()))
    blocks = [{key: each[key] for key in ("maze", "agent", "settings")} for each in configurations.values()]
    shared = {"learners": learners, "steps": max(agent.steps for agent in agents), "seed": seed, "device": "cpu"}
    store.begin({"name": name, "mazes": {**shared, "blocks": blocks}})
    missing = []
    for agent in agents:
        present = store.learners(configurations[agent.maze, agent.name])
        missing += [delayed(train)(agent, learner, seed) for learner in range(learners) if learner not in present]
    for block in Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1)(missing):
        store.save(configurations[block.maze, block.agent], block)
        (result,) = block.results
        print(f"{block.maze} {block.agent} {result.learner}: {result.train_return:.3f}, {block.seconds:.0f} s")
    return [store.load(configuration) for configuration in configurations.values()]


def train(agent: Agent, learner: int, seed: int) -> Block:
    """One learner, whose seed derives from `seed` and its own name."""
    own = STRIDE * (learner + 1) + seed
    started = time.perf_counter()
    with single_threaded_torch():
        model, callbacks = agent.make(agent.maze, own)
        curve = Curve(agent.maze, own + STRIDE // 2, agent.steps)
        model.learn(agent.steps, callback=[curve, *callbacks])
        training = time.perf_counter() - started - curve.seconds
        reached, success = evaluated(model, agent.maze, curve.seed)
    result = LearnerResult(
        learner=learner,
        train_return=reached,
        train_success=success,
        held_out_return=None,
        held_out_success=None,
        first_reward_step=curve.first_reward,
        curve=curve.points,
        first_success_step=curve.first_reward,
    )
    seconds = time.perf_counter() - started
    return Block(agent.maze, agent.name, agent.steps, seconds, agent.steps / training, [result])


class Curve(BaseCallback):
    """Evaluates the model a number of times during the run, and notes when it got its first reward.

    seconds: what the evaluations took.
    """

    def __init__(self, maze: str, seed: int, steps: int) -> None:
        super().__init__()
        self.maze, self.seed, self.every = maze, seed, max(1, steps // EVALUATIONS)
        self.points: list[tuple[int, float]] = []
        self.first_reward: int | None = None
        self.seconds = 0.0

    def _on_step(self) -> bool:
        if self.first_reward is None and any(info.get("is_success") for info in self.locals["infos"]):
            self.first_reward = self.num_timesteps
        if len(self.points) < min(EVALUATIONS, self.num_timesteps // self.every):
            before = time.perf_counter()
            self.points.append((self.num_timesteps, evaluated(self.model, self.maze, self.seed)[0]))
            self.seconds += time.perf_counter() - before
        return True


def evaluated(model: BaseAlgorithm, maze: str, seed: int) -> tuple[float, float]:
    """Mean return and success of the episodes; the model's own random streams go on as if there had been none."""
    venv = MazeVecEnv(maze, EPISODES, seed=seed)
    rng = np.random.default_rng(seed)
    returns, success, over = np.zeros(EPISODES), np.zeros(EPISODES), np.zeros(EPISODES, dtype=np.bool_)
    observation = venv.reset()
    while not over.all():
        if isinstance(model, DQN):
            actions = np.asarray(model.policy.predict(observation, deterministic=True)[0])
            random = rng.random(EPISODES) < EPSILON
            actions = np.where(random, rng.integers(venv.action_space.n, size=EPISODES), actions)
        else:
            tensor = model.policy.obs_to_tensor(observation)[0]
            shares = model.policy.get_distribution(tensor).distribution.probs.detach().numpy()
            below = shares.cumsum(1) < rng.random((EPISODES, 1))
            actions = np.minimum(below.sum(1), shares.shape[1] - 1)
        observation, reward, done, infos = venv.step(actions)
        returns += np.where(over, 0.0, reward)
        for slot in np.flatnonzero(done & ~over):
            success[slot] = infos[slot]["is_success"]
        over |= done
    venv.close()
    return float(returns.mean()), float(success.mean())
