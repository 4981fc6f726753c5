"""Stable-Baselines3's DQN and PPO in sparse mazes, with and without a bonus: who gets out, by learner.

    python -m benchmarks integrations                     print what is recorded
    python -m benchmarks integrations --run               train the learners that are missing, recording each
    python -m benchmarks integrations --run MAZE STEPS LEARNERS FILE     the same in one maze, into a file of one's own

A learner is a seed. Each is recorded as soon as it is trained, so that a run goes on where it was stopped; recorded
learners of other settings are refused. DQN has the settings of `agents.DQN` as far as SB3 has them (n-step returns,
updates, layers, soft target; no double Q-learning, LayerNorm or second value function). Evaluated are 32 episodes on
layouts of their own stream, DQN with ε = 0.05, PPO as it samples.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.buffers import NStepReplayBuffer
from stable_baselines3.common.callbacks import BaseCallback

from agents.mazes.stable_baselines3 import MazeVecEnv
from benchmarks import made_with, replace
from escapade.statistics.aggregates import interquartile_mean
from escapade.statistics.intervals import iqm_interval
from explore.integrations.stable_baselines3 import BonusCallback, BonusNStepReplayBuffer, BonusVecEnv
from explore.numerics.threads import single_threaded_torch

FILE = Path(__file__).parent / "integrations.json"
STEPS = {"MiniGrid-DoorKey-6x6-v0": 100_000, "MiniGrid-DoorKey-8x8-v0": 300_000}
AGENTS, BONUSES, LEARNERS = ("dqn", "ppo"), (None, "count", "rnd"), 10
EPISODES, EVALUATIONS, EPSILON = 32, 10, 0.05
STRIDE = 10_000  # between the seeds of learners, so that no two of them share a stream of layouts
GAMMA, N_STEP, LAYERS = 0.99, 3, [128, 128]
DQN_SETTINGS: dict[str, Any] = {
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
PPO_SETTINGS: dict[str, Any] = {"n_steps": 128, "batch_size": 256, "n_epochs": 4, "ent_coef": 0.01}
ENVS = {"dqn": 8, "ppo": 16}
Learner = dict[str, Any]


def main(*arguments: str) -> None:
    """Print what is recorded; with `--run` train what is missing before."""
    words = [word for word in arguments if word != "--run"]
    if words and (len(words) != 4 or "--run" not in arguments):
        sys.exit("benchmarks: integrations takes --run, or --run MAZE STEPS LEARNERS FILE.")
    steps = {words[0]: int(words[1])} if words else STEPS
    file = Path(words[3]) if words else FILE
    if "--run" in arguments:
        run(steps, int(words[2]) if words else LEARNERS, file)
    print(table(recorded(file)))


def run(steps: dict[str, int], learners: int, file: Path) -> None:
    """Train the learners that `file` lacks, each maze for its `steps`, and record each when it is trained."""
    settings = {"dqn": DQN_SETTINGS, "ppo": PPO_SETTINGS, "gamma": GAMMA, "n_step": N_STEP, "layers": LAYERS}
    trained = recorded(file)
    if file.exists() and json.loads(file.read_text("utf-8"))["settings"] != settings:
        sys.exit(f"benchmarks: {file} has learners of other settings: remove it, or give another file.")
    present = {(row["maze"], row["steps"], row["agent"], row["bonus"], row["learner"]) for row in trained}
    for maze, count in steps.items():
        for learner in range(learners):
            for agent in AGENTS:
                for bonus in BONUSES:
                    if (maze, count, agent, bonus, learner) in present:
                        continue
                    trained.append(train(maze, count, agent, bonus, learner))
                    made = made_with("torch", "stable_baselines3", "numpy", "minigrid")
                    rows = ",\n".join(json.dumps(row) for row in trained)
                    head = f'"made": {json.dumps(made)},\n"settings": {json.dumps(settings)}'
                    replace(file, f'{{{head},\n"learners": [\n{rows}\n]}}\n')
                    last = trained[-1]
                    print(f"{maze} {agent} {bonus or 'none'} {learner}: {last['return']:.3f}, {last['seconds']:.0f} s")


def train(maze: str, steps: int, agent: str, bonus: str | None, learner: int) -> Learner:
    """Train one learner and evaluate it along the way."""
    seed, started = STRIDE * (learner + 1), time.perf_counter()
    with single_threaded_torch():
        model = make(maze, agent, bonus, seed)
        curve = Curve(maze, seed + STRIDE // 2, steps)
        model.learn(steps, callback=[curve, *([BonusCallback()] if bonus else [])])
    reached, success = evaluated(model, maze, curve.seed)
    return {
        "maze": maze,
        "steps": steps,
        "agent": agent,
        "bonus": bonus,
        "learner": learner,
        "return": reached,
        "success": success,
        "first_reward": curve.first_reward,
        "curve": curve.points,
        "seconds": round(time.perf_counter() - started, 1),
    }


def make(maze: str, agent: str, bonus: str | None, seed: int) -> BaseAlgorithm:
    """An agent of SB3 in the maze; `bonus` as a spec string, or None."""
    shared: dict[str, Any] = {"gamma": GAMMA, "policy_kwargs": {"net_arch": LAYERS}, "seed": seed, "device": "cpu"}
    venv = MazeVecEnv(maze, ENVS[agent], seed=seed)
    if agent == "ppo":
        return PPO("MlpPolicy", BonusVecEnv(venv, bonus, seed=seed) if bonus else venv, **PPO_SETTINGS, **shared)
    kwargs: dict[str, Any] = {"n_steps": N_STEP, "gamma": GAMMA}
    if bonus:
        kwargs |= {"bonus": bonus, "seed": seed}
    buffer = BonusNStepReplayBuffer if bonus else NStepReplayBuffer
    return DQN("MlpPolicy", venv, replay_buffer_class=buffer, replay_buffer_kwargs=kwargs, **DQN_SETTINGS, **shared)


class Curve(BaseCallback):
    """Evaluates the model a number of times during the run, and notes when it got its first reward."""

    def __init__(self, maze: str, seed: int, steps: int) -> None:
        super().__init__()
        self.maze, self.seed, self.every = maze, seed, max(1, steps // EVALUATIONS)
        self.points: list[list[float]] = []
        self.first_reward: int | None = None

    def _on_step(self) -> bool:
        if self.first_reward is None and any(info.get("is_success") for info in self.locals["infos"]):
            self.first_reward = self.num_timesteps
        if len(self.points) < min(EVALUATIONS, self.num_timesteps // self.every):
            self.points.append([self.num_timesteps, evaluated(self.model, self.maze, self.seed)[0]])
        return True


def evaluated(model: BaseAlgorithm, maze: str, seed: int) -> tuple[float, float]:
    """Mean return and success of 32 episodes; the model's own random streams go on as if there had been none."""
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


