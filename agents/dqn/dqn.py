"""A DQN in an environment: to train, evaluate, save and resume.

    agent = agents.DQN("MiniGrid-DoorKey-8x8-v0", bonus="count", learners=10)
    agent.train(150_000)
    agent.evaluate(episodes=100).returns
    agent.save("doorkey.pt")

`agents.dqn.agent` has the algorithm. Learners are independent agents, one per seed, that advance together.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch
from gymnasium.vector import VectorEnv

from agents.dqn.agent import QAgent
from agents.dqn.agent_spec import DEFAULT_STRATEGY, NETWORK_STRATEGY, AgentSpec
from agents.dqn.backend import BackendName
from agents.dqn.networks.plain import NETWORKS, Network
from agents.dqn.settings import DQNSettings
from agents.mazes.vector import Mazes
from agents.training.environments import make_vector_env
from agents.training.evaluation import EPSILON, Score, evaluate, play_episodes, slot_seeds
from agents.training.learner_env import LearnerVectorEnv
from agents.training.observations import symbolic_space
from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.saving import read_state, write_state
from explore.core.spec import Spec, parse, settings_from
from explore.core.strategy import Strategy
from explore.core.transitions import Transitions
from explore.errors import BadInput, checked_count, checked_share
from explore.numerics.device import checked_device
from explore.numerics.seeding import learner_names
from explore.numerics.threads import single_threaded_torch

FORMAT = 1  # of saved agents
HORIZON = 100_000  # steps that schedules run over until `train` says how many there are

OnStep = Callable[[Transitions], None]


class DQN:
    """A DQN for each of `learners`, in `env`.

    env: the id of a maze, with settings or without, or of any Gymnasium environment with discrete actions; or a vector
    environment with `settings.envs` slots per learner that resets within the step (AutoresetMode.SAME_STEP), slot i
    being learner i // envs.
    bonus, strategy, network: a plugin as a spec string, such as "rnd:beta=0.01"; bonus and strategy also as objects
    that were made for these learners. None is no bonus, ε-greedy (greedy for a network that explores by itself) and
    the plain network. learners: how many, or their names; all their random streams derive from seed and name.
    settings: a `DQNSettings`, or its fields by name. backend: "auto" takes the compiled update where there is one.
    BadInput where an argument is wrong or does not fit the others.
    """

    def __init__(
        self,
        env: str | VectorEnv[Any, Any, Any],
        *,
        bonus: str | Spec | Bonus | None = None,
        strategy: str | Spec | Strategy | None = None,
        network: str | Spec | None = None,
        learners: int | Sequence[int] = 10,
        seed: int = 0,
        device: torch.device | str = "cpu",
        settings: DQNSettings | Mapping[str, Any] | None = None,
        backend: BackendName = "auto",
    ) -> None:
        self.learners = learner_names(learners)
        if not isinstance(settings, DQNSettings):
            settings = settings_from(DQNSettings, settings or {}, "the DQN")
        self.settings = settings
        self.seed = seed
        self.device = checked_device(device)
        if not isinstance(env, (str, VectorEnv)):
            raise BadInput(f"env is {env!r}: give an id, such as 'MiniGrid-DoorKey-8x8-v0', or a vector environment.")
        self.id = env if isinstance(env, str) else None
        seeds = slot_seeds(seed, "layouts", self.learners, settings.envs)
        vector = make_vector_env(env, seeds) if isinstance(env, str) else env
        if vector.num_envs != len(seeds):
            raise BadInput(
                f"the environment has {vector.num_envs} slots: {len(self.learners)} learners with {settings.envs} "
                f"each need {len(seeds)} (a slot for each number in the setting weights)."
            )
        spec = _agent_spec(bonus, strategy, network)
        if not isinstance(vector.single_action_space, gym.spaces.Discrete):
            raise BadInput(f"the DQN needs discrete actions, not {vector.single_action_space}.")
        self.agent = QAgent(
            spec,
            symbolic_space(vector.single_observation_space),
            int(vector.single_action_space.n),
            learners=self.learners,
            horizon=HORIZON,
            seed=seed,
            settings=settings,
            device=device,
            backend=backend,
            bonus=bonus if isinstance(bonus, Bonus) else None,
            strategy=strategy if isinstance(strategy, Strategy) else None,
        )
        if isinstance(vector, Mazes) and self.agent.bonus is not None and self.agent.bonus.needs_state_key:
            vector.with_key = True
        # Mazes have their seeds already; other environments get them with the first reset.
        first_seeds = seeds if isinstance(env, str) and not isinstance(vector, Mazes) else None
        self.env = LearnerVectorEnv(
            vector, len(self.learners), device, seeds=first_seeds, on_invalid=settings.on_invalid
        )
        self._spec = spec

    @property
    def steps(self) -> int:
        """Environment steps that each learner has taken."""
        return self.agent.steps

    @property
    def target(self) -> Network:
        """The target network, which the exploiting policy uses."""
        return self.agent.target

    def train(self, steps: int, on_step: OnStep | None = None) -> None:
        """Take `steps` environment steps per learner, rounded down to whole vector steps, and learn.

        Schedules, such as that of ε, run over the steps of the first call; later calls go on. `on_step` gets every
        vector step's transitions after the learning; an exception that it raises ends the training. Where the update is
        compiled, PyTorch has one thread meanwhile, and the learners share its others. BadInput for fewer steps than
        there are slots.
        """
        if checked_count("steps", steps) < self.settings.envs:
            raise BadInput(f"{steps} steps are too few: at least {self.settings.envs}, one in each environment slot.")
        agent, env = self.agent, self.env
        if not agent.steps:
            agent.set_horizon(steps)
        # Where the update is compiled, what is left to PyTorch are operations on tensors too small to share.
        with single_threaded_torch() if agent.backend.compiled else nullcontext():
            for _ in range(steps // self.settings.envs):
                transitions = env.step(agent.act(env.rows))
                agent.observe(transitions)
                agent.learn()
                if on_step is not None:
                    on_step(transitions)

    def act(self, observations: Any) -> npt.NDArray[np.int64]:
        """The exploiting policy's actions, `(batch,)`, for a batch of observations as a vector environment gives them.

        The batch is divided evenly among the learners, in order; BadInput where it cannot be, and for an observation
        that is not finite, whatever `settings.on_invalid` says: there is no last one to act on.
        """
        rows = self.env.encode(observations)
        best = self.agent.greedy_values(rows).argmax(-1)
        actions: npt.NDArray[np.int64] = best.cpu().numpy().reshape(-1) + self.env.first_action
        return actions

    def greedy_values(self, rows: torch.Tensor) -> torch.Tensor:
        """The values that the exploiting policy is greedy in (`QAgent.greedy_values`)."""
        return self.agent.greedy_values(rows)

    def evaluate(
        self,
        env: str | VectorEnv[Any, Any, Any] | None = None,
        *,
        episodes: int = 100,
        layouts: str = "train",
        epsilon: float = EPSILON,
        purpose: str = "evaluate",
    ) -> Score:
        """Mean return and success of the exploiting policy, per learner; nothing is learned.

        env: an id, None for the one that the agent was made with, or a vector environment with a slot for each episode
        of each learner, in order. layouts: of a maze, "train" or "held-out". epsilon: share of random actions. purpose:
        names the random streams, so that equal calls with an id give equal scores. BadInput where the agent was made
        with a vector environment and none is given.
        """
        env = self.id if env is None else env
        checked_count("episodes", episodes)
        checked_share("epsilon", epsilon)
        if env is None:
            raise BadInput("this DQN was made with a vector environment: give evaluate one, or an id.")
        on_invalid = self.settings.on_invalid
        if isinstance(env, str):
            return evaluate(
                self,
                env,
                layouts,
                episodes,
                seed=self.seed,
                purpose=purpose,
                epsilon=epsilon,
                on_invalid=on_invalid,
            )
        learner_env = LearnerVectorEnv(env, len(self.learners), self.device, on_invalid=on_invalid)
        return play_episodes(self, learner_env, self.seed, purpose, epsilon)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything that training needs to go on: `load` brings it back.

        Networks, optimiser, replay, bonus, strategy and random streams are exact. So is the state of compiled mazes;
        other environments keep theirs to themselves, and begin new episodes after `load`. The file has tensors and
        plain numbers, and no code.
        """
        write_state(self.state_dict(), path, "DQN")

    def load(self, path: str | os.PathLike[str]) -> None:
        """Go on where `save` was called, bit for bit in compiled mazes, with an agent that was made alike.

        In other environments every slot begins a new episode, and the one that was under way counts as truncated.
        BadInput where the file is none of a DQN's, or of one that was made otherwise: it names the first difference.
        """
        self.load_state_dict(read_state(path, self.device, "DQN"), os.fspath(path))

    def start_from(self, weights: Mapping[str, Any]) -> None:
        """Begin with trained networks, each learner with those of the learner of its name; nothing else is taken over.

        weights: as a `Block` of `agents.train(..., keep_weights=True)` has them. The online network and the target
        network both get them; optimiser, replay, bonus, schedules and random streams are those of a new agent, so that
        what was learned under another reward, or without one, can be trained further. BadInput after the first step,
        where a learner is missing, and where the networks differ in inputs, layers or value functions.
        """
        if self.steps:
            raise BadInput(
                f"this DQN has taken {self.steps} steps: it can start from trained networks before the first."
            )
        missing = [name for name in self.learners if name not in weights["learners"]]
        if missing:
            raise BadInput(
                f"the trained networks are of learners {list(weights['learners'])}: {missing[0]} is missing."
            )
        places = [list(weights["learners"]).index(name) for name in self.learners]
        state = {name: tensor[places] for name, tensor in weights["state"].items()}
        for network in (self.agent.network, self.agent.target):  # in place: compiled kernels hold the same memory
            mine = network.state_dict()
            unlike = [name for name in {**mine, **state} if name not in mine or name not in state] or [
                name for name in mine if mine[name].shape != state[name].shape
            ]
            if unlike:
                raise BadInput(
                    f"the trained networks do not fit this DQN's ({unlike[0]} differs): observations, hidden layers, "
                    "network and value functions must be the same, and a bonus has one of its own."
                )
            network.load_state_dict(state)

    def state_dict(self) -> dict[str, Any]:
        """What `save` writes: tensors, lists and plain numbers."""
        return {
            "format": FORMAT,
            "made_with": self._made_with(),
            "agent": self.agent.state_dict(),
            "env": self.env.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any], source: str = "the state") -> None:
        """Go on where `state_dict` was taken, as `load` does; `source` is what messages call it."""
        if not isinstance(state, dict) or state.get("format") != FORMAT:
            raise BadInput(f"{source} is not a DQN saved in format {FORMAT}.")
        for name, mine in self._made_with().items():
            theirs = state["made_with"].get(name)
            if theirs != mine:
                raise BadInput(f"{source} is of a DQN with {name} {theirs!r}, this one has {mine!r}.")
        self.agent.load_state_dict(state["agent"])
        if not self.env.load_state_dict(state["env"]):
            self.agent.interrupt()

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def _environment(self) -> str | None:
        """The id, or of a vector environment of mazes what they are; None for another vector environment."""
        vector = self.env.vector
        if self.id is not None or not isinstance(vector, Mazes):
            return self.id
        return f"{vector.layouts.spec}, {len(vector.layouts)} layouts, rewards times {vector.reward_scale}"

    def _made_with(self) -> dict[str, Any]:
        """What must be equal for a saved state to be gone on with."""
        bonus, strategy = self.agent.bonus, self.agent.strategy
        return {
            "environment": self._environment(),
            "observation space": str(self.env.space),
            "actions": self.env.actions,
            "learners": self.learners,
            "seed": self.seed,
            "settings": self.settings.model_dump(mode="json"),
            "bonus": None if bonus is None else [type(bonus).__name__, bonus.settings.model_dump(mode="json")],
            "strategy": [type(strategy).__name__, strategy.settings.model_dump(mode="json")],
            "network": [type(self.agent.network).__name__, self.agent.network.settings.model_dump(mode="json")],
        }


