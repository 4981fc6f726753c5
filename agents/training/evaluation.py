"""Evaluation: what the trained agent gets, judged by its exploiting policy.

The policy is the best action of the extrinsic values, with a random one in 5 % of the steps: the views are partial,
and a deterministic policy that turns in circles once does so until the time limit (as in Atari's usual protocol, Mnih
et al. 2015). Each slot plays one episode on a layout of its own stream; nothing is learned.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from agents.mazes import make
from agents.training.learner_env import Stage
from explore.numerics.seeding import stream
from explore.numerics.streams import Streams

EPSILON = 0.05


class Exploits(Protocol):
    """What is evaluated: a DQN, or the trained networks that are left of one."""

    learners: list[int]
    device: torch.device

    def exploit(self, rows: torch.Tensor) -> torch.Tensor:
        """The values that the agent is judged by, `(learners, batch, actions)`, for rows `(learners, batch, width)`."""


@dataclass(frozen=True)
class Score:
    """Mean return and share of episodes that reached the true goal, `(learners,)` each."""

    returns: npt.NDArray[np.float64]
    success: npt.NDArray[np.float64]


def slot_seeds(seed: int, purpose: str, learners: list[int], slots: int) -> list[int]:
    """One seed per slot, from (seed, purpose, learner): the same whoever else is present."""
    return [int(s) for learner in learners for s in stream(seed, purpose, learner).integers(2**31, size=slots)]


@torch.no_grad()
def evaluate(agent: Exploits, maze: str, layouts: str, episodes: int, *, seed: int, purpose: str) -> Score:
    """Play `episodes` episodes per learner on `layouts`; `purpose` names the random streams."""
    seeds = slot_seeds(seed, f"{purpose}/layouts", agent.learners, episodes)
    stage = Stage(make(maze, num_envs=len(seeds), layouts=layouts, seed=seeds), len(agent.learners), agent.device)
    streams = Streams(seed, f"{purpose}/actions", agent.learners, agent.device)
    returns = torch.zeros(len(agent.learners), episodes, dtype=torch.float64, device=agent.device)
    success = torch.zeros_like(returns, dtype=torch.bool)
    playing = torch.ones_like(success)
    while playing.any():
        best = agent.exploit(stage.rows).argmax(-1)
        random = streams.integers(stage.actions, episodes)
        step = stage.step(torch.where(streams.uniform(episodes) < EPSILON, random, best))
        returns += step.reward * playing
        success |= stage.success & playing
        playing &= ~step.ended
    stage.close()
    return Score(returns.mean(1).cpu().numpy(), success.double().mean(1).cpu().numpy())
