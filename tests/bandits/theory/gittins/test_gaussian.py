"""Gaussian Gittins indices against the published tables."""

import numpy as np
import pytest

from bandits.theory.gittins.gaussian import gaussian_bonuses, gaussian_index
from explore.errors import BadInput


def test_published_table_of_known_variance() -> None:
    """Gittins (1989), table 1, as reprinted by Powell & Ryzhov (2012), table 6.1."""
    assert gaussian_bonuses(0.95, 5) == pytest.approx([0.9956, 0.6343, 0.4781, 0.3878, 0.3281], abs=6e-5)
    assert gaussian_bonuses(0.99, 5) == pytest.approx([1.5758, 1.0415, 0.8061, 0.6677, 0.5747], abs=6e-5)


def test_one_step_of_looking_ahead_is_a_lower_bound() -> None:
    """With a discount near 0 one pull ahead is all there is: v = γ E max(0, −v' + …) solved by simulation."""
    discount, draws = 0.02, np.random.default_rng(0).standard_normal(400_000) / np.sqrt(2)
    wages = np.linspace(0, 0.05, 501)
    gains = [-w + discount / (1 - discount) * np.maximum(draws - w, 0).mean() for w in wages]
    root = wages[np.argmin(np.abs(gains))]
    assert gaussian_bonuses(discount, 1)[0] == pytest.approx(root, abs=3e-4)


def test_bonus_falls_with_pulls_and_grows_with_the_discount() -> None:
    low, high = gaussian_bonuses(0.9, 60), gaussian_bonuses(0.99, 60)
    assert np.all(np.diff(low) < 0)
    assert np.all(high > low)


def test_index_shifts_and_scales() -> None:
    standard = gaussian_index(0.0, 7, 1.0, 0.9)
    assert gaussian_index(3.0, 7, 2.0, 0.9) == pytest.approx(3 + 2 * standard)


def test_bad_input_is_refused() -> None:
    with pytest.raises(BadInput):
        gaussian_bonuses(1.2, 5)
    with pytest.raises(BadInput):
        gaussian_bonuses(0.9, 0)
    with pytest.raises(BadInput):
        gaussian_index(0.0, 1, 0.0, 0.9)
