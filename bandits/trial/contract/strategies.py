"""The contract of a strategy as checks: what it answers, that it is pure towards its values, learners, and its state.

A strategy is led through choices among values that an agent could have, told where it stands, and told what happened.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch

from bandits.trial.comparison import Finding, changed, contents, difference, global_streams, settled
from bandits.trial.contract.scripts import STATES, Scene, Story, scenes, wander
from bandits.trial.plugin_under_test import Subject
from explore.core.strategy import Strategy
from explore.numerics.seeding import stream
from explore.numerics.streams import Streams

ENVS = 3
ACTIONS = 5
STEPS = 24
HORIZON = STEPS * ENVS * 2

Answer = tuple[Finding, str]


def strategy_shapes(subject: Subject) -> Answer:
    """One int64 per slot."""
    told = Telling(subject, [0, 1])
    for step in range(4):
        actions = told.choose(step)
        if tuple(actions.shape) != (2, ENVS) or actions.dtype != torch.int64:
            form = f"{str(actions.dtype).removeprefix('torch.')} {tuple(actions.shape)}"
            return f"choose gives {form}, not int64 (learners, envs) = (2, {ENVS})", ""
        told.happen(step, actions)
    return None, ""


def strategy_valid(subject: Subject) -> Answer:
    """Actions 0 … actions − 1 at every step of the run, for usual, equal and huge values, and for one action."""
    for kind, scale in (("usual", 1.0), ("equal", 0.0), ("huge", 1e30), ("tiny", 1e-30)):
        for actions in (ACTIONS, 1):
            told = Telling(subject, [0, 1], actions=actions, scale=scale)
            for step in range(STEPS):
                chosen = told.choose(step)
                if int(chosen.min()) < 0 or int(chosen.max()) >= actions:
                    wrong = int(chosen.max()) if int(chosen.max()) >= actions else int(chosen.min())
                    return f"with {kind} values it chooses {wrong} among {actions} actions", ""
                told.happen(step, chosen)
    return None, ""


def strategy_pure(subject: Subject) -> Answer:
    """`choose` changes no value and draws from the given streams alone."""
    told = Telling(subject, [0, 1])
    for step in range(STEPS):
        values, outside = contents(told.values(step)), global_streams()
        actions = told.choose(step)
        if changed(values, contents(told.values(step))) is not None:
            return "choose changes the values that it is given", ""
        touched = changed(contents(outside), contents(global_streams()))
        if touched:
            return f"choose draws from the global random state of {touched.split(']')[0].removeprefix('[')}", ""
        told.happen(step, actions)
    return None, ""


def strategy_repeatable(subject: Subject) -> Answer:
    """Two lives of one seed, under the same global random state and under another."""
    first, again = (Telling(subject, [0, 1]).live() for _ in range(2))
    with settled(seed=1):
        shaken = Telling(subject, [0, 1]).live()
    found = difference({"the choice": first}, {"the choice": again})
    found = found or difference({"the choice": first}, {"the choice": shaken})
    return found and f"{found} from one life to the next", ""


def strategy_independent(subject: Subject) -> Answer:
    """A learner alone, and learners in another order."""
    together = Telling(subject, [0, 1, 2]).live()
    for how, order in (("alone", [1]), ("in another order", [2, 0, 1])):
        found = difference({"the choice": together[order]}, {"the choice": Telling(subject, order).live()})
        if found:
            return f"{found} where a learner chooses {how}", ""
    return None, ""


def strategy_round_trip(subject: Subject) -> Answer:
    """State taken mid-run and loaded into a new strategy and a used one, beside the state of its streams."""
    half = STEPS // 2
    for which, begun in (("a new strategy", 0), ("a strategy that had chosen", half)):
        other = Telling(subject, [0, 1], seed=7)
        other.live(range(begun))
        original = Telling(subject, [0, 1])
        original.live(range(half))
        other.strategy.load_state_dict(original.strategy.state_dict())
        other.streams.load_state_dict(original.streams.state_dict())
        other.retell(original)
        wanted = original.live(range(half, STEPS))
        found = difference({"the choice": wanted}, {"the choice": other.live(range(half, STEPS))})
        if found:
            return f"{found} after {which} loaded the state", ""
    return None, ""


class Telling:
    """A new strategy and what it is told: values, what its slots see, and what came of its choices."""

    def __init__(
        self, subject: Subject, names: Sequence[int], *, actions: int = ACTIONS, scale: float = 1.0, seed: int = 0
    ) -> None:
        self.strategy: Strategy = subject.strategy(actions, learners=len(names), envs=ENVS, horizon=HORIZON)
        self.streams = Streams(seed, "choose", names)
        self.actions = actions
        self.scene: Scene = scenes()["categories"]
        self.story: Story = wander(names, ENVS, STEPS, seed=seed + 1)
        table = [stream(seed, "values", name).normal(size=(STATES, actions)) for name in names]
        self.table = torch.stack([torch.from_numpy(each).float() * scale for each in table])
        self._values = [self._at(step) for step in range(STEPS)]

    def values(self, step: int) -> torch.Tensor:
        """What the actions are thought to be worth, `(learners, envs, actions)`."""
        return self._values[step]

    def choose(self, step: int) -> torch.Tensor:
        """What the strategy does in a step of its run."""
        self.strategy.see(self.scene.step(self.story, step).observation)
        return self.strategy.choose(self.values(step), step * ENVS, self.streams)

    def happen(self, step: int, actions: torch.Tensor) -> None:
        """What came of it."""
        self.strategy.observe(replace(self.scene.step(self.story, step), action=actions))

    def live(self, steps: Sequence[int] = range(STEPS)) -> torch.Tensor:
        """The choices of the steps, `(learners, envs, steps)`."""
        chosen = []
        for step in steps:
            chosen.append(self.choose(step))
            self.happen(step, chosen[-1])
        return torch.stack(chosen, 2) if chosen else torch.zeros(0)

    def retell(self, other: "Telling") -> None:
        """Be told what the other is told."""
        self.story, self.table, self._values = other.story, other.table, other._values

    def _at(self, step: int) -> torch.Tensor:
        state = torch.from_numpy(self.story.state[:, :, step].copy())
        return self.table.gather(1, state.unsqueeze(-1).expand(-1, -1, self.actions))
