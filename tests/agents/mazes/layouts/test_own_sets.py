"""Sets of layouts of the user's own: what they play, and which are refused."""

import numpy as np
import pytest

from agents.lockstep import compare
from agents.mazes import make, two_sets
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.layouts.own_sets import layout_set
from explore.errors import BadInput

MAZE, SEVERAL = "MiniGrid-DoorKey-5x5-v0", "MiniGrid-GoToDoor-5x5-v0"


def test_the_layouts_are_those_of_the_seeds() -> None:
    """On both backends; the first 30 resets make 25 different layouts."""
    ours, theirs = (make(MAZE, 4, layouts=range(30), backend=backend) for backend in ("compiled", "real"))
    assert set(ours.layouts.seeds.tolist()) <= set(range(30))
    assert len(ours.layouts) < 30
    random = np.random.default_rng(0)
    assert compare(ours, theirs, (random.integers(7, size=4) for _ in range(50))).difference is None


def test_two_sets_share_no_layout_and_number_missions_alike() -> None:
    train, held_out = two_sets(SEVERAL, range(8), range(8, 12))
    assert train.missions == held_out.missions == layouts(SEVERAL, "train").missions
    for each in (train, held_out):
        envs = make(SEVERAL, 2, layouts=each, backend="real")
        seen = envs.reset()[0]["mission"]
        texts = [env.mission for env in envs.mazes]
        assert [each.missions[number] for number in seen] == texts
    assert (len(train), len(held_out)) == (8, 4)


def test_sets_that_overlap_are_refused_by_what_is_in_them() -> None:
    train = layouts(MAZE, "train").seeds.tolist()
    kept = set(layout_set(MAZE, [*train, *range(60)]).seeds.tolist())  # each layout by the first seed that makes it
    again = next(seed for seed in range(60) if seed not in kept)
    with pytest.raises(BadInput, match=rf"1 held-out layouts of {MAZE} are in the training set too, .* seed {again}:"):
        two_sets(MAZE, train, [again])
    with pytest.raises(BadInput, match="such as that of seed 3"):
        two_sets(SEVERAL, [1, 2, 3], [3, 4])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "an empty set of layouts of MiniGrid-DoorKey-5x5-v0"),
        ([-1], "seed -1: a seed is a whole number from 0"),
        ([0.5], "seed 0.5"),
        (layouts(MAZE, "train").rows(slice(0, 0)), "an empty set"),
        (layouts("MiniGrid-Empty-5x5-v0", "train"), "layouts of MiniGrid-Empty-5x5-v0 for MiniGrid-DoorKey-5x5-v0"),
    ],
)
def test_bad_sets(given: object, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        make(MAZE, 2, layouts=given)
