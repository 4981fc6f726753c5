"""Trained learners without their training: the exploiting policy as plain tensors, saved and loaded.

The exploiting policy of a DQN needs its target network alone (`DQN.greedy_values`). That network's state, and the
widths that it was built with, are all that is needed to play; replay, optimiser and bonus are not saved.
"""

from typing import Any

import gymnasium as gym
import torch

from agents.dqn.agent import QAgent
from agents.dqn.agent_spec import parse_agent
from agents.dqn.networks.plain import Network, build
from explore.encoding.observations import Encoder
from explore.errors import BadInput

Weights = dict[str, Any]


def weights_of(agent: QAgent) -> Weights:
    """What `Trained` needs of an agent, on the CPU and apart from it: numbers, lists and tensors alone."""
    state = {name: tensor.detach().cpu().clone() for name, tensor in agent.target.state_dict().items()}
    return {
        "hidden": list(agent.settings.hidden),
        "layer_norm": agent.network.layer_norm,
        "dueling": agent.network.dueling,
        "intrinsic": bool(agent.network.intrinsic),
        "envs": agent.settings.envs,
        "learners": list(agent.learners),
        "state": state,
    }


class Trained:
    """The exploiting policy of the learners in `weights`, for mazes with this (symbolic) observation space.

    BadInput where the weights do not fit the agent or the maze.
    """

    def __init__(
        self,
        agent: str,
        space: gym.Space[Any],
        actions: int,
        weights: Weights,
        device: torch.device | str = "cpu",
    ) -> None:
        self.agent, self.space, self.actions, self.weights = agent, space, actions, weights
        self.learners: list[int] = list(weights["learners"])
        self.device = torch.device(device)
        spec = parse_agent(agent)
        network = build(
            spec.network,
            Encoder(space),
            actions,
            hidden=tuple(weights["hidden"]),
            layer_norm=weights.get("layer_norm", True),
            dueling=weights.get("dueling", False),
            intrinsic=weights.get("intrinsic", spec.bonus is not None),
            seed=0,
            learners=self.learners,
            envs=weights["envs"],
        )
        try:
            network.load_state_dict(weights["state"])
        except RuntimeError:
            raise BadInput(f"the kept weights of '{agent}' do not fit it here: train it again.") from None
        self.network: Network = network.requires_grad_(False).to(self.device)

    @torch.no_grad()
    def greedy_values(self, rows: torch.Tensor) -> torch.Tensor:
        """The values that the exploiting policy is greedy in, `(learners, batch, actions)`, for rows `(…, width)`."""
        return self.network.greedy_values(rows)

    def only(self, learner: int) -> "Trained":
        """The policy of one learner; BadInput where it is not among `learners`."""
        if learner not in self.learners:
            raise BadInput(f"there is no learner {learner}: there are {', '.join(map(str, self.learners))}.")
        place = self.learners.index(learner)
        # Every tensor begins with the learners.
        state = {name: tensor[place : place + 1] for name, tensor in self.weights["state"].items()}
        weights = {**self.weights, "learners": [learner], "state": state}
        return Trained(self.agent, self.space, self.actions, weights, self.device)
