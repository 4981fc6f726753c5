"""Checks of what a bonus returns: shapes and types, that it is finite, and that it falls with visits."""

import torch

from bandits.trial.comparison import Fault, Refused
from bandits.trial.contract.observation_models import ObservationModel, huge_observation_models, observation_models
from bandits.trial.contract.runs import ENVS, main_models, new_bonus, run_new_bonus, run_through, with_each_model
from bandits.trial.contract.trajectories import STATES, endless_walk, episode, random_trajectory, scripted
from bandits.trial.plugin_under_test import PluginUnderTest

STEPS_AT_A_LIMIT = 5
FALL = 0.05  # of the first bonus, over 59 steps between two states; RND, the slowest here, loses 30 %


def shapes(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """One float32 per transition and per slot, whatever the batch; one loss per learner."""
    return with_each_model(plugin, observation_models(), _shapes)


def _shapes(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    bonus, trajectory = new_bonus(plugin, model, [0, 1]), random_trajectory([0, 1], ENVS, 4, seed=1)
    for step in range(trajectory.steps):
        now = model.step(trajectory, step)
        factor = bonus.observe(now)
        if tuple(factor.shape[:2]) != (2, ENVS) or factor.dtype != torch.float32:
            return f"observe gives {_form(factor)}, not float32 (learners, envs) = (2, {ENVS})"
        for argument, score, size in (
            ("", bonus.score(now, factor), ENVS),
            (" without a factor", bonus.score(now), ENVS),
            (" for a batch", bonus.score(model.probes(2)), 2 * STATES),
        ):
            if tuple(score.shape) != (2, size) or score.dtype != torch.float32:
                return f"score{argument} gives {_form(score)}, not float32 (learners, batch) = (2, {size})"
        for name, loss in bonus.learn(model.batch(trajectory, range(step + 1))).items():
            if tuple(loss.shape) != (2,) or not loss.is_floating_point():
                return f"learn gives the loss '{name}' as {_form(loss)}, not as floats (learners,) = (2,)"
    return None


def _form(values: torch.Tensor) -> str:
    return f"{str(values.dtype).removeprefix('torch.')} {tuple(values.shape)}"


def finite(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """Finite outputs from the first step on: usual observations, a batch of one, one for ever, and huge ones."""
    fault, note = with_each_model(plugin, observation_models(), _finite)
    if fault:
        return fault, note
    try:
        return with_each_model(plugin, huge_observation_models(), _finite_huge)[0], note
    except Refused:  # categories are never huge
        return None, f"Not tried with huge observations. {note}"


def _finite(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    usual = _not_finite("", run_new_bonus(plugin, model, [0, 1]).values())
    one = plugin.bonus(model.space, model.action_space, learners=1, envs=1)
    if not torch.isfinite(one.score(model.probes(1, rows=1))).all():
        return usual or "score is not finite before anything was seen"
    alone = run_through(one, model, random_trajectory([0], 1, STEPS_AT_A_LIMIT, seed=2)).values()
    constant = scripted(*[episode([3] * (STEPS_AT_A_LIMIT + 1))] * ENVS)
    stuck = run_through(new_bonus(plugin, model, [0, 1]), model, constant).values()
    return (
        usual or _not_finite(" with a batch of one", alone) or _not_finite(" when the observation never changes", stuck)
    )


def _finite_huge(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    trajectory = random_trajectory([0, 1], ENVS, STEPS_AT_A_LIMIT, seed=3)
    return _not_finite(
        " with huge observations", run_through(new_bonus(plugin, model, [0, 1]), model, trajectory).values()
    )


def _not_finite(when: str, values: dict[str, torch.Tensor]) -> Fault:
    wrong = next((name for name, each in values.items() if not torch.isfinite(each).all()), None)
    return None if wrong is None else f"{wrong} has values that are not finite{when}"


def falls(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """A transition that happens again and again earns less."""
    return with_each_model(plugin, main_models(), _falls)


def _falls(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    bonus = plugin.formula(model.space, model.action_space, learners=[0, 1], envs=1)
    earned = torch.stack(run_through(bonus, model, endless_walk([0, 1] * 30, 2, 1), probe=False).earned).mean((1, 2))
    early, late = float(earned[:4].mean()), float(earned[-4:].mean())
    fallen = early - late > FALL * abs(early)
    return None if fallen else f"the bonus goes from {early:.3g} to {late:.3g} over {len(earned)} steps"
