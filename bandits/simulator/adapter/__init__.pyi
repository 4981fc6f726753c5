from .players import bonus_player, spaces, strategy_player
from .plugin import BETA, check_plugin, simulate_plugin
from .stepwise import Arms, Choose, Learn, play

__all__ = [
    "BETA",
    "Arms",
    "Choose",
    "Learn",
    "bonus_player",
    "check_plugin",
    "play",
    "simulate_plugin",
    "spaces",
    "strategy_player",
]
