"""A page per bonus, in docs/bonus/: formula and sources, settings, results, traits, and when it fails."""

import inspect
import re
from pathlib import Path

from docs.generator import trait_figures
from docs.generator.evidence import draw_curves, performance_table, results_of
from docs.generator.markdown import NOT_MEASURED, prose, settings_table
from docs.generator.traits import recorded_traits, traits_table, weaknesses
from escapade.report.markdown import links_to_file_and_test
from explore.core.plugins import BONUSES
from explore.core.spec import Settings
from explore.version import OWN

PAGE = """# {title}

{summary}

{text}

{of_class}

    escapade mazes --maze MiniGrid-DoorKey-8x8-v0 --agent epsilon-greedy --agent {name}
    escapade check {name}

{links}

## Settings

Write them after the name: `{name}:{example}`. Those that all bonuses share are explained in
[`explore.Bonus`](../api/explore.rst).

{settings}

## Learning

{learning}

## Weaknesses

{failures}

## Traits

{standing}{traits}
"""


def names() -> list[str]:
    """The bonuses of this distribution."""
    return [entry.name for entry in BONUSES.entries() if entry.distribution == OWN and entry.problem is None]


def write(folder: Path) -> None:
    """Write the pages and their figures into this folder."""
    folder.mkdir(exist_ok=True)
    for name in names():
        (folder / f"{name}.md").write_text(page(name, folder), "utf-8")


def page(name: str, figures: Path) -> str:
    """The page of one bonus; its learning curves are drawn into the folder `figures`."""
    plugin = BONUSES.get(name)
    module = inspect.getmodule(plugin)
    assert module is not None
    model = plugin.Settings
    first, _, text = (inspect.getdoc(module) or "").partition("\n\n")
    summary = " ".join(first.split())
    return PAGE.format(
        title=re.split("[:,]", summary)[0],
        summary=summary,
        text=prose(text),
        of_class=prose(inspect.getdoc(plugin) or ""),
        name=name,
        links=links_to_file_and_test(module.__name__).replace("../", "../../"),
        example=_example(model),
        settings=settings_table(model),
        learning=_learning(name, figures),
        failures=_failures(name),
        standing=_standing(name, figures),
        traits=traits_table(name),
    )


def _example(model: type[Settings]) -> str:
    """Two settings with their defaults: what every bonus has, and one of its own where it has one."""
    fields = model.model_fields
    own = [key for key in fields if key in model.__annotations__ and fields[key].default not in (None, "")]
    return ",".join(f"{key}={fields[key].default}".lower() for key in dict.fromkeys(("beta", *own[:1])))


def _learning(name: str, folder: Path) -> str:
    results = results_of(name)
    if not results:
        return (
            f"Training with this bonus is {NOT_MEASURED}: no recorded sweep has it with its default settings "
            "([expected performance](../expected_performance.md) lists what is recorded)."
        )
    parts = []
    for maze in dict.fromkeys(result.maze for result in results):
        parts += [f"In `{maze}`:", performance_table([result for result in results if result.maze == maze])]
    parts += [f"![Learning curves of {name} in {maze}]({file})" for maze, file in draw_curves(name, folder)]
    return "\n\n".join(parts)


def _standing(name: str, folder: Path) -> str:
    """A picture of its traits among those of all bonuses; nothing where none is recorded."""
    if not recorded_traits(name):
        return ""
    file = f"traits-{name}.svg"
    trait_figures.draw(name, names(), folder / file)
    return f"Blue: this bonus, with its 95 % interval; grey: the other ones.\n\n![Traits of {name}]({file})\n\n"


def _failures(name: str) -> str:
    """What the recordings say against it."""
    failed = [
        f"In {result.maze} only {result.escaped} learners reach the goal in more than half of their episodes after "
        f"{result.agent['steps']:,} steps."
        for result in results_of(name)
        if result.fails
    ]
    sentences = [*failed, *weaknesses(name)]
    if not sentences:
        return "The recorded traits and training runs show none; other environments were not measured."
    return "\n".join(f"- {sentence}" for sentence in sentences)
