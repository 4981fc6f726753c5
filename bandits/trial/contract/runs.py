"""Runs of a bonus through a trajectory, as an agent runs it, and runs of one check with each observation model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

from bandits.trial.comparison import Fault, Refused, fixed_random_state
from bandits.trial.contract.observation_models import ObservationModel, observation_models
from bandits.trial.contract.trajectories import Trajectory, random_trajectory
from bandits.trial.plugin_under_test import PluginUnderTest
from explore.core.bonus import Bonus
from explore.errors import BadInput

ENVS = 3
STEPS = 10
REPLAY = 16  # steps that a batch to learn from reaches back


@dataclass(frozen=True)
class Responses:
    """What a bonus returned: per step the episodic factors, the bonus just earned, the probes' bonus, the losses."""

    factors: list[torch.Tensor]  # each (learners, envs)
    earned: list[torch.Tensor]  # each (learners, envs)
    probed: list[torch.Tensor]  # each (learners, probes)
    losses: list[dict[str, torch.Tensor]]  # each value (learners,)

    def values(self) -> dict[str, torch.Tensor]:
        """All outputs by name, learner axis first."""
        stacked = {name: torch.stack(getattr(self, name), 1) for name in ("factors", "earned", "probed")}
        for name in self.losses[0]:
            stacked[f"loss {name}"] = torch.stack([losses[name].detach() for losses in self.losses], 1)
        return stacked


def run_through(
    bonus: Bonus,
    model: ObservationModel,
    trajectory: Trajectory,
    *,
    learn: bool = True,
    probe: bool = True,
    device: str = "cpu",
) -> Responses:
    """Run the bonus through the trajectory as an agent does: observe, score, learn from recent steps."""
    probes = model.probes(len(trajectory.state)).to(device)
    responses = Responses([], [], [], [])
    for step in range(trajectory.steps):
        now = model.step(trajectory, step).to(device)
        factor = bonus.observe(now)
        responses.factors.append(factor.cpu())
        responses.earned.append(bonus.score(now, factor).cpu())
        if probe:
            responses.probed.append(bonus.score(probes).cpu())
        recent = range(max(0, step + 1 - REPLAY), step + 1)
        losses = bonus.learn(model.batch(trajectory, recent).to(device)) if learn else {}
        responses.losses.append({name: loss.detach().cpu() for name, loss in losses.items()})
    return responses


def main_models() -> dict[str, ObservationModel]:
    """Those that are encoded in different ways; shapes, finite outputs and purity are checked in all."""
    return {kind: model for kind, model in observation_models().items() if kind in ("numbers", "categories", "picture")}


def new_bonus(plugin: PluginUnderTest, model: ObservationModel, names: Sequence[int]) -> Bonus:
    """A new bonus for the learners `names`."""
    return plugin.bonus(model.space, model.action_space, learners=list(names), envs=ENVS)


def run_new_bonus(plugin: PluginUnderTest, model: ObservationModel, names: Sequence[int]) -> Responses:
    """The outputs of a new bonus for the learners' own random trajectories."""
    with fixed_random_state():
        return run_through(new_bonus(plugin, model, names), model, random_trajectory(names, ENVS, STEPS, seed=1))


def with_each_model(
    plugin: PluginUnderTest,
    models: Mapping[str, ObservationModel],
    find_fault: Callable[[PluginUnderTest, ObservationModel], Fault],
) -> tuple[Fault, str]:
    """The fault in the first model where there is one; the note names the models that the plugin refuses.

    A plugin may refuse spaces that its formula does not suit, by BadInput. Refused where it takes none at all.
    """
    refused = {}
    for kind, model in models.items():
        try:
            new_bonus(plugin, model, [0])
        except BadInput as error:
            refused[kind] = str(error)
            continue
        fault = find_fault(plugin, model)
        if fault is not None:
            return f"with {kind}: {fault}", ""
    if len(refused) == len(models):
        raise Refused(f"it takes none of {', '.join(refused)}: {next(iter(refused.values()))}")
    return None, "".join(f"Not tried with {kind}, which it refuses: {why}" for kind, why in refused.items())
