"""Maze specs: the id, and the scale of the reward."""

import numpy as np
import pytest

import agents  # noqa: F401  (registers the mazes)
from agents.mazes import MazeSpec, has_held_out, make, parse_maze
from explore.errors import BadInput


def test_a_spec_is_an_id_with_a_scale() -> None:
    assert parse_maze("MiniGrid-Empty-5x5-v0") == MazeSpec("MiniGrid-Empty-5x5-v0", 1.0)
    assert parse_maze("escapade/Decoy-6x6-v0:reward_scale=0.1") == MazeSpec("escapade/Decoy-6x6-v0", 0.1)
    assert has_held_out("escapade/BoatRace-8x8-v0:reward_scale=10")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("escapade/Decoy-6x5-v0", "unknown maze 'escapade/Decoy-6x5-v0': did you mean"),
        ("escapade/Decoy-6x6-v0:reward_scale=-1", "reward_scale"),
        ("escapade/Decoy-6x6-v0:reward_scale=much", "reward_scale"),
        ("escapade/Decoy-6x6-v0:scale=1", "unknown setting"),
    ],
)
def test_bad_input(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse_maze(text)


def test_the_scale_of_the_spec_is_that_of_the_reward() -> None:
    plain, scaled = (make(f"escapade/StepPenalty-6x6-v0{scale}", 2) for scale in ("", ":reward_scale=10"))
    plain.reset(), scaled.reset()
    for action in (2, 1, 6):
        np.testing.assert_array_equal(scaled.step(np.full(2, action))[1], 10 * plain.step(np.full(2, action))[1])
