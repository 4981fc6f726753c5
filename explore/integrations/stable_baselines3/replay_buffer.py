"""Replay buffers that add the bonus to the rewards of a batch when it is drawn.

    reward in the target = reward (normalised where `VecNormalize` does) + bonus as scored now

`add` passes each step to the bonus, with the true successor, and stores the episodic factor, which depends on the
current episode. A batch is scored when it is drawn, with the current statistics: a stored bonus would be out of date.
An n-step return has the bonus of each of its steps. Bonuses with networks that learn from drawn batches take an
optimiser step on every batch drawn.

SB3's replay keeps continuous actions scaled to [−1, 1], and so the bonus gets them.
"""

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from explore.core.bonus import Bonus
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.encoding.observations import Encoder
from explore.encoding.steps import batch_of_one
from explore.errors import BadInput
from explore.integrations.run_statistics import RunStatistics
from explore.integrations.stable_baselines3.terminal_observation import ORIGINAL
from explore.optional import missing_class
from explore.wrapped_bonus import single_learner_bonus

try:
    from stable_baselines3.common.buffers import DictReplayBuffer, NStepReplayBuffer, ReplayBuffer
except ImportError:
    DictReplayBuffer = NStepReplayBuffer = ReplayBuffer = missing_class("stable_baselines3", "sb3")

Ints = npt.NDArray[np.int64]


class _Places:
    """In the place of the stored rewards while a batch is drawn: the number of each row that is read."""

    def __init__(self, envs: int) -> None:
        self._envs = envs

    def __getitem__(self, index: tuple[Ints, Ints]) -> Ints:
        step, env = index
        return np.asarray(step) * self._envs + np.asarray(env)


