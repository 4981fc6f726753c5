"""Making mazes: what is refused."""

import pytest

from agents.mazes import make
from explore.errors import BadInput

MAZE = "MiniGrid-DoorKey-5x5-v0"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"maze": "MiniGrid-DoorKey-5x5-v1"}, "unknown maze 'MiniGrid-DoorKey-5x5-v1': did you mean"),
        ({"maze": "CartPole-v1"}, "not a MiniGrid maze"),
        ({"num_envs": 0}, "at least 1"),
        ({"layouts": "heldout"}, "did you mean 'held-out'?"),
        ({"seed": [1, 2]}, "2 seeds for 3 environments"),
    ],
)
def test_bad_input(change: dict[str, object], message: str) -> None:
    given: dict[str, object] = {"maze": MAZE, "num_envs": 3, **change}
    with pytest.raises(BadInput) as refused:
        make(**given)
    assert message in str(refused.value)


@pytest.mark.parametrize("scale", [-1.0, float("nan"), float("inf")])
def test_a_scale_that_is_none_is_refused(scale: float) -> None:
    with pytest.raises(BadInput, match="give a finite number, 0 or more"):
        make("MiniGrid-Empty-5x5-v0", 1, reward_scale=scale)


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(BadInput, match="unknown view 'whole'"):
        make("MiniGrid-Empty-5x5-v0", 1, view="whole")
