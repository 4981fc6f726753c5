"""Mean ranks of agents over mazes, with intervals: does one of them win everywhere?

In one maze an agent's rank is that of a learner drawn from each agent at random, in expectation:

    rank_a = 1 + Σ_{b ≠ a} [P(X_b > X_a) + ½ P(X_b = X_a)]    1 is the best, the number of agents the worst

Its interval adds up those of the probabilities of improvement: within a maze end by end, as all share the learners of
one agent; over mazes, which share none, by Zou & Donner's rule (2008), low = mean − √Σ(mean_k − low_k)²/mazes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from escapade.statistics.intervals import Interval
from escapade.statistics.pairwise import improvement_interval, probability_of_improvement
from escapade.statistics.scores import LEVEL
from explore.errors import BadInput


@dataclass(frozen=True)
class MeanRank:
    """An agent's mean rank over the mazes; `interval` is None where one learner stands for an agent in a maze."""

    agent: str
    rank: float
    interval: Interval | None


def mean_ranks(scores: Mapping[str, Sequence[npt.ArrayLike]], level: float = LEVEL) -> list[MeanRank]:
    """The agents from the best mean rank to the worst; `scores` has per agent, for each maze, its learners' scores.

    BadInput when agents differ in the number of mazes, there are none, or scores are empty or not finite.
    """
    mazes = {len(each) for each in scores.values()}
    if len(mazes) != 1 or mazes == {0}:
        raise BadInput("ranks need every agent in the same mazes: give as many lists of scores for each agent.")
    ranked = [_mean_rank(agent, scores, level) for agent in scores]
    return sorted(ranked, key=lambda each: each.rank)


def _mean_rank(agent: str, scores: Mapping[str, Sequence[npt.ArrayLike]], level: float) -> MeanRank:
    ranks, below, above, certain = [], [], [], True
    for maze, ours in enumerate(scores[agent]):
        others = [theirs[maze] for name, theirs in scores.items() if name != agent]
        losses = [probability_of_improvement(theirs, ours) for theirs in others]
        intervals = [improvement_interval(theirs, ours, level) for theirs in others]
        known = [interval for interval in intervals if interval is not None]
        certain &= len(known) == len(others)
        ranks.append(1.0 + sum(losses))
        below.append(1.0 + sum(losses) - (1.0 + sum(low for low, _ in known)))
        above.append(sum(high for _, high in known) - sum(losses))
    rank, mazes = float(np.mean(ranks)), len(ranks)
    if not certain:
        return MeanRank(agent, rank, None)
    low, high = (float(np.sqrt(np.square(side).sum())) / mazes for side in (below, above))
    return MeanRank(agent, rank, (max(1.0, rank - low), min(float(len(scores)), rank + high)))
