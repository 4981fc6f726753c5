"""The trait of the noisy television: does the bonus prefer an arm whose observation is pure noise?

There are K arms; the observation of one of them is drawn anew from a standard normal distribution at every pull, that
of the others never changes (the noisy TV of Burda et al. 2018b, "Large-scale study of curiosity-driven learning"). The
bonus alone decides:

    A_t = argmax_a b_t(a),   ties broken at random

with b_t(a) the bonus of a pull of arm a under what is known now, the noise of the noisy arm drawn for it. The trait is
the noisy arm's share of the pulls; chance gives 1/K.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.traits.measurement import Arms, Measurement, Probe, TraitSpec, space
from bandits.trial.traits.novelty import observe_and_learn
from explore.core.transitions import Transitions
from explore.numerics.streams import Streams
from explore.strategies.greedy import best

ARMS = 8
NOISY = 0  # which of them, as they are all alike to begin with
PULLS = 256

SHARE = TraitSpec(
    "pull of pure noise", "share of pulls", "less", f"pulls of a pure-noise arm among {ARMS} (chance: 1/{ARMS})"
)


def noise(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """The noisy arm's share, of the learners `names`."""
    arms, streams = Arms(names, ARMS), Streams(0, "trait/noise/ties", names)
    bonus = plugin.formula(space(), arms.action_space, learners=names, envs=1)
    every, pulled = arms.pull(range(ARMS)), np.zeros(len(names))
    for _ in range(PULLS):
        bonuses = bonus.score(_noisy(every, arms.noise()))
        chosen = best(bonuses.unsqueeze(1), streams.uniform(1))
        observe_and_learn(bonus, _noisy(arms.pull(chosen), arms.noise()))
        pulled += (chosen[:, 0] == NOISY).numpy()
    return [Measurement(pulled / PULLS, {"chance": np.full(len(names), 1 / ARMS)})]


def _noisy(pulls: Transitions, drawn: torch.Tensor) -> Transitions:
    """The pulls, with what was drawn as the observation of the noisy arm."""
    noisy = (pulls.action == NOISY).unsqueeze(-1)
    return replace(pulls, next_observation=torch.where(noisy, drawn.unsqueeze(1), pulls.next_observation))


PROBES: tuple[Probe, ...] = (Probe((SHARE,), noise),)
