"""Bonuses in TorchRL: a transform of the environment, and one of the replay buffer.

On-policy losses use the reward soon after the step: the environment's transform adds the bonus to it.

    env = TransformedEnv(GymEnv("CartPole-v1"), BonusTransform("count", total_steps=100_000))

Off-policy losses read it from a replay buffer, where a stored bonus would be out of date. Then the environment's
transform only reports the bonus and stores the episodic factor of each step; the buffer's transform scores the batch:

    bonus = BonusTransform("count", add=False, total_steps=100_000)
    env = TransformedEnv(GymEnv("CartPole-v1"), bonus)
    buffer = ReplayBuffer(storage=LazyTensorStorage(10_000), transform=BonusWhenDrawn(bonus))

TorchRL's `MultiStepTransform` sums the rewards before they are stored, and so before `BonusWhenDrawn` adds to them: use
it with `add=True`, or one-step targets.
"""

from typing import Any

import gymnasium as gym
import numpy as np
import torch

from explore.core.bonus import HALF_LIFE_SHARE, Bonus
from explore.core.transitions import Transitions
from explore.encoding.actions import ActionEncoder
from explore.encoding.observations import Encoder
from explore.errors import BadInput, checked_count
from explore.optional import missing_class
from explore.wrapped_bonus import single_learner_bonus

try:
    from torchrl.data import Binary, Bounded, Categorical, MultiCategorical, OneHot, Unbounded
    from torchrl.envs.transforms import Transform
except ImportError:
    Transform = missing_class("torchrl", "torchrl")

__all__ = ["BonusTransform", "BonusWhenDrawn"]

KEYS = ("bonus", "extrinsic_reward", "episodic_factor")  # what each step reports, besides the reward


class BonusTransform(Transform):
    """Passes each step of an environment to a bonus, and adds the bonus to the reward.

    bonus: a spec string, or a `Bonus` for one learner and as many environments as the environment's batch holds.
    add: whether the bonus is added to the reward; it is reported in any case, as `("next", "bonus")`, with
    `("next", "extrinsic_reward")` and `("next", "episodic_factor")`. total_steps: environment steps of the run, of
    which β halves every 0.27, unless the bonus has a `half_life` of its own; None for no decay. learn_every: steps
    between two optimiser steps of a bonus that learns from drawn batches, each on the newest transitions; 0 leaves
    them to `BonusWhenDrawn`. observation, action, reward: the keys. seed: of the bonus that a string makes.

    The bonus is made when the transform becomes part of an environment. BadInput where it does not fit.
    """

    def __init__(
        self,
        bonus: Bonus | str,
        *,
        add: bool = True,
        total_steps: int | None = None,
        learn_every: int | None = None,
        observation: str = "observation",
        action: str = "action",
        reward: str = "reward",
        seed: int = 0,
    ) -> None:
        super().__init__(in_keys=[observation, reward], out_keys=[reward, *KEYS])
        self.add = add
        self.total_steps = None if total_steps is None else checked_count("total_steps", total_steps)
        self.learn_every = checked_count("learn_every", int(add) if learn_every is None else learn_every, 0)
        self.observation_key, self.action_key, self.reward_key = observation, action, reward
        self._given, self._seed, self._steps = bonus, seed, 0
        self._bonus: list[Bonus] = []  # in a list, so that the environment's modules are not the bonus's

    @property
    def bonus(self) -> Bonus:
        """The bonus; BadInput before the transform is part of an environment."""
        if not self._bonus:
            self._make()
        return self._bonus[0]

    def rows(self, tensordict: Any) -> torch.Tensor:
        """The observations of a batch as encoded rows, `(1, batch, width)`."""
        self._make()
        value = tensordict.get(self.observation_key)
        flat = value.reshape(-1, *self._observation_shape).cpu().numpy()
        return torch.from_numpy(np.array(self._encoder.encode(flat)))[None]

    def transitions(self, tensordict: Any, successors: Any) -> Transitions:
        """A batch of steps as transitions, `(1, batch)`; `successors` has the true ones, with reward and ends."""
        self._make()
        action = tensordict.get(self.action_key)
        if self._one_hot:
            action = action.long().argmax(-1)
        shape = tuple(self._action_space.shape or ())
        flat = action.reshape(-1, *shape).cpu().numpy()
        terminated = successors.get("terminated").reshape(-1).cpu()
        name = "extrinsic_reward" if "extrinsic_reward" in successors.keys() else self.reward_key  # noqa: SIM118
        return Transitions(
            observation=self.rows(tensordict),
            action=torch.from_numpy(self._actions.encode(flat, len(flat)))[None],
            reward=successors.get(name).reshape(1, -1).float().cpu(),
            next_observation=self.rows(successors),
            terminated=terminated[None],
            truncated=(successors.get("truncated").reshape(-1).cpu() & ~terminated)[None],
        ).to(self.bonus.steps.device)

    def transform_reward_spec(self, reward_spec: Any) -> Any:
        """Add the keys that are reported with the reward."""
        shape = reward_spec[self.reward_key].shape
        for key in KEYS:
            reward_spec[key] = Unbounded(shape=shape, device=reward_spec.device, dtype=torch.float32)
        return reward_spec

    def _step(self, tensordict: Any, next_tensordict: Any) -> Any:
        transitions = self.transitions(tensordict, next_tensordict)
        bonus = self.bonus
        factor = bonus.observe(transitions)
        if factor.dim() > 2:
            raise BadInput("a mix of bonuses has a factor for each part, which TorchRL's specs do not have: use one.")
        reward = next_tensordict.get(self.reward_key)
        paid = bonus.score(transitions, factor).reshape(reward.shape).to(reward.device)
        self._steps += 1
        if self.learn_every and self._steps % self.learn_every == 0:
            with torch.enable_grad():
                bonus.learn(transitions)
        next_tensordict.set("bonus", paid)
        next_tensordict.set("extrinsic_reward", reward.float().clone())
        next_tensordict.set("episodic_factor", factor.reshape(reward.shape).to(reward.device))
        if self.add:
            next_tensordict.set(self.reward_key, reward + paid)
        return next_tensordict

    def _reset(self, tensordict: Any, tensordict_reset: Any) -> Any:
        which = None if tensordict is None else tensordict.get("_reset", None)
        self.bonus.begin_episodes(None if which is None else which.reshape(1, -1))
        return tensordict_reset

    def _make(self) -> None:
        """Make the bonus for the spaces of the environment."""
        if self._bonus:
            return
        parent = self.parent
        if parent is None:
            raise BadInput("BonusTransform is part of no environment yet: TransformedEnv(env, BonusTransform(…)).")
        envs = max(1, parent.batch_size.numel())
        batch = len(parent.batch_size)
        space = _space(parent.observation_spec[self.observation_key], batch)
        action_spec = parent.full_action_spec[self.action_key]
        self._one_hot = isinstance(action_spec, OneHot)
        self._action_space = gym.spaces.Discrete(action_spec.shape[-1]) if self._one_hot else _space(action_spec, batch)
        self._observation_shape = tuple(space.shape or ())
        self._encoder, self._actions = Encoder(space), ActionEncoder(self._action_space)
        bonus = single_learner_bonus(self._given, envs, (space, self._action_space), self._seed)
        if bonus.needs_state_key:
            raise BadInput("the bonus counts by=state, which TorchRL's environments do not have: count by=observation.")
        if self.total_steps is not None:
            bonus.default_half_life = HALF_LIFE_SHARE * self.total_steps
        self._bonus.append(bonus)


