"""A vector environment for the learners: `(learners, envs, …)` tensors, true successors, no resets.

What it returns is checked (`explore.encoding`): the message of BadInput names what it returned and what is valid. With
`on_invalid="skip"` a slot whose observation is not finite acts on the last finite one, and the steps to and from it are
marked as not valid in `Transitions.valid`.
"""

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
from explore.encoding.steps import (
    Array,
    Flags,
    OnInvalid,
    checked_ends,
    checked_on_invalid,
    checked_rewards,
    final_info,
    final_state_keys,
    state_keys,
    with_final_observations,
)
from explore.errors import BadInput


class LearnerVectorEnv:
    """`envs` slots for each of `learners` learners; slot i of the vector environment is learner i // envs.

    The vector environment must reset within the step that ends an episode (`AutoresetMode.SAME_STEP`), so that every
    step is a transition. seeds: one per slot for the first reset, None where the environment has its own.
    on_invalid: whether observations that are not finite are refused, or their steps skipped. BadInput for another
    reset mode, actions that are not discrete, and slots that cannot be divided among the learners.
    """

    rows: torch.Tensor  # (learners, envs, width) what each slot sees now, or saw last that was finite
    success: torch.Tensor  # (learners, envs) where the last step reached the true goal
    names_success: bool  # whether it is known so far: of mazes it is, of others once `info` has said so
    _state_key: torch.Tensor | None

    def __init__(
        self,
        vector: VectorEnv[Any, Any, Any],
        learners: int,
        device: torch.device | str = "cpu",
        *,
        seeds: Sequence[int] | None = None,
        on_invalid: OnInvalid = "refuse",
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
        self._checking_encoder = Encoder(self.space)  # of observations that do not come from the environment
        self._skip = checked_on_invalid(on_invalid) == "skip"
        self._begin(None if seeds is None else list(seeds))
        self.success = torch.zeros(learners, self.envs, dtype=torch.bool)
        self.names_success = isinstance(vector, Mazes)

    def step(self, actions: torch.Tensor) -> Transitions:
        """Act in every slot, `actions` `(learners, envs)`; afterwards `rows` is what each slot sees now.

        `success` follows `info["success"]`; without one it is where an episode of a maze terminated with a reward above
        zero, and nowhere in other environments: a pole that falls is rewarded too.
        """
        slots = self.vector.num_envs
        observation, reward, terminated, truncated, info = self.vector.step(
            actions.cpu().numpy().reshape(-1) + self.first_action
        )
        reward = checked_rewards(reward, slots)
        terminated = checked_ends("terminated", terminated, slots)
        truncated = checked_ends("truncated", truncated, slots)
        ended = terminated | truncated
        rows, finite = self._encode(observation, slots)
        state_key = None if self._state_key is None else state_keys(info, slots)
        successor, arrived, next_state_key = rows, finite, state_key
        if ended.any():
            # The observation of an ended slot is already the next episode's; its true successor is the final one.
            if "final_obs" not in info:
                raise BadInput("an episode ended, and info['final_obs'] does not have the observation it ended in.")
            successor, arrived = with_final_observations(rows, finite, info["final_obs"], ended, self._encode)
            if state_key is not None:
                final_key = final_state_keys(info, slots)
                next_state_key = None if final_key is None else np.where(ended, final_key, state_key)
        if self._state_key is not None and next_state_key is None:
            raise BadInput("the environment named its exact states at the reset: it must in every step and at the end.")
        valid = self._per_slot(self._finite & arrived) if self._skip else None
        transitions = Transitions(
            observation=self.rows,
            action=actions,
            reward=self._per_slot(reward).float(),
            next_observation=self._per_slot(successor),
            terminated=self._per_slot(terminated),
            truncated=self._per_slot(truncated),
            state_key=self._state_key,
            next_state_key=None if next_state_key is None else self._per_slot(next_state_key),
            valid=valid,
        )
        self.names_success |= "success" in info or "success" in final_info(info)
        goal = terminated & (reward > 0) & isinstance(self.vector, Mazes)
        self.success = self._per_slot(_successes(info, goal, ended))
        self._see(rows, finite)
        self._state_key = None if state_key is None else self._per_slot(state_key)
        return transitions

    def encode(self, observation: Any) -> torch.Tensor:
        """Rows `(learners, batch, width)` of a batch of observations; BadInput where it cannot be divided evenly."""
        rows = self._checking_encoder.encode(symbolic_rows(self.vector.single_observation_space, observation))
        if len(rows) % self.learners:
            raise BadInput(f"{len(rows)} observations cannot be divided evenly among {self.learners} learners.")
        return torch.from_numpy(rows.reshape(self.learners, -1, rows.shape[1])).to(self.device)

    def state_dict(self) -> dict[str, Any] | None:
        """The state of every slot, of compiled mazes; None for environments that cannot tell theirs."""
        if not isinstance(self.vector, CompiledMazes):
            return None
        state = self.vector.state()
        return {
            "worlds": [torch.from_numpy(_signed(part)) for part in state.worlds],
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
        types = [part.dtype for part in self.vector.state().worlds]
        worlds = Worlds(*(part.cpu().numpy().astype(dtype) for part, dtype in zip(state["worlds"], types, strict=True)))
        self.vector.set_state(State(worlds, arrays["layout"]))
        self.vector.slot_seeds, self.vector.episodes = arrays["slot_seeds"], arrays["episodes"]
        self.vector.visits = arrays["visits"]
        key = state["state_key"]
        self.rows, self._state_key = state["rows"].to(self.device), None if key is None else key.to(self.device)
        return True

    def close(self) -> None:
        """Close the vector environment."""
        self.vector.close()

    def _begin(self, seeds: list[int] | None) -> None:
        """Begin an episode in every slot."""
        # Vector environments take one seed per slot too, which VectorEnv's own annotation leaves out.
        observation, info = self.vector.reset(seed=seeds)  # type: ignore[arg-type]
        rows, self._finite = self._encode(observation, self.vector.num_envs)
        self.rows = self._per_slot(rows)
        key = state_keys(info, self.vector.num_envs)
        self._state_key = None if key is None else self._per_slot(key)

    def _see(self, rows: Array, finite: Flags) -> None:
        """Take what each slot sees now; where that is not finite, what it saw last stays."""
        seen = self._per_slot(rows)
        self.rows = seen if finite.all() else torch.where(self._per_slot(finite).unsqueeze(-1), seen, self.rows)
        self._finite = finite

    def _encode(self, observation: Any, count: int) -> tuple[Array, Flags]:
        """The rows of `count` observations, `(count, width)`, and which are finite, `(count,)`."""
        symbolic = symbolic_rows(self.vector.single_observation_space, observation)
        if self._skip:
            rows, finite = self._encoder.encode_finite(symbolic)
        else:
            rows, finite = self._encoder.encode(symbolic), None
        if len(rows) != count:
            raise BadInput(f"{len(rows)} observations came, where there are {count} slots.")
        if not self._encoder.trusted:
            rows = rows.copy()  # the environment may write its next observation into the same memory
        return rows, np.ones(count, dtype=np.bool_) if finite is None else finite

    def _per_slot(self, values: npt.NDArray[Any]) -> torch.Tensor:
        array = np.ascontiguousarray(values)
        return torch.from_numpy(array.reshape(self.learners, self.envs, *array.shape[1:])).to(self.device)


def _signed(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same bits in a type that every version of PyTorch can save: the older ones lack uint16 and uint64."""
    signed = {np.dtype(np.uint16): np.int32, np.dtype(np.uint64): np.int64}
    return part.astype(signed.get(part.dtype, part.dtype), copy=False)


def _successes(info: dict[str, Any], otherwise: Flags, ended: Flags) -> Flags:
    """Where the environment says that this step reached its goal, `otherwise` where it does not say; `(slots,)`."""
    live, last = info.get("success"), final_info(info).get("success")
    reached = otherwise if live is None else checked_ends("info['success']", live, len(ended))
    if last is None:
        return reached
    # Gymnasium's own vector environments hand the last info of an episode over as `final_info`.
    return np.where(ended, checked_ends("info['final_info']['success']", last, len(ended)), reached)
