"""The trait of a strategy's exploration: how often it takes another than the best action, early and late in its run.

The actions have the values 0, ¼, ½, ¾ and 1, the same at every step and in one state; the strategy chooses and observes
the transitions, for a run as long as its horizon. The traits are the shares of choices other than the best in the first
and in the last tenth.
"""

from collections.abc import Sequence

import numpy as np
import torch

from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.traits.measurement import Measurement, Probe, TraitSpec
from explore.core.transitions import Transitions
from explore.numerics.streams import Streams

ACTIONS = 5
STEPS = 500
TENTH = STEPS // 10

TRAITS = tuple(
    TraitSpec(
        f"explores {when}",
        "share of steps",
        "",
        f"steps with another action than the best of {ACTIONS}, {tenth} tenth of the run",
    )
    for when, tenth in (("early", "first"), ("late", "last"))
)


def exploring(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """The shares, of the learners `names`."""
    strategy = plugin.strategy(ACTIONS, learners=len(names), envs=1, horizon=STEPS)
    streams = Streams(0, "trait/exploring", names)
    values = torch.linspace(0.0, 1.0, ACTIONS).expand(len(names), 1, ACTIONS)
    row, no = torch.zeros(len(names), 1, 1), torch.zeros(len(names), 1, dtype=torch.bool)
    other = np.zeros((len(names), STEPS))
    for step in range(STEPS):
        strategy.see(row)
        chosen = strategy.choose(values, step, streams)
        strategy.observe(Transitions(row, chosen, values.gather(2, chosen.unsqueeze(-1))[..., 0], row, no, no))
        other[:, step] = (chosen[:, 0] != ACTIONS - 1).numpy()
    return [Measurement(other[:, :TENTH].mean(1)), Measurement(other[:, -TENTH:].mean(1))]


PROBES: tuple[Probe, ...] = (Probe(TRAITS, exploring),)
