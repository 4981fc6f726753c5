"""Checks of where episodes begin and end: what a reset is not, and what is forgotten at it.

No check can know what a plugin remembers. So each compares two trajectories that are the same to a sound bonus, and
that are not to one with the fault in question:

successors      the same episodes in another order; the same with another beginning; their second halves exchanged
                between two slots. Where a beginning
                counts as the successor of an end, the successors differ.
idle steps      the same with something else in the rows that are no transition
memory          the factors of an episode after one or another past of its slot; with the episode of another slot ended
                or not; and the factor of the very step that ends

Networks do not learn meanwhile, and normalisation, which filters each slot's stream across episodes, is off; only with
idle steps the bonus is as it is, and learns.
"""

import gymnasium as gym
import torch

from bandits.trial.comparison import CLOSE, Fault, difference
from bandits.trial.contract.observation_models import ObservationModel
from bandits.trial.contract.runs import main_models, run_through, with_each_model
from bandits.trial.contract.trajectories import Ending, Row, Trajectory, episode, scripted
from bandits.trial.plugin_under_test import PluginUnderTest

ENDINGS: tuple[Ending, ...] = ("terminated", "truncated")


def boundaries(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """The first observation of an episode is no successor, and rows that are no transition are nothing."""
    fault, note = with_each_model(plugin, main_models(), _boundaries)
    if fault is None and "with categories, which" in note:
        note = f"Only successions were looked at, not single arrivals. {note}"
    return fault, note


def _boundaries(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    # In numbers that are whitened everything seen moves everything a little; categories show single arrivals.
    exact = isinstance(model.space, gym.spaces.Discrete)
    for ending in ENDINGS:
        fault = _exchanged(plugin, model, ending) or (_reordered(plugin, model, ending) if exact else None)
        if fault:
            return f"{fault} (episodes are {ending})"
    return _idle(plugin, model)


def _exchanged(plugin: PluginUnderTest, model: ObservationModel, ending: Ending) -> Fault:
    """Two slots, two episodes each: it does not matter which first episode a second one follows."""
    first, other = episode([0, 1, 2], ending), episode([3, 4, 5], ending)
    second, fourth = episode([6, 7, 8], ending), episode([9, 10, 11], ending)
    straight = _outputs(plugin, model, scripted([*first, *second], [*other, *fourth]))
    crossed = _outputs(plugin, model, scripted([*first, *fourth], [*other, *second]))
    later = crossed["bare"][:, :, 2:].flip(1)
    crossed["bare"] = torch.cat([crossed["bare"][:, :, :2], later], dim=2)
    fault = difference(_bare(straight), _bare(crossed), CLOSE)
    return fault and f"what an episode earns depends on the one before it in its slot: {fault}"


def _reordered(plugin: PluginUnderTest, model: ObservationModel, ending: Ending) -> Fault:
    """Scores of arrivals change with the order of episodes *and* with where one begins: it was taken for an arrival.

    A bonus that forgets may depend on the order, one that counts departures on the beginning; only both are a fault.
    """
    one, two, three = episode([0, 1, 2], ending), episode([3, 4, 5], ending), episode([6, 4, 5], ending)
    plain = _outputs(plugin, model, scripted([*one, *two]))["probed"]
    turned = _outputs(plugin, model, scripted([*two, *one]))["probed"]
    other_beginning = _outputs(plugin, model, scripted([*one, *three]))["probed"]
    # What is departed from is left out: a bonus may well know where it has acted.
    probes = model.probes(1)
    apart = (probes.state_key >= 7)[0] if probes.state_key is not None else slice(None)
    depends_on_order = difference({"score": plain}, {"score": turned}, CLOSE)
    depends_on_beginning = difference({"score": plain[:, apart]}, {"score": other_beginning[:, apart]}, CLOSE)
    if not (depends_on_order and depends_on_beginning):
        return None
    return "the first observation of an episode counts as the successor of where the last one ended"


def _idle(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    """Whatever stands in an idle row, the outputs of the other rows are the same."""

    def with_idle(idle: list[Row]) -> Trajectory:
        return scripted(
            [*episode([0, 1, 2]), idle[0], *episode([0, 2, 1])], [*episode([3, 4, 5, 0]), idle[1], Row(6, 7)]
        )

    one = _real(plugin, model, with_idle([Row(2, 0, real=False), Row(0, 6, real=False)]))
    other = _real(plugin, model, with_idle([Row(9, 10, "truncated", real=False), Row(11, 8, real=False)]))
    fault = difference(one, other, CLOSE)
    return fault and f"an idle step, which only resets, is taken for a step: {fault}"


def _real(plugin: PluginUnderTest, model: ObservationModel, trajectory: Trajectory) -> dict[str, torch.Tensor]:
    """The outputs of a bonus that learns, without those of idle rows."""
    bonus = plugin.bonus(model.space, model.action_space, learners=[0, 1], envs=trajectory.state.shape[1])
    values = run_through(bonus, model, trajectory).values()
    real = torch.from_numpy(trajectory.valid.copy()).movedim(2, 1)
    return {**values, **{name: values[name][real] for name in ("factors", "earned")}}


def memory(plugin: PluginUnderTest) -> tuple[Fault, str]:
    """The episodic factor forgets at the end of its own slot's episode."""
    return with_each_model(plugin, main_models(), _memory)


def _memory(plugin: PluginUnderTest, model: ObservationModel) -> Fault:
    for ending in ENDINGS:
        fault = (
            _forgets(plugin, model, ending)
            or _unaffected_by_other_slot(plugin, model, ending)
            or _remembers_in_the_last_step(plugin, model, ending)
        )
        if fault:
            return f"{fault} (episodes are {ending})"
    return None


def _forgets(plugin: PluginUnderTest, model: ObservationModel, ending: Ending) -> Fault:
    """The same episode after one that went the same way, and after one that did not."""
    again, elsewhere = episode([0, 1, 2, 1], ending), episode([6, 7, 8, 7], ending)
    alike = _outputs(plugin, model, scripted([*again, *again], [*elsewhere, *elsewhere]))["factors"]
    crossed = _outputs(plugin, model, scripted([*again, *elsewhere], [*elsewhere, *again]))["factors"]
    fault = difference({"the factor": alike[:, :, 3:]}, {"the factor": crossed[:, :, 3:].flip(1)}, CLOSE)
    return fault and f"the memory of an episode reaches into the next: {fault}"


def _unaffected_by_other_slot(plugin: PluginUnderTest, model: ObservationModel, ending: Ending) -> Fault:
    """One slot goes on while the other rests, its episode over or not."""
    long, short = episode([0, 1, 2, 0, 1, 2, 1]), episode([6, 7, 8], ending)
    rest = [Row(8, 6, real=False)] * 4
    over = _outputs(plugin, model, scripted(long, [*short, *rest]))["factors"]
    paused = _outputs(plugin, model, scripted(long, [*episode([6, 7, 8], None), *rest]))["factors"]
    fault = difference({"the factor": paused[:, 0]}, {"the factor": over[:, 0]}, CLOSE)
    return fault and f"the end of another slot's episode changes it: {fault}"


def _remembers_in_the_last_step(plugin: PluginUnderTest, model: ObservationModel, ending: Ending) -> Fault:
    """The step that ends an episode is still of it."""
    ended = _outputs(plugin, model, scripted(episode([0, 1, 0, 1], ending)))["factors"]
    open_ended = _outputs(plugin, model, scripted(episode([0, 1, 0, 1], None)))["factors"]
    fault = difference({"the factor": open_ended}, {"the factor": ended}, CLOSE)
    return fault and f"the memory is gone in the very step that ends the episode: {fault}"


def _outputs(plugin: PluginUnderTest, model: ObservationModel, trajectory: Trajectory) -> dict[str, torch.Tensor]:
    """Outputs of a bonus that does not learn: factors and factorless scores, `(learners, envs, steps)`; the probes'."""
    learners, envs = trajectory.state.shape[:2]
    bonus = plugin.formula(model.space, model.action_space, learners=list(range(learners)), envs=envs)
    factors, bare = [], []
    for step in range(trajectory.steps):
        now = model.step(trajectory, step)
        factors.append(bonus.observe(now))
        bare.append(bonus.score(now))
    return {
        "factors": torch.stack(factors, 2),
        "bare": torch.stack(bare, 2),
        "probed": bonus.score(model.probes(learners)),
    }


def _bare(outputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {"the score": outputs["bare"], "the score of a probe": outputs["probed"]}
