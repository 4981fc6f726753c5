"""Experiment files: the built-in ones are sound, errors name the line."""

import pytest

from agents.dqn.settings import DQNSettings
from escapade.experiments.experiment import BUILT_IN, built_in, read
from explore.errors import BadInput

GOOD = """name = "mine"
[bandits]
policies = ["ucb:c=2"]
[mazes]
mazes = ["MiniGrid-Empty-5x5-v0"]
agents = ["count"]
learners = 5
"""


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_experiments_are_sound(name):
    assert built_in(name).name == name


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("learners = 5", "learners = -5", 7, r"learners of the table \[mazes\] is -5: it must be at least 1\."),
        ("learners = 5", "lerners = 5", 7, r"'lerners' of the table \[mazes\]: did you mean 'learners'"),
        ("[mazes]", "[maze]", 4, "unknown setting 'maze': did you mean 'mazes'"),
        ('policies = ["ucb:c=2"]', "policies = 3", 3, "policies of the table .* is 3: .* valid list"),
        ('mazes = ["MiniGrid-Empty-5x5-v0"]\n', "", 4, r"the table \[mazes\] lacks 'mazes'"),
        ('"mine"', '"mi/ne"', 1, 'name is "mi/ne": .*pattern'),
        ('"count"]', '"count",\n "cuont"]', 7, 'agents, item 2, of the table .* is "cuont": .*did you mean .count.'),
        ('"count"]', '"count:bta=1"]', 6, "unknown setting 'bta' of the bonus 'count': did you mean 'beta'"),
        ('"count"]', '{bonnus="count"}]', 6, "unknown part of an agent 'bonnus': did you mean 'bonus'"),
        (
            "learners = 5",
            'planners = ["tree-serch"]',
            7,
            "planners, item 1, .*: unknown planner .*did you mean .tree-search",
        ),
        ("Empty-5x5", "Emtpy-5x5", 5, "did you mean 'MiniGrid-Empty-5x5-v0'"),
        ("ucb:c=2", "ucb:c=-2", 3, r"the table \[bandits\]: setting 'c' of the policy 'ucb' is '-2'"),
        ("learners = 5", 'device = "gpu"', 7, 'device of the table .* is "gpu"'),
        ("learners = 5", "[dqn]\nn_step = 0", 8, r"n_step of the table \[dqn\] is 0: it must be at least 1"),
        ("learners = 5", "[dqn]\nn_stp = 5", 8, r"'n_stp' of the table \[dqn\]: did you mean 'n_step'"),
        ("learners = 5", "[dqn]\nn_step = 9\ncapacity = 100\nweights = [0,0,0,0,0,0,0,0,0,0,0,0]", 7, "capacity 100"),
    ],
)
def test_an_error_names_the_line_and_what_would_be_right(old, new, line, message):
    assert read(GOOD, "f.toml").mazes.learners == 5
    with pytest.raises(BadInput, match=f"f.toml.*line {line}[:,].*{message}"):
        read(GOOD.replace(old, new), "f.toml")


def test_either_table_may_be_left_out_and_not_both():
    mazes = read('name = "mine"\n' + GOOD[GOOD.index("[mazes]") :], "f.toml")
    assert (mazes.bandits, mazes.mazes.learners) == (None, 5)
    bandits = read(GOOD[: GOOD.index("[mazes]")], "f.toml")
    assert (bandits.bandits.policies, bandits.mazes) == (["ucb:c=2"], None)
    with pytest.raises(BadInput, match=r"f\.toml: the file has neither a table \[bandits\] nor a table \[mazes\]\."):
        read('name = "mine"\n[dqn]\nn_step = 5\n', "f.toml")


def test_a_file_that_is_not_toml_is_refused():
    with pytest.raises(BadInput, match=r"f\.toml is not TOML.*line 1"):
        read("name = = 3\n", "f.toml")
    with pytest.raises(BadInput, match=r"f\.toml is not TOML.*line 8"):
        read(GOOD.replace("learners = 5", "learners = 5\nlearners = 6"), "f.toml")


def test_specs_may_be_tables_and_the_dqn_has_its_own():
    text = GOOD.replace('"ucb:c=2"', '{name = "ucb", c = 2}').replace(
        '"count"', '{strategy = "boltzmann", bonus = {name = "count", beta = 0.1}}, {network = "noisy"}'
    )
    experiment = read(text + "[dqn]\nn_step = 5\nhidden = [64, 32]\n", "f.toml")
    assert experiment.bandits.policies == ["ucb:c=2"]
    assert experiment.mazes.agents == ["boltzmann+count:beta=0.1", "noisy"]
    assert (experiment.dqn.n_step, experiment.dqn.hidden) == (5, (64, 32))
    assert read(GOOD, "f.toml").dqn == DQNSettings()
