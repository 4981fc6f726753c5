"""The learner axis: what one stacked DQN of several learners costs beside the same learners one after another."""

import time

import torch

from agents.training import train

MAZE, STEPS, WARM_UP = "MiniGrid-DoorKey-5x5-v0", 4000, 2000


def main() -> None:
    """Print environment steps per second of all learners together, by the number of learners, one thread."""
    torch.set_num_threads(1)
    train(MAZE, "epsilon-greedy", learners=[0], steps=WARM_UP, seed=0)
    print(f"{MAZE}, {STEPS} steps per learner, one thread, evaluation included")
    alone = None
    for count in (1, 2, 5, 10, 20):
        started = time.perf_counter()
        train(MAZE, "epsilon-greedy", learners=range(count), steps=STEPS, seed=0)
        seconds = time.perf_counter() - started
        alone = alone or seconds
        ratio = count * alone / seconds
        print(
            f"{count:3d} learners together: {count * STEPS / seconds:7,.0f} steps/s, {ratio:4.1f} × one after another"
        )
