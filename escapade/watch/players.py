"""Who plays where: from what was asked of `escapade watch` to a player on a layout.

A maze is played by the planner, at random, by an agent that is trained first, or by a learner of a folder of results. A
folder by itself means its best learner, by the return on training layouts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gymnasium import registry

from agents import play
from agents.dqn.agent_spec import parse_agent
from agents.mazes import maze_ids, parse_maze
from agents.mazes.engine.schedule import layout_index
from agents.mazes.layouts.layouts import Layouts
from agents.mazes.layouts.named_sets import layouts
from agents.training.training import train
from escapade.runs.store import Store, open_existing
from explore.errors import BadInput, unknown
from explore.numerics.seeding import checked_seed

PLANNER, RANDOM = "planner", "random"
STEPS = 40_000  # of training, where an agent is trained first


@dataclass(frozen=True)
class KeptLearner:
    """A learner of a folder of results."""

    folder: Path
    configuration: dict[str, Any]
    learner: int
    returned: float
    among: int  # learners that it is the best of


@dataclass(frozen=True)
class Watched:
    """Which maze, and who plays: `planner`, `random`, an agent's spec to train, or one of `kept`."""

    maze: str
    agent: str
    kept: KeptLearner | None

    @property
    def trains(self) -> bool:
        """Whether it has to be trained first."""
        return self.kept is None and self.agent not in (PLANNER, RANDOM)

    def description(self) -> str:
        """Who plays, and of a folder's learner how it was selected."""
        if self.trains:
            return f"a {self.agent} learner"
        if self.kept is None:
            return "the planner" if self.agent == PLANNER else "random play"
        return (
            f"learner {self.kept.learner} of {self.agent} (return {self.kept.returned:.2f} on training layouts, "
            f"the best of {self.kept.among} in '{self.kept.folder}')"
        )


def watched(place: str, agent: str | None, maze: str | None, learner: int | None) -> Watched:
    """Who plays where; BadInput where `place` is neither maze nor folder, or where nobody fits."""
    if place in registry:
        spec = registry[place]
        if spec.entry_point is None:  # `escapade/NAME`, the vector environment of the maze `MiniGrid-NAME`
            place = str(spec.kwargs.get("maze", place))
        if maze not in (None, place):
            raise BadInput(f"--maze '{maze}': give it with a folder of results; the maze is '{place}' already.")
        return _in_maze(place, agent or PLANNER, learner)
    if Path(place).is_dir():
        kept = best_learner(Path(place), maze, agent, learner)
        parse_maze(kept.configuration["maze"])  # BadInput where the maze is not installed here
        return Watched(kept.configuration["maze"], kept.configuration["agent"], kept)
    if ":" in place:  # the module that registers it, or the maze's settings
        parse_maze(place)  # BadInput where there is no such maze
        if maze not in (None, place):
            raise BadInput(f"--maze '{maze}': give it with a folder of results; the maze is '{place}' already.")
        return _in_maze(place, agent or PLANNER, learner)
    raise unknown("maze or folder of results", place, maze_ids())


def _in_maze(maze: str, agent: str, learner: int | None) -> Watched:
    kept = None
    if agent not in (PLANNER, RANDOM):
        try:
            parse_agent(agent)
        except BadInput:
            if not Path(agent).is_dir():
                raise
            kept = best_learner(Path(agent), maze, None, learner)
            agent = kept.configuration["agent"]
    if learner is not None and kept is None:
        raise BadInput(f"--learner {learner}: give it with a folder of results, which has several.")
    return Watched(maze, agent, kept)


def best_learner(folder: Path, maze: str | None, agent: str | None, learner: int | None) -> KeptLearner:
    """The learner with the highest return on training layouts among those that were asked for.

    BadInput where the folder holds no results, or none that fit; it says what there is.
    """
    store = open_existing(folder)
    everyone = [
        (configuration, result)
        for configuration in store.configurations()
        for result in store.load(configuration).results
    ]
    store.close()
    if not everyone:
        raise BadInput(f"'{folder}' holds no finished learner yet: run the same experiment again to finish it.")
    asked: list[tuple[str, Any, Callable[[Any, Any], Any]]] = [
        ("maze", maze, lambda configuration, _: configuration["maze"]),
        ("agent", agent, lambda configuration, _: configuration["agent"]),
        ("learner", learner, lambda _, result: result.learner),
    ]
    left = everyone
    for name, value, has in asked:
        if value is None:
            continue
        known = sorted({has(*each) for each in left})
        left = [each for each in left if has(*each) == value]
        if not left:
            raise BadInput(f"--{name} '{value}': '{folder}' has {', '.join(map(str, known))}.")
    configuration, result = max(left, key=lambda each: each[1].train_return)
    return KeptLearner(folder, configuration, result.learner, result.train_return, len(left))


def layout_of(maze: str, layout: int | None, held_out: bool, seed: int) -> tuple[Layouts, int]:
    """The layouts that are played on and which of them; by the seed where none is named. BadInput out of range."""
    seed = checked_seed(seed, "--seed")
    maze_layouts = layouts(maze, "held-out" if held_out else "train")
    if layout is None:
        return maze_layouts, layout_index(seed, 0, len(maze_layouts))
    if not 0 <= layout < len(maze_layouts):
        kind = "held-out" if held_out else "training"
        raise BadInput(f"--layout {layout}: the {kind} layouts of {maze} are 0 to {len(maze_layouts) - 1}.")
    return maze_layouts, layout


def player(
    who: Watched, maze_layouts: Layouts, index: int, seed: int, steps: int, progress: Callable[[Any], None]
) -> play.Player:
    """The player of what is watched on a layout; one that is trained first reports to `progress`."""
    if who.agent == PLANNER:
        return play.planned(maze_layouts, index)
    if who.agent == RANDOM:
        return play.at_random(maze_layouts, seed)
    if who.kept is not None:
        store: Store = open_existing(who.kept.folder)
        try:
            weights = store.weights(who.kept.configuration, who.kept.learner)
        finally:
            store.close()
        return play.exploiting(who.agent, weights, who.kept.learner, maze_layouts, seed)
    block = train(who.maze, who.agent, learners=[0], steps=steps, seed=seed, keep_weights=True, progress=progress)
    return play.exploiting(who.agent, block.weights, 0, maze_layouts, seed)
