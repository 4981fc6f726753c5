"""What a DQN costs: by its bonus, by its first layer, and by how many learners advance together.

All on one thread. Steps per second leave the evaluations out. `plain product` is the same agent whose first layers
multiply one-hot features (`explore.embedding.OneHotProduct`, as on a GPU) instead of summing the rows that differ; both
sides take turns in the same process, and the better of two runs counts.
"""

import time
from unittest.mock import patch

import torch

from agents.training import train
from explore.embedding import OneHotProduct
from explore.spaces import Encoder

MAZE, STEPS, WARM_UP = "MiniGrid-DoorKey-5x5-v0", 4000, 2000
AGENTS, TOGETHER = ("epsilon-greedy", "count", "rnd", "icm"), 10


def main() -> None:
    """Print steps per second of all learners together."""
    torch.set_num_threads(1)
    for agent in AGENTS:
        train(MAZE, agent, learners=[0], steps=WARM_UP, seed=0)
    print(f"{MAZE}, {STEPS} steps per learner, one thread; {TOGETHER} learners by their bonus")
    usual = None
    for agent in AGENTS:
        ours, plain = [], []
        for _ in range(2):
            ours.append(rate(agent))
            with patch("explore.stacked.embedded", product):
                plain.append(rate(agent))
        usual = usual or max(ours)
        print(
            f"{agent:16s} {max(ours):7,.0f} steps/s, {usual / max(ours):4.2f} × the time of {AGENTS[0]}; "
            f"plain product {max(plain):7,.0f} steps/s, {max(ours) / max(plain):4.2f} ×",
            flush=True,
        )
    print(f"{AGENTS[0]} by the number of learners, evaluation included")
    alone = None
    for count in (1, 2, 5, 10, 20):
        started = time.perf_counter()
        train(MAZE, AGENTS[0], learners=range(count), steps=STEPS, seed=0)
        seconds = time.perf_counter() - started
        alone = alone or seconds
        ratio = count * alone / seconds
        print(
            f"{count:3d} learners together: {count * STEPS / seconds:7,.0f} steps/s, {ratio:4.1f} × one after another",
            flush=True,
        )


def rate(agent: str) -> float:
    """Environment steps per second of all learners together."""
    return train(MAZE, agent, learners=range(TOGETHER), steps=STEPS, seed=0).steps_per_second


def product(encoder: Encoder, rows: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """The first layer as a product of one-hot features with the weights."""
    summed: torch.Tensor = OneHotProduct.apply(encoder.places(rows), weight)  # type: ignore[no-untyped-call]
    return summed + bias
