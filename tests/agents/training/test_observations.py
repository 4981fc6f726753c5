"""Observations: the codes of a view, one category each."""

import gymnasium as gym
import numpy as np
import pytest

from agents.training.observations import CODES, symbolic_rows, symbolic_space
from explore.errors import BadInput

VIEW = gym.spaces.Box(0, 255, (7, 7, 3), np.uint8)


def test_a_view_becomes_categories_in_its_own_order() -> None:
    space = gym.spaces.Dict({"image": VIEW, "direction": gym.spaces.Discrete(4), "mission": gym.spaces.Discrete(9)})
    random = np.random.default_rng(0)
    image = (random.random((5, 7, 7, 3)) * CODES).astype(np.uint8)
    direction, mission = random.integers(4, size=5), random.integers(9, size=5)
    rows = symbolic_rows(space, {"image": image, "direction": direction, "mission": mission})
    symbolic = symbolic_space(space)
    assert isinstance(symbolic, gym.spaces.MultiDiscrete)
    assert symbolic.nvec.tolist() == [*CODES] * 49 + [4, 9]
    assert all(symbolic.contains(row.astype(symbolic.dtype)) for row in rows)
    assert np.array_equal(rows[:, :147].reshape(5, 7, 7, 3), image)
    assert np.array_equal(rows[:, 147:], np.stack([direction, mission], axis=1))


def test_other_spaces_are_left_alone() -> None:
    space = gym.spaces.Box(-1, 1, (3,))
    batch = np.zeros((2, 3))
    assert symbolic_space(space) is space
    assert symbolic_rows(space, batch) is batch


def test_what_only_looks_like_a_maze_is_left_alone_and_missions_in_words_are_named() -> None:
    direction = gym.spaces.Discrete(4)
    for more in (
        {"image": VIEW, "direction": gym.spaces.Box(0, 1, (2,))},
        {"image": VIEW, "direction": direction, "energy": gym.spaces.Box(0, 1, (1,))},
        {"image": gym.spaces.Box(0, 1, (7, 7, 3), np.float32), "direction": direction},
    ):
        space = gym.spaces.Dict(more)
        assert symbolic_space(space) is space
    with pytest.raises(BadInput, match=r"missions are texts.*agents\.mazes\.make"):
        symbolic_space(gym.spaces.Dict({"image": VIEW, "direction": direction, "mission": gym.spaces.Text(9)}))