class BonusBuffer(ReplayBuffer):
    """What the three buffers share; a buffer of SB3 beside it stores and draws the rows.

    All of SB3's buffers draw in their own way (environments at random, sequences of n steps), but each reads
    `self.rewards` at the rows that it drew and passes them through `_normalize_reward`: there the bonus is added.
    """

    bonus: Bonus
    statistics: RunStatistics
    rewards: Any

    def __init__(
        self,
        buffer_size: int,
        observation_space: gym.Space[Any],
        action_space: gym.Space[Any],
        *args: Any,
        bonus: Bonus | str,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(buffer_size, observation_space, action_space, *args, **kwargs)
        made = single_learner_bonus(bonus, self.n_envs, (observation_space, action_space), seed)
        if made.needs_state_key:
            raise BadInput(
                "the bonus counts by=state, and SB3 does not give a replay buffer the states that episodes start in: "
                "count by=observation, or use BonusVecEnv."
            )
        self.bonus = made.to(self.device)
        self.statistics = RunStatistics(self.n_envs)
        self._encoder = Encoder(observation_space)
        self._stored_encoder = Encoder(observation_space, trusted=True)  # for rows that were checked when they came
        self._actions = ActionEncoder(action_space)
        shape = (self.buffer_size, self.n_envs)
        self._factor: torch.Tensor | None = None  # (buffer_size, envs, …) the episodic factors
        self._truncated = np.zeros(shape, dtype=np.bool_)
        # Encoded rows of true successors that the buffer itself does not keep, by step · envs + env.
        self._successors: dict[int, npt.NDArray[Any]] = {}
        self._latest: npt.NDArray[Any] | None = None  # (envs, width) what the last step arrived in
        self._continues = np.zeros(self.n_envs, dtype=np.bool_)  # where the last step did not end an episode
        self._rounded = False  # whether an episode ended without the original of its last observation
        self._drawn_rewards: Any = None  # the stored rewards while a batch is drawn

    def add(
        self,
        obs: Any,
        next_obs: Any,
        action: npt.NDArray[Any],
        reward: npt.NDArray[Any],
        done: npt.NDArray[Any],
        infos: list[dict[str, Any]],
    ) -> None:
        """Store one step of every environment, as SB3 calls it, and show it to the bonus.

        next_obs: the true successors. BadInput for observations and actions that do not fit their spaces.
        """
        step, ended = self.pos, np.asarray(done, dtype=np.bool_)
        rows = np.array(self._encoder.encode(obs))
        successors = np.array(self._encoder.encode(next_obs))
        truncated = ended & np.array([bool(info.get("TimeLimit.truncated", False)) for info in infos])
        for env in np.flatnonzero(ended):
            if "terminal_observation" not in infos[env]:
                raise BadInput(
                    f"the episode of environment {env} ended, and its info has no 'terminal_observation': SB3's own "
                    "vector environments put the observation that an episode ended in there."
                )
            if ORIGINAL in infos[env]:
                successors[env] = self._encoder.encode(batch_of_one(infos[env][ORIGINAL]))[0]
            else:
                self._rounded = True
        self._begin_where_reset(rows)
        transitions = Transitions(
            observation=torch.from_numpy(rows)[None],
            action=self._encoded_actions(action, self.n_envs),
            reward=torch.from_numpy(np.array(reward, dtype=np.float32))[None],
            next_observation=torch.from_numpy(successors)[None],
            terminated=torch.from_numpy(ended & ~truncated)[None],
            truncated=torch.from_numpy(truncated)[None],
        ).to(self.bonus.steps.device)
        factor = self.bonus.observe(transitions)[0]
        self.statistics.observe(transitions)
        self.statistics.end_episodes(ended)
        if self._factor is None:
            self._factor = torch.zeros(self.buffer_size, *factor.shape)
        self._factor[step] = factor.cpu()
        self._truncated[step] = truncated
        self._keep_successors(step, ended, successors, infos)
        self._latest, self._continues = successors, ~ended
        super().add(obs, next_obs, action, reward, done, infos)

    def _begin_where_reset(self, rows: npt.NDArray[Any]) -> None:
        """Episodes begin where the environment does not go on from what the last step arrived in.

        SB3 resets it at the start of `learn`, and says nothing of it to the buffer.
        """
        if self._latest is None:
            return
        reset = self._continues & (rows != self._latest).any(axis=1)
        if not reset.any():
            return
        self.bonus.begin_episodes(torch.from_numpy(reset)[None])
        self.statistics.restart(reset)
        before = (self.pos - 1) % self.buffer_size
        self._truncated[before] |= reset
        if self.optimize_memory_usage:
            for env in np.flatnonzero(reset):
                self._successors[before * self.n_envs + int(env)] = self._latest[env]

    def _keep_successors(
        self, step: int, ended: npt.NDArray[np.bool_], successors: npt.NDArray[Any], infos: list[dict[str, Any]]
    ) -> None:
        """Keep what the buffer loses: with optimize_memory_usage the row after an episode's end is the next one's."""
        if not (self._successors or ended.any()):
            return
        for env in range(self.n_envs):
            place = step * self.n_envs + env
            self._successors.pop(place, None)
            if ended[env] and (self.optimize_memory_usage or ORIGINAL in infos[env]):
                self._successors[place] = successors[env]

    def _get_samples(self, batch_inds: Ints, env: Any = None) -> Any:
        self._drawn_rewards, self.rewards = self.rewards, _Places(self.n_envs)
        try:
            return super()._get_samples(batch_inds, env)
        finally:
            self._drawn_rewards, self.rewards = None, self._drawn_rewards

    def _normalize_reward(self, places: Ints, env: Any = None) -> npt.NDArray[np.float32]:
        """The rewards at `places`, normalised where SB3 does so, and the bonus as scored now; the shape of `places`."""
        if env is not None and env.norm_obs and self._rounded:
            raise BadInput(
                "VecNormalize rounds the observations that episodes end in, so the bonus would take them for new ones: "
                "wrap the environment as VecNormalize(KeepTerminalObservation(venv)), or normalise with norm_obs=False."
            )
        step, slot = np.divmod(places, self.n_envs)
        rewards = super()._normalize_reward(self._drawn_rewards[step, slot], env)
        paid: npt.NDArray[np.float32] = rewards + self._bonus(places.reshape(-1), len(places)).reshape(places.shape)
        return paid

    def _bonus(self, places: Ints, batch: int) -> npt.NDArray[np.float32]:
        """The bonuses at `places`, of which the first of each of `batch` sequences is learned from."""
        step, slot = np.divmod(places, self.n_envs)
        # A sequence may reach past what is stored; SB3 leaves those steps out of the return.
        stored = step < self.size()
        step = np.where(stored, step, 0)
        transitions, factor = self._stored(step, slot)
        bonus = self.bonus.score(transitions, factor)
        every = slice(None, None, len(places) // batch)
        self.statistics.add_bonus(bonus[:, every])
        with torch.enable_grad():
            self.bonus.learn(transitions.select((slice(None), every)))
        scored: npt.NDArray[np.float32] = np.where(stored, bonus[0].cpu().numpy(), np.float32(0))
        return scored

    def _stored(self, step: Ints, slot: Ints) -> tuple[Transitions, torch.Tensor]:
        """The transitions at these rows, `(1, batch)`, and their episodic factors."""
        assert self._factor is not None
        device = self.bonus.steps.device
        if self.optimize_memory_usage:
            successors = self._encoded(self.observations, (step + 1) % self.buffer_size, slot)
        else:
            successors = self._encoded(self.next_observations, step, slot)
        if self._successors:
            for row, place in enumerate((step * self.n_envs + slot).tolist()):
                if place in self._successors:
                    successors[row] = self._successors[place]
        truncated = self._truncated[step, slot]
        transitions = Transitions(
            observation=torch.from_numpy(self._encoded(self.observations, step, slot))[None],
            action=self._encoded_actions(self.actions[step, slot], len(step)),
            reward=torch.from_numpy(np.asarray(self._drawn_rewards[step, slot], dtype=np.float32))[None],
            next_observation=torch.from_numpy(successors)[None],
            terminated=torch.from_numpy((self.dones[step, slot] > 0) & ~truncated)[None],
            truncated=torch.from_numpy(truncated)[None],
        )
        return transitions.to(device), self._factor[step, slot][None].to(device)

    def _encoded(self, stored: Any, step: Ints, slot: Ints) -> npt.NDArray[Any]:
        """Rows of the observations `stored` at these places, `(batch, width)`, an array of its own."""
        if isinstance(stored, Mapping):
            return self._stored_encoder.encode({name: part[step, slot] for name, part in stored.items()})
        return self._stored_encoder.encode(stored[step, slot])

    def _encoded_actions(self, action: Any, batch: int) -> torch.Tensor:
        """Actions as SB3 keeps them, in the form that the bonus takes, `(1, batch, …)`."""
        shape = tuple(self.action_space.shape or ())
        return torch.from_numpy(self._actions.encode(np.asarray(action).reshape(batch, *shape), batch))[None]


class BonusReplayBuffer(BonusBuffer):
    """SB3's replay buffer with a bonus, for DQN, SAC, TD3 and DDPG: give it as `replay_buffer_class`.

        DQN("MlpPolicy", env, replay_buffer_class=BonusReplayBuffer, replay_buffer_kwargs={"bonus": "rnd:beta=0.01"})

    bonus: a spec string, or a `Bonus` for one learner and as many environments as the model has. seed: of the bonus
    that a string makes. All other arguments are SB3's, and are set by the model.

    `save_replay_buffer` saves the bonus with the buffer, and `load_replay_buffer` brings back both; the model alone
    does not have them. With `VecNormalize` the bonus is added to the normalised rewards. BadInput where the bonus is
    wrong or does not fit, for one that counts by=state, and for dictionaries, which `BonusDictReplayBuffer` takes.
    """

    def __init__(self, buffer_size: int, observation_space: gym.Space[Any], *args: Any, **kwargs: Any) -> None:
        if isinstance(observation_space, gym.spaces.Dict):
            raise BadInput(f"the observations are a dictionary: use BonusDictReplayBuffer, not {type(self).__name__}.")
        super().__init__(buffer_size, observation_space, *args, **kwargs)


class BonusDictReplayBuffer(BonusBuffer, DictReplayBuffer):
    """`BonusReplayBuffer` for observations that are a dictionary; BadInput for others."""

    def __init__(self, buffer_size: int, observation_space: gym.Space[Any], *args: Any, **kwargs: Any) -> None:
        if not isinstance(observation_space, gym.spaces.Dict):
            raise BadInput(f"the observations are {observation_space}, no dictionary: use BonusReplayBuffer.")
        if kwargs.get("optimize_memory_usage"):
            raise BadInput("SB3 has no optimize_memory_usage for dictionaries of observations: leave it out.")
        super().__init__(buffer_size, observation_space, *args, **kwargs)


class BonusNStepReplayBuffer(BonusBuffer, NStepReplayBuffer):
    """`BonusReplayBuffer` with n-step returns: `replay_buffer_kwargs={"bonus": …, "n_steps": 3, "gamma": 0.99}`.

    Each of the n rewards of a return has its bonus. `gamma` must be the model's.
    """
