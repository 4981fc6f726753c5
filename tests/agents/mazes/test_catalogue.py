"""The catalogue: every maze that is registered, and which run compiled."""

from agents.mazes import describe_mazes, maze_ids


def test_the_table_of_mazes() -> None:
    table = {entry.id: entry for entry in describe_mazes() if "Test" not in entry.id}
    assert set(table) == {maze for maze in maze_ids() if "Test" not in maze}
    compiled = {maze for maze, entry in table.items() if entry.compiled}
    assert len(compiled) >= 70
    # The others need a package that minigrid does not bring; they have no step of their own.
    assert {maze.split("-")[1] for maze in table.keys() - compiled} <= {"WFC"}
