from .players import bonus_player, spaces, strategy_player
from .plugin import BETA, bonus_defaults, check_plugin, simulate_plugin
from .stepwise import Arms, Choose, Learn, play

__all__ = [
    "BETA",
    "Arms",
    "Choose",
    "Learn",
    "bonus_defaults",
    "bonus_player",
    "check_plugin",
    "play",
    "simulate_plugin",
    "spaces",
    "strategy_player",
]
