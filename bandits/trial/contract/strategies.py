"""The contract of a strategy as checks: its actions, that it changes no value, its learners, and its state.

A strategy chooses among values that an agent could have, and is given each observation and each transition.
"""

from collections.abc import Sequence
from dataclasses import replace

import torch

from bandits.trial.comparison import Fault, changed, contents, difference, fixed_random_state, global_streams
from bandits.trial.contract.observation_models import ObservationModel, observation_models
from bandits.trial.contract.trajectories import STATES, Trajectory, random_trajectory
from bandits.trial.plugin_under_test import PluginUnderTest
from explore.core.strategy import Strategy
from explore.numerics.seeding import stream
from explore.numerics.streams import Streams

ENVS = 3
ACTIONS = 5
STEPS = 24
HORIZON = STEPS * ENVS * 2

Verdict = tuple[Fault, str]


def strategy_shapes(plugin: PluginUnderTest) -> Verdict:
    """One int64 per slot."""
    run = StrategyRun(plugin, [0, 1])
    for step in range(4):
        actions = run.choose(step)
        if tuple(actions.shape) != (2, ENVS) or actions.dtype != torch.int64:
            form = f"{str(actions.dtype).removeprefix('torch.')} {tuple(actions.shape)}"
            return f"choose gives {form}, not int64 (learners, envs) = (2, {ENVS})", ""
        run.observe(step, actions)
    return None, ""


def strategy_valid(plugin: PluginUnderTest) -> Verdict:
    """Actions 0 … actions − 1 at every step of the run, for usual, equal and huge values, and for one action."""
    for kind, scale in (("usual", 1.0), ("equal", 0.0), ("huge", 1e30), ("tiny", 1e-30)):
        for actions in (ACTIONS, 1):
            run = StrategyRun(plugin, [0, 1], actions=actions, scale=scale)
            for step in range(STEPS):
                chosen = run.choose(step)
                if int(chosen.min()) < 0 or int(chosen.max()) >= actions:
                    wrong = int(chosen.max()) if int(chosen.max()) >= actions else int(chosen.min())
                    return f"with {kind} values it chooses {wrong} among {actions} actions", ""
                run.observe(step, chosen)
    return None, ""


def strategy_pure(plugin: PluginUnderTest) -> Verdict:
    """`choose` changes no value and draws from the given streams alone."""
    run = StrategyRun(plugin, [0, 1])
    for step in range(STEPS):
        values, outside = contents(run.values(step)), global_streams()
        actions = run.choose(step)
        if changed(values, contents(run.values(step))) is not None:
            return "choose changes the values that it is given", ""
        touched = changed(contents(outside), contents(global_streams()))
        if touched:
            return f"choose draws from the global random state of {touched.split(']')[0].removeprefix('[')}", ""
        run.observe(step, actions)
    return None, ""


def strategy_repeatable(plugin: PluginUnderTest) -> Verdict:
    """Two runs of one seed, under the same global random state and under another."""
    first, again = (StrategyRun(plugin, [0, 1]).run() for _ in range(2))
    with fixed_random_state(seed=1):
        reseeded = StrategyRun(plugin, [0, 1]).run()
    fault = difference({"the choice": first}, {"the choice": again})
    fault = fault or difference({"the choice": first}, {"the choice": reseeded})
    return fault and f"{fault} from one run to the next", ""


def strategy_independent(plugin: PluginUnderTest) -> Verdict:
    """A learner alone, and learners in another order."""
    together = StrategyRun(plugin, [0, 1, 2]).run()
    for how, order in (("alone", [1]), ("in another order", [2, 0, 1])):
        fault = difference({"the choice": together[order]}, {"the choice": StrategyRun(plugin, order).run()})
        if fault:
            return f"{fault} where a learner chooses {how}", ""
    return None, ""


def strategy_round_trip(plugin: PluginUnderTest) -> Verdict:
    """State taken mid-run and loaded into a new strategy and a used one, together with the state of its streams."""
    half = STEPS // 2
    for which, earlier in (("a new strategy", 0), ("a strategy that had chosen", half)):
        other = StrategyRun(plugin, [0, 1], seed=7)
        other.run(range(earlier))
        original = StrategyRun(plugin, [0, 1])
        original.run(range(half))
        other.strategy.load_state_dict(original.strategy.state_dict())
        other.streams.load_state_dict(original.streams.state_dict())
        other.copy_inputs(original)
        expected = original.run(range(half, STEPS))
        fault = difference({"the choice": expected}, {"the choice": other.run(range(half, STEPS))})
        if fault:
            return f"{fault} after {which} loaded the state", ""
    return None, ""


class StrategyRun:
    """A new strategy and its inputs: values, observations, and the transitions after its choices."""

    def __init__(
        self,
        plugin: PluginUnderTest,
        names: Sequence[int],
        *,
        actions: int = ACTIONS,
        scale: float = 1.0,
        seed: int = 0,
    ) -> None:
        self.strategy: Strategy = plugin.strategy(actions, learners=len(names), envs=ENVS, horizon=HORIZON)
        self.streams = Streams(seed, "choose", names)
        self.actions = actions
        self.model: ObservationModel = observation_models()["categories"]
        self.trajectory: Trajectory = random_trajectory(names, ENVS, STEPS, seed=seed + 1)
        table = [stream(seed, "values", name).normal(size=(STATES, actions)) for name in names]
        self.table = torch.stack([torch.from_numpy(each).float() * scale for each in table])
        self._values = [self._at(step) for step in range(STEPS)]

    def values(self, step: int) -> torch.Tensor:
        """The action values, `(learners, envs, actions)`."""
        return self._values[step]

    def choose(self, step: int) -> torch.Tensor:
        """The actions of a step, `(learners, envs)`."""
        self.strategy.see(self.model.step(self.trajectory, step).observation)
        return self.strategy.choose(self.values(step), step * ENVS, self.streams)

    def observe(self, step: int, actions: torch.Tensor) -> None:
        """Give it the transitions of the step."""
        self.strategy.observe(replace(self.model.step(self.trajectory, step), action=actions))

    def run(self, steps: Sequence[int] = range(STEPS)) -> torch.Tensor:
        """The choices of the steps, `(learners, envs, steps)`."""
        chosen = []
        for step in steps:
            chosen.append(self.choose(step))
            self.observe(step, chosen[-1])
        return torch.stack(chosen, 2) if chosen else torch.zeros(0)

    def copy_inputs(self, other: "StrategyRun") -> None:
        """Take the inputs of the other."""
        self.trajectory, self.table, self._values = other.trajectory, other.table, other._values

    def _at(self, step: int) -> torch.Tensor:
        state = torch.from_numpy(self.trajectory.state[:, :, step].copy())
        return self.table.gather(1, state.unsqueeze(-1).expand(-1, -1, self.actions))
