"""The contract of a bonus as checks: each tells its story to fresh bonuses and says what it saw."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from bandits.trial.result import Check
from bandits.trial.story import Lived, Scene, live, path, scenes, wander
from bandits.trial.subject import Subject
from explore.bonus import Bonus

ENVS = 3
STEPS = 24
CLOSE = 1e-4  # relative; networks sum in another order when learners stand in another one

Finding = str | None  # what is wrong, or None
Rule = Callable[[Subject, Scene], Finding]


def contract(subject: Subject) -> Iterator[Check]:
    """Every check of the contract, in order, over every kind of observation."""
    for name, promise, rule in RULES:
        found = None
        for kind, scene in scenes().items():
            try:
                finding = rule(subject, scene)
            except Exception as error:  # whatever a plugin under trial raises
                finding = f"{type(error).__name__}: {error}"
            if finding is not None:
                found = f"with {kind}: {finding}"
                break
        yield Check(name, found is None, promise if found is None else found)


def shapes(subject: Subject, scene: Scene) -> Finding:
    """One float per transition and per slot."""
    bonus = _fresh(subject, scene, [0, 1])
    step = scene.step(wander([0, 1], ENVS, 4, seed=1), 0)
    factor = bonus.observe(step)
    if tuple(factor.shape[:2]) != (2, ENVS):
        return f"observe gives {tuple(factor.shape)}, not (learners, envs) = (2, {ENVS})"
    score = bonus.score(step, factor)
    if tuple(score.shape) != (2, ENVS) or not score.is_floating_point():
        return f"score gives {tuple(score.shape)} of {score.dtype}, not floats (learners, batch) = (2, {ENVS})"
    return None


def finite(subject: Subject, scene: Scene) -> Finding:
    """Finite answers, from the first step on."""
    for name, values in _lived(subject, scene, [0, 1]).values().items():
        if not torch.isfinite(values).all():
            return f"{name} has values that are not finite"
    return None


def pure(subject: Subject, scene: Scene) -> Finding:
    """`score` changes no tensor and no random stream."""
    bonus, story = _fresh(subject, scene, [0, 1]), wander([0, 1], ENVS, STEPS, seed=1)
    live(bonus, scene, story)
    before, outside = copy.deepcopy(bonus.state_dict()), _outside()
    bonus.score(scene.probes(2))
    changed = [name for name, value in bonus.state_dict().items() if not _same(value, before[name])]
    if changed:
        return f"score changed {changed[0]}"
    return None if _same(_outside(), outside) else "score drew from a global random stream"


def repeatable(subject: Subject, scene: Scene) -> Finding:
    """The same seed gives the same values, whatever the global random state."""
    first = _lived(subject, scene, [0, 1])
    torch.rand(1), np.random.rand(1), random.random()  # noqa: NPY002  (the global state is what this is about)
    return _difference(first, _lived(subject, scene, [0, 1]), [0, 1], 0.0)


def independent(subject: Subject, scene: Scene) -> Finding:
    """Learners in another order give the same values in that order; a learner alone gives its own."""
    together = _lived(subject, scene, [0, 1, 2])
    return _difference(together, _lived(subject, scene, [2, 0, 1]), [2, 0, 1], CLOSE) or _difference(
        together, _lived(subject, scene, [1]), [1], CLOSE
    )


def falls(subject: Subject, scene: Scene) -> Finding:
    """A transition that is lived through again and again earns less."""
    bonus = subject.formula(scene.space, scene.action_space, learners=[0, 1], envs=1)
    earned = torch.stack(live(bonus, scene, path([0, 1] * 60, 2, 1)).earned).mean((1, 2))
    early, late = float(earned[:4].mean()), float(earned[-4:].mean())
    return None if late < early else f"the bonus goes from {early:.3g} to {late:.3g}"


RULES: tuple[tuple[str, str, Rule], ...] = (
    ("shapes", "observe and score give one float per slot and per transition.", shapes),
    ("finite", "All values are finite.", finite),
    ("pure score", "score leaves every tensor and random stream as it was.", pure),
    ("repeatable", "The same seed gives the same values.", repeatable),
    ("independent learners", "A learner is the same alone and in company, in any order.", independent),
    ("falls with visits", "What is seen again and again earns less.", falls),
)


def _fresh(subject: Subject, scene: Scene, names: list[int]) -> Bonus:
    return subject.bonus(scene.space, scene.action_space, learners=names, envs=ENVS)


def _lived(subject: Subject, scene: Scene, names: list[int]) -> Lived:
    return live(_fresh(subject, scene, names), scene, wander(names, ENVS, STEPS, seed=1))


def _difference(whole: Lived, part: Lived, chosen: list[int], tolerance: float) -> Finding:
    theirs = part.values()
    for name, values in whole.values().items():
        ours = values[chosen]
        if not torch.allclose(ours, theirs[name], rtol=tolerance, atol=tolerance * float(ours.abs().max())):
            return f"{name} differs by {float((ours - theirs[name]).abs().max()):.3g}"
    return None


def _outside() -> list[Any]:
    """The global random states."""
    return [torch.get_rng_state(), np.random.get_state(legacy=False), random.getstate()]  # noqa: NPY002


def _same(one: Any, other: Any) -> bool:
    """Equal to the last bit, through dictionaries and lists."""
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one.nan_to_num(), other.nan_to_num())
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)
