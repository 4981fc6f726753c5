from .bonuses.base.learned import Learned, LearnedSettings
from .bonuses.base.observation_normalizer import ObservationNormalizer
from .bonuses.base.visits import Visits, VisitsSettings
from .core.bonus import Bonus, BonusSettings
from .core.plugins import BONUSES, STRATEGIES, make_bonus, make_strategy
from .core.registry import Registry
from .core.spec import Settings, Spec
from .core.strategy import Strategy
from .core.transitions import Transitions
from .counting.keys import row_keys
from .counting.tables import CountTable, EpisodeTable
from .errors import BadInput
from .networks.stacked import StackedMLP
from .numerics.compiled import kernel_part
from .numerics.moments import RunningMoments
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
    "CountTable",
    "EpisodeTable",
    "Learned",
    "LearnedSettings",
    "ObservationNormalizer",
    "Registry",
    "RunningMoments",
    "Settings",
    "Spec",
    "StackedMLP",
    "Strategy",
    "Streams",
    "Transitions",
    "Visits",
    "VisitsSettings",
    "kernel_part",
    "make_bonus",
    "make_strategy",
    "row_keys",
]
