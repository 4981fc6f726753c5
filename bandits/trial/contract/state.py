"""Checks of what a bonus stores and changes: purity, seeds, learners, saved state, devices, its arguments."""

import copy
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

import gymnasium as gym
import torch

from bandits.trial.comparison import CLOSE, Fault, changed, contents, difference, fixed_random_state, global_streams
from bandits.trial.contract.observation_models import ObservationModel, observation_models
from bandits.trial.contract.runs import (
    ENVS,
    STEPS,
    Responses,
    main_models,
    new_bonus,
    run_new_bonus,
    run_through,
    with_each_model,
)
from bandits.trial.contract.trajectories import Trajectory, random_trajectory
from bandits.trial.plugin_under_test import PluginUnderTest
from explore.core.bonus import Bonus

HALF = STEPS // 2


def pure(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """`score` changes no tensor and no random stream."""
    return with_each_model(plugin, observation_models(), _pure)


def _pure(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    bonus, trajectory = new_bonus(plugin, model, [0, 1]), random_trajectory([0, 1], ENVS, HALF, seed=1)
    run_through(bonus, model, trajectory, probe=False)
    now, probes = model.step(trajectory, HALF - 1), model.probes(2)
    factor = bonus.observe(now)
    bonus.score(model.probes(2, rows=1))  # what it works out once and keeps is no change
    before, outside = contents(bonus), global_streams()
    bonus.score(probes)
    bonus.score(now, factor)
    place = changed(before, contents(bonus))
    if place is not None:
        return f"score changed {place}"
    touched = changed(contents(outside), contents(global_streams()))
    return None if touched is None else f"score drew from the global random state of {_first(touched)}"


def repeatable(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """The same seed gives the same values; the global random state is neither used nor set."""
    return with_each_model(plugin, main_models(), _repeatable)


def _repeatable(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    first = run_new_bonus(plugin, model, [0, 1]).values()
    fault = difference(first, run_new_bonus(plugin, model, [0, 1]).values())
    if fault:
        return f"{fault} from one run to the next"
    with fixed_random_state():
        return _global_use(plugin, model)


def _global_use(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    """The constructor, `observe` and `learn`; `pure` has `score`."""
    trajectory, before = random_trajectory([0, 1], ENVS, 2, seed=1), contents(global_streams())
    bonus = new_bonus(plugin, model, [0, 1])
    for verb in ("the constructor", "observe", "learn"):
        if verb == "observe":
            bonus.observe(model.step(trajectory, 0))
        if verb == "learn":
            bonus.learn(model.batch(trajectory, [0]))
        touched = changed(before, contents(global_streams()))
        if touched:
            return f"{verb} draws from or sets the global random state of {_first(touched)}"
    return None


def _first(place: str) -> str:
    return place.split("]")[0].removeprefix("[")


def independent(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """Learners in another order give the same in that order; one alone gives its own."""
    return with_each_model(plugin, main_models(), _independent)


def _independent(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    together = run_new_bonus(plugin, model, [0, 1, 2]).values()
    for how, order in (("alone", [1]), ("in another order", [2, 0, 1])):
        theirs = run_new_bonus(plugin, model, order).values()
        fault = difference({name: values[order] for name, values in together.items()}, theirs, CLOSE)
        if fault:
            return f"{fault} where a learner runs {how}"
    return None


def round_trip(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """State taken mid-run, loaded into a new bonus and into a used one, saved to a file or not: they continue alike."""
    return with_each_model(plugin, main_models(), _round_trip)


def _round_trip(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    before, after = _halves(random_trajectory([0, 1], ENVS, STEPS, seed=1))
    bonus, new, used = (new_bonus(plugin, model, [0, 1]) for _ in range(3))
    run_through(used, model, random_trajectory([0, 1], ENVS, 3, seed=4), probe=False)
    run_through(bonus, model, before, probe=False)
    file = io.BytesIO()
    torch.save(bonus.state_dict(), file)
    file.seek(0)
    new.load_state_dict(torch.load(file, weights_only=False))
    used.load_state_dict(bonus.state_dict())
    expected = _continued(bonus, model, after)
    for which, restored in (("a new bonus", new), ("a used bonus", used)):
        fault = difference(expected.values(), _continued(restored, model, after).values())
        if fault:
            return f"{fault} after {which} loaded the state"
    return None


def device(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """A copy and a moved bonus continue alike; on CUDA too, where there is one."""
    fault, note = with_each_model(plugin, main_models(), _device)
    if not torch.cuda.is_available():
        note = f"Tested with a copy and a move within the CPU, as no CUDA device is available. {note}".strip()
    return fault, note


def _device(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    before, after = _halves(random_trajectory([0, 1], ENVS, STEPS, seed=1))
    bonus = new_bonus(plugin, model, [0, 1])
    run_through(bonus, model, before, probe=False)
    copied, moved = copy.deepcopy(bonus), copy.deepcopy(bonus).to("cpu")
    cuda = copy.deepcopy(bonus).to("cuda") if torch.cuda.is_available() else None
    expected = _continued(bonus, model, after).values()
    fault = difference(expected, _continued(copied, model, after).values())
    if fault:
        return f"{fault} in a copy"
    fault = difference(expected, _continued(moved, model, after).values())
    if fault:
        return f'{fault} after .to("cpu")'
    if cuda is not None:
        with fixed_random_state():
            fault = difference(expected, run_through(cuda, model, after, device="cuda").values(), 10 * CLOSE)
        if fault:
            return f'{fault} after .to("cuda")'
    return None


def _halves(trajectory: Trajectory) -> Sequence[Trajectory]:
    return [trajectory.select((slice(None), slice(None), part)) for part in (slice(HALF), slice(HALF, None))]


def _continued(bonus: Bonus, model: ObservationModel, trajectory: Trajectory) -> Responses:
    with fixed_random_state():
        return run_through(bonus, model, trajectory)


def inputs_unchanged(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """No environment is stepped or reset, no space drawn from, no transition changed."""
    return with_each_model(plugin, observation_models(), _inputs_unchanged)


def _inputs_unchanged(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    spaces = (copy.deepcopy(model.space), copy.deepcopy(model.action_space))
    for space in spaces:
        space.seed(0)
    before, trajectory = contents(spaces), random_trajectory([0, 1], ENVS, 4, seed=1)
    with environment_calls() as calls:
        bonus = plugin.bonus(*spaces, learners=[0, 1], envs=ENVS)
        for step in range(trajectory.steps):
            now, batch = model.step(trajectory, step), model.batch(trajectory, range(step + 1))
            handed = contents([now, batch])
            factor = bonus.observe(now)
            bonus.score(now, factor)
            bonus.learn(batch)
            # Fresh copies: transitions keep what is computed from their fields, such as the keys of observations.
            place = changed(handed, contents([replace(now), replace(batch)]))
            if place is not None:
                return f"the transitions that it was given are changed: {place.partition('.')[2]}"
    if calls:
        return f"it calls {calls[0]}"
    return "it draws from the spaces that it was given" if changed(before, contents(spaces)) else None


@contextmanager
def environment_calls() -> Iterator[list[str]]:
    """Within it, calls in this thread of `step` and `reset` of any environment are written down."""
    calls: list[str] = []
    kinds = (gym.Env, gym.vector.VectorEnv)

    def record(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_name in ("step", "reset"):
            owner = frame.f_locals.get("self")
            if isinstance(owner, kinds):
                calls.append(f"{type(owner).__name__}.{frame.f_code.co_name}")

    earlier = sys.getprofile()
    sys.setprofile(record)
    try:
        yield calls
    finally:
        sys.setprofile(earlier)
