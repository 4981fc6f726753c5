"""Chances and estimates replayed with plain NumPy, step by step."""

from typing import Any

import numpy as np
import pytest
from bandits.policies.adversarial import EXP3, EXP3IX, EXP3S, TsallisINF

from bandits.policies import adversarial
from bandits.simulator.simulation import simulate
from bandits.testbeds.bernoulli import Bernoulli
from explore.errors import BadInput

BED, K, T = Bernoulli(means="0.2/0.5/0.7"), 3, 1000
PULLED = [(0, 1.0), (2, 0.0), (1, 0.5), (1, 1.0), (0, 0.0), (2, 1.0)]


def replayed(policy: Any) -> list[Any]:
    """The chances before each step."""
    state, rng = policy.initial(BED, T), np.array([4], np.uint64)
    select, update = policy.functions(BED)
    chances = []
    for t, (arm, reward) in enumerate(PULLED, 1):
        select(state, t, rng)
        chances.append(state[adversarial.CHANCES].copy())
        update(state, arm, reward, rng)
    return chances


@pytest.mark.parametrize("alpha", [0.0, 0.05])
def test_exp3(alpha: float) -> None:
    w = np.ones(K)
    policy = EXP3S(gamma=0.2, alpha=alpha) if alpha else EXP3(gamma=0.2)
    for (arm, reward), chances in zip(PULLED, replayed(policy), strict=True):
        p = 0.8 * w / w.sum() + 0.2 / K
        np.testing.assert_allclose(chances, p, rtol=1e-12)
        shared = np.e * alpha / K * w.sum()
        w[arm] *= np.exp(0.2 * reward / p[arm] / K)
        w = w + shared


def test_exp3_ix() -> None:
    losses = np.zeros(K)
    for t, ((arm, reward), chances) in enumerate(zip(PULLED, replayed(EXP3IX()), strict=True), 1):
        eta = np.sqrt(np.log(K) / (K * t))
        p = np.exp(-eta * losses) / np.exp(-eta * losses).sum()
        np.testing.assert_allclose(chances, p, rtol=1e-12)
        losses[arm] += (1 - reward) / (p[arm] + eta / 2)


def objective(p: Any, losses: Any, eta: float) -> float:
    return float(p @ losses - 4 / eta * np.sum(np.sqrt(p) - p / 2))


def test_tsallis_inf_minimises_its_objective() -> None:
    """p minimises ⟨p, L⟩ − (4/η) Σ (√p − p/2) over the simplex: no small step along it is better."""
    losses, random = np.zeros(K), np.random.default_rng(0)
    for t, ((arm, reward), chances) in enumerate(zip(PULLED, replayed(TsallisINF()), strict=True), 1):
        eta = 2 / np.sqrt(t)

        assert chances.sum() == pytest.approx(1.0, abs=1e-12)
        for _ in range(20):
            step = random.normal(size=K)
            step -= step.mean()
            assert objective(chances + 1e-4 * step, losses, eta) >= objective(chances, losses, eta) - 1e-12
        losses[arm] += (1 - reward) / chances[arm]


def test_draws_follow_the_chances() -> None:
    state, rng = EXP3().initial(BED, T), np.array([4], np.uint64)
    state[adversarial.CHANCES] = [0.5, 0.3, 0.2]
    counted = np.bincount([adversarial.draw(state, rng) for _ in range(6000)], minlength=3) / 6000
    np.testing.assert_allclose(counted, [0.5, 0.3, 0.2], atol=0.025)


def test_tuned_gamma() -> None:
    """√(K ln K / ((e − 1) T))."""
    expected = np.sqrt(3 * np.log(3) / ((np.e - 1) * 1000))
    assert EXP3().initial(BED, T)[adversarial.GAMMA, 0] == pytest.approx(expected)


def test_unbounded_rewards_are_refused() -> None:
    with pytest.raises(BadInput, match=r"needs rewards in \[0, 1\]"):
        simulate("sutton-barto", ["exp3"], runs=1)
