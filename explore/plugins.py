"""The two registries of this floor: bonuses and strategies, built-in and installed."""

from explore.bonus import Bonus
from explore.registry import Registry
from explore.strategy import Strategy

BONUSES: Registry[type[Bonus]] = Registry("escapade.bonuses", "bonus")
STRATEGIES: Registry[type[Strategy]] = Registry("escapade.strategies", "strategy")
