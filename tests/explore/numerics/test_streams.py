"""Streams: a learner's numbers depend on seed, name and learner alone."""

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from explore.numerics.streams import BLOCK, Streams


def test_a_learner_draws_the_same_alone_and_in_company():
    company, alone = Streams(7, "x", [0, 5, 2]), Streams(7, "x", [5])
    for shape in ((3,), (2, BLOCK), (1,)):
        assert torch.equal(company.uniform(*shape)[1:2], alone.uniform(*shape))


@given(st.lists(st.integers(1, 3 * BLOCK), min_size=1, max_size=5))
def test_numbers_do_not_depend_on_how_they_are_asked_for(pieces):
    asked = torch.cat([part for streams in [Streams(0, "x", [0])] for part in map(streams.uniform, pieces)], dim=1)
    assert torch.equal(asked, Streams(0, "x", [0]).uniform(sum(pieces)))


def test_state_round_trip_goes_on_with_the_same_numbers():
    streams = Streams(0, "x", [0, 1])
    streams.uniform(10)
    other = Streams(9, "y", [3, 4])
    other.load_state_dict(streams.state_dict())
    assert torch.equal(other.normal(2 * BLOCK), streams.normal(2 * BLOCK))


@pytest.mark.parametrize("law", ["uniform", "norm"])
def test_numbers_follow_their_law(law):
    streams = Streams(0, "x", [0])
    drawn = streams.uniform(20_000) if law == "uniform" else streams.normal(20_000)
    assert scipy.stats.kstest(drawn[0].numpy(), getattr(scipy.stats, law).cdf).pvalue > 1e-4


def test_integers_are_even_and_in_range():
    drawn = Streams(0, "x", [0]).integers(7, 20_000)[0].numpy()
    assert scipy.stats.chisquare(np.bincount(drawn, minlength=7)).pvalue > 1e-4


def test_the_global_random_state_is_left_alone():
    before = torch.get_rng_state().clone(), np.random.get_state()[1].copy()  # noqa: NPY002
    Streams(0, "x", [0]).normal(10)
    assert torch.equal(before[0], torch.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])  # noqa: NPY002
