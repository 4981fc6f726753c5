"""The commented example: it runs as it is, and holds every setting with its default."""

import re

from agents.dqn.settings import DQNSettings
from escapade.cli import invoke
from escapade.commands.init import commented
from escapade.experiment import BanditExperiment, Experiment, MazeExperiment, load, read


def test_the_example_is_an_experiment_and_is_not_written_over(tmp_path, capsys) -> None:
    file = tmp_path / "mine.toml"
    assert invoke(["init", str(file)]) == 0
    assert load(file).mazes.agents == ["epsilon-greedy", "count:beta=0.02", "epsilon-greedy+rnd"]
    file.write_text("mine")
    assert invoke(["init", str(file)]) == 2
    assert "exists already: name another file" in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_every_setting_is_there_and_the_commented_ones_are_the_defaults() -> None:
    everything = re.sub(r"^# (?=[a-z_]+ = )", "", commented(), flags=re.MULTILINE)
    full, plain = read(everything, "full"), read(commented(), "plain")
    assert full == plain
    for model in (Experiment, BanditExperiment, MazeExperiment, DQNSettings):
        for name in model.model_fields:
            assert re.search(rf"^(# )?{name} =|^\[{name}\]", commented(), flags=re.MULTILINE), name