class BonusWhenDrawn(Transform):
    """Adds the bonus, with its current statistics, to the rewards of a batch drawn from a replay buffer.

    source: the `BonusTransform` of the environment, with `add=False`: BadInput otherwise, as the bonus would be added
    twice. A bonus that learns from drawn batches takes an optimiser step on each.
    """

    def __init__(self, source: BonusTransform) -> None:
        super().__init__(in_keys=[], out_keys=[])
        if source.add:
            raise BadInput("the bonus would be added twice: make the environment's BonusTransform with add=False.")
        self._source = [source]  # in a list, so that the buffer's modules are not the environment's

    def forward(self, tensordict: Any) -> Any:
        """The batch with the bonus in `("next", reward)`, and alone as `("next", "bonus")`."""
        source = self._source[0]
        after = tensordict.get("next")
        transitions = source.transitions(tensordict, after)
        factor = after.get("episodic_factor").reshape(1, -1).to(transitions.reward.device)
        extrinsic = after.get("extrinsic_reward")
        paid = source.bonus.score(transitions, factor).reshape(extrinsic.shape).to(extrinsic.device)
        with torch.enable_grad():
            source.bonus.learn(transitions)
        tensordict.set(("next", "bonus"), paid)
        tensordict.set(("next", source.reward_key), extrinsic + paid)
        return tensordict


def _space(spec: Any, batch: int) -> gym.Space[Any]:
    """The Gymnasium space of one environment for a spec of TorchRL, whose first `batch` axes are environments."""
    shape = tuple(spec.shape[batch:])
    if isinstance(spec, OneHot | Binary):
        return gym.spaces.Box(0, 1, shape, np.uint8)
    if isinstance(spec, Categorical):
        return gym.spaces.Discrete(int(spec.n)) if not shape else gym.spaces.MultiDiscrete(np.full(shape, int(spec.n)))
    if isinstance(spec, MultiCategorical):
        return gym.spaces.MultiDiscrete(spec.nvec.reshape(-1, shape[-1])[0].cpu().numpy())
    dtype = torch.empty(0, dtype=spec.dtype).numpy().dtype
    if isinstance(spec, Bounded):
        low, high = (bound.expand(spec.shape).reshape(-1, *shape)[0].cpu().numpy() for bound in (spec.low, spec.high))
        return gym.spaces.Box(low.astype(dtype), high.astype(dtype), dtype=dtype)
    if isinstance(spec, Unbounded) and dtype.kind == "f":
        return gym.spaces.Box(-np.inf, np.inf, shape, dtype)
    if isinstance(spec, Unbounded):
        limits = np.iinfo(dtype)
        return gym.spaces.Box(limits.min, limits.max, shape, dtype)
    raise BadInput(f"{type(spec).__name__} of TorchRL has no Gymnasium space that a bonus knows.")
