"""The two functions, choose and learn, by which a bonus or a strategy plays all runs of a bandit at once.

Every run is a learner with one environment.
"""

from typing import Any

import gymnasium as gym
import numpy as np
import torch

from bandits.simulator.adapter.stepwise import Arms, Choose, Learn
from bandits.simulator.kernel import POLICY, Floats, Words
from bandits.simulator.randomness import best, key
from explore.core.bonus import Bonus
from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.numerics.compiled import compiled
from explore.numerics.streams import Streams


def spaces(arms: int) -> tuple[Any, Any]:
    """The spaces of a bonus: the observation is the arm pulled last, or that none was yet; the actions are the arms."""
    return gym.spaces.Discrete(arms + 1), gym.spaces.Discrete(arms)


def bonus_player(bonus: Bonus, arms: int, runs: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions of a `Bonus` over `spaces(arms)`, with a learner per run and one environment each."""
    rows = torch.from_numpy(bonus.encoder.encode(np.arange(arms + 1)))
    ties = tie_streams(seed, runs)
    every = torch.arange(arms).expand(runs, arms)

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

    every_arm = transitions(every, torch.zeros(runs, arms))

    def choose(values: Floats, t: int) -> Arms:
        indices = values + bonus.score(every_arm).double().numpy()
        chosen = np.empty(runs, np.int64)
        _best_of_each(np.ascontiguousarray(indices), ties, chosen)
        return chosen

    def learn(chosen: Arms, reward: Floats) -> None:
        step = transitions(torch.from_numpy(chosen)[:, None], torch.from_numpy(reward).float()[:, None])
        bonus.observe(step)
        bonus.learn(step)

    return choose, learn


def strategy_player(strategy: Strategy, runs: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions of a `Strategy` with a learner per run and one environment each."""
    streams = Streams(seed, "bandit", range(runs))
    row = torch.zeros(runs, 1, 1)
    yes = torch.ones(runs, 1, dtype=torch.bool)

    def choose(values: Floats, t: int) -> Arms:
        chosen = strategy.choose(torch.from_numpy(values).float()[:, None], t - 1, streams)
        arms: Arms = chosen[:, 0].numpy().astype(np.int64)
        return arms

    def learn(chosen: Arms, reward: Floats) -> None:
        arm, rewards = torch.from_numpy(chosen)[:, None], torch.from_numpy(reward).float()[:, None]
        # Every slot stays in the one state; an action that a strategy repeats for several steps is not interrupted.
        strategy.observe(Transitions(row, arm, rewards, row, ~yes, ~yes))

    return choose, learn


def tie_streams(seed: int, runs: int) -> Words:
    """The stream of each run for breaking ties, that of a compiled policy."""
    streams = np.empty((runs, 1), np.uint64)
    for run in range(runs):
        streams[run, 0] = key(np.uint64(seed), np.uint64(run), POLICY)
    return streams


@compiled
def _best_of_each(indices: Floats, ties: Words, chosen: Arms) -> None:
    """The arm of the largest index in each run."""
    for run in range(len(indices)):
        chosen[run] = best(indices[run], ties[run])
