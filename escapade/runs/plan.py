"""The plan of a maze experiment, and what identifies each of its blocks.

A learner's result depends on its block's configuration and its own name alone. The configuration holds the specs as
written and the settings that they resolve to (the DQN's, the strategy's, the bonus's, the network's and the maze's,
with every default), so that a release that changes a default cannot continue results of the former one.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_origin

import gymnasium as gym

from agents.dqn.agent_spec import parse_agent
from agents.dqn.networks.plain import NETWORKS
from agents.dqn.settings import DQNSettings
from agents.mazes import parse_maze
from agents.mazes.layouts.named_sets import split
from agents.mazes.maze_spec import is_maze
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.registry import Registry
from explore.core.spec import Settings, Spec, settings_from
from explore.errors import BadInput

Configuration = dict[str, Any]


@dataclass(frozen=True)
class Initial:
    """The folder whose networks the learners begin with, and by maze and agent the configuration they were of."""

    folder: str
    sources: Mapping[tuple[str, str], Configuration]


@dataclass(frozen=True)
class Plan:
    """What a maze experiment trains: every agent in every maze, `learners` each, with one DQN's settings."""

    mazes: tuple[str, ...]
    agents: tuple[str, ...]
    learners: int
    steps: int
    seed: int
    device: str = "cpu"
    dqn: DQNSettings = dataclasses.field(default_factory=DQNSettings)
    schedule_steps: int | None = None  # steps that schedules run over, where they are not `steps`
    planners: tuple[str, ...] = ()  # methods that know the model, for comparison
    initial: Initial | None = None  # trained networks to begin with

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON values, with every setting of every block."""
        blocks = [{key: c[key] for key in ("maze", "agent", "settings")} for c in self.configurations()]
        shared = {"learners": self.learners, "steps": self.steps, "seed": self.seed, "device": self.device}
        more: dict[str, Any] = {"planners": list(self.planners)} if self.planners else {}
        if self.initial is not None:
            more["initial"] = self.initial.folder
        return {**shared, **self._schedule(), **more, "dqn": self.dqn.resolved(), "blocks": blocks}

    def configurations(self) -> list[Configuration]:
        """One per block, as JSON values: everything that a learner's result depends on, apart from its name."""
        return [
            {
                "maze": maze,
                "agent": agent,
                "steps": self.steps,
                **self._schedule(),
                "seed": self.seed,
                "device": self.device,
                "settings": resolved_settings(maze, agent, self.dqn),
                **({} if self.initial is None else {"initial": self.initial.sources[maze, agent]}),
            }
            for maze in self.mazes
            for agent in self.agents
        ]

    def _schedule(self) -> dict[str, int]:
        return {} if self.schedule_steps in (None, self.steps) else {"schedule_steps": int(self.schedule_steps or 0)}


def continued(plan: Plan, kept: Sequence[Configuration]) -> Plan:
    """The plan, with the schedules of the shorter training in `kept` that it goes on with, where there is one.

    Schedules (ε, a bonus's decay) run over the length of a training, so that a longer one differs from its first step.
    What goes on therefore keeps the schedules of the former length, in every block of the plan, and its configuration
    says so. BadInput where the blocks were trained for different numbers of steps.
    """
    shorter: dict[int, set[int]] = {}  # steps: the lengths of the schedules
    newest = []
    for configuration in plan.configurations():
        alike = [c for c in kept if _identity(c) == _identity(configuration) and c["steps"] <= plan.steps]
        if alike:
            newest.append(max(alike, key=lambda c: (c["steps"], schedule_of(c))))
    for configuration in newest:
        shorter.setdefault(configuration["steps"], set()).add(schedule_of(configuration))
    lengths = shorter.get(plan.steps) or set().union(*shorter.values())
    if len(lengths) > 1:
        raise BadInput(
            f"--steps {plan.steps}: the agents to resume have schedules over {_listed(lengths)} steps, and those "
            "of one experiment must be equal; name another folder with --out."
        )
    return dataclasses.replace(plan, schedule_steps=lengths.pop()) if lengths else plan


def former(configuration: Configuration, kept: Sequence[Configuration]) -> Configuration | None:
    """The longest training in `kept` that is the beginning of `configuration`'s; None where there is none."""
    beginnings = [
        each
        for each in kept
        if _identity(each) == _identity(configuration)
        and schedule_of(each) == schedule_of(configuration)
        and each["steps"] < configuration["steps"]
    ]
    return max(beginnings, key=lambda each: int(each["steps"]), default=None)


