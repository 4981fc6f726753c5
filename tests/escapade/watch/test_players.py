"""Who plays where: by maze, by folder, and what is said where nobody fits."""

import json

import gymnasium
import pytest

from agents.training import training
from agents.training.results import Block, LearnerResult
from escapade.cli import invoke
from escapade.runs.store import Store
from escapade.watch.players import Watched, best_learner, layout_of, watched
from explore.errors import BadInput

MAZE, OTHER = "MiniGrid-Empty-5x5-v0", "MiniGrid-Empty-6x6-v0"


def save(store: Store, maze: str, agent: str, *returns: float) -> None:
    results = [LearnerResult(n, value, 0.0, None, None, None, []) for n, value in enumerate(returns)]
    configuration = {"maze": maze, "agent": agent, "steps": 8, "seed": 1, "device": "cpu"}
    store.save(configuration, Block(maze, agent, 8, 1.0, 1.0, results))


@pytest.fixture
def folder(tmp_path):
    store = Store(tmp_path)
    save(store, MAZE, "epsilon-greedy", 0.1, 0.2)
    save(store, MAZE, "count", 0.3, 0.8, 0.5)
    save(store, OTHER, "count", 0.7, 0.6)
    store.close()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((None, None, None), (MAZE, "count", 1, 7)),
        ((OTHER, None, None), (OTHER, "count", 0, 2)),
        ((None, "epsilon-greedy", None), (MAZE, "epsilon-greedy", 1, 2)),
        ((None, "count", 0), (OTHER, "count", 0, 2)),
        ((MAZE, "count", 2), (MAZE, "count", 2, 1)),
    ],
)
def test_the_best_learner_of_those_that_were_asked_for(folder, arguments, expected) -> None:
    kept = best_learner(folder, *arguments)
    assert (kept.configuration["maze"], kept.configuration["agent"], kept.learner, kept.among) == expected
    assert watched(str(folder), arguments[1], arguments[0], arguments[2]).kept == kept


def test_a_folder_can_play_in_a_maze(folder) -> None:
    choice = watched(OTHER, str(folder), None, None)
    assert (choice.maze, choice.agent, choice.kept.learner) == (OTHER, "count", 0)
    assert "learner 0 of count (return 0.70 on training layouts, the best of 2 in" in choice.description()
    assert not choice.trains


def test_a_maze_by_itself_is_planned(folder) -> None:
    assert watched(MAZE, None, None, None) == Watched(MAZE, "planner", None)
    assert watched(MAZE, "count", None, None).trains
    assert not watched(MAZE, "random", None, None).trains
    assert watched("escapade/Empty-5x5-v0", "count", None, None).maze == MAZE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("MiniGrid-Empty-8x8-v0", None, None), f"has {MAZE}, {OTHER}"),
        ((OTHER, "epsilon-greedy", None), "--agent 'epsilon-greedy': .* has count"),
        ((None, "count", 9), "--learner '9': .* has 0, 1, 2"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(folder, arguments, message) -> None:
    with pytest.raises(BadInput, match=message):
        best_learner(folder, *arguments)


def test_a_folder_without_finished_learners_is_refused(tmp_path) -> None:
    Store(tmp_path).close()
    with pytest.raises(BadInput, match="holds no finished learner yet"):
        best_learner(tmp_path, None, None, None)


def test_layouts_by_number_and_by_seed() -> None:
    maze = "MiniGrid-Empty-Random-5x5-v0"
    held_out, index = layout_of(maze, 3, True, 1)
    assert index == 3
    train, chosen = layout_of(maze, None, False, 1)
    assert len(train) > len(held_out)
    assert chosen == layout_of(maze, None, False, 1)[1]
    assert len({layout_of(maze, None, False, seed)[1] for seed in range(20)}) > 10
    with pytest.raises(BadInput, match=f"--layout {len(held_out)}: the held-out layouts of {maze} are 0 to"):
        layout_of(maze, len(held_out), True, 1)


def test_weights_that_were_not_kept_are_one_sentence(folder, capsys) -> None:
    assert invoke(["watch", str(folder)]) == 2
    shown = capsys.readouterr()
    assert "has no weights of learner 1 of count in MiniGrid-Empty-5x5-v0" in shown.err
    assert shown.err.count("\n") == 1


def test_a_watched_episode_is_written_as_text_figures_and_gif(tmp_path, monkeypatch, capsys) -> None:
    """Not interactive: no escape codes, within 80 columns, and only figures on standard output where they go there."""
    monkeypatch.setenv("COLUMNS", "80")
    gif = tmp_path / "walk.gif"
    line = ["watch", "MiniGrid-DoorKey-5x5-v0", "--layout", "2", "--held-out", "--gif", str(gif), "--json", "-"]
    assert invoke(line) == 0
    shown = capsys.readouterr()
    figures = json.loads(shown.out)
    assert figures["success"]
    assert figures["ending"] == "reached the goal"
    assert len(figures["actions"]) == figures["steps"] == len(figures["rewards"])
    assert figures["return"] == sum(figures["rewards"]) == 1 - 0.9 * figures["steps"] / figures["limit"]
    assert {"pickup", "toggle"} <= set(figures["actions"])
    assert "\x1b" not in shown.err
    assert max(map(len, shown.err.splitlines())) <= 80 + len(str(gif))
    assert gif.read_bytes().startswith(b"GIF89a")


def test_an_agent_is_trained_and_watched(capsys, monkeypatch) -> None:
    monkeypatch.setattr(training, "FINAL_EPISODES", 4)
    assert invoke(["watch", MAZE, "--agent", "count", "--steps", "8", "--seed", "3", "--json", "-"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["agent"], figures["maze"]) == ("count", MAZE)
    assert 0 < figures["steps"] <= figures["limit"]


def test_a_maze_may_come_with_the_module_that_registers_it_or_with_settings(tmp_path, monkeypatch):
    (tmp_path / "mazes_of_mine.py").write_text(
        "import gymnasium\n"
        "gymnasium.register(id='Mine-5x5-v0', entry_point='minigrid.envs:EmptyEnv', kwargs={'size': 5})\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    try:
        who = watched("mazes_of_mine:Mine-5x5-v0", None, None, None)
        assert (who.maze, who.agent, who.trains) == ("mazes_of_mine:Mine-5x5-v0", "planner", False)
    finally:
        gymnasium.registry.pop("Mine-5x5-v0", None)
    assert watched("MiniGrid-Empty-5x5-v0:reward_scale=2", None, None, None).maze.endswith("reward_scale=2")
    with pytest.raises(BadInput):
        watched("no_such_module:Mine-v0", None, None, None)
