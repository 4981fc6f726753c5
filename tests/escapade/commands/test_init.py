"""`escapade init` writes an experiment that runs as it is, and no file is written over."""

from escapade.cli import invoke
from escapade.experiments import load


def test_the_example_is_an_experiment_and_is_not_written_over(tmp_path, capsys) -> None:
    file = tmp_path / "mine.toml"
    assert invoke(["init", str(file)]) == 0
    assert load(file).mazes.agents == ["epsilon-greedy", "count:beta=0.02", "epsilon-greedy+rnd"]
    file.write_text("mine")
    assert invoke(["init", str(file)]) == 2
    assert "exists already: name another file" in capsys.readouterr().err
    assert file.read_text() == "mine"
