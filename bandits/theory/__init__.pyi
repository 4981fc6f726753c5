from .bounds.lai_robbins import LaiRobbins, lai_robbins
from .bounds.of_policy import bound_for, bounds_for
from .bounds.statement import Bound, Problem
from .exact import exact_values
from .gittins.duff import duff_study
from .gittins.gaussian import gaussian_bonuses, gaussian_index
from .gittins.indices import bernoulli_index, bernoulli_table, chain_indices
from .published import Published, Verdict, published_for, verdicts

__all__ = [
    "Bound",
    "LaiRobbins",
    "Problem",
    "Published",
    "Verdict",
    "bernoulli_index",
    "bernoulli_table",
    "bound_for",
    "bounds_for",
    "chain_indices",
    "duff_study",
    "exact_values",
    "gaussian_bonuses",
    "gaussian_index",
    "lai_robbins",
    "published_for",
    "verdicts",
]
