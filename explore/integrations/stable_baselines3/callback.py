"""The callback of a run with a bonus: decay of β over the run, training of the bonus, and logging."""

from typing import Any

import torch

from explore.core.bonus import HALF_LIFE_SHARE
from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.integrations.stable_baselines3.replay_buffer import BonusBuffer
from explore.integrations.stable_baselines3.vec_env import BonusVecEnv
from explore.numerics.seeding import stream
from explore.optional import missing_class
from explore.wrapped_bonus import joined

try:
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.vec_env import VecEnvWrapper
except ImportError:
    BaseCallback = missing_class("stable_baselines3", "sb3")
    VecEnvWrapper = BaseCallback


class BonusCallback(BaseCallback):
    """Give it to `learn` of a model with `BonusReplayBuffer` or `BonusVecEnv`; BadInput where there is neither.

    half_life_share: in which share of the run β halves, 0 for no decay, unless the bonus has a `half_life` of its own.
    The run is the first call of `learn` with this bonus; later calls go on with the same half-life.

    Logged: `bonus/mean` (what was added to the learner's rewards, on average since the last line), `bonus/beta`,
    `bonus/extrinsic_return` (of the last 100 episodes) and `bonus/coverage` (distinct observations that were visited;
    not where observations have real numbers).

    A bonus whose networks learn from drawn batches is trained by `BonusReplayBuffer`, or step by step by `BonusVecEnv`.
    If the latter was made with `learn_every=0`, this callback trains it: after each rollout once on every transition,
    in random batches of the model's `batch_size` (the whole rollout where the model has none).
    """

    def __init__(self, half_life_share: float = HALF_LIFE_SHARE, verbose: int = 0) -> None:
        super().__init__(verbose)
        if not half_life_share >= 0:
            raise BadInput(f"half_life_share is {half_life_share}: it must be 0 or more.")
        self.half_life_share = half_life_share
        self._rollout: list[Transitions] = []

    def _init_callback(self) -> None:
        buffer, venv = getattr(self.model, "replay_buffer", None), _bonus_env(self.model.env)
        if isinstance(buffer, BonusBuffer):
            if venv is not None:
                raise BadInput("the bonus would be added twice: use BonusReplayBuffer or BonusVecEnv, not both.")
            self._source: BonusBuffer | BonusVecEnv = buffer
        elif venv is not None:
            self._source = venv
        else:
            raise BadInput("the model has no bonus: give it BonusReplayBuffer as replay_buffer_class, or BonusVecEnv.")
        self._venv = venv
        bonus = self._source.bonus
        self._trains = (
            venv is not None
            and not venv.wrapped.learn_every
            and bonus.settings.learns_from == "drawn"
            and hasattr(self.model, "rollout_buffer")
        )
        self._generator = stream(bonus.seed, "rollout batches", *bonus.names)

    def _on_training_start(self) -> None:
        bonus = self._source.bonus
        if not bonus.default_half_life:
            bonus.default_half_life = self.half_life_share * self.locals["total_timesteps"]

    def _on_step(self) -> bool:
        statistics = self._source.statistics
        values = {
            "mean": statistics.take_mean_bonus(),
            "extrinsic_return": statistics.extrinsic_return,
            "coverage": statistics.coverage,
            "beta": float(self._source.bonus.beta[0]),
        }
        for name, value in values.items():
            if value is not None:
                record = self.logger.record_mean if name == "mean" else self.logger.record
                record(f"bonus/{name}", value)
        if self._trains:
            assert self._venv is not None
            assert self._venv.wrapped.last is not None
            self._rollout.append(self._venv.wrapped.last)
        return True

    def _on_rollout_end(self) -> None:
        if not self._rollout:
            return
        batch, self._rollout = joined(_valid(self._rollout)), []
        count = batch.reward.shape[1]
        size = getattr(self.model, "batch_size", None) or count
        order = torch.from_numpy(self._generator.permutation(count)).to(batch.reward.device)
        for start in range(0, count, size):
            self._source.bonus.learn(batch.select((slice(None), order[start : start + size])))


def _bonus_env(env: Any) -> BonusVecEnv | None:
    """The wrapper that pays the bonus, among those around the model's environment."""
    while isinstance(env, VecEnvWrapper):
        if isinstance(env, BonusVecEnv):
            return env
        env = env.venv
    return None


def _valid(steps: list[Transitions]) -> list[Transitions]:
    """The steps without the rows that are no transitions."""
    return [step if step.valid is None else step.select((slice(None), step.valid[0])) for step in steps]
