"""Delayed rewards: policies that draw their arms, against independent implementations that keep the probabilities.

The reference plays many runs at once with its own random numbers; a reward of step t is learned from after the choice
of step t + delay, and is divided by the probability (or weighed by all probabilities) with which its arm was drawn.
"""

import math
from collections import deque
from typing import Any

import numpy as np
import pytest

from bandits.simulator.simulation import simulate

RUNS, HORIZON, DELAY = 100, 400, 50
MEANS = np.array([0.9, 0.1])


class Reference:
    """Losses, weights or preferences `(runs, arms)` of one policy."""

    def __init__(self, runs: int, arms: int, horizon: int) -> None:
        self.values, self.arms, self.horizon = np.zeros((runs, arms)), arms, horizon

    def probabilities(self, t: int) -> Any:
        """Of the arms in step t, `(runs, arms)`."""
        raise NotImplementedError

    def learn(self, drawn: int, arm: Any, reward: Any, chances: Any) -> None:
        """The rewards `(runs,)` of the arms drawn in step `drawn` with `chances` `(runs, arms)`."""
        raise NotImplementedError


def softmax(values: Any) -> Any:
    weights = np.exp(values - values.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True)


class Exp3(Reference):
    """Auer et al. 2002, figure 1, γ of corollary 3.2."""

    def gamma(self) -> float:
        return min(1.0, math.sqrt(self.arms * math.log(self.arms) / ((math.e - 1) * self.horizon)))

    def probabilities(self, t: int) -> Any:
        return (1 - self.gamma()) * softmax(self.values) + self.gamma() / self.arms

    def learn(self, drawn: int, arm: Any, reward: Any, chances: Any) -> None:
        every = np.arange(len(arm))
        self.values[every, arm] += self.gamma() * reward / (self.arms * chances[every, arm])


class Exp3S(Exp3):
    """Section 8, corollary 8.2 with one change."""

    def gamma(self) -> float:
        inner = 2 * math.log(self.arms * self.horizon) + math.e
        return min(1.0, math.sqrt(self.arms * inner / ((math.e - 1) * self.horizon)))

    def learn(self, drawn: int, arm: Any, reward: Any, chances: Any) -> None:
        weights = softmax(self.values)
        every = np.arange(len(arm))
        share = math.e / self.horizon / self.arms * weights.sum(1, keepdims=True)
        weights[every, arm] *= np.exp(self.gamma() * reward / (self.arms * chances[every, arm]))
        self.values = np.log(weights + share)


class Exp3IX(Reference):
    """Neu 2015, corollary 1: the η of the draw is that of its probabilities."""

    def rate(self, t: int) -> float:
        return math.sqrt(math.log(self.arms) / (self.arms * t))

    def probabilities(self, t: int) -> Any:
        return softmax(-self.rate(t) * self.values)

    def learn(self, drawn: int, arm: Any, reward: Any, chances: Any) -> None:
        every = np.arange(len(arm))
        self.values[every, arm] += (1 - reward) / (chances[every, arm] + self.rate(drawn) / 2)


class TsallisINF(Reference):
    """Zimmert & Seldin 2021, algorithm 1: the normaliser by bisection."""

    def probabilities(self, t: int) -> Any:
        rate = 2 / math.sqrt(t)
        low = self.values.min(1, keepdims=True) - 2 * math.sqrt(self.arms) / rate
        high = self.values.min(1, keepdims=True) - 2 / rate + 1e-12
        for _ in range(80):
            middle = (low + high) / 2
            above = (4 / (rate * (self.values - middle)) ** 2).sum(1, keepdims=True) > 1
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        chances = 4 / (rate * (self.values - low)) ** 2
        return chances / chances.sum(1, keepdims=True)

    def learn(self, drawn: int, arm: Any, reward: Any, chances: Any) -> None:
        every = np.arange(len(arm))
        self.values[every, arm] += (1 - reward) / chances[every, arm]


class Gradient(Reference):
    """Sutton & Barto 2018, equation 2.12, α = 0.1, with the average of the rewards that have arrived."""

    count, average = 0, 0.0

    def probabilities(self, t: int) -> Any:
        return softmax(self.values)

    def learn(self, drawn: int, arm: Any, reward: Any, chances: Any) -> None:
        self.count += 1
        self.average = self.average + (reward - self.average) / self.count
        pulled = np.eye(self.arms)[arm]
        self.values = self.values + 0.1 * (reward - self.average)[:, None] * (pulled - chances)


REFERENCES = {"exp3": Exp3, "exp3-s": Exp3S, "exp3-ix": Exp3IX, "tsallis-inf": TsallisINF, "gradient": Gradient}


def reference_regrets(kind: type[Reference], runs: int, horizon: int, delay: int) -> Any:
    """Each run's regret, `(runs,)`."""
    random, waiting = np.random.default_rng(1), deque[Any]()
    policy, regrets = kind(runs, len(MEANS), horizon), np.zeros(runs)
    for t in range(1, horizon + 1):
        chances = policy.probabilities(t)
        arm = (random.random((runs, 1)) > chances.cumsum(1)[:, :-1]).sum(1)
        waiting.append((t, arm, (random.random(runs) < MEANS[arm]).astype(float), chances))
        regrets += MEANS.max() - MEANS[arm]
        if len(waiting) > delay:
            policy.learn(*waiting.popleft())
    return regrets


def close(ours: Any, theirs: Any, errors: float = 4.5) -> bool:
    error = math.sqrt(ours.var(ddof=1) / len(ours) + theirs.var(ddof=1) / len(theirs))
    return abs(ours.mean() - theirs.mean()) <= errors * error


@pytest.mark.parametrize("delay", [0, DELAY])
@pytest.mark.parametrize("name", REFERENCES)
def test_as_an_independent_implementation(name: str, delay: int) -> None:
    """Mean regrets within 4.5 standard errors of their difference."""
    bed = f"bernoulli:means=0.9/0.1,delay={delay}"
    ours = simulate(bed, [name], runs=RUNS, horizon=HORIZON, seed=3).policies[0].regrets
    theirs = reference_regrets(REFERENCES[name], 1000, HORIZON, delay)
    assert close(ours, theirs), (ours.mean(), theirs.mean())


@pytest.mark.parametrize(("delay", "right", "error"), [(50, 31.7, 0.6), (200, 94.1, 1.0)])
def test_tsallis_inf_under_long_delays(delay: int, right: float, error: float) -> None:
    """Values of an implementation from the paper's formulas; dividing by the probability of today gives 468 and 666."""
    bed = f"bernoulli:means=0.9/0.1,delay={delay}"
    result = simulate(bed, ["tsallis-inf"], runs=RUNS, horizon=1000, seed=1).policies[0]
    assert abs(result.regret - right) <= 4 * math.hypot(result.regret_se, error)
    assert close(result.regrets, reference_regrets(TsallisINF, 300, 1000, delay))
