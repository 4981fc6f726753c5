"""What an observation must be to enter: one sentence for each way in which it does not fit its space."""

import re

import gymnasium as gym
import minigrid
import numpy as np
import pytest

from explore.encoding.observations import Encoder
from explore.errors import BadInput

Box, Discrete = gym.spaces.Box, gym.spaces.Discrete
PICTURE = Box(0, 255, (4, 4, 3), np.uint8)
FLOATS = Box(-np.inf, np.inf, (2,))
PARTS = gym.spaces.Dict(x=Box(-1, 1, (2,)), y=gym.spaces.Tuple((Discrete(3), Discrete(3, start=4))))


def parts(**change):
    return {"x": np.zeros((2, 2)), "y": (np.array([0, 1]), np.array([4, 5])), **change}


@pytest.mark.parametrize(
    ("space", "observation", "message"),
    [
        (
            Box(-10, 10, (1,)),
            np.zeros((2, 6)),
            "got an observation of shape (6,); the space is Box(-10",
        ),
        (Box(-10, 10, (6,)), np.zeros((2, 1)), "got an observation of shape (1,)"),
        (Box(-10, 10, (6,)), np.zeros((2, 3, 2)), "got an observation of shape (3, 2)"),
        (PICTURE, np.zeros((1, 3, 4, 4), np.uint8), "got an observation of shape (3, 4, 4)"),
        (PICTURE, np.random.default_rng(0).random((2, 4, 4, 3)), "float64 numbers from 0.0"),
        (PICTURE, np.zeros((2, 4, 4, 3), np.float32), "got float32 numbers from 0 to 0; the space is Box(0 to 255"),
        (
            PICTURE,
            np.full((2, 4, 4, 3), 256),
            "got 256 at [0, 0, 0], where the space Box(0 to 255, shape",
        ),
        (PICTURE, np.full((2, 4, 4, 3), -1), "got -1"),
        (Box(0, 9, (2,), np.uint8), np.array([[0, 10]], np.uint8), "got 10 at [1]"),
        (Box(-5, 9, (), np.int64), np.array([0, -6]), "got -6, where"),
        (Discrete(16), np.array([259]), "got 259, where the space Discrete(16) has 0 to 15"),
        (Discrete(16), np.array([3, 16]), "got 16"),
        (Discrete(16), np.array([-1]), "got -1"),
        (Discrete(16), np.array([2**64 - 1], np.uint64), "got 18446744073709551615"),
        (Discrete(16), np.array([2.5]), "got float64 numbers from 2.5 to 2.5"),
        (Discrete(3, start=5), np.array([4]), "got 4, where the space Discrete(3, start=5) has 5 to 7"),
        (gym.spaces.MultiDiscrete([5, 3]), np.array([[0, 0], [4, 3]]), "got 3 at [1]"),
        (gym.spaces.MultiDiscrete([5, 3], start=[1, 1]), np.array([[0, 1]]), "got 0 at [0]"),
        (gym.spaces.MultiBinary(3), np.array([[0, 1, 2]]), "got 2 at [2]"),
        (FLOATS, np.array([[0, np.nan]]), "observation: got nan at [1], which is not finite"),
        (FLOATS, np.array([[0, np.inf]]), 'leave such observations out with on_invalid="skip"'),
        (FLOATS, np.array([[-np.inf, 0]]), "got -inf at [0]"),
        (FLOATS, np.array([[1e300, 0]]), "got 1e+300 at [0], which is not finite in float32"),
        (FLOATS, np.array([[2**24 + 1, 0]]), "got whole numbers beyond 16777216, which float32 rounds"),
        (Box(-1, 1, (2,)), np.array([[0, 1.1]]), "got 1.1 at [1]"),
        (Box(-1, 1, (2,)), np.array([["a", "b"]]), "which are not numbers"),
        (Box(-1, 1, ()), [1.0, None], "got object, which are not numbers"),
        (Box(-1, 1, (2,)), [np.zeros(2), np.zeros(3)], "the parts differ in shape"),
        (Box(-1, 1, ()), np.float32(0), "got a single number, not a batch"),
        (PARTS, parts(x=np.zeros((2, 3))), "observation['x']: got an observation of shape (3,)"),
        (PARTS, parts(y=(np.array([0, 1]), np.array([4, 7]))), "observation['y'][1]: got 7"),
        (PARTS, parts(y=(np.array([0, 1]), np.array([4]))), "observation['y'][1]: got 1 observations, 2 of the other"),
        (PARTS, parts(y=(np.array([0, 1]),)), "observation['y']: got tuple of 1; the space is a tuple of 2"),
        (PARTS, parts(y=np.zeros((2, 2))), "observation['y']: got ndarray"),
        (PARTS, {"x": np.zeros((2, 2))}, "observation: 'y' is missing; the space is a dictionary of 'x', 'y'"),
        (PARTS, np.zeros((2, 4)), "observation: got ndarray; the space is a dictionary of 'x', 'y'"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_leaf_and_its_space(space, observation, message):
    with pytest.raises(BadInput, match=re.escape(message)):
        Encoder(space).encode(observation)


@pytest.mark.parametrize(
    ("space", "observation", "row"),
    [
        (Box(-1, 1, (2,)), np.array([[1, 1 + 1e-6]]), [1, np.float32(1 + 1e-6)]),  # rounding of a sine
        (Box(-1, 1, ()), np.array([0.5]), [0.5]),
        (Box(-1, 1, (1,)), np.array([0.5]), [0.5]),  # an axis of length 1 changes nothing
        (Box(0, 255, (2, 2), np.uint8), np.full((1, 2, 2, 1), 7), [7, 7, 7, 7]),
        (Box(0, 255, (2,), np.uint8), np.array([[3, 4]], dtype=np.int64), [3, 4]),
        (FLOATS, np.array([[2**24, -3]]), [2**24, -3]),
        (Discrete(3, start=-1), np.array([-1]), [0]),
        (Discrete(2), np.array([True]), [1]),
        (gym.spaces.MultiBinary(2), np.array([[True, False]]), [1, 0]),
        (Box(0, 1, (2,), bool), np.array([[True, False]]), [1, 0]),
        (Box(-1, 1, (2,)), np.array([[0.5, 1]], dtype=">f4"), [0.5, 1]),
        (Box(-1, 1, (2,)), np.asfortranarray(np.array([[0.5, 1], [0, 0]])), [0.5, 1]),
    ],
)
def test_what_fits_is_taken(space, observation, row):
    rows = Encoder(space).encode(observation)
    np.testing.assert_array_equal(rows[0], row)
    assert rows.flags.c_contiguous


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (gym.spaces.Text(5), "observation is text (Text)"),
        (gym.spaces.Dict(image=PICTURE, mission=gym.spaces.Text(5)), "observation['mission'] is text"),
        (gym.spaces.Dict(a=gym.spaces.Sequence(Discrete(3))), "observation['a'] is Sequence, which is not supported"),
        pytest.param(
            Box(0, 1, (2,), np.longdouble),
            "observation is a Box of",
            marks=pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="it is float64 on this platform"),
        ),
    ],
)
def test_a_space_without_numbers_is_refused_by_its_leaf(space, message):
    with pytest.raises(BadInput, match=re.escape(message)):
        Encoder(space)


def test_the_mission_of_a_plain_minigrid_maze_is_named_with_the_remedies():
    """The message printed the address of a function."""
    space = minigrid.envs.EmptyEnv(size=5).observation_space
    with pytest.raises(BadInput) as refused:
        Encoder(space)
    message = str(refused.value)
    for part in ("observation['mission']", "ImgObsWrapper", "FlatObsWrapper", "Discrete"):
        assert part in message
    assert "0x" not in message
    assert "<" not in message
