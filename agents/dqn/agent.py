"""A double DQN with an extrinsic and an intrinsic value function, for many learners at once.

    y_e = Σ_{k<m} γ_e^k r_k + γ_e^m (1 − terminated) Q̄_e(s_m, argmax_a Q_e(s_m, a))
    y_i = Σ_{k<m} γ_i^k b_k + γ_i^m (1 − terminated) Q̄_i(s_m, argmax_a [Q_e + Q_i](s_m, a))

m ≤ n is where the sequence or its episode ends, b_k the bonus of the k-th transition *as scored now*, Q̄ the soft target
network (double Q-learning: van Hasselt et al. 2016; n-step: Sutton 1988; LayerNorm, Huber and Adam as usual).
Environment slots act on Q_e + w·Q_i with a different w each, as in NGU's family (Badia et al. 2020); the exploiting
policy has w = 0 and the target network. The extrinsic function bootstraps from its own best action, so it estimates the
exploiting policy whatever policies the slots follow.

The defaults were measured on MiniGrid: without LayerNorm, or with hard target copies and 1-step returns, the same agent
collapses after learning.
"""

from dataclasses import replace
from typing import Any

import gymnasium as gym
import torch

from agents.dqn.agent_spec import AgentSpec
from agents.dqn.backend import BackendName, UpdateBatch, make_backend
from agents.dqn.networks.plain import build
from agents.dqn.prioritised_replay import PrioritisedReplay
from agents.dqn.replay import NStepBatch, Replay
from agents.dqn.returns import with_returns
from agents.dqn.settings import DQNSettings
from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.numerics.streams import Streams


