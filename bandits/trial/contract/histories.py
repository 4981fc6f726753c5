"""Lives that the checks of a bonus lead: fresh ones, one that several checks look at, and one scene after the other."""

from collections.abc import Callable, Mapping, Sequence

from bandits.trial.comparison import Finding, Refused, settled
from bandits.trial.contract.scripts import Lived, Scene, live, scenes, wander
from bandits.trial.plugin_under_test import Subject
from explore.core.bonus import Bonus
from explore.errors import BadInput

ENVS = 3
STEPS = 10


def main_scenes() -> dict[str, Scene]:
    """Those that differ in how they are read; shapes, numbers and purity are looked at in all."""
    return {kind: scene for kind, scene in scenes().items() if kind in ("numbers", "categories", "picture")}


def fresh(subject: Subject, scene: Scene, names: Sequence[int]) -> Bonus:
    """A new bonus for the learners `names`."""
    return subject.bonus(scene.space, scene.action_space, learners=list(names), envs=ENVS)


def lived(subject: Subject, scene: Scene, names: Sequence[int]) -> Lived:
    """What a new bonus answers to the learners' own stories."""
    with settled():
        return live(fresh(subject, scene, names), scene, wander(names, ENVS, STEPS, seed=1))


def over(
    subject: Subject, scenes: Mapping[str, Scene], rule: Callable[[Subject, Scene], Finding]
) -> tuple[Finding, str]:
    """What a rule finds in the first scene where it finds something; the note names scenes that the plugin refuses.

    A plugin may refuse spaces that its formula does not suit, by BadInput. Refused where it takes none at all.
    """
    refused = {}
    for kind, scene in scenes.items():
        try:
            fresh(subject, scene, [0])
        except BadInput as error:
            refused[kind] = str(error)
            continue
        finding = rule(subject, scene)
        if finding is not None:
            return f"with {kind}: {finding}", ""
    if len(refused) == len(scenes):
        raise Refused(f"it takes none of {', '.join(refused)}: {next(iter(refused.values()))}")
    return None, "".join(f"Not tried with {kind}, which it refuses: {why}" for kind, why in refused.items())
