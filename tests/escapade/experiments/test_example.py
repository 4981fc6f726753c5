"""The commented example holds every setting with its default."""

import re

from agents.dqn.settings import DQNSettings
from escapade.experiments import BanditExperiment, Experiment, MazeExperiment, commented_example, read


def test_every_setting_is_there_and_the_commented_ones_are_the_defaults() -> None:
    everything = re.sub(r"^# (?=[a-z_]+ = )", "", commented_example(), flags=re.MULTILINE)
    full, plain = read(everything, "full"), read(commented_example(), "plain")
    assert full == plain
    for model in (Experiment, BanditExperiment, MazeExperiment, DQNSettings):
        for name in model.model_fields:
            assert re.search(rf"^(# )?{name} =|^\[{name}\]", commented_example(), flags=re.MULTILINE), name
