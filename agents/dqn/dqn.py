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

from typing import Any

import gymnasium as gym
import torch

from agents.dqn.agent_spec import AgentSpec
from agents.dqn.backend import BackendName, UpdateBatch, make_backend
from agents.dqn.networks.plain import build
from agents.dqn.replay import NStepBatch, Replay
from agents.dqn.returns import with_returns
from agents.dqn.settings import DQNSettings
from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.numerics.streams import Streams


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
        backend: BackendName = "auto",
    ) -> None:
        s = self.settings = settings or DQNSettings()
        self.learners = learners
        self.device = torch.device(device)
        self.encoder = Encoder(observation_space)
        self.bonus = self._bonus(spec, observation_space, actions, seed)
        if self.bonus is not None:
            self.bonus.default_half_life = s.bonus_half_life * horizon
        self.strategy = self._strategy(spec, actions, horizon)
        network = build(
            spec.network,
            self.encoder,
            actions,
            hidden=s.hidden,
            layer_norm=s.layer_norm,
            dueling=s.dueling,
            intrinsic=self.bonus is not None and s.heads == "separate",
            seed=seed,
            learners=learners,
            envs=s.envs,
        ).to(self.device)
        self.backend = make_backend(network, s, backend)
        self.network, self.target = network, self.backend.target
        self.replay = Replay(s.capacity, s.envs)
        self.action_streams = Streams(seed, "choose", learners, self.device)
        self.replay_streams = Streams(seed, "replay", learners, self.device)
        self.weights = torch.tensor(s.weights, device=self.device)
        self.steps = 0  # environment steps of each learner

    @torch.no_grad()
    def act(self, rows: torch.Tensor) -> torch.Tensor:
        """Actions `(learners, envs)` for observation rows `(learners, envs, width)`."""
        self.network.resample(self.action_streams)
        values = self.backend.values(rows)
        preference = self.network.behaviour(values)
        if self.network.intrinsic:
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
        return self.backend.greedy_values(rows)

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

    def with_returns(self, drawn: NStepBatch) -> UpdateBatch:
        """A drawn batch with the returns of its sequences as the bonus is scored now (`agents.dqn.returns`)."""
        network = self.network
        return with_returns(drawn, self.bonus, self.settings, extrinsic=network.extrinsic, intrinsic=network.intrinsic)

    def targets(self, drawn: NStepBatch) -> torch.Tensor:
        """The target of each value function at each sequence's first step, `(learners, batch, functions)`."""
        return self.backend.targets(self.with_returns(drawn))

    def _update(self, drawn: NStepBatch) -> None:
        self.backend.update(self.with_returns(drawn), self.replay_streams)
        if self.bonus is not None:
            self.bonus.learn(drawn.first)

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
