"""A vector environment as the learners see it: `(learners, envs, …)` tensors, true successors, no resets."""

import copy
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch
from gymnasium.vector import AutoresetMode, VectorEnv

from agents.mazes.vector import Mazes
from agents.training.observations import symbolic_rows, symbolic_space
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.errors import BadInput


class LearnerVectorEnv:
    """`envs` slots for each of `learners` learners; slot i of the vector environment is learner i // envs.

    The vector environment must reset within the step that ends an episode (`AutoresetMode.SAME_STEP`), so that every
    step is a transition. BadInput otherwise, and for actions that are not discrete.
    """

    def __init__(self, vector: VectorEnv[Any, Any, Any], learners: int, device: torch.device | str = "cpu") -> None:
        if vector.metadata.get("autoreset_mode") != AutoresetMode.SAME_STEP:
            raise BadInput("the agents need an environment that resets within the step: AutoresetMode.SAME_STEP.")
        if not isinstance(vector.single_action_space, gym.spaces.Discrete):
            raise BadInput(f"the DQN needs discrete actions, not {vector.single_action_space}.")
        self.vector = vector
        self.learners = learners
        self.envs = vector.num_envs // learners
        self.device = torch.device(device)
        self.actions = int(vector.single_action_space.n)
        self.space = symbolic_space(vector.single_observation_space)
        # The compiled mazes keep to their space; whatever else runs is checked.
        self._encoder = Encoder(self.space, trusted=isinstance(vector, Mazes) and vector.compiled)
        observation, info = vector.reset()
        self.rows = self._rows(observation)
        self._state_key = self._per_slot(info["state_key"]) if "state_key" in info else None
        self.success = torch.zeros(learners, self.envs, dtype=torch.bool)

    def step(self, actions: torch.Tensor) -> Transitions:
        """Act in every slot, `actions` `(learners, envs)`; afterwards `rows` is what each slot sees now.

        `success` says where this step reached the true goal.
        """
        observation, reward, terminated, truncated, info = self.vector.step(actions.cpu().numpy().reshape(-1))
        rows = self._rows(observation)
        successor = rows
        ended = self._per_slot(terminated | truncated)
        state_key = self._per_slot(info["state_key"]) if "state_key" in info else None
        next_state_key = state_key
        if "final_obs" in info:
            # The observation of an ended slot is already the next episode's; its true successor is the final one.
            successor = torch.where(ended.unsqueeze(-1), self._rows(_batched(info["final_obs"], observation)), rows)
            if state_key is not None:
                next_state_key = torch.where(ended, self._per_slot(info["final_state_key"]), state_key)
        transitions = Transitions(
            observation=self.rows,
            action=actions,
            reward=self._per_slot(reward).float(),
            next_observation=successor,
            terminated=self._per_slot(terminated),
            truncated=self._per_slot(truncated),
            state_key=self._state_key,
            next_state_key=next_state_key,
        )
        self.success = self._per_slot(info.get("success", terminated & (reward > 0)))
        self.rows, self._state_key = rows, state_key
        return transitions

    def close(self) -> None:
        """Close the vector environment."""
        self.vector.close()

    def _rows(self, observation: Any) -> torch.Tensor:
        return self._per_slot(self._encoder.encode(symbolic_rows(self.vector.single_observation_space, observation)))

    def _per_slot(self, values: npt.NDArray[Any]) -> torch.Tensor:
        array = np.ascontiguousarray(values)
        return torch.from_numpy(array.reshape(self.learners, self.envs, *array.shape[1:])).to(self.device)


def _batched(final: Any, observation: Any) -> Any:
    """Final observations as one batch: Gymnasium's own vector environments give one object per slot, None if live."""
    if not (isinstance(final, np.ndarray) and final.dtype == object):
        return final
    ended = [slot for slot, value in enumerate(final) if value is not None]
    batch = copy.deepcopy(observation)
    for slot in ended:
        if isinstance(batch, dict):
            for name, part in batch.items():
                part[slot] = final[slot][name]
        else:
            batch[slot] = final[slot]
    return batch
