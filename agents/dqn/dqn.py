"""A double DQN with an extrinsic and an intrinsic value function, for many learners at once.

    y_e = Σ_{k<m} γ_e^k r_k + γ_e^m (1 − terminated) Q̄_e(s_m, argmax_a Q_e(s_m, a))
    y_i = Σ_{k<m} γ_i^k b_k + γ_i^m (1 − terminated) Q̄_i(s_m, argmax_a [Q_e + Q_i](s_m, a))

m ≤ n is where the sequence or its episode ends, b_k the bonus of the k-th transition *as scored now*, Q̄ the soft target
network (double Q-learning: van Hasselt et al. 2016; n-step: Sutton 1988; LayerNorm, Huber and Adam as usual).
Environment slots act on Q_e + w·Q_i with a different w each, as in NGU's family (Badia et al. 2020); the exploiting
policy has w = 0 and the target network. The extrinsic function bootstraps from its own best action, so it estimates the
exploiting policy whatever the slots do.

The defaults were measured on MiniGrid: without LayerNorm, or with hard target copies and 1-step returns, the same agent
collapses after learning.
"""

import copy
from typing import Any

import gymnasium as gym
import torch
from pydantic import Field, model_validator

from agents.dqn.agent_spec import AgentSpec
from agents.dqn.networks.plain import build
from agents.dqn.replay import NStepBatch, Replay
from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.spec import Settings
from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.numerics.streams import Streams


class DQNSettings(Settings):
    """Settings of the DQN, the same for every maze."""

    hidden: tuple[int, ...] = Field((128, 128), min_length=1, description="widths of the hidden layers")
    discount: float = Field(0.99, ge=0, lt=1, description="γ_e, discount of the environment's reward")
    intrinsic_discount: float = Field(0.99, ge=0, lt=1, description="γ_i, discount of the bonus")
    n_step: int = Field(3, ge=1, description="rewards summed before bootstrapping")
    learning_rate: float = Field(5e-4, gt=0, description="Adam's step size")
    target_rate: float = Field(0.01, gt=0, le=1, description="share by which the target network follows")
    batch: int = Field(64, ge=1, description="sequences per learner and update")
    updates: int = Field(2, ge=1, description="updates per vector step")
    capacity: int = Field(100_000, ge=100, description="transitions in a learner's replay")
    warmup: int = Field(1_000, ge=1, description="transitions before the first update")
    weights: tuple[float, ...] = Field(
        (0.0, 0.0, 0.1, 0.2, 0.4, 0.6, 1.0, 1.0), min_length=1, description="w of each environment slot"
    )

    @property
    def envs(self) -> int:
        """Environment slots per learner."""
        return len(self.weights)

    @model_validator(mode="after")
    def _replay_holds_a_sequence(self) -> "DQNSettings":
        least = self.n_step * self.envs
        if self.capacity < least:
            raise ValueError(
                f"capacity {self.capacity} does not hold n_step {self.n_step} steps of {self.envs} environment slots: "
                f"at least {least} is needed"
            )
        return self


