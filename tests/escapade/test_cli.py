"""The command line: exit statuses, one sentence for bad input, nothing written."""

import json

import pytest

from escapade.cli import invoke


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["mazes", "--agent", "cuont"], "'count'"),
        (["mazes", "--agent", "count:bta=1"], "'beta'"),
        (["mazes", "--agent", "count:beta=-1"], "beta"),
        (["mazes", "--learners", "-3"], "--learners -3"),
        (["mazes", "--steps", "many"], "--steps"),
        (["mazes", "--device", "quantum"], "quantum"),
        (["mazes", "--json", "missing/x.json"], "missing/x.json"),
        (["bandits", "--runs", "0"], "--runs 0"),
        (["bandits", "--seed", "-1"], "--seed -1"),
        (["report", "missing"], "missing"),
        (["run", "missing.toml"], "missing.toml"),
        (["run", "--quick", "--full"], "--quick"),
        (["nonsense"], "nonsense"),
    ],
)
def test_bad_input_is_one_sentence_status_two_and_nothing_written(line, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert invoke(line) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert list(tmp_path.iterdir()) == []


def test_json_to_standard_output_is_alone_there(capsys):
    assert invoke(["plugins", "--json", "-"]) == 0
    shown = capsys.readouterr()
    names = {plugin["name"]: plugin for plugin in json.loads(shown.out)["plugins"]}
    assert names["count"]["distribution"] == "escapade"
    assert {s["name"] for s in names["count"]["settings"]} >= {"beta"}
    assert "count" in shown.err


@pytest.mark.parametrize("command", ["run", "bandits", "mazes", "check", "plugins", "report"])
def test_every_help_has_an_example(command, capsys):
    assert invoke([command, "--help"]) == 0
    assert "Example: escapade" in " ".join(capsys.readouterr().out.split())


def test_the_list_of_mazes_is_the_catalogue(capsys):
    """Every id with its reason; nothing of a reason is lost to markup, as `minigrid[wfc]` once was."""
    from agents.mazes import described

    assert invoke(["mazes", "--list", "--json", "-"]) == 0
    shown = capsys.readouterr()
    found = {maze["id"]: maze for maze in json.loads(shown.out)["mazes"]}
    assert sorted(found) == [maze.id for maze in described()]
    assert sum(maze["compiled"] for maze in found.values()) >= 70
    assert all(maze["compiled"] == (maze["why_not"] is None) for maze in found.values())
    flat = "".join(shown.err.split())
    for maze in found.values():
        assert maze["compiled"] or "".join(maze["why_not"].split())[:10] in flat
    assert ("[wfc]" in flat) == any("[wfc]" in (maze["why_not"] or "") for maze in found.values())