def _agent_spec(
    bonus: str | Spec | Bonus | None, strategy: str | Spec | Strategy | None, network: str | Spec | None
) -> AgentSpec:
    """The parts as specs, each checked; for a part that is an object, what stands in for it is not used."""
    for name, part, kinds in (
        ("bonus", bonus, (str, Spec, Bonus)),
        ("strategy", strategy, (str, Spec, Strategy)),
        ("network", network, (str, Spec)),
    ):
        if part is not None and not isinstance(part, kinds):
            raise BadInput(f"{name} is {part!r}: give a spec string{', or an object' if len(kinds) > 2 else ''}.")
    network_spec = parse(network) if isinstance(network, str) else network
    bonus_spec = parse(bonus) if isinstance(bonus, str) else bonus if isinstance(bonus, Spec) else None
    if isinstance(strategy, str):
        strategy = parse(strategy)
    if not isinstance(strategy, Spec):
        explores = network_spec is not None and network_spec.name != "plain"
        strategy = Spec(NETWORK_STRATEGY if explores else DEFAULT_STRATEGY)
    STRATEGIES.resolve(strategy)
    if bonus_spec is not None:
        BONUSES.resolve(bonus_spec)
    if network_spec is not None:
        NETWORKS.resolve(network_spec)
    return AgentSpec(strategy, bonus_spec, network_spec)
