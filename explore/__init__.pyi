from .bonuses.base.visits import Visits, VisitsSettings
from .core.bonus import Bonus, BonusSettings
from .core.plugins import BONUSES, STRATEGIES, make_bonus, make_strategy
from .core.registry import Registry
from .core.spec import Settings
from .core.strategy import Strategy
from .core.transitions import Transitions
from .errors import BadInput
from .numerics.streams import Streams
from .wrappers import BonusReward, BonusRewardSingle

__version__: str

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
    "Visits",
    "VisitsSettings",
    "make_bonus",
    "make_strategy",
]
