"""Indices as a policy looks them up, against single calibrations on both sides of the table's end."""

import numpy as np
import pytest

from bandits.theory.gittins.gaussian import gaussian_bonuses
from bandits.theory.gittins.indices import bernoulli_index
from bandits.theory.gittins.lookup import YOUNG, bernoulli_at, bernoulli_lookup, bonus_at


def test_young_and_old_arms() -> None:
    table, bonuses = bernoulli_lookup(0.9)
    for s, f in [(0, 0), (10, 3), (150, 50), (0, 200)]:
        assert bernoulli_at(table, bonuses, s, f) == pytest.approx(bernoulli_index(s + 1, f + 1, 0.9), abs=2e-5)
    for s, f in [(150, 51), (30, 300), (300, 30), (0, 500), (400, 400)]:
        assert s + f > YOUNG
        assert bernoulli_at(table, bonuses, s, f) == pytest.approx(bernoulli_index(s + 1, f + 1, 0.9), abs=4e-4)


def test_order_of_old_arms_is_that_of_their_indices() -> None:
    table, bonuses = bernoulli_lookup(0.9)
    fast = [bernoulli_at(table, bonuses, s, 400 - s) for s in range(0, 401, 20)]
    assert np.all(np.diff(fast) > 0)
    assert bernoulli_at(table, bonuses, 50, 200) > bernoulli_at(table, bonuses, 100, 400)  # same mean, fewer pulls


def test_far_bonuses_go_on_falling_as_one_over_n() -> None:
    exact = gaussian_bonuses(0.9, 3000)
    cut = exact[:1500]
    assert bonus_at(cut, 3000) == pytest.approx(exact[-1], rel=0.01)
    assert bonus_at(cut, 1500) == exact[1499]


def test_tables_are_shared_and_read_only() -> None:
    table, _ = bernoulli_lookup(0.9)
    assert table is bernoulli_lookup(0.9)[0]
    with pytest.raises(ValueError, match="read-only"):
        table[0, 0] = 1.0
