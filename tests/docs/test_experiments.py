"""The tables of docs/why.md that come from recorded experiments: what is recorded is in them, what is not is said."""

import dataclasses
import importlib
from pathlib import Path

import pytest

from agents.training.results import Block, LearnerResult

ROOT = Path(__file__).parents[2]
MAZE = "MiniGrid-DoorKey-5x5-v0"
PARTS = {
    "overfitting": "layouts",
    "instability": "luck",
    "reward-scale": "maze_scale",
    "implementations": "implementations",
    "transfer-fine-tune": "transfer",
}


@pytest.fixture
def part(monkeypatch):
    """Calls a part of the page with the given experiments recorded, each as (maze, agent, returns) per block."""
    monkeypatch.syspath_prepend(str(ROOT))
    module = importlib.import_module("docs.generator.experiments")
    recorded = importlib.import_module("benchmarks.evidence.sweeps").Recorded

    def call(name, **experiments):
        made = {
            experiment.replace("_", "-"): recorded(
                experiment, {}, {maze: 1.0 for maze, _, _ in blocks}, [block(*each) for each in blocks]
            )
            for experiment, blocks in experiments.items()
        }
        monkeypatch.setattr(module, "recorded_experiments", lambda: made)
        module.figures.cache_clear()
        return getattr(module, name)()

    yield call
    module.figures.cache_clear()


def block(maze, agent, returns):
    results = [
        LearnerResult(i, value, value, value / 2, value / 2, 500, [(1000, value / 10), (2000, value)])
        for i, value in enumerate(returns)
    ]
    return Block(maze, agent, 2000, 12.4, 100.0, results)


@pytest.mark.parametrize(("experiment", "name"), PARTS.items())
def test_what_is_not_recorded_is_said(part, experiment, name):
    assert part(name) == f"This is not measured yet: `examples/{experiment}.toml` is not recorded."


def test_training_layouts_have_both_returns(part):
    text = part("layouts", overfitting=[(f"{MAZE}:train_layouts=1000", "count", [0.9] * 10)])
    assert "| 1,000 | `count` | 0.90 [0." in text
    assert "| 0.45 [0." in text


def test_returns_are_in_the_unit_of_the_unscaled_reward(part):
    text = part("maze_scale", reward_scale=[(f"{MAZE}:reward_scale=10", "count", [9.0] * 10)])
    assert "| × 10 | `count` | 10 of 10 | 0.90 [" in text


def test_luck_is_that_of_the_report(part):
    text = part("luck", instability=[(MAZE, "epsilon-greedy", [0.0] * 30), (MAZE, "count", [0.9] * 30)])
    assert text.startswith("- epsilon-greedy, 30 learners")
    assert "count is significantly better than epsilon-greedy in 0% of those of 3" in text


def test_libraries_are_compared(part):
    ours, theirs = [(MAZE, "epsilon-greedy", [0.0] * 10)], [(MAZE, "epsilon-greedy", [0.9] * 10)]
    text = part("implementations", implementations=ours, implementations_sb3=theirs)
    assert "| Escapade | 0 of 10 |" in text
    assert "| Stable-Baselines3 | 10 of 10 |" in text
    assert "beats one of Escapade is 1.00 [" in text
    assert text.endswith("the difference is significant.")


def test_starts_are_compared_agent_by_agent(part):
    scratch, tuned = [(MAZE, "count", [0.9] * 10)], [(MAZE, "count", [0.1] * 10)]
    text = part("transfer", transfer_scratch=scratch, transfer_fine_tune=tuned)
    assert text.index("| `count` | new networks | 10 of 10 |") < text.index("| `count` | after exploring | 0 of 10 |")
    assert "greater after exploring: `count` 0.00 [" in text


def test_a_folder_of_results_is_recorded_as_it_is(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(ROOT))
    sweeps = importlib.import_module("benchmarks.evidence.sweeps")
    monkeypatch.setattr(sweeps, "EXPERIMENTS", tmp_path / "recorded")
    plan = sweeps.checked_plan([MAZE], ["count"], 2, 400, 1, "cpu", sweeps.DQNSettings())
    (configuration,) = plan.configurations()
    store = sweeps.Store(tmp_path / "run")
    store.begin({"name": "one", "mazes": plan.as_dict()})
    trained = dataclasses.replace(block(MAZE, "count", [0.25, 0.5]), steps=400)
    store.save(configuration, dataclasses.replace(trained, results=trained.results[:1]))
    with pytest.raises(sweeps.BadInput, match="not finished"):
        sweeps.record_experiment(tmp_path / "run")
    store.save(configuration, dataclasses.replace(trained, results=trained.results[1:]))
    store.close()
    assert sweeps.record_experiment(tmp_path / "run") == "one"
    recorded = sweeps.recorded_experiments()["one"]
    assert [each.train_return for each in recorded.blocks[0].results] == [0.25, 0.5]
    assert recorded.optima[MAZE] is not None
    assert recorded.made["torch"]
