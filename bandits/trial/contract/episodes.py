"""Checks of where episodes begin and end: what a reset is not, and what is forgotten at it.

No check can know what a plugin remembers. So each tells two stories that a sound bonus cannot tell apart, and that one
with the fault in question does:

successors      the same episodes in another order; the same with another beginning; their second halves exchanged
                between two slots. Who takes a beginning for the successor of an end sees other successors.
idle steps      the same with something else in the rows that are no transition
memory          the factors of an episode after one or another past of its slot; with the episode of another slot ended
                or not; and the factor of the very step that ends

Networks do not learn meanwhile, and normalisation, which filters each slot's stream across episodes, is off; idle steps
alone are told to a bonus as it is, which learns from them.
"""

import gymnasium as gym
import torch

from bandits.trial.comparison import CLOSE, Finding, difference
from bandits.trial.contract.histories import main_scenes, over
from bandits.trial.contract.scripts import Ending, Row, Scene, Story, episode, live, script
from bandits.trial.plugin_under_test import Subject

ENDINGS: tuple[Ending, ...] = ("terminated", "truncated")


def boundaries(subject: Subject) -> tuple[Finding, str]:
    """The first observation of an episode is no successor, and rows that are no transition are nothing."""
    finding, note = over(subject, main_scenes(), _boundaries)
    if finding is None and "with categories, which" in note:
        note = f"Only successions were looked at, not single arrivals. {note}"
    return finding, note


def _boundaries(subject: Subject, scene: Scene) -> Finding:
    # In numbers that are whitened everything seen moves everything a little; categories show single arrivals.
    exact = isinstance(scene.space, gym.spaces.Discrete)
    for ending in ENDINGS:
        found = _exchanged(subject, scene, ending) or (_reordered(subject, scene, ending) if exact else None)
        if found:
            return f"{found} (episodes are {ending})"
    return _idle(subject, scene)


def _exchanged(subject: Subject, scene: Scene, ending: Ending) -> Finding:
    """Two slots, two episodes each: it does not matter which first episode a second one follows."""
    first, other = episode([0, 1, 2], ending), episode([3, 4, 5], ending)
    second, fourth = episode([6, 7, 8], ending), episode([9, 10, 11], ending)
    straight = _watch(subject, scene, script([*first, *second], [*other, *fourth]))
    crossed = _watch(subject, scene, script([*first, *fourth], [*other, *second]))
    later = crossed["bare"][:, :, 2:].flip(1)
    crossed["bare"] = torch.cat([crossed["bare"][:, :, :2], later], dim=2)
    found = difference(_bare(straight), _bare(crossed), CLOSE)
    return found and f"what an episode earns depends on the one before it in its slot: {found}"


def _reordered(subject: Subject, scene: Scene, ending: Ending) -> Finding:
    """What arrivals are worth changes with the order of episodes *and* with where one begins: it was an arrival.

    A bonus that forgets may mind the order, and one that counts departures the beginning; only both are a fault.
    """
    one, two, three = episode([0, 1, 2], ending), episode([3, 4, 5], ending), episode([6, 4, 5], ending)
    plain = _watch(subject, scene, script([*one, *two]))["probed"]
    turned = _watch(subject, scene, script([*two, *one]))["probed"]
    begun_elsewhere = _watch(subject, scene, script([*one, *three]))["probed"]
    # What is departed from is left out: a bonus may well know where it has acted.
    probes = scene.probes(1)
    apart = (probes.state_key >= 7)[0] if probes.state_key is not None else slice(None)
    minds_order = difference({"score": plain}, {"score": turned}, CLOSE)
    minds_beginning = difference({"score": plain[:, apart]}, {"score": begun_elsewhere[:, apart]}, CLOSE)
    if not (minds_order and minds_beginning):
        return None
    return "the first observation of an episode counts as the successor of where the last one ended"


