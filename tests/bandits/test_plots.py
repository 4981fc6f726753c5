"""Figures: what is drawn is what was simulated."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bandits import plots as module
from bandits.plots import FIGURES, STUDY, Curve, Panel, classic_figures, figure, plots


def simulation(testbed: str, policies: Sequence[str]) -> SimpleNamespace:
    steps = np.unique(np.geomspace(1, 1000, 30).astype(int))
    made = [
        SimpleNamespace(
            spec=spec,
            regret=10.0 * (k + 1),
            reward_curve=np.full(len(steps), k + 0.5),
            optimal_curve=np.linspace(0.1, 0.9, len(steps)),
            regret_curve=(k + 1) * np.log(steps),
            regret_low=0.5 * np.log(steps),
            regret_high=3.0 * np.log(steps),
        )
        for k, spec in enumerate(policies)
    ]
    return SimpleNamespace(testbed=testbed, horizon=1000, steps=steps, policies=made)


def test_figures_are_written(tmp_path: Path) -> None:
    paths = plots(simulation("two-arms", ["ucb1", "thompson"]), tmp_path / "new", lai_robbins=2.25)
    assert [path.name for path in paths] == ["learning.png", "regret.png"]
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG")


def test_panel_shows_curves_bands_and_theory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.figure import Figure

    seen: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda self, *rest, **more: seen.append(self))
    result = simulation("two-arms", ["ucb1", "thompson"])
    plots(result, tmp_path, lai_robbins=2.0)
    (regret,) = seen[1].axes
    first, second, theory = regret.get_lines()
    assert np.allclose(second.get_ydata(), 2 * np.log(result.steps))
    assert np.allclose(theory.get_ydata(), 2 * np.log(result.steps))
    assert "asymptotic" in str(theory.get_label())
    assert [str(line.get_label()) for line in (first, second)] == ["ucb1", "thompson"]
    assert regret.get_xscale() == "log"
    assert len(regret.collections) == 2
    assert np.allclose(seen[0].axes[1].get_lines()[0].get_ydata()[[0, -1]], [10, 90])
    plots(result, tmp_path, lai_robbins=1000.0)  # an asymptote far above the curves does not squash them
    highest = max(float(np.max(policy.regret_high)) for policy in result.policies)
    (regret,) = seen[3].axes
    assert np.max(regret.get_lines()[-1].get_ydata()) <= 1.5 * highest


def test_classic_figures_ask_for_the_book_s_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, Sequence[Panel]]] = []

    def keep(panels: Sequence[Panel], path: Path) -> Path:
        drawn.append((path.name, panels))
        return path

    monkeypatch.setattr(module, "figure", keep)
    asked: list[tuple[str, tuple[str, ...]]] = []

    def simulate(testbed: str, policies: Sequence[str]) -> SimpleNamespace:
        asked.append((testbed, tuple(policies)))
        return simulation(testbed, policies)

    paths = classic_figures(tmp_path, simulate)
    assert len(paths) == 5
    assert asked[:4] == list(FIGURES.values())
    assert asked[4][1][:2] == ("epsilon-greedy:epsilon=0.0078125", "epsilon-greedy:epsilon=0.015625")
    curves = drawn[4][1][0].curves
    assert [len(np.asarray(curve.mean)) for curve in curves] == [len(powers) for _, powers in STUDY.values()]
    assert np.asarray(curves[0].mean)[:2] == pytest.approx([1.53875 - 0.01, 1.53875 - 0.02], abs=1e-5)


def test_one_curve_by_hand(tmp_path: Path) -> None:
    path = figure([Panel([Curve("a", [1, 2], [3.0, 4.0])], "x", "y")], tmp_path / "deep" / "one.png")
    assert path.exists()
