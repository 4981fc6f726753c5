"""Traps: mazes whose reward leads an agent astray. Real MiniGrid environments that also run compiled.

agents.mazes.make("escapade/Decoy-8x8-v0", 64)      many at once, on the engine
gymnasium.make("escapade/Decoy-8x8-v0")              one, on real MiniGrid
agents.mazes.traps.facts("escapade/Decoy-8x8-v0")    its local and its global optimum, and what they pay
"""

from typing import Any

import gymnasium as gym

from agents.mazes.traps.boat_race import BoatRace
from agents.mazes.traps.decoy import Decoy
from agents.mazes.traps.deep_sea import DeepSea
from agents.mazes.traps.noisy_tv import NoisyTV
from agents.mazes.traps.step_penalty import StepPenalty
from agents.mazes.traps.trap import Facts, Trap
from explore.errors import unknown

__all__ = ["IDS", "BoatRace", "Decoy", "DeepSea", "Facts", "NoisyTV", "StepPenalty", "Trap", "facts", "real"]


def _ids() -> dict[str, tuple[type[Trap], dict[str, Any]]]:
    named: dict[str, tuple[type[Trap], dict[str, Any]]] = {}
    for kind, name, sizes, settings in (
        (Decoy, "Decoy", (6, 8, 16), {}),
        (StepPenalty, "StepPenalty", (6, 8, 16), {}),
        (BoatRace, "BoatRace", (8, 16), {}),
        (BoatRace, "BoatRaceClean", (8, 16), {"clean": True}),
        (NoisyTV, "NoisyTV", (8, 16), {}),
    ):
        for size in sizes:
            named[f"escapade/{name}-{size}x{size}-v0"] = (kind, {"size": size, **settings})
    for stochastic in (False, True):
        for size in range(10, 51):
            name = "DeepSeaStochastic" if stochastic else "DeepSea"
            named[f"escapade/{name}-{size}-v0"] = (DeepSea, {"size": size, "stochastic": stochastic})
    return named


IDS = _ids()  # by id: the class and its settings


def real(maze: str, **options: Any) -> Trap:
    """The real MiniGrid environment of a trap; `options` are those of its class. BadInput for an unknown id."""
    if maze not in IDS:
        raise unknown("trap", maze, list(IDS))
    kind, settings = IDS[maze]
    return kind(**settings, **options)


def facts(maze: str) -> Facts | None:
    """The optima of a trap by its Gymnasium id; None for a maze that is no trap, BadInput for an unknown id."""
    from agents.mazes.layouts import bare

    if maze not in gym.registry:
        raise unknown("trap", maze, list(IDS))
    env = bare(maze)
    return env.facts if isinstance(env, Trap) else None
