"""Checks of what a bonus keeps and touches: purity, seeds, learners, saved state, devices, other people's things."""

import copy
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import gymnasium as gym
import torch

from bandits.trial.comparison import CLOSE, Finding, changed, contents, difference, global_streams, settled
from bandits.trial.contract.histories import ENVS, STEPS, fresh, lived, main_scenes, over
from bandits.trial.contract.scripts import Lived, Scene, Story, live, scenes, wander
from bandits.trial.plugin_under_test import Subject
from explore.core.bonus import Bonus

HALF = STEPS // 2


def pure(subject: Subject) -> tuple[Finding, str]:
    """`score` changes no tensor and no random stream."""
    return over(subject, scenes(), _pure)


def _pure(subject: Subject, scene: Scene) -> Finding:
    bonus, story = fresh(subject, scene, [0, 1]), wander([0, 1], ENVS, HALF, seed=1)
    live(bonus, scene, story, probe=False)
    now, probes = scene.step(story, HALF - 1), scene.probes(2)
    factor = bonus.observe(now)
    bonus.score(scene.probes(2, rows=1))  # what it works out once and keeps is no change
    before, outside = contents(bonus), global_streams()
    bonus.score(probes)
    bonus.score(now, factor)
    place = changed(before, contents(bonus))
    if place is not None:
        return f"score changed {place}"
    touched = changed(contents(outside), contents(global_streams()))
    return None if touched is None else f"score drew from the global random state of {_first(touched)}"


def repeatable(subject: Subject) -> tuple[Finding, str]:
    """The same seed gives the same values; the global random state is neither used nor set."""
    return over(subject, main_scenes(), _repeatable)


def _repeatable(subject: Subject, scene: Scene) -> Finding:
    first = lived(subject, scene, [0, 1]).values()
    found = difference(first, lived(subject, scene, [0, 1]).values())
    if found:
        return f"{found} from one life to the next"
    with settled():
        return _global_use(subject, scene)


def _global_use(subject: Subject, scene: Scene) -> Finding:
    """`score` is the affair of `pure`."""
    story, before = wander([0, 1], ENVS, 2, seed=1), contents(global_streams())
    bonus = fresh(subject, scene, [0, 1])
    for verb in ("the constructor", "observe", "learn"):
        if verb == "observe":
            bonus.observe(scene.step(story, 0))
        if verb == "learn":
            bonus.learn(scene.batch(story, [0]))
        touched = changed(before, contents(global_streams()))
        if touched:
            return f"{verb} draws from or sets the global random state of {_first(touched)}"
    return None


def _first(place: str) -> str:
    return place.split("]")[0].removeprefix("[")


def independent(subject: Subject) -> tuple[Finding, str]:
    """Learners in another order give the same in that order; one alone gives its own, whatever the others lived."""
    return over(subject, main_scenes(), _independent)


def _independent(subject: Subject, scene: Scene) -> Finding:
    together = lived(subject, scene, [0, 1, 2]).values()
    for how, order in (("alone", [1]), ("in another order", [2, 0, 1])):
        theirs = lived(subject, scene, order).values()
        found = difference({name: values[order] for name, values in together.items()}, theirs, CLOSE)
        if found:
            return f"{found} where a learner lives {how}"
    return None


def round_trip(subject: Subject) -> tuple[Finding, str]:
    """State taken mid-run, loaded into a new bonus and into a used one, saved to a file or not: they go on alike."""
    return over(subject, main_scenes(), _round_trip)


def _round_trip(subject: Subject, scene: Scene) -> Finding:
    before, after = _halves(wander([0, 1], ENVS, STEPS, seed=1))
    bonus, new, used = (fresh(subject, scene, [0, 1]) for _ in range(3))
    live(used, scene, wander([0, 1], ENVS, 3, seed=4), probe=False)
    live(bonus, scene, before, probe=False)
    file = io.BytesIO()
    torch.save(bonus.state_dict(), file)
    file.seek(0)
    new.load_state_dict(torch.load(file, weights_only=False))
    used.load_state_dict(bonus.state_dict())
    wanted = _on(bonus, scene, after)
    for which, revived in (("a new bonus", new), ("a bonus that had lived", used)):
        found = difference(wanted.values(), _on(revived, scene, after).values())
        if found:
            return f"{found} after {which} loaded the state"
    return None


def device(subject: Subject) -> tuple[Finding, str]:
    """A copy and a moved bonus go on alike; on CUDA too, where there is one."""
    finding, note = over(subject, main_scenes(), _device)
    if not torch.cuda.is_available():
        note = f"Judged by a copy and by a move within the CPU: there is no CUDA here. {note}".strip()
    return finding, note


def _device(subject: Subject, scene: Scene) -> Finding:
    before, after = _halves(wander([0, 1], ENVS, STEPS, seed=1))
    bonus = fresh(subject, scene, [0, 1])
    live(bonus, scene, before, probe=False)
    copied, moved = copy.deepcopy(bonus), copy.deepcopy(bonus).to("cpu")
    cuda = copy.deepcopy(bonus).to("cuda") if torch.cuda.is_available() else None
    wanted = _on(bonus, scene, after).values()
    found = difference(wanted, _on(copied, scene, after).values())
    if found:
        return f"{found} in a copy"
    found = difference(wanted, _on(moved, scene, after).values())
    if found:
        return f'{found} after .to("cpu")'
    if cuda is not None:
        with settled():
            found = difference(wanted, live(cuda, scene, after, device="cuda").values(), 10 * CLOSE)
        if found:
            return f'{found} after .to("cuda")'
    return None


def _halves(story: Story) -> Sequence[Story]:
    return [story.select((slice(None), slice(None), part)) for part in (slice(HALF), slice(HALF, None))]


def _on(bonus: Bonus, scene: Scene, story: Story) -> Lived:
    with settled():
        return live(bonus, scene, story)


def hands_off(subject: Subject) -> tuple[Finding, str]:
    """No environment is stepped or reset, no space drawn from, no transition changed."""
    return over(subject, scenes(), _hands_off)


def _hands_off(subject: Subject, scene: Scene) -> Finding:
    spaces = (copy.deepcopy(scene.space), copy.deepcopy(scene.action_space))
    for space in spaces:
        space.seed(0)
    before, story = contents(spaces), wander([0, 1], ENVS, 4, seed=1)
    with watched() as calls:
        bonus = subject.bonus(*spaces, learners=[0, 1], envs=ENVS)
        for step in range(story.steps):
            now, batch = scene.step(story, step), scene.batch(story, range(step + 1))
            handed = contents([now, batch])
            factor = bonus.observe(now)
            bonus.score(now, factor)
            bonus.learn(batch)
            place = changed(handed, contents([now, batch]))
            if place is not None:
                return f"the transitions that it was given are changed: {place.partition('.')[2]}"
    if calls:
        return f"it calls {calls[0]}"
    return "it draws from the spaces that it was given" if changed(before, contents(spaces)) else None


@contextmanager
def watched() -> Iterator[list[str]]:
    """Within it, calls in this thread of `step` and `reset` of any environment are written down."""
    calls: list[str] = []
    kinds = (gym.Env, gym.vector.VectorEnv)

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_name in ("step", "reset"):
            owner = frame.f_locals.get("self")
            if isinstance(owner, kinds):
                calls.append(f"{type(owner).__name__}.{frame.f_code.co_name}")

    earlier = sys.getprofile()
    sys.setprofile(look)
    try:
        yield calls
    finally:
        sys.setprofile(earlier)
