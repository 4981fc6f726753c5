"""The benchmark of the integrations: it trains what is missing, and its table says what learners did."""

import importlib
import json
from pathlib import Path

import pytest

pytest.importorskip("stable_baselines3", reason="the extra sb3 is not installed")


@pytest.fixture
def integrations(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    return importlib.import_module("benchmarks.integrations")


def learner(number, value, first, bonus="count"):
    return {
        "maze": "M",
        "steps": 1000,
        "agent": "dqn",
        "bonus": bonus,
        "learner": number,
        "return": value,
        "success": float(value > 0),
        "first_reward": first,
        "curve": [],
        "seconds": 2.0,
    }


def test_the_table_has_the_interquartile_mean_and_who_got_out(integrations):
    rows = [learner(number, value, 100 * (number + 1)) for number, value in enumerate([0.0, 0.5, 0.7, 0.9])]
    rows += [learner(0, 0.0, None, None)]
    with_bonus, without = integrations.table(rows).splitlines()[2:]
    assert with_bonus.startswith("| M (1,000) | dqn | count | 4 | 0.60 [")  # the mean of 0.5 and 0.7
    assert with_bonus.endswith("| 3 | 250 | 2 |")
    assert without == "| M (1,000) | dqn | none | 1 | 0.00 | 0 | – | 2 |"
    assert "nothing is recorded" in integrations.table([])


def test_a_run_trains_only_what_is_missing(integrations, tmp_path, monkeypatch):
    monkeypatch.setattr(integrations, "BONUSES", (None, "count"))
    monkeypatch.setattr(integrations, "DQN_SETTINGS", {**integrations.DQN_SETTINGS, "learning_starts": 200})
    monkeypatch.setattr(integrations, "PPO_SETTINGS", {**integrations.PPO_SETTINGS, "n_steps": 16})
    file = tmp_path / "learners.json"
    integrations.run({"MiniGrid-Empty-5x5-v0": 320}, 1, file)
    rows = integrations.recorded(file)
    assert [(row["agent"], row["bonus"]) for row in rows] == [
        ("dqn", None),
        ("dqn", "count"),
        ("ppo", None),
        ("ppo", "count"),
    ]
    assert all(len(row["curve"]) == 10 and row["curve"][-1][0] >= 320 for row in rows if row["agent"] == "ppo")
    assert json.loads(file.read_text())["made"]["stable_baselines3"]
    calls = []
    monkeypatch.setattr(integrations, "train", lambda *given: calls.append(given) or rows[0])
    integrations.run({"MiniGrid-Empty-5x5-v0": 320}, 2, file)
    assert [(call[2], call[3], call[4]) for call in calls] == [
        ("dqn", None, 1),
        ("dqn", "count", 1),
        ("ppo", None, 1),
        ("ppo", "count", 1),
    ]


def test_evaluation_leaves_the_training_as_it_is(integrations):
    weights = []
    for evaluations in (0, 1):
        model = integrations.make("MiniGrid-Empty-5x5-v0", "dqn", "count", seed=1)
        model.learn(200)
        for _ in range(evaluations):
            integrations.evaluated(model, "MiniGrid-Empty-5x5-v0", 3)
        model.learn(200, reset_num_timesteps=False)
        weights.append(model.replay_buffer.actions[: model.replay_buffer.pos].tolist())
    assert weights[0] == weights[1]
