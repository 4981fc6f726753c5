"""Costs: a call's time over its transitions, by a clock of our own; and that each verb is timed."""

import numpy as np
import pytest

from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.traits import cost
from explore.bonuses.count import Count


def test_time_is_given_per_transition(monkeypatch):
    now, calls = [0.0], []

    def call():
        now[0] += 0.004 + 0.001 * (len(calls) % 5)  # of five calls the fastest counts
        calls.append(1)

    monkeypatch.setattr(cost.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(cost, "WARM", 0)
    assert cost.timed(call, 8).values == pytest.approx([500.0] * cost.REPEATS)
    assert len(calls) == cost.REPEATS * cost.CALLS


def test_every_verb_is_timed(monkeypatch):
    asked = {"observe": 0, "score": 0, "learn": 0}

    class Noted(Count):
        def observe(self, transitions):
            asked["observe"] += transitions.reward.shape[1]
            return super().observe(transitions)

        def score(self, transitions, episodic=None):
            asked["score"] += transitions.reward.shape[1]
            return super().score(transitions, episodic)

        def learn(self, transitions):
            asked["learn"] += transitions.reward.shape[1]
            return super().learn(transitions)

    result = cost.bonus(plugin_under_test(Noted), [0])
    calls = cost.WARM + cost.REPEATS * cost.CALLS
    assert asked == {"observe": calls * cost.ENVS, "score": calls * cost.BATCH, "learn": calls * cost.BATCH}
    assert all((each.values > 0).all() for each in result)


def test_strategies_and_policies_have_a_speed():
    (choice,) = cost.strategy(plugin_under_test("greedy"), [0])
    (speed,) = cost.policy(plugin_under_test("ucb", "policy"), [0])
    assert (choice.values > 0).all()
    assert np.isfinite(speed.values).all()
    assert (speed.values > 0).all()
