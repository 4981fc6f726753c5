"""The evidence: its sweeps are good, its tables say what learners did, and the documents say what is recorded."""

import importlib
from pathlib import Path

import pytest
from joblib import parallel_config

from agents.training.results import Block, LearnerResult
from escapade.runs import sweep

ROOT = Path(__file__).parents[2]


@pytest.fixture
def evidence(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.evidence")


def block(agent, returns):
    """Learners that reach a tenth of their return after 1,000 steps and the return after 2,000."""
    results = [
        LearnerResult(i, value, value, value, value, 500, [(1000, value / 10), (2000, value)])
        for i, value in enumerate(returns)
    ]
    return Block("MiniGrid-DoorKey-5x5-v0", agent, 2000, 12.4, 100.0, results)


def recorded_sweep(evidence, blocks, optimum=1.0, name="some"):
    made = {"day": "2026-01-01", "machine": "one", "python": "3.11"}
    return evidence.sweeps.Recorded(name, made, {"MiniGrid-DoorKey-5x5-v0": optimum}, blocks)


def test_every_sweep_can_be_run(evidence):
    planned = evidence.sweeps.planned()
    assert "doorkey-8x8" in planned
    assert all(each.plan.configurations() for each in planned.values())


def test_a_row_says_who_got_out_and_when(evidence):
    ours = block("count", [0.96] * 10)
    rows = evidence.document.table(recorded_sweep(evidence, [block("epsilon-greedy", [0.0] * 10), ours])).splitlines()[
        -2:
    ]
    assert rows[0].startswith("| `epsilon-greedy` | 0 of 10 | 0.00 [0.00, ")
    cells = [cell.strip() for cell in rows[1].split("|")[1:-1]]
    assert cells[:2] == ["`count`", "10 of 10"]
    assert cells[2].startswith("0.96 [0.")
    assert cells[4:7] == ["0.5k", "2k 200s", "2k 200s"]
    assert cells[7].startswith("1.00 [0.")
    assert cells[8] == "12"


def test_the_planners_of_a_maze_are_named_with_their_budget(evidence):
    maze = "MiniGrid-DoorKey-5x5-v0"
    one = {"maze": maze, "budget": 2000, "layouts": 20, "return": 0.0461}
    recorded = recorded_sweep(evidence, [block("count", [0.96] * 10)])
    assert "simulated steps" not in evidence.document.table(recorded)
    recorded.planners.extend([{**one, "method": "tree-search"}, {**one, "method": "random", "maze": "other"}])
    text = evidence.document.table(recorded)
    assert "With 2,000 simulated steps for each layout, mean over 20 layouts: tree-search 0.046.\n" in text


def test_every_sweep_has_a_figure_of_its_own(evidence):
    def names(name, agents):
        recorded = recorded_sweep(evidence, [block(agent, [0.5, 0.9]) for agent in agents], name=name)
        return [evidence.document.figure(recorded, maze) for maze in evidence.document.figures(recorded)]

    shown = evidence.document.SHOWN
    assert names("doorkey-8x8", shown) == ["DoorKey-5x5.svg"]
    assert names("collection", ["count", "ride"]) == ["collection-DoorKey-5x5.svg"]
    assert names("multiroom-discount-0.99", shown) == ["multiroom-discount-0.99-DoorKey-5x5.svg"]


def test_the_table_has_the_sweeps_of_the_defaults_and_says_where_they_were_others(evidence):
    made = [block(agent, [0.5, 0.9]) for agent in evidence.document.SHOWN]
    sweeps = [recorded_sweep(evidence, made, name=name) for name in ("doorkey-8x8", "multiroom-discount-0.99")]
    sweeps[0].dqn["discount"] = 0.9
    rows = evidence.document.escapes(sweeps).splitlines()[2:]
    assert len(rows) == 1
    assert rows[0].startswith("| DoorKey-5x5 (2.0k, discount=0.9) |")
    assert "not today's defaults: discount=0.9." in evidence.document.table(sweeps[0])
    assert "today's defaults" not in evidence.document.table(sweeps[1])


def test_planning_in_what_is_recorded_changes_nothing_else(evidence, tmp_path, monkeypatch):
    module = evidence.sweeps
    before = (module.RECORDED / "keycorridor.json").read_text("utf-8")
    monkeypatch.setattr(module, "RECORDED", tmp_path)
    (tmp_path / "keycorridor.json").write_text(before)
    monkeypatch.setattr(module, "run_planners", lambda plan, store: [{"maze": plan.mazes[0], "method": "random"}])
    module.record_planners(module.planned()["keycorridor"])
    (after,) = module.recorded()
    assert [each["method"] for each in after.planners] == ["random"]
    monkeypatch.undo()
    assert after.blocks == next(each for each in module.recorded() if each.name == "keycorridor").blocks


def test_markers_are_filled_and_filled_again(evidence):
    text = "before\n<!-- sweep a -->\nold\n<!-- end -->\n<!-- sweep b -->\n<!-- end -->\nafter"
    once = evidence.document.filled(text, {"sweep a": "A | \\1", "sweep b": "B"})
    assert once == evidence.document.filled(once, {"sweep a": "A | \\1", "sweep b": "B"})
    assert "<!-- sweep a -->\n\nA | \\1\n\n<!-- end -->" in once
    assert "old" not in once
    assert once.startswith("before\n")
    assert once.endswith("\nafter")


def test_what_is_recorded_is_what_is_read(evidence, tmp_path, monkeypatch):
    monkeypatch.setattr(evidence.sweeps, "RECORDED", tmp_path)
    monkeypatch.setattr(evidence.sweeps, "RUNS", tmp_path)
    # In this process, which has compiled already.
    monkeypatch.setattr(sweep, "_backend", lambda *_: parallel_config(backend="sequential"))
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)
    plan = evidence.sweeps.checked_plan(
        ["MiniGrid-Empty-5x5-v0"], ["epsilon-greedy"], 2, 160, 1, "cpu", evidence.sweeps.DQNSettings()
    )
    name = next(iter(evidence.sweeps.planned()))
    evidence.sweeps.record(evidence.sweeps.Sweep(name, plan))
    (read,) = evidence.sweeps.recorded()
    assert read.name == name
    (made,) = read.blocks
    assert [result.learner for result in made.results] == [0, 1]
    assert all(len(result.curve) == 20 for result in made.results)
    text = (tmp_path / f"{name}.json").read_text("utf-8")
    evidence.sweeps.record(evidence.sweeps.Sweep(name, plan))  # nothing is trained again
    assert (tmp_path / f"{name}.json").read_text("utf-8") == text


@pytest.mark.parametrize("name", ["RESULTS", "README", "STABLE_BASELINES3"])
def test_the_documents_say_what_is_recorded(evidence, name):
    text = getattr(evidence.document, name).read_text("utf-8")
    sweeps = evidence.sweeps
    parts = evidence.document.contents(
        sweeps.recorded_integrations() if name == "STABLE_BASELINES3" else sweeps.recorded()
    )
    assert text == evidence.document.filled(text, parts)
    shown = [f"<!-- {part} -->" in text for part in parts]
    assert shown[-1] if name == "README" else all(shown[:-1])
