"""Luck: shares of draws by enumeration, verdicts that no draw can change, and silence with few learners."""

import math

import numpy as np
import pytest

from escapade.report.mazes.comparison import compare
from escapade.report.mazes.luck import DRAWS, SIZES, luck_figures, luck_lines

LOW, HIGH = [0.1 + k / 1000 for k in range(30)], [0.8 + k / 1000 for k in range(30)]


def test_where_all_of_one_side_win_three_learners_show_nothing_and_five_show_it_always():
    """Of 3 against 3, 2 of 20 orders are as extreme; of 5 against 5, 2 of 252."""
    three, five, ten = luck_figures([LOW, HIGH])
    assert [each["learners"] for each in (three, five, ten)] == list(SIZES)
    assert (three["better"], five["better"], ten["better"]) == ([0.0], [1.0], [1.0])
    assert five["worse"] == five["reversed"] == [0.0]
    (worse,) = luck_figures([HIGH, LOW])[1]["worse"]
    assert worse == 1.0


def test_shares_are_those_of_all_choices():
    """Half of the agent's learners fail: what counts is how many of the five drawn ones do."""
    agent = [0.0] * 10 + [0.9] * 10
    base = [0.01] * 20
    failing = range(6)
    shares = [math.comb(10, k) * math.comb(10, 5 - k) / math.comb(20, 5) for k in failing]
    significant = [compare([[0.0] * k + [0.9] * (5 - k)], base[:5])[0].significant for k in failing]
    assert significant == [True, False, False, False, False, True]
    exact = float(np.dot(shares, significant))
    five = luck_figures([base, agent])[1]
    error = np.sqrt(exact * (1 - exact) / DRAWS)
    assert five["better"][0] + five["worse"][0] == pytest.approx(exact, abs=4 * error)
    assert five["better"][0] == pytest.approx(five["worse"][0], abs=8 * error)  # as likely as not


def test_the_same_figures_at_each_report_and_none_with_few_learners():
    assert luck_figures([LOW, HIGH]) == luck_figures([LOW, HIGH])
    assert luck_figures([LOW[:19], HIGH]) == []
    assert luck_figures([LOW]) == []


def test_several_agents_are_corrected_together():
    """Of five learners the p-value is 2/252; three comparisons make it .024, seven .056."""
    assert luck_figures([LOW, *[HIGH] * 3])[1]["better"] == [1.0] * 3
    assert luck_figures([LOW, *[HIGH] * 7])[1]["better"] == [0.0] * 7


def test_the_lines_have_the_spread_and_the_shares():
    base = {"spec": "epsilon-greedy", "learners": 30, "returns": LOW}
    best = {"spec": "count", "learners": 30, "returns": HIGH, "improvement": {"probability": 1.0, "significant": True}}
    lines = luck_lines({"agents": [base, best], "luck": luck_figures([LOW, HIGH])})
    assert "return worst 0.10, quartiles 0.11, 0.11 and 0.12, best 0.13" in lines[0]
    assert "count is significantly better than epsilon-greedy" in lines[2]
    assert "in 0% of those of 3, 100% of those of 5, 100% of those of 10; with all 30 it is. " in lines[2]
    assert luck_lines({"agents": [{**base, "learners": 19}]}) == []
