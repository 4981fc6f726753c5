"""Every compiled maze against real MiniGrid, to the last bit: thousands of random steps, and the planner's plans."""

import pytest

from agents.lockstep import verify
from agents.mazes import describe_mazes

COMPILED = [entry.id for entry in describe_mazes() if entry.compiled]


@pytest.mark.parametrize("maze", COMPILED)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_maze_is_the_same_as_real_minigrid(maze: str) -> None:
    """No difference; and where a plan exists that must reach the goal, it is reached on both."""
    result = verify(maze)
    assert result.failure is None
    assert result.random.steps == 8000
    assert len(result.planned) == 5