def recorded(file: Path) -> list[Learner]:
    """The learners in `file`; none where there is no such file."""
    learners: list[Learner] = json.loads(file.read_text("utf-8"))["learners"] if file.exists() else []
    return learners


def table(learners: list[Learner]) -> str:
    """A row for each maze, agent and bonus: interquartile mean of the returns with its 95 % interval."""
    if not learners:
        return "nothing is recorded: python -m benchmarks integrations --run"
    lines = [
        "| maze (steps) | agent | bonus | learners | return | out | median first success | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    groups: dict[tuple[str, int, str, str], list[Learner]] = {}
    for row in learners:
        groups.setdefault((row["maze"], row["steps"], row["agent"], row["bonus"] or "none"), []).append(row)
    for (maze, steps, agent, bonus), rows in groups.items():
        returns = np.array([row["return"] for row in rows])
        interval = iqm_interval([returns])
        limits = "" if interval is None else f" [{interval[0]:.2f}, {interval[1]:.2f}]"
        out = sum(row["success"] >= 0.5 for row in rows)
        first = np.median([np.inf if row["first_reward"] is None else row["first_reward"] for row in rows])
        shown = f"{first:,.0f}" if np.isfinite(first) else "–"
        seconds = np.mean([row["seconds"] for row in rows])
        middle = float(interquartile_mean(returns))
        lines.append(
            f"| {maze} ({steps:,}) | {agent} | {bonus} | {len(rows)} | {middle:.2f}{limits} | {out} | {shown} "
            f"| {seconds:.0f} |"
        )
    return "\n".join(lines)
