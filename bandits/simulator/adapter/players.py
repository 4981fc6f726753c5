"""The two functions, choose and learn (`stepwise`), of a bonus or a strategy that plays all runs of a bandit at once.

Every run is a learner with one environment.
"""

from typing import Any

import gymnasium as gym
import numpy as np
import torch

from bandits.simulator.adapter.stepwise import Arms, Choose, Learn
from bandits.simulator.kernel import POLICY_STREAM, Floats, Words
from bandits.simulator.randomness import best, key
from explore.core.bonus import Bonus
from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.numerics.compiled import compiled
from explore.numerics.streams import Streams


def spaces(arms: int) -> tuple[Any, Any]:
    """The observation and action spaces of a bonus: the arm pulled last, or `arms` before the first pull; the arms."""
    return gym.spaces.Discrete(arms + 1), gym.spaces.Discrete(arms)


def bonus_player(bonus: Bonus, arms: int, runs: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions of a `Bonus` over `spaces(arms)`, with a learner per run and one environment each."""
    rows = torch.from_numpy(bonus.encoder.encode(np.arange(arms + 1)))
    ties = tie_streams(seed, runs)
    each_arm = torch.arange(arms).expand(runs, arms)

    def transitions(arm: torch.Tensor, reward: torch.Tensor) -> Transitions:
        return Transitions(
            observation=rows[torch.full_like(arm, arms)],
            action=arm,
            reward=reward,
            next_observation=rows[arm],
            terminated=torch.ones_like(arm, dtype=torch.bool),
            truncated=torch.zeros_like(arm, dtype=torch.bool),
            state_key=torch.full_like(arm, arms),
            next_state_key=arm,
        )

    pulls_of_each_arm = transitions(each_arm, torch.zeros(runs, arms))

    def choose(values: Floats, t: int) -> Arms:
        indices = values + bonus.score(pulls_of_each_arm).double().numpy()
        pulled = np.empty(runs, np.int64)
        _best_arm_per_run(np.ascontiguousarray(indices), ties, pulled)
        return pulled

    def learn(pulled: Arms, reward: Floats) -> None:
        step = transitions(torch.from_numpy(pulled)[:, None], torch.from_numpy(reward).float()[:, None])
        bonus.observe(step)
        bonus.learn(step)

    return choose, learn


def strategy_player(strategy: Strategy, runs: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions of a `Strategy` with a learner per run and one environment each."""
    streams = Streams(seed, "bandit", range(runs))
    row = torch.zeros(runs, 1, 1)
    false = torch.zeros(runs, 1, dtype=torch.bool)

    def choose(values: Floats, t: int) -> Arms:
        actions = strategy.choose(torch.from_numpy(values).float()[:, None], t - 1, streams)
        pulled: Arms = actions[:, 0].numpy().astype(np.int64)
        return pulled

    def learn(pulled: Arms, reward: Floats) -> None:
        action, rewards = torch.from_numpy(pulled)[:, None], torch.from_numpy(reward).float()[:, None]
        # A single state and no end of episode: an action that a strategy repeats for several steps is not interrupted.
        strategy.observe(Transitions(row, action, rewards, row, false, false))

    return choose, learn


def tie_streams(seed: int, runs: int) -> Words:
    """The random stream of each run for breaking ties, `(runs, 1)`: the one that a compiled policy would have."""
    streams = np.empty((runs, 1), np.uint64)
    for run in range(runs):
        streams[run, 0] = key(np.uint64(seed), np.uint64(run), POLICY_STREAM)
    return streams


@compiled
def _best_arm_per_run(indices: Floats, ties: Words, pulled: Arms) -> None:
    """Write the arm of the largest index of each run into `pulled` `(runs,)`; indices: `(runs, arms)`."""
    for run in range(len(indices)):
        pulled[run] = best(indices[run], ties[run])
