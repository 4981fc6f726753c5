"""Traits in bandits: regret on two testbeds, compared with ε-greedy and UCB on the same runs, and the effect of scale.

Regret is Σ_t (μ* − μ_{A_t}), per run, of the first runs of seed 0. `sutton-barto` has ten Gaussian arms; in `needle`
one arm of many pays, and nothing is learned before it is first pulled. With rewards c times as large a plugin should
lose c times as much; of rewards × c the trait is

    ρ_c = mean regret_c / (c · mean regret_1)      with the interval of a ratio of means (delta method)

On `two-arms` a bandit policy is asked how often it takes the better one, 1 − regret/(gap · pulls).

A bonus and a strategy play as in `bandits.simulator.adapter`; a policy by its functions. All pull as often, on the same
runs, so that plugins of all kinds can be compared.
"""

from collections.abc import Sequence

import numpy as np

from bandits.policies.epsilon_greedy import EpsilonGreedy
from bandits.policies.ucb import UCB
from bandits.policy import Policy
from bandits.simulator import adapter
from bandits.simulator.adapter.stepwise import Arms, Choose, Learn
from bandits.simulator.kernel import POLICY_STREAM, Floats, Words
from bandits.simulator.randomness import key
from bandits.simulator.specialise import placeholder, specialise
from bandits.testbed import Testbed
from bandits.testbeds.bernoulli import Needle, TwoArms
from bandits.testbeds.gaussian import SuttonBarto
from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.traits.measurement import Measurement, Probe, TraitSpec

PULLS = 300
HAYSTACK = 50  # arms, one of which pays
SCALES = (0.1, 10.0)
REFERENCES: dict[str, Policy] = {"ε-greedy": EpsilonGreedy(), "UCB": UCB()}

SUTTON = (
    TraitSpec("regret, sutton-barto", "reward", "less", f"regret to the best of ten Gaussian arms in {PULLS} pulls"),
    *(
        TraitSpec(
            f"rewards × {scale:g}",
            "regret ratio",
            "",
            f"regret with rewards × {scale:g}, divided by {scale:g}, over the regret without; 1: no effect of scale",
        )
        for scale in SCALES
    ),
)
NEEDLE = (
    TraitSpec(
        "regret, needle", "reward", "less", f"regret where only one of {HAYSTACK} arms gives a reward, in {PULLS} pulls"
    ),
)
TWO_ARMS = (
    TraitSpec(
        "best pulls, two-arms", "share of pulls", "more", f"share of pulls of the better of two arms, in {PULLS} pulls"
    ),
)


def sutton(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """Regret on the ten-armed testbed, and its ratios at other scales of the rewards."""
    bed = SuttonBarto()
    usual = played(plugin, bed, len(names))
    ratios = [Measurement(ratio(played(plugin, bed, len(names), scale), usual)) for scale in SCALES]
    return [Measurement(usual, reference_regrets(bed, len(names))), *ratios]


def needle(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """Regret in the haystack."""
    bed = Needle(arms=HAYSTACK)
    return [Measurement(played(plugin, bed, len(names)), reference_regrets(bed, len(names)))]


def two_arms(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """How often the better of two arms is pulled."""
    bed = TwoArms()
    most = PULLS * float(np.ptp(bed.means))
    others = reference_regrets(bed, len(names))
    share = 1.0 - played(plugin, bed, len(names)) / most
    return [Measurement(share, {name: 1.0 - regrets / most for name, regrets in others.items()})]


def played(plugin: PluginUnderTest, bed: Testbed, runs: int, scale: float = 1.0) -> Floats:
    """Each run's regret, in the testbed's own rewards; the plugin observes `scale` times as much."""
    choose, learn = _player(plugin, bed, runs)
    result = adapter.play(
        bed,
        plugin.spec,
        lambda values, t: choose(scale * values, t),
        lambda arms, rewards: learn(arms, scale * rewards),
        runs=runs,
        horizon=PULLS,
    )
    return result.regrets


def reference_regrets(bed: Testbed, runs: int) -> dict[str, Floats]:
    """The regrets of the references in the same runs."""
    return {
        name: adapter.play(bed, name, *policy_player(policy, bed, runs, PULLS), runs=runs, horizon=PULLS).regrets
        for name, policy in REFERENCES.items()
    }


def ratio(ours: Floats, usual: Floats) -> Floats:
    """Values `(runs,)` whose mean is mean(ours)/mean(usual), and whose spread is that of the ratio to first order."""
    level = usual.mean()
    if level <= 0.0:
        return np.where(ours.mean() > 0.0, np.inf, np.ones_like(ours))
    values: Floats = ours.mean() / level + (ours - ours.mean() / level * usual) / level
    return values


def _player(plugin: PluginUnderTest, bed: Testbed, runs: int) -> tuple[Choose, Learn]:
    if plugin.kind == "bonus":
        settings = adapter.bonus_defaults(plugin.plugin_class) | plugin.settings
        bonus = plugin.bonus(*adapter.spaces(bed.arms), learners=runs, envs=1, **settings)
        return adapter.bonus_player(bonus, bed.arms, runs, seed=0)
    if plugin.kind == "strategy":
        strategy = plugin.strategy(bed.arms, learners=runs, envs=1, horizon=PULLS)
        return adapter.strategy_player(strategy, runs, seed=0)
    return policy_player(plugin.policy(), bed, runs, PULLS)


def policy_player(policy: Policy, bed: Testbed, runs: int, horizon: int, seed: int = 0) -> tuple[Choose, Learn]:
    """A policy step by step, as bonuses and strategies play; it pulls the arms that it pulls in a simulation."""
    select, update = policy.functions(bed)
    chooses, learns = specialise(_choose, {"select": select}), specialise(_learn, {"update": update})
    states = np.repeat(policy.initial(bed, horizon)[None], runs, axis=0)
    streams = np.empty((runs, 1), np.uint64)
    for run in range(runs):
        streams[run, 0] = key(np.uint64(seed), np.uint64(run), POLICY_STREAM)

    def choose(values: Floats, t: int) -> Arms:
        chosen = np.empty(runs, np.int64)
        chooses(states, t, streams, chosen)
        return chosen

    return choose, lambda arms, rewards: learns(states, np.ascontiguousarray(arms), rewards, streams)


select = update = placeholder


def _choose(states: Floats, t: int, streams: Words, chosen: Arms) -> None:
    """The arm of every run."""
    for run in range(len(states)):
        chosen[run] = select(states[run], t, streams[run])


def _learn(states: Floats, arms: Arms, rewards: Floats, streams: Words) -> None:
    """What every run learns."""
    for run in range(len(states)):
        update(states[run], arms[run], rewards[run], streams[run])


PROBES: tuple[Probe, ...] = (Probe(SUTTON, sutton), Probe(NEEDLE, needle))
PROBES_OF_POLICIES: tuple[Probe, ...] = (*PROBES, Probe(TWO_ARMS, two_arms))