class QAgent:
    """The agent of `learners` (their names): acts on rows of `observation_space`, remembers, learns.

    horizon: the environment steps that each learner takes in the whole run, for schedules. bonus, strategy: objects to
    use instead of what `spec` names; BadInput where one is made for other learners, slots, observations or actions.

    A bonus whose β is 0 has no value function: the agent is the same as without it, bit for bit, in its networks, its
    actions and its replay (but for the episodic factors). With any other β both value functions share the hidden
    layers, which learn from both.
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
        bonus: Bonus | None = None,
        strategy: Strategy | None = None,
    ) -> None:
        s = self.settings = settings or DQNSettings()
        self.learners = learners
        self.device = torch.device(device)
        self.encoder = Encoder(observation_space)
        self.actions = actions
        self.bonus = self._checked_bonus(bonus) if bonus is not None else self._bonus(spec, observation_space, seed)
        self.strategy = self._checked_strategy(strategy) if strategy is not None else self._strategy(spec, horizon)
        self.set_horizon(horizon)
        network = build(
            spec.network,
            self.encoder,
            actions,
            hidden=s.hidden,
            layer_norm=s.layer_norm,
            dueling=s.dueling,
            intrinsic=self.bonus is not None and self.bonus.settings.beta > 0 and s.heads == "separate",
            seed=seed,
            learners=learners,
            envs=s.envs,
        ).to(self.device)
        self.backend = make_backend(network, s, backend)
        self.network, self.target = network, self.backend.target
        self.replay = (
            PrioritisedReplay(s.capacity, s.envs, s.n_step, s.priority) if s.priority else Replay(s.capacity, s.envs)
        )
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
        self.replay.add(transitions, episodic, self.network.learning(self.action_streams))
        self.steps += self.settings.envs

    def learn(self) -> None:
        """The updates of one vector step; none before the warm-up is over."""
        s = self.settings
        if self.steps < max(s.warmup, s.n_step * s.envs):
            return
        # All updates of the step are drawn and scored at once; each is made after the one before it.
        drawn = self.replay.sample(s.updates * s.batch, s.n_step, self.replay_streams)
        batch = self.with_returns(drawn)
        if isinstance(self.replay, PrioritisedReplay):
            exponent = s.importance + (1.0 - s.importance) * min(1.0, self.steps / self.strategy.horizon)
            batch = replace(batch, importance=batch.importance * self.replay.importance(drawn, exponent))
        errors = self.backend.update(batch, self.replay_streams)
        if isinstance(self.replay, PrioritisedReplay):
            self.replay.update_priorities(drawn, errors.abs().mean(-1))
        self.learn_bonus(drawn)

    def learn_bonus(self, drawn: NStepBatch) -> None:
        """A training step of the bonus for each batch of the step; nothing for bonuses that learn as they observe."""
        if self.bonus is None:
            return
        self.bonus.learn_batches(drawn.first, self.settings.updates)

    def set_horizon(self, steps: int) -> None:
        """How many environment steps each learner takes in the whole run, for every schedule."""
        self.strategy.horizon = steps
        if self.bonus is not None:
            self.bonus.default_half_life = self.settings.bonus_half_life * steps

    def interrupt(self) -> None:
        """Every slot goes on with a new episode that no step led to: its newest transition counts as truncated."""
        if self.bonus is not None:
            self.bonus.begin_episodes()
        newest = self.replay.truncate_newest()
        if newest is not None:
            # No transition, for whoever counts: but the episode is over.
            ended = replace(
                newest, truncated=torch.ones_like(newest.truncated), valid=torch.zeros_like(newest.truncated)
            )
            self.strategy.observe(ended)
            self.network.observe(ended, self.action_streams)

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to go on: networks, optimiser, replay, bonus, strategy, random streams, steps."""
        return {
            "backend": self.backend.state_dict(),
            "replay": self.replay.state_dict(),
            "bonus": None if self.bonus is None else self.bonus.state_dict(),
            "strategy": self.strategy.state_dict(),
            "horizon": self.strategy.horizon,
            "action_streams": self.action_streams.state_dict(),
            "replay_streams": self.replay_streams.state_dict(),
            "steps": self.steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state_dict` was taken, of an agent that was made alike."""
        self.backend.load_state_dict(state["backend"])
        self.replay.load_state_dict(state["replay"], self.device)
        if self.bonus is not None:
            self.bonus.load_state_dict(state["bonus"])
        self.strategy.load_state_dict(state["strategy"])
        self.set_horizon(int(state["horizon"]))
        self.action_streams.load_state_dict(state["action_streams"])
        self.replay_streams.load_state_dict(state["replay_streams"])
        self.steps = int(state["steps"])

    def with_returns(self, drawn: NStepBatch) -> UpdateBatch:
        """A drawn batch with the returns of its sequences as the bonus is scored now (`agents.dqn.returns`)."""
        network = self.network
        return with_returns(drawn, self.bonus, self.settings, extrinsic=network.extrinsic, intrinsic=network.intrinsic)

    def targets(self, drawn: NStepBatch) -> torch.Tensor:
        """The target of each value function at each sequence's first step, `(learners, batch, functions)`."""
        return self.backend.targets(self.with_returns(drawn))

    def _bonus(self, spec: AgentSpec, space: gym.Space[Any], seed: int) -> Bonus | None:
        if spec.bonus is None:
            return None
        plugin, settings = BONUSES.resolve(spec.bonus)
        actions = gym.spaces.Discrete(self.actions)
        bonus = plugin(
            space, actions, learners=self.learners, envs=self.settings.envs, seed=seed, **settings.model_dump()
        )
        return bonus.to(self.device)

    def _strategy(self, spec: AgentSpec, horizon: int) -> Strategy:
        plugin, settings = STRATEGIES.resolve(spec.strategy)
        learners, envs = len(self.learners), self.settings.envs
        strategy = plugin(self.actions, learners=learners, envs=envs, horizon=horizon, **settings.model_dump())
        return strategy.to(self.device)

    def _checked_bonus(self, bonus: Bonus) -> Bonus:
        if bonus.names != self.learners or bonus.envs != self.settings.envs:
            raise BadInput(
                f"the bonus is for learners {bonus.names} with {bonus.envs} environments each: make it for learners "
                f"{self.learners} with {self.settings.envs}."
            )
        if bonus.observation_space != self.encoder.space:
            raise BadInput(
                "the bonus is for other observations than the DQN reads: make it for the space that "
                "`agents.training.observations.symbolic_space` gives for the environment's."
            )
        if bonus.action_space != gym.spaces.Discrete(self.actions):
            raise BadInput(f"the bonus is for actions in {bonus.action_space}: make it for Discrete({self.actions}).")
        return bonus.to(self.device)

    def _checked_strategy(self, strategy: Strategy) -> Strategy:
        made_for = (strategy.actions, strategy.learners, strategy.envs)
        needed = (self.actions, len(self.learners), self.settings.envs)
        if made_for != needed:
            raise BadInput(
                "the strategy is for {} actions, {} learners and {} environments".format(*made_for)
                + ": make it for {}, {} and {}.".format(*needed)
            )
        return strategy.to(self.device)
