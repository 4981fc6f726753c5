from .boat_race import BoatRace
from .decoy import Decoy
from .deep_sea import DeepSea
from .ids import IDS
from .lookup import facts, real
from .noisy_tv import NoisyTV
from .step_penalty import StepPenalty
from .trap import Facts, Trap

__all__ = ["IDS", "BoatRace", "Decoy", "DeepSea", "Facts", "NoisyTV", "StepPenalty", "Trap", "facts", "real"]
