from .callback import BonusCallback
from .replay_buffer import BonusDictReplayBuffer, BonusNStepReplayBuffer, BonusReplayBuffer
from .terminal_observation import KeepTerminalObservation
from .vec_env import BonusVecEnv

__all__ = [
    "BonusCallback",
    "BonusDictReplayBuffer",
    "BonusNStepReplayBuffer",
    "BonusReplayBuffer",
    "BonusVecEnv",
    "KeepTerminalObservation",
]
