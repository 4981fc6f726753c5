"""Mean ranks against values worked by hand, and their intervals' coverage."""

import numpy as np
import pytest

from escapade.statistics import mean_ranks
from explore.errors import BadInput


def test_ranks_by_hand():
    """In the first maze a > b > c for all learners, in the second b = c > a."""
    scores = {"a": [[3, 3], [0, 0]], "b": [[2, 2], [1, 1]], "c": [[1, 1], [1, 1]]}
    assert [(each.agent, each.rank) for each in mean_ranks(scores)] == [("b", 1.75), ("a", 2.0), ("c", 2.25)]


def test_ranks_of_a_learner_are_those_of_its_pairs():
    """One of two learners of `a` is above both of `b`, the other below both: no difference."""
    (first, second) = mean_ranks({"a": [[0, 3]], "b": [[1, 2]]})
    assert first.rank == second.rank == 1.5


def test_the_intervals_hold_the_true_ranks():
    random, covered, repeats = np.random.default_rng(0), 0, 150
    for _ in range(repeats):
        # a, b and c differ by shares of solvers; d is as good as c. True ranks from the chances of each pair.
        shares = {"a": 0.9, "b": 0.5, "c": 0.2, "d": 0.2}
        scores = {
            agent: [(random.random(5) < share) + 0.01 * random.random(5) for _ in range(2)]
            for agent, share in shares.items()
        }
        for each in mean_ranks(scores):
            ours = shares[each.agent]
            losses = [
                theirs * (1 - ours) + 0.5 * (theirs * ours + (1 - theirs) * (1 - ours))
                for other, theirs in shares.items()
                if other != each.agent
            ]
            low, high = each.interval
            covered += low <= 1 + sum(losses) <= high
    assert covered / (4 * repeats) >= 0.94


def test_one_learner_has_a_rank_without_an_interval():
    assert [each.interval for each in mean_ranks({"a": [[1.0]], "b": [[0.0, 0.5]]})] == [None, None]


def test_mazes_have_to_match():
    with pytest.raises(BadInput, match="same mazes"):
        mean_ranks({"a": [[1, 2]], "b": [[1, 2], [3, 4]]})
    with pytest.raises(BadInput, match="same mazes"):
        mean_ranks({})
