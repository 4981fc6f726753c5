"""Experiment files: the built-in ones are sound, errors name the line."""

import pytest

from escapade.experiment import BUILT_IN, built_in, read
from explore.errors import BadInput

GOOD = """name = "mine"
[bandits]
policies = ["ucb:c=2"]
[mazes]
mazes = ["M"]
agents = ["count"]
learners = 5
"""


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_experiments_are_sound(name):
    assert built_in(name).name == name


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("learners = 5", "learners = -5", 7, "greater than or equal to 1"),
        ("learners = 5", "lerners = 5", 7, "did you mean 'learners'"),
        ('policies = ["ucb:c=2"]', "policies = 3", 3, "valid list"),
        ('mazes = ["M"]\n', "", 4, "required"),
        ('"mine"', '"mi/ne"', 1, "pattern"),
    ],
)
def test_an_error_names_the_line_and_what_would_be_right(old, new, line, said):
    assert read(GOOD, "f.toml").mazes.learners == 5
    with pytest.raises(BadInput, match=f"line {line}:.*{said}"):
        read(GOOD.replace(old, new), "f.toml")


def test_a_file_that_is_not_toml_is_refused():
    with pytest.raises(BadInput, match="line 1"):
        read("name = = 3\n", "f.toml")
