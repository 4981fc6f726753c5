"""The sentences on constructed results: a difference is claimed where it is significant, in either direction."""

import pytest

from agents.training.results import Block, LearnerResult
from escapade.report.mazes.figures import maze_figures
from escapade.report.mazes.verdict import rank_sentence, sentence

MAZE = "MiniGrid-DoorKey-8x8-v0"


def block(agent, returns, maze=MAZE):
    results = [
        LearnerResult(n, value, float(value > 0.5), None, None, None, [(10, value)]) for n, value in enumerate(returns)
    ]
    return Block(maze, agent, 150_000, 12.0, 4000.0, results)


def verdict(base, other):
    (maze,) = maze_figures([block("epsilon-greedy", base), block("count", other)], {})
    return sentence(maze)


def test_a_clear_win_is_claimed_with_its_statistics():
    assert verdict([0, 0.01, 0.02, 0, 0.03], [0.9, 0.95, 0.91, 0.93, 0.94]) == (
        f"{MAZE}: count solved it with 5 of 5 learners and did better than epsilon-greedy (P(better) 1.00 [0.58, 1.00]"
        ", p = 0.008); epsilon-greedy solved it with 0 of 5 learners."
    )


def test_a_clear_loss_is_claimed_too():
    text = verdict([0.9, 0.95, 0.91, 0.93], [0, 0.01, 0.02, 0])
    assert "count solved it with 0 of 4 learners and did worse than epsilon-greedy (P(better) 0.00" in text


def test_no_difference_is_no_claim():
    text = verdict([0.1, 0.9, 0.2, 0.8], [0.15, 0.85, 0.95, 0.05])
    assert "no significant difference from epsilon-greedy at the end" in text
    assert "did better" not in text


def test_three_learners_show_no_difference_however_large():
    text = verdict([0, 0.01, 0.02], [0.9, 0.95, 0.91])
    assert "no significant difference" in text
    assert "significance needs at least 4 learners of each" in text


def test_one_learner_is_no_evidence():
    assert "(with one learner no difference from epsilon-greedy can be tested)" in verdict([0.0], [0.9])


def with_curve(agent, curves):
    results = [
        LearnerResult(n, 0.96, 1.0, 0.96, 1.0, 100, list(zip([10, 20, 30], curve, strict=True)))
        for n, curve in enumerate(curves)
    ]
    return Block("MiniGrid-DoorKey-5x5-v0", agent, 30, 12.0, 4000.0, results)


SLOW = [[0, 0, 0.96], [0, 0.03, 0.96], [0, 0.06, 0.96], [0, 0.09, 0.96], [0, 0.12, 0.96]]
FAST = [[0.3, 0.96, 0.96], [0.6, 0.96, 0.96], [0.3, 0.9, 0.96], [0.6, 0.9, 0.96], [0.45, 0.93, 0.96]]


@pytest.mark.parametrize(
    ("slow", "fast", "claim"),
    [("epsilon-greedy", "count", "it learned faster"), ("count", "epsilon-greedy", "it learned more slowly")],
)
def test_equal_ends_are_compared_by_the_curves(slow, fast, claim):
    curves = {slow: SLOW, fast: FAST}
    (maze,) = maze_figures([with_curve(name, curves[name]) for name in ("epsilon-greedy", "count")], {})
    assert f"{claim}: mean return over the training" in sentence(maze)
    # The mean of each curve, worked by hand, and the interquartile mean of five: that of the middle three.
    means = {agent["spec"]: agent["curve_mean"]["iqm"] for agent in maze["agents"]}
    assert means == pytest.approx({slow: (0.96 + 0.06) / 3, fast: (2.22 + 2.34 + 2.46) / 9})


def test_equal_curves_are_no_claim():
    (maze,) = maze_figures([with_curve("epsilon-greedy", SLOW), with_curve("count", SLOW)], {})
    assert "learned" not in sentence(maze)


def test_ranks_over_mazes_of_the_same_agents():
    """`count` wins all pairs of the first maze and half of the second's: ranks 1 and 1.5, on average 1.25."""
    first = [block("epsilon-greedy", [0.0] * 5, "a"), block("count", [0.9] * 5, "a")]
    second = [block("epsilon-greedy", [0.5] * 5, "b"), block("count", [0.5] * 5, "b")]
    text = rank_sentence(maze_figures([*first, *second], {}))
    assert text == "Mean rank over 2 mazes, 1 is the best [95 %]: count 1.2 [1.1, 1.5], epsilon-greedy 1.8 [1.5, 1.9]."
    assert rank_sentence(maze_figures(first, {})) is None
    assert rank_sentence(maze_figures([*first, second[0]], {})) is None
