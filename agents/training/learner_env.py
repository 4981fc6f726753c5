"""A vector environment as the learners see it: `(learners, envs, …)` tensors, true successors, no resets."""

import copy
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch
from gymnasium.vector import AutoresetMode, VectorEnv

from agents.mazes.compiled import CompiledMazes, State
from agents.mazes.engine.world import Worlds
from agents.mazes.vector import Mazes
from agents.training.observations import symbolic_rows, symbolic_space
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.errors import BadInput


class LearnerVectorEnv:
    """`envs` slots for each of `learners` learners; slot i of the vector environment is learner i // envs.

    The vector environment must reset within the step that ends an episode (`AutoresetMode.SAME_STEP`), so that every
    step is a transition. seeds: one per slot for the first reset, None where the environment has its own. BadInput
    for another reset mode, actions that are not discrete, and slots that cannot be divided among the learners.
    """

    rows: torch.Tensor  # (learners, envs, width) what each slot sees now
    _state_key: torch.Tensor | None

    def __init__(
        self,
        vector: VectorEnv[Any, Any, Any],
        learners: int,
        device: torch.device | str = "cpu",
        *,
        seeds: Sequence[int] | None = None,
    ) -> None:
        if vector.metadata.get("autoreset_mode") != AutoresetMode.SAME_STEP:
            raise BadInput("the agents need an environment that resets within the step: AutoresetMode.SAME_STEP.")
        if not isinstance(vector.single_action_space, gym.spaces.Discrete):
            raise BadInput(f"the DQN needs discrete actions, not {vector.single_action_space}.")
        if vector.num_envs % learners:
            raise BadInput(f"{vector.num_envs} slots cannot be divided evenly among {learners} learners.")
        self.vector = vector
        self.learners = learners
        self.envs = vector.num_envs // learners
        self.device = torch.device(device)
        self.actions = int(vector.single_action_space.n)
        self.first_action = int(vector.single_action_space.start)
        self.space = symbolic_space(vector.single_observation_space)
        # The compiled mazes keep to their space; whatever else runs is checked.
        self._encoder = Encoder(self.space, trusted=isinstance(vector, Mazes) and vector.compiled)
        self._begin(None if seeds is None else list(seeds))
        self.success = torch.zeros(learners, self.envs, dtype=torch.bool)

    def step(self, actions: torch.Tensor) -> Transitions:
        """Act in every slot, `actions` `(learners, envs)`; afterwards `rows` is what each slot sees now.

        `success` says where this step reached the true goal.
        """
        observation, reward, terminated, truncated, info = self.vector.step(
            actions.cpu().numpy().reshape(-1) + self.first_action
        )
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

    def encode(self, observation: Any) -> torch.Tensor:
        """Rows `(learners, batch, width)` of a batch of observations; BadInput where it cannot be divided evenly."""
        rows = self._encoder.encode(symbolic_rows(self.vector.single_observation_space, observation))
        if len(rows) % self.learners:
            raise BadInput(f"{len(rows)} observations cannot be divided evenly among {self.learners} learners.")
        return torch.from_numpy(rows.reshape(self.learners, -1, rows.shape[1])).to(self.device)

    def state_dict(self) -> dict[str, Any] | None:
        """The state of every slot, of compiled mazes; None for environments that cannot tell theirs."""
        if not isinstance(self.vector, CompiledMazes):
            return None
        state = self.vector.state()
        return {
            "worlds": [torch.from_numpy(part) for part in state.worlds],
            "layout": torch.from_numpy(state.layout),
            "slot_seeds": torch.from_numpy(self.vector.slot_seeds.copy()),
            "episodes": torch.from_numpy(self.vector.episodes.copy()),
            "visits": torch.from_numpy(self.vector.visits.copy()),
            "rows": self.rows,
            "state_key": self._state_key,
        }

    def load_state_dict(self, state: dict[str, Any] | None) -> bool:
        """Go on where `state_dict` was taken; where it cannot, begin a new episode in every slot and return False."""
        if state is None or not isinstance(self.vector, CompiledMazes):
            self._begin(None)
            return False
        arrays = {name: part.cpu().numpy().copy() for name, part in state.items() if isinstance(part, torch.Tensor)}
        worlds = Worlds(*(part.cpu().numpy() for part in state["worlds"]))
        self.vector.set_state(State(worlds, arrays["layout"]))
        self.vector.slot_seeds, self.vector.episodes = arrays["slot_seeds"], arrays["episodes"]
        self.vector.visits = arrays["visits"]
        self.rows, self._state_key = state["rows"].to(self.device), state["state_key"]
        return True

    def close(self) -> None:
        """Close the vector environment."""
        self.vector.close()

    def _begin(self, seeds: list[int] | None) -> None:
        """Begin an episode in every slot."""
        # Vector environments take one seed per slot too, which VectorEnv's own annotation leaves out.
        observation, info = self.vector.reset(seed=seeds)  # type: ignore[arg-type]
        self.rows = self._rows(observation)
        self._state_key = self._per_slot(info["state_key"]) if "state_key" in info else None

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
