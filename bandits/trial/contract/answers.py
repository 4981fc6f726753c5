"""Checks of what a bonus answers: its form, that it is finite, and that it falls with visits."""

import torch

from bandits.trial.comparison import Finding, Refused
from bandits.trial.contract.histories import ENVS, fresh, lived, main_scenes, over
from bandits.trial.contract.scripts import STATES, Scene, episode, huge_scenes, live, path, scenes, script, wander
from bandits.trial.plugin_under_test import Subject

STEPS_AT_A_LIMIT = 5
FALL = 0.05  # of the first bonus, over 59 steps between two states; RND, the slowest here, loses 30 %


def shapes(subject: Subject) -> tuple[Finding, str]:
    """One float32 per transition and per slot, whatever the batch; one loss per learner."""
    return over(subject, scenes(), _shapes)


def _shapes(subject: Subject, scene: Scene) -> Finding:
    bonus, story = fresh(subject, scene, [0, 1]), wander([0, 1], ENVS, 4, seed=1)
    for step in range(story.steps):
        now = scene.step(story, step)
        factor = bonus.observe(now)
        if tuple(factor.shape[:2]) != (2, ENVS) or factor.dtype != torch.float32:
            return f"observe gives {_form(factor)}, not float32 (learners, envs) = (2, {ENVS})"
        for given, score, size in (
            ("", bonus.score(now, factor), ENVS),
            (" without a factor", bonus.score(now), ENVS),
            (" for a batch", bonus.score(scene.probes(2)), 2 * STATES),
        ):
            if tuple(score.shape) != (2, size) or score.dtype != torch.float32:
                return f"score{given} gives {_form(score)}, not float32 (learners, batch) = (2, {size})"
        for name, loss in bonus.learn(scene.batch(story, range(step + 1))).items():
            if tuple(loss.shape) != (2,) or not loss.is_floating_point():
                return f"learn gives the loss '{name}' as {_form(loss)}, not as floats (learners,) = (2,)"
    return None


def _form(given: torch.Tensor) -> str:
    return f"{str(given.dtype).removeprefix('torch.')} {tuple(given.shape)}"


def finite(subject: Subject) -> tuple[Finding, str]:
    """Finite answers from the first step on: usual observations, a batch of one, one for ever, and huge ones."""
    found, note = over(subject, scenes(), _finite)
    if found:
        return found, note
    try:
        return over(subject, huge_scenes(), _finite_huge)[0], note
    except Refused:  # categories are never huge
        return None, f"Not tried with huge observations. {note}"


def _finite(subject: Subject, scene: Scene) -> Finding:
    usual = _not_finite("", lived(subject, scene, [0, 1]).values())
    one = subject.bonus(scene.space, scene.action_space, learners=1, envs=1)
    if not torch.isfinite(one.score(scene.probes(1, rows=1))).all():
        return usual or "score is not finite before anything was seen"
    alone = live(one, scene, wander([0], 1, STEPS_AT_A_LIMIT, seed=2)).values()
    constant = script(*[episode([3] * (STEPS_AT_A_LIMIT + 1))] * ENVS)
    stuck = live(fresh(subject, scene, [0, 1]), scene, constant).values()
    return (
        usual or _not_finite(" with a batch of one", alone) or _not_finite(" when the observation never changes", stuck)
    )


def _finite_huge(subject: Subject, scene: Scene) -> Finding:
    story = wander([0, 1], ENVS, STEPS_AT_A_LIMIT, seed=3)
    return _not_finite(" with huge observations", live(fresh(subject, scene, [0, 1]), scene, story).values())


def _not_finite(when: str, values: dict[str, torch.Tensor]) -> Finding:
    wrong = next((name for name, each in values.items() if not torch.isfinite(each).all()), None)
    return None if wrong is None else f"{wrong} has values that are not finite{when}"


def falls(subject: Subject) -> tuple[Finding, str]:
    """A transition that is lived through again and again earns less."""
    return over(subject, main_scenes(), _falls)


def _falls(subject: Subject, scene: Scene) -> Finding:
    bonus = subject.formula(scene.space, scene.action_space, learners=[0, 1], envs=1)
    earned = torch.stack(live(bonus, scene, path([0, 1] * 30, 2, 1), probe=False).earned).mean((1, 2))
    early, late = float(earned[:4].mean()), float(earned[-4:].mean())
    fallen = early - late > FALL * abs(early)
    return None if fallen else f"the bonus goes from {early:.3g} to {late:.3g} over {len(earned)} steps"
