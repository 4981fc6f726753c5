"""What is no score is refused by every statistic, with a sentence that names it."""

import numpy as np
import pytest

import escapade.statistics as statistics
from escapade.statistics.scores import checked_level
from explore.errors import BadInput

ONE_SIDED = {
    "interquartile_mean": lambda scores: statistics.interquartile_mean(scores),
    "optimality_gap": lambda scores: statistics.optimality_gap(scores),
    "performance_profile": lambda scores: statistics.performance_profile(scores),
    "iqm_interval": lambda scores: statistics.iqm_interval([[0.5, 0.6], scores]),
    "percentile_interval": lambda scores: statistics.percentile_interval([[0.5, 0.6], scores]),
    "optimality_gap_interval": lambda scores: statistics.optimality_gap_interval([[0.5, 0.6], scores]),
}
TWO_SIDED = {
    name: getattr(statistics, name)
    for name in (
        "probability_of_improvement",
        "improvement_interval",
        "permutation_test",
        "welch_test",
        "seeds_needed",
    )
}


@pytest.mark.parametrize("statistic", ONE_SIDED.values(), ids=ONE_SIDED)
@pytest.mark.parametrize(("scores", "named"), [([], "empty"), ([1, np.nan], "NaN"), ([np.inf, 0], "infinity")])
def test_scores_that_are_lacking_or_not_finite_are_refused(statistic, scores, named):
    with pytest.raises(BadInput, match=named):
        statistic(scores)


@pytest.mark.parametrize("statistic", TWO_SIDED.values(), ids=TWO_SIDED)
@pytest.mark.parametrize(("scores", "named"), [([], "empty"), ([1, np.nan], "NaN"), ([-np.inf, 0], "infinity")])
def test_so_they_are_on_either_side(statistic, scores, named):
    with pytest.raises(BadInput, match=f"first side.*{named}"):
        statistic(scores, [0, 0])
    with pytest.raises(BadInput, match=f"second side.*{named}"):
        statistic([0, 0], scores)


def test_no_maze_at_all_is_refused():
    with pytest.raises(BadInput, match="no mazes"):
        statistics.iqm_interval([])


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, np.nan])
def test_a_level_is_a_probability(level):
    with pytest.raises(BadInput, match="between 0 and 1"):
        checked_level(level)
