"""Evaluation of the exploiting policy of a trained agent.

The policy is the best action of the extrinsic values, with a random one in 5 % of the steps: the views are partial,
and a deterministic policy that turns in circles once does so until the time limit (as in Atari's usual protocol, Mnih
et al. 2015). Each slot plays one episode on a layout of its own stream; nothing is learned.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from agents.mazes.vector import Mazes
from agents.training.environments import make_vector_env
from agents.training.learner_env import LearnerVectorEnv
from explore.encoding.steps import OnInvalid
from explore.numerics.seeding import stream
from explore.numerics.streams import Streams

EPSILON = 0.05


class ValueAgent(Protocol):
    """What is evaluated: a DQN, or the trained networks that are left of one."""

    learners: list[int]
    device: torch.device

    def greedy_values(self, rows: torch.Tensor) -> torch.Tensor:
        """The values that the exploiting policy is greedy in, `(learners, batch, actions)`, for rows `(…, width)`."""


@dataclass(frozen=True)
class Score:
    """Mean return and share of episodes that reached the true goal, `(learners,)` each."""

    returns: npt.NDArray[np.float64]
    success: npt.NDArray[np.float64]


def slot_seeds(seed: int, purpose: str, learners: list[int], slots: int) -> list[int]:
    """One seed per slot, from (seed, purpose, learner): the same whoever else is present."""
    return [int(s) for learner in learners for s in stream(seed, purpose, learner).integers(2**31, size=slots)]


def evaluate(
    agent: ValueAgent,
    env: str,
    layouts: str,
    episodes: int,
    *,
    seed: int,
    purpose: str,
    epsilon: float = EPSILON,
    on_invalid: OnInvalid = "refuse",
) -> Score:
    """Play `episodes` episodes per learner in the environment with this id; `purpose` names the random streams.

    layouts: of a maze, "train" or "held-out". epsilon: share of random actions. on_invalid: whether an observation that
    is not finite is refused, or the agent acts on the last that was ("skip").
    """
    seeds = slot_seeds(seed, f"{purpose}/layouts", agent.learners, episodes)
    vector = make_vector_env(env, seeds, layouts)
    first_seeds = None if isinstance(vector, Mazes) else seeds
    learner_env = LearnerVectorEnv(vector, len(agent.learners), agent.device, seeds=first_seeds, on_invalid=on_invalid)
    score = play_episodes(agent, learner_env, seed, purpose, epsilon)
    learner_env.close()
    return score


@torch.no_grad()
def play_episodes(agent: ValueAgent, env: LearnerVectorEnv, seed: int, purpose: str, epsilon: float) -> Score:
    """Play one episode in every slot, with a share of `epsilon` random actions."""
    streams = Streams(seed, f"{purpose}/actions", agent.learners, agent.device)
    returns = torch.zeros(env.learners, env.envs, dtype=torch.float64, device=agent.device)
    success = torch.zeros_like(returns, dtype=torch.bool)
    playing = torch.ones_like(success)
    while playing.any():
        best = agent.greedy_values(env.rows).argmax(-1)
        random = streams.integers(env.actions, env.envs)
        step = env.step(torch.where(streams.uniform(env.envs) < epsilon, random, best))
        returns += step.reward * playing
        success |= env.success & playing
        playing &= ~step.ended
    return Score(returns.mean(1).cpu().numpy(), success.double().mean(1).cpu().numpy())
