"""The Gymnasium ids of the traps: which class, in which module, with which settings. Imports nothing."""

from typing import Any

Home = tuple[str, str]  # module and class


def _ids() -> dict[str, tuple[Home, dict[str, Any]]]:
    named: dict[str, tuple[Home, dict[str, Any]]] = {}
    for module, kind, name, sizes, settings in (
        ("decoy", "Decoy", "Decoy", (6, 8, 16), {}),
        ("step_penalty", "StepPenalty", "StepPenalty", (6, 8, 16), {}),
        ("boat_race", "BoatRace", "BoatRace", (8, 16), {}),
        ("boat_race", "BoatRace", "BoatRaceClean", (8, 16), {"clean": True}),
        ("noisy_tv", "NoisyTV", "NoisyTV", (8, 16), {}),
    ):
        home = (f"agents.mazes.traps.{module}", kind)
        for size in sizes:
            named[f"escapade/{name}-{size}x{size}-v0"] = (home, {"size": size, **settings})
    for stochastic in (False, True):
        home = ("agents.mazes.traps.deep_sea", "DeepSea")
        for size in range(10, 51):
            name = "DeepSeaStochastic" if stochastic else "DeepSea"
            named[f"escapade/{name}-{size}-v0"] = (home, {"size": size, "stochastic": stochastic})
    return named


IDS = _ids()