class DQN:
    """The agent of `learners` (their names): acts on rows of `observation_space`, remembers, learns.

    `horizon` is the environment steps that each learner takes in the whole run.
    """

    def __init__(
        self,
        spec: AgentSpec,
        observation_space: gym.Space[Any],
        actions: int,
        *,
        learners: list[int],
        horizon: int,
        seed: int,
        settings: DQNSettings | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        s = self.settings = settings or DQNSettings()
        self.learners = learners
        self.device = torch.device(device)
        self.encoder = Encoder(observation_space)
        self.bonus = self._bonus(spec, observation_space, actions, seed)
        self.strategy = self._strategy(spec, actions, horizon)
        self.network = build(
            spec.network,
            self.encoder,
            actions,
            hidden=s.hidden,
            intrinsic=self.bonus is not None,
            seed=seed,
            learners=learners,
            envs=s.envs,
        ).to(self.device)
        self.target = copy.deepcopy(self.network).requires_grad_(False)
        trained = [p for p in self.network.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(trained, lr=s.learning_rate, fused=True)
        self.replay = Replay(s.capacity, s.envs)
        self.action_streams = Streams(seed, "choose", learners, self.device)
        self.replay_streams = Streams(seed, "replay", learners, self.device)
        self.weights = torch.tensor(s.weights, device=self.device)
        self.steps = 0  # environment steps of each learner

    @torch.no_grad()
    def act(self, rows: torch.Tensor) -> torch.Tensor:
        """Actions `(learners, envs)` for observation rows `(learners, envs, width)`."""
        self.network.resample(self.action_streams)
        values = self.network(rows)
        preference = self.network.behaviour(values)
        if self.bonus is not None:
            preference = preference + self.weights[:, None] * values[:, :, -1]
        self.strategy.see(rows)
        return self.strategy.choose(preference, self.steps, self.action_streams)

    @torch.no_grad()
    def greedy_values(self, rows: torch.Tensor) -> torch.Tensor:
        """The values that the exploiting policy is greedy in, `(learners, batch, actions)`: no bonus, no noise.

        They are the target network's. The best actions of the online network change with every update (the churn of
        Schaul et al. 2022): held still, some of its moments turn in circles; the average over the last hundred or so
        does not. On DoorKey-5x5 after 40,000 steps five learners got 0.2 to 0.4 by the one and 0.96 by the other.
        """
        return self.target.greedy_values(rows)

    def observe(self, transitions: Transitions) -> None:
        """Take in one vector step, every tensor `(learners, envs, …)`, with the true successors."""
        episodic = torch.ones_like(transitions.reward)
        if self.bonus is not None:
            episodic = self.bonus.observe(transitions)
        self.strategy.observe(transitions)
        self.network.observe(transitions, self.action_streams)
        self.replay.add(transitions, episodic)
        self.steps += self.settings.envs

    def learn(self) -> None:
        """The updates of one vector step; none before the warm-up is over."""
        s = self.settings
        if self.steps < max(s.warmup, s.n_step * s.envs):
            return
        for _ in range(s.updates):
            self._update(self.replay.sample(s.batch, s.n_step, self.replay_streams))

    def targets(self, batch: NStepBatch) -> torch.Tensor:
        """The target of each value function at each sequence's first step, `(learners, batch, functions)`."""
        s = self.settings
        steps = torch.arange(batch.mask.shape[-1], device=self.device)
        length = batch.mask.sum(-1, keepdim=True)
        last = (length - 1).unsqueeze(-1)

        def at_end(part: torch.Tensor) -> torch.Tensor:
            part = part.unflatten(1, batch.mask.shape[1:])
            index = last.view(*last.shape[:3], *[1] * (part.dim() - 3)).expand(-1, -1, 1, *part.shape[3:])
            return part.gather(2, index).squeeze(2)

        successors = at_end(batch.transitions.next_observation)
        not_terminated = (~at_end(batch.transitions.terminated)).float()  # a truncated episode bootstraps
        online, target = self.network(successors), self.target(successors)
        extrinsic = self.network.extrinsic

        def returns(rewards: torch.Tensor, discount: float) -> torch.Tensor:
            rewards = rewards.unflatten(1, batch.mask.shape[1:]) * batch.mask
            return (rewards * discount**steps).sum(-1)

        best = online[:, :, :extrinsic].argmax(-1, keepdim=True)
        bootstrap = target[:, :, :extrinsic].gather(-1, best).squeeze(-1)
        reward = returns(batch.transitions.reward, s.discount).unsqueeze(-1)
        extrinsic_target: torch.Tensor = reward + s.discount**length * not_terminated.unsqueeze(-1) * bootstrap
        if self.bonus is None:
            return extrinsic_target
        bonus = returns(self.bonus.score(batch.transitions, batch.episodic), s.intrinsic_discount)
        best = (self.network.extrinsic_values(online) + online[:, :, -1]).argmax(-1, keepdim=True)
        bootstrap = target[:, :, -1].gather(-1, best).squeeze(-1)
        intrinsic_target = bonus + s.intrinsic_discount ** length.squeeze(-1) * not_terminated * bootstrap
        return torch.cat([extrinsic_target, intrinsic_target.unsqueeze(-1)], dim=-1)

    def _update(self, batch: NStepBatch) -> None:
        first = batch.first
        self.network.resample(self.replay_streams)
        self.target.resample(self.replay_streams)
        with torch.no_grad():
            targets = self.targets(batch)
        values = self.network(first.observation)
        action = first.action[:, :, None, None].expand(-1, -1, values.shape[2], 1)
        error = torch.nn.functional.smooth_l1_loss(values.gather(-1, action).squeeze(-1), targets, reduction="none")
        mask = self.network.mask(error.shape[1], self.replay_streams)
        if mask is not None:
            error = error * mask
        self.optimiser.zero_grad(set_to_none=True)
        error.mean(1).sum().backward()  # a sum over learners and functions: none scales another's step
        self.optimiser.step()
        with torch.no_grad():
            for target, online in zip(self.target.parameters(), self.network.parameters(), strict=True):
                target.lerp_(online, self.settings.target_rate)
        if self.bonus is not None:
            self.bonus.learn(first)

    def _bonus(self, spec: AgentSpec, space: gym.Space[Any], actions: int, seed: int) -> Bonus | None:
        if spec.bonus is None:
            return None
        plugin, settings = BONUSES.resolve(spec.bonus)
        bonus = plugin(
            space,
            gym.spaces.Discrete(actions),
            learners=self.learners,
            envs=self.settings.envs,
            seed=seed,
            **settings.model_dump(),
        )
        return bonus.to(self.device)

    def _strategy(self, spec: AgentSpec, actions: int, horizon: int) -> Strategy:
        plugin, settings = STRATEGIES.resolve(spec.strategy)
        learners, envs = len(self.learners), self.settings.envs
        strategy = plugin(actions, learners=learners, envs=envs, horizon=horizon, **settings.model_dump())
        return strategy.to(self.device)
