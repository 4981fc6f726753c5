"""Exploration plugins: bonuses and action-selection strategies, their contract, and the registry that finds them.

    envs = explore.BonusReward(gym.make_vec("FrozenLake-v1", num_envs=4), "rnd:beta=0.01")

Names are imported when they are first asked for, so that `import explore` costs nothing (torch above all).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explore.bonus import Bonus, BonusSettings
    from explore.errors import BadInput
    from explore.plugins import BONUSES, STRATEGIES, make_bonus, make_strategy
    from explore.registry import Registry
    from explore.spec import Settings
    from explore.strategy import Strategy
    from explore.streams import Streams
    from explore.transitions import Transitions
    from explore.wrappers import BonusReward, BonusRewardSingle

__all__ = [
    "BONUSES",
    "STRATEGIES",
    "BadInput",
    "Bonus",
    "BonusReward",
    "BonusRewardSingle",
    "BonusSettings",
    "Registry",
    "Settings",
    "Strategy",
    "Streams",
    "Transitions",
    "make_bonus",
    "make_strategy",
]

_HOMES = {
    "BONUSES": "plugins",
    "STRATEGIES": "plugins",
    "BadInput": "errors",
    "Bonus": "bonus",
    "BonusReward": "wrappers",
    "BonusRewardSingle": "wrappers",
    "BonusSettings": "bonus",
    "Registry": "registry",
    "Settings": "spec",
    "Strategy": "strategy",
    "Streams": "streams",
    "Transitions": "transitions",
    "make_bonus": "plugins",
    "make_strategy": "plugins",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'explore' has no attribute '{name}'")
    return getattr(import_module(f"explore.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
