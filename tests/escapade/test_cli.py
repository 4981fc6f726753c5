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
