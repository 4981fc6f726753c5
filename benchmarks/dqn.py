"""What a DQN costs: by its bonus, by its first layer, and by how many learners advance together.

One thread; seconds are its CPU time, so that other programs do not count. `plain product` is the same agent whose first
layers multiply one-hot features (`explore.networks.one_hot.OneHotProduct`, as on a GPU) instead of summing the rows
that differ; both take turns in the same process, and the best turn of each counts.
"""

import time
from unittest.mock import patch

import torch

from agents.dqn.agent_spec import parse_agent
from agents.dqn.dqn import DQN
from agents.dqn.settings import DQNSettings
from agents.mazes import make
from agents.training.evaluation import slot_seeds
from agents.training.learner_env import LearnerVectorEnv
from agents.training.training import train
from explore.encoding.observations import Encoder
from explore.networks.one_hot import OneHotProduct

MAZE, STEPS, WARM_UP = "MiniGrid-DoorKey-5x5-v0", 4000, 2000
AGENTS, TOGETHER = ("epsilon-greedy", "count", "rnd", "icm"), 10
TURNS, TURN = 5, 20  # turns of each side, and the vector steps of one


def main() -> None:
    """Print steps per second of all learners together."""
    torch.set_num_threads(1)
    print(f"{MAZE}, {TOGETHER} learners by their bonus, one thread")
    print(f"{'':16s} {'steps/s':>8s} {'its time / ε-greedy':>20s} {'plain product':>14s} {'ours / plain':>13s}")
    usual = None
    for agent in AGENTS:
        ours, plain = rates(agent)
        usual = usual or ours
        print(f"{agent:16s} {ours:8,.0f} {usual / ours:18.2f} × {plain:14,.0f} {ours / plain:11.2f} ×", flush=True)
    train(MAZE, AGENTS[0], learners=[0], steps=WARM_UP, seed=0)
    print(f"{AGENTS[0]} by the number of learners, evaluation included")
    alone = None
    for count in (1, 2, 5, 10, 20):
        started = time.process_time()
        train(MAZE, AGENTS[0], learners=range(count), steps=STEPS, seed=0)
        seconds = time.process_time() - started
        alone = alone or seconds
        ratio = count * alone / seconds
        print(
            f"{count:3d} learners together: {count * STEPS / seconds:7,.0f} steps/s, {ratio:4.1f} × one after another",
            flush=True,
        )


def rates(agent: str) -> tuple[float, float]:
    """Environment steps per second of all learners together while they learn: ours, and by the plain product."""
    learners, settings = list(range(TOGETHER)), DQNSettings()
    seeds = slot_seeds(0, "layouts", learners, settings.envs)
    env = LearnerVectorEnv(make(MAZE, num_envs=len(seeds), seed=seeds), TOGETHER)
    dqn = DQN(parse_agent(agent), env.space, env.actions, learners=learners, horizon=STEPS, seed=0)

    def advance(vector_steps: int) -> float:
        started = time.process_time()
        for _ in range(vector_steps):
            dqn.observe(env.step(dqn.act(env.rows)))
            dqn.learn()
        return vector_steps * len(seeds) / (time.process_time() - started)

    advance(settings.warmup // settings.envs + TURN)
    ours, plain = [], []
    for _ in range(TURNS):
        ours.append(advance(TURN))
        with patch("explore.networks.stacked.embedded", product):
            plain.append(advance(TURN))
    return max(ours), max(plain)


def product(encoder: Encoder, rows: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """The first layer as a product of one-hot features with the weights."""
    summed: torch.Tensor = OneHotProduct.apply(encoder.places(rows), weight)  # type: ignore[no-untyped-call]
    return summed + bias