def schedule_of(configuration: Mapping[str, Any]) -> int:
    """The steps that the schedules of a configuration, or of a plan as a dictionary, run over."""
    return int(configuration.get("schedule_steps", configuration["steps"]))


def schedule_sentence(plan: Mapping[str, Any]) -> str | None:
    """What the schedules of a plan, as a dictionary, run over; None where that is the whole training."""
    length, steps = schedule_of(plan), int(plan["steps"])
    if length == steps:
        return None
    return (
        f"Training continues after {length:,} steps: schedules (ε, the bonus's decay) keep that length, so that the "
        f"result differs from {steps:,} steps from the start; for that, name another folder."
    )


def _identity(configuration: Configuration) -> Configuration:
    return {key: value for key, value in configuration.items() if key not in ("steps", "schedule_steps")}


def _listed(numbers: Iterable[int]) -> str:
    return " and ".join(f"{number:,}" for number in sorted(numbers))


def resolved_settings(maze: str, agent: str, dqn: DQNSettings) -> dict[str, Any]:
    """Every setting of a block with its value, as JSON values; BadInput where a spec is wrong."""
    spec = parse_agent(agent)
    parts = {
        "maze": environment_settings(maze),
        "dqn": dqn.resolved(),
        "strategy": _plugin(STRATEGIES, spec.strategy),
        "bonus": None if spec.bonus is None else _plugin(BONUSES, spec.bonus),
        "network": _plugin(NETWORKS, spec.network or Spec("plain")),
    }
    settings: dict[str, Any] = json.loads(json.dumps(parts))
    return settings


def environment_settings(text: str) -> dict[str, Any]:
    """The id of an environment and, of a maze, its settings.

    BadInput for an id that Gymnasium does not know, a setting that is wrong, and actions that are not discrete.
    """
    if is_maze(text):
        settings = dataclasses.asdict(parse_maze(text))
        if settings["train_layouts"] is None:  # results from before there was this setting are of the same maze
            del settings["train_layouts"]
        else:
            split(text)  # BadInput where there are fewer
        return settings
    try:
        environment = gym.make(text)
    except Exception as error:  # whatever making a third party's environment raises
        raise BadInput(f"the environment {text} cannot be made: {error}") from error
    actions = environment.action_space
    environment.close()
    if not isinstance(actions, gym.spaces.Discrete):
        raise BadInput(f"the DQN needs discrete actions: those of {text} are {actions}.")
    return {"id": text}


def dqn_settings(assignments: Iterable[str], base: DQNSettings | None = None) -> DQNSettings:
    """The DQN's settings `base`, changed by the command line's `name=value`; several values are joined by commas.

    BadInput where one is not of this form, unknown, out of range or given twice.
    """
    values: dict[str, Any] = {}
    for text in assignments:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise BadInput(f"--set '{text}' is not a setting of the DQN: write name=value, such as n_step=5.")
        if name in values:
            raise BadInput(f"--set gives the setting '{name}' twice.")
        field = DQNSettings.model_fields.get(name)
        values[name] = value.split(",") if field and get_origin(field.annotation) is tuple else value
    unchanged = {} if base is None else {k: v for k, v in base.model_dump().items() if k not in values}
    return settings_from(DQNSettings, {**unchanged, **values}, "the DQN")


def changed_settings(dqn: Mapping[str, Any]) -> dict[str, Any]:
    """The DQN's settings, as JSON values, that differ from their defaults."""
    defaults = DQNSettings().resolved()
    return {name: value for name, value in dqn.items() if value != defaults.get(name)}


def differences(kept: Any, planned: Any, path: str = "") -> list[str]:
    """Where two configurations differ, such as `dqn.n_step is 3 there and 5 here`."""
    if isinstance(kept, dict) and isinstance(planned, dict):
        names = dict.fromkeys([*kept, *planned])
        parts = [differences(kept.get(n), planned.get(n), f"{path}.{n}".removeprefix(".")) for n in names]
        return [line for part in parts for line in part]
    return [] if kept == planned else [f"{path} is {_shown(kept)} there and {_shown(planned)} here"]


def _shown(value: Any) -> str:
    return "absent" if value is None else json.dumps(value)


def _plugin(registry: Registry[Any], spec: Spec) -> dict[str, Any]:
    settings: Settings = registry.resolve(spec)[1]
    return {"name": spec.name, **settings.resolved()}
