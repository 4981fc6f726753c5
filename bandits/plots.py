"""The classic figures, drawn with matplotlib, one PNG each.

`plots(simulation, folder)` draws what was simulated: average reward and share of optimal pulls over time (as figure
2.2 of Sutton & Barto 2018), and regret on a logarithmic time axis with the band between two quantiles over runs and,
where the arms are fixed, the line C ln T of Lai & Robbins (an asymptotic lower bound, and labelled so).

`classic_figures(folder, simulate)` simulates and draws figures 2.2 to 2.6 of the book on the ten-armed testbed:
ε-greedy, optimistic start, UCB, gradient with and without baseline, and the study of parameters. The last one shows
the average reward over all steps, which is E[max q*] − E[R_T]/T for regret R_T.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bandits.testbeds.gaussian import expected_best

Floats = npt.NDArray[np.float64]
PERCENT = 100.0
BEYOND = 1.5  # how far above the curves the line of Lai & Robbins is drawn, of the highest regret


class Simulated(Protocol):
    """What is read of a simulation. Curves have one value per checkpoint in `steps` `(points,)`."""

    testbed: str
    horizon: int
    steps: Any

    @property
    def policies(self) -> Sequence[Any]:
        """Each with `spec`, `regret` and the curves of reward, optimal and regret, `regret_low` and `regret_high`."""


Simulate = Callable[[str, Sequence[str]], Simulated]

TESTBED, LIFTED = "sutton-barto", "sutton-barto:mean=4"
FIGURES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "2.2 epsilon-greedy": (TESTBED, tuple(f"epsilon-greedy:epsilon={epsilon}" for epsilon in ("0", "0.01", "0.1"))),
    "2.3 optimistic": (TESTBED, ("optimistic:initial=5,alpha=0.1", "epsilon-greedy:epsilon=0.1,alpha=0.1")),
    "2.4 ucb": (TESTBED, ("ucb:c=2", "epsilon-greedy:epsilon=0.1")),
    "2.5 gradient": (
        LIFTED,
        tuple(f"gradient:alpha={alpha},baseline={flag}" for flag in ("true", "false") for alpha in ("0.1", "0.4")),
    ),
}
STUDY: Mapping[str, tuple[str, range]] = {
    "ε-greedy (ε)": ("epsilon-greedy:epsilon={}", range(-7, -1)),
    "gradient (α)": ("gradient:alpha={},baseline=true", range(-5, 3)),
    "UCB (c)": ("ucb:c={}", range(-4, 3)),
    "optimistic, α = 0.1 (Q₁)": ("optimistic:initial={},alpha=0.1", range(-2, 3)),
}


def plots(simulation: Simulated, folder: Path | str, lai_robbins: float | None = None) -> list[Path]:
    """Draw the figures of one simulation into `folder` (made if absent) and return their paths.

    `lai_robbins` is the constant C of the problem, where its arms are fixed.
    """
    folder = Path(folder)
    title = f"{simulation.testbed}, {simulation.horizon:,} steps"
    regret = [Curve(p.spec, simulation.steps, p.regret_curve, p.regret_low, p.regret_high) for p in simulation.policies]
    theory = []
    if lai_robbins:
        steps = np.asarray(simulation.steps, dtype=np.float64)
        line, highest = lai_robbins * np.log(steps), max(float(np.max(p.regret_high)) for p in simulation.policies)
        near = line <= BEYOND * highest  # far above what was lost in few steps, it would squash the curves
        theory = [Curve("C ln T (Lai & Robbins, asymptotic)", steps[near], line[near])]
    shown = Panel(regret, "step", "regret, with quantiles over runs", title, logarithmic=True, dashed=theory)
    return [
        figure(_learning(simulation, title), folder / "learning.png"),
        figure([shown], folder / "regret.png"),
    ]


def classic_figures(folder: Path | str, simulate: Simulate) -> list[Path]:
    """Simulate and draw figures 2.2–2.6 into `folder`; `simulate(testbed, policies)` fixes runs, horizon and seed."""
    folder = Path(folder)
    drawn = []
    for name, (testbed, policies) in FIGURES.items():
        panels = _learning(simulate(testbed, policies), f"Sutton & Barto 2018, figure {name}")
        drawn.append(figure(panels, folder / f"figure-{name.replace(' ', '-')}.png"))
    values, specs = {}, {}
    for label, (pattern, powers) in STUDY.items():
        values[label] = [2.0**power for power in powers]
        specs[label] = [pattern.format(value) for value in values[label]]
    # One simulation for all, so that every policy meets the same arms.
    result = simulate(TESTBED, [spec for group in specs.values() for spec in group])
    best, played = expected_best(10), iter(result.policies)
    curves = [
        Curve(label, values[label], [best - float(next(played).regret) / result.horizon for _ in group])
        for label, group in specs.items()
    ]
    title = f"Sutton & Barto 2018, figure 2.6: the first {result.horizon:,} steps"
    panel = Panel(curves, "parameter", "average reward", title, logarithmic=True)
    return [*drawn, figure([panel], folder / "figure-2.6-parameters.png")]


def _learning(simulation: Simulated, title: str) -> list["Panel"]:
    reward = [Curve(p.spec, simulation.steps, p.reward_curve) for p in simulation.policies]
    optimal = [Curve(p.spec, simulation.steps, PERCENT * np.asarray(p.optimal_curve)) for p in simulation.policies]
    return [Panel(reward, "step", "average reward", title), Panel(optimal, "step", "% optimal pulls")]


@dataclass(frozen=True)
class Curve:
    """One line of a figure over `steps` `(points,)`: `mean`, and the edges of its band where it has one."""

    label: str
    steps: npt.ArrayLike
    mean: npt.ArrayLike
    low: npt.ArrayLike | None = None
    high: npt.ArrayLike | None = None


@dataclass(frozen=True)
class Panel:
    """One pair of axes: its curves and words; `dashed` curves are theory."""

    curves: Sequence[Curve]
    across: str
    up: str
    title: str = ""
    logarithmic: bool = False
    dashed: Sequence[Curve] = ()


def figure(panels: Sequence[Panel], path: Path) -> Path:
    """Draw `panels` one above the other into the PNG at `path`, and return it."""
    drawn = Figure(figsize=(8, 4.2 * len(panels)), layout="constrained")
    for place, panel in enumerate(panels):
        _panel(drawn.add_subplot(len(panels), 1, place + 1), panel)
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.savefig(path, dpi=150)
    return path


def _panel(axes: Axes, panel: Panel) -> None:
    for curve in panel.curves:
        (line,) = axes.plot(np.asarray(curve.steps), np.asarray(curve.mean), label=curve.label, linewidth=1.4)
        if curve.low is not None and curve.high is not None:
            axes.fill_between(
                np.asarray(curve.steps),
                np.asarray(curve.low),
                np.asarray(curve.high),
                color=line.get_color(),
                alpha=0.15,
            )
    for curve in panel.dashed:
        axes.plot(np.asarray(curve.steps), np.asarray(curve.mean), "k--", label=curve.label, linewidth=1.0)
    if panel.logarithmic:
        axes.set_xscale("log")
    axes.set(xlabel=panel.across, ylabel=panel.up, title=panel.title)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
