from .aggregates import interquartile_mean, optimality_gap, performance_profile
from .intervals import Interval, iqm_interval, optimality_gap_interval, percentile_interval, rate_interval
from .median import median, median_interval
from .pairwise import holm, improvement_interval, permutation_test, probability_of_improvement, welch_test
from .ranks import MeanRank, mean_ranks
from .sample_size import seeds_needed

__all__ = [
    "Interval",
    "MeanRank",
    "holm",
    "improvement_interval",
    "interquartile_mean",
    "iqm_interval",
    "mean_ranks",
    "median",
    "median_interval",
    "optimality_gap",
    "optimality_gap_interval",
    "percentile_interval",
    "performance_profile",
    "permutation_test",
    "probability_of_improvement",
    "rate_interval",
    "seeds_needed",
    "welch_test",
]
