"""How results came about, in two or three lines."""

from escapade.report.setup import lines
from escapade.runs.plan import dqn_settings

OLD = {
    "command": ["escapade", "mazes", "--out", "runs"],
    "experiment": {"mazes": {"dqn": dqn_settings([]).resolved()}},
    "versions": {"escapade": "0.1.0", "torch": "2.4.0", "numpy": "2.1"},
    "machine": {"system": "Linux-6", "cores": 8},
    "git": None,
}


def test_the_newest_session_is_shown_and_other_versions_are_named() -> None:
    newest = {
        **OLD,
        "experiment": {"mazes": {"dqn": dqn_settings(["n_step=5", "hidden=64,32"]).resolved()}},
        "versions": {**OLD["versions"], "torch": "2.5.0"},
        "git": {"commit": "0123456789abcdef", "changed": True},
    }
    assert lines([OLD, newest]) == [
        "Command: escapade mazes --out runs (escapade 0.1.0, torch 2.5.0, numpy 2.1, commit 0123456789 with changes; "
        "Linux-6, 8 cores)",
        "DQN settings: hidden=64,32, n_step=5, others at defaults.",
        "Some learners were trained with other versions: torch 2.4.0.",
    ]


def test_defaults_are_called_so_and_early_results_have_no_lines() -> None:
    assert lines([OLD])[1:] == ["DQN settings: all at defaults."]
    assert lines([]) == []