def _idle(subject: Subject, scene: Scene) -> Finding:
    """Whatever stands in an idle row, the rest answers the same."""

    def told(idle: list[Row]) -> Story:
        return script([*episode([0, 1, 2]), idle[0], *episode([0, 2, 1])], [*episode([3, 4, 5, 0]), idle[1], Row(6, 7)])

    one = _real(subject, scene, told([Row(2, 0, real=False), Row(0, 6, real=False)]))
    other = _real(subject, scene, told([Row(9, 10, "truncated", real=False), Row(11, 8, real=False)]))
    found = difference(one, other, CLOSE)
    return found and f"an idle step, which only resets, is taken for a step: {found}"


def _real(subject: Subject, scene: Scene, story: Story) -> dict[str, torch.Tensor]:
    """What a bonus that learns answers, without what it says of idle rows."""
    bonus = subject.bonus(scene.space, scene.action_space, learners=[0, 1], envs=story.state.shape[1])
    values = live(bonus, scene, story).values()
    real = torch.from_numpy(story.valid.copy()).movedim(2, 1)
    return {**values, **{name: values[name][real] for name in ("factors", "earned")}}


def memory(subject: Subject) -> tuple[Finding, str]:
    """The episodic factor forgets at the end of its own slot's episode."""
    return over(subject, main_scenes(), _memory)


def _memory(subject: Subject, scene: Scene) -> Finding:
    for ending in ENDINGS:
        found = (
            _forgets(subject, scene, ending)
            or _keeps_beside(subject, scene, ending)
            or _keeps_to_the_end(subject, scene, ending)
        )
        if found:
            return f"{found} (episodes are {ending})"
    return None


def _forgets(subject: Subject, scene: Scene, ending: Ending) -> Finding:
    """The same episode after one that went the same way, and after one that did not."""
    again, elsewhere = episode([0, 1, 2, 1], ending), episode([6, 7, 8, 7], ending)
    alike = _watch(subject, scene, script([*again, *again], [*elsewhere, *elsewhere]))["factors"]
    crossed = _watch(subject, scene, script([*again, *elsewhere], [*elsewhere, *again]))["factors"]
    found = difference({"the factor": alike[:, :, 3:]}, {"the factor": crossed[:, :, 3:].flip(1)}, CLOSE)
    return found and f"the memory of an episode reaches into the next: {found}"


def _keeps_beside(subject: Subject, scene: Scene, ending: Ending) -> Finding:
    """One slot goes on while the other rests, its episode over or not."""
    long, short = episode([0, 1, 2, 0, 1, 2, 1]), episode([6, 7, 8], ending)
    rest = [Row(8, 6, real=False)] * 4
    over = _watch(subject, scene, script(long, [*short, *rest]))["factors"]
    paused = _watch(subject, scene, script(long, [*episode([6, 7, 8], None), *rest]))["factors"]
    found = difference({"the factor": paused[:, 0]}, {"the factor": over[:, 0]}, CLOSE)
    return found and f"the end of another slot's episode is felt: {found}"


def _keeps_to_the_end(subject: Subject, scene: Scene, ending: Ending) -> Finding:
    """The step that ends an episode is still of it."""
    ended = _watch(subject, scene, script(episode([0, 1, 0, 1], ending)))["factors"]
    open_ended = _watch(subject, scene, script(episode([0, 1, 0, 1], None)))["factors"]
    found = difference({"the factor": open_ended}, {"the factor": ended}, CLOSE)
    return found and f"the memory is gone in the very step that ends the episode: {found}"


def _watch(subject: Subject, scene: Scene, story: Story) -> dict[str, torch.Tensor]:
    """What a bonus that does not learn says: factors and factorless scores, `(learners, envs, steps)`; the probes'."""
    learners, envs = story.state.shape[:2]
    bonus = subject.formula(scene.space, scene.action_space, learners=list(range(learners)), envs=envs)
    factors, bare = [], []
    for step in range(story.steps):
        now = scene.step(story, step)
        factors.append(bonus.observe(now))
        bare.append(bonus.score(now))
    return {
        "factors": torch.stack(factors, 2),
        "bare": torch.stack(bare, 2),
        "probed": bonus.score(scene.probes(learners)),
    }


def _bare(watched: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {"the score": watched["bare"], "the score of a probe": watched["probed"]}
