"""Tsallis-INF: its probabilities minimise the regularised loss, and its bound."""

from typing import Any

import numpy as np
import pytest

from bandits.policies.base import adversarial
from bandits.policies.tsallis_inf import TsallisINF
from bandits.testbeds.bernoulli import Bernoulli
from bandits.theory.bounds.of_policy import bounds_for

BED, K, T = Bernoulli(means="0.2/0.5/0.7"), 3, 1000
PULLED = [(0, 1.0), (2, 0.0), (1, 0.5), (1, 1.0), (0, 0.0), (2, 1.0)]


def objective(p: Any, losses: Any, eta: float) -> float:
    return float(p @ losses - 4 / eta * np.sum(np.sqrt(p) - p / 2))


def test_it_minimises_its_objective(chances_replayed: Any) -> None:
    """p minimises ⟨p, L⟩ − (4/η) Σ (√p − p/2) over the simplex: no small step along it is better."""
    losses, random = np.zeros(K), np.random.default_rng(0)
    replayed = chances_replayed(TsallisINF(), BED, PULLED, T, adversarial.CHANCES)
    for t, ((arm, reward), chances) in enumerate(zip(PULLED, replayed, strict=True), 1):
        eta = 2 / np.sqrt(t)
        assert chances.sum() == pytest.approx(1.0, abs=1e-12)
        for _ in range(20):
            step = random.normal(size=K)
            step -= step.mean()
            assert objective(chances + 1e-4 * step, losses, eta) >= objective(chances, losses, eta) - 1e-12
        losses[arm] += (1 - reward) / chances[arm]


def test_its_bound_by_hand() -> None:
    """4√(KT) + 1."""
    (bound,) = bounds_for("tsallis-inf", [0.9, 0.8], 5000)
    assert bound.value == pytest.approx(401)
