"""The observation that an episode ended in, before `VecNormalize` rounds it.

SB3 returns the last observation of an episode in `infos[i]["terminal_observation"]`. `VecNormalize` replaces it by
its normalised form, clipped and rounded to float32, and SB3's off-policy agents compute the original back from that: a
state in which episodes end then looks slightly different every time, and a count takes it for a new one. This wrapper,
within `VecNormalize`, keeps the original in the info as well:

    venv = VecNormalize(KeepTerminalObservation(venv))
"""

import copy
from typing import Any

import numpy as np

from explore.optional import missing_class

try:
    from stable_baselines3.common.vec_env import VecEnvWrapper
except ImportError:
    VecEnvWrapper = missing_class("stable_baselines3", "sb3")

ORIGINAL = "original_terminal_observation"


class KeepTerminalObservation(VecEnvWrapper):
    """Keeps a copy of `infos[i]["terminal_observation"]` that no wrapper around this one changes."""

    def reset(self) -> Any:
        """Reset all environments."""
        return self.venv.reset()

    def step_wait(self) -> Any:
        """The step, with the copies in the infos."""
        observation, reward, done, infos = self.venv.step_wait()
        for env in np.flatnonzero(done):
            if "terminal_observation" in infos[env]:
                infos[env][ORIGINAL] = copy.deepcopy(infos[env]["terminal_observation"])
        return observation, reward, done, infos
