"""Traits in bandits: regret on two beds beside ε-greedy and UCB on the same runs, and what the rewards' scale does.

Regret is Σ_t (μ* − μ_{A_t}), per run, of the first runs of seed 0. `sutton-barto` asks for a compromise; in the needle
in a haystack, where one arm of many pays, nothing is learned before the needle is found. A plugin that meets rewards
c times as large should lose c times as much; of rewards × c the trait is

    ρ_c = mean regret_c / (c · mean regret_1)      with the interval of a ratio of means (delta method)

On `two-arms` a bandit policy is asked how often it takes the better one, 1 − regret/(gap · pulls).

A bonus and a strategy play as in `bandits.simulator.adapter`; a policy by its functions. All pull as often, on the same
runs, so that plugins of all kinds can be compared.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bandits.policies.epsilon_greedy import EpsilonGreedy
from bandits.policies.ucb import UCB
from bandits.policy import Policy
from bandits.simulator import adapter
from bandits.simulator.adapter import Arms, Choose, Learn
from bandits.simulator.kernel import POLICY, Floats, Words, specialise
from bandits.simulator.randomness import key
from bandits.testbed import Testbed
from bandits.testbeds.bernoulli import Needle, TwoArms
from bandits.testbeds.gaussian import SuttonBarto
from bandits.trial.plugin_under_test import Subject
from bandits.trial.traits.measurement import Found, Probe, Quality

PULLS = 300
HAYSTACK = 50  # arms, one of which pays
SCALES = (0.1, 10.0)
REFERENCES: dict[str, Policy] = {"ε-greedy": EpsilonGreedy(), "UCB": UCB()}

SUTTON = (
    Quality("regret, sutton-barto", "reward", "less", f"lost to the best of ten arms in {PULLS} pulls"),
    *(
        Quality(f"rewards × {scale:g}", "regret ratio", "", f"regret at rewards × {scale:g}, in their scale; 1: none")
        for scale in SCALES
    ),
)
NEEDLE = (Quality("regret, needle", "reward", "less", f"where one of {HAYSTACK} arms pays, in {PULLS} pulls"),)
TWO_ARMS = (Quality("best pulls, two-arms", "share of pulls", "more", f"of the better of two arms, in {PULLS} pulls"),)


def sutton(subject: Subject, names: Sequence[int]) -> list[Found]:
    """Regret on the ten-armed testbed, and its ratios at other scales of the rewards."""
    bed = SuttonBarto()
    usual = played(subject, bed, len(names))
    ratios = [Found(ratio(played(subject, bed, len(names), scale), usual)) for scale in SCALES]
    return [Found(usual, beside(bed, len(names))), *ratios]


def needle(subject: Subject, names: Sequence[int]) -> list[Found]:
    """Regret in the haystack."""
    bed = Needle(arms=HAYSTACK)
    return [Found(played(subject, bed, len(names)), beside(bed, len(names)))]


def two_arms(subject: Subject, names: Sequence[int]) -> list[Found]:
    """How often the better of two arms is pulled."""
    bed = TwoArms()
    most = PULLS * float(np.ptp(bed.means))
    others = beside(bed, len(names))
    share = 1.0 - played(subject, bed, len(names)) / most
    return [Found(share, {name: 1.0 - regrets / most for name, regrets in others.items()})]


def played(subject: Subject, bed: Testbed, runs: int, scale: float = 1.0) -> Floats:
    """Each run's regret, in the bed's own rewards; the plugin is told `scale` times as much."""
    choose, told = _player(subject, bed, runs)
    result = adapter.play(
        bed,
        subject.spec,
        lambda values, t: choose(scale * values, t),
        lambda arms, rewards: told(arms, scale * rewards),
        runs=runs,
        horizon=PULLS,
    )
    return result.regrets


def beside(bed: Testbed, runs: int) -> dict[str, Floats]:
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
    found: Floats = ours.mean() / level + (ours - ours.mean() / level * usual) / level
    return found


def _player(subject: Subject, bed: Testbed, runs: int) -> tuple[Choose, Learn]:
    if subject.kind == "bonus":
        beta = subject.settings.get("beta", adapter.BETA)
        bonus = subject.bonus(*adapter.spaces(bed.arms), learners=runs, envs=1, beta=beta)
        return adapter.bonus_player(bonus, bed.arms, runs, seed=0)
    if subject.kind == "strategy":
        strategy = subject.strategy(bed.arms, learners=runs, envs=1, horizon=PULLS)
        return adapter.strategy_player(strategy, runs, seed=0)
    return policy_player(subject.policy(), bed, runs, PULLS)


def policy_player(policy: Policy, bed: Testbed, runs: int, horizon: int, seed: int = 0) -> tuple[Choose, Learn]:
    """How a policy plays step by step, beside plugins; it pulls the arms that it pulls in a simulation."""
    select, update = policy.functions(bed)
    chooses, learns = specialise(_choose, {"select": select}), specialise(_learn, {"update": update})
    states = np.repeat(policy.initial(bed, horizon)[None], runs, axis=0)
    streams = np.empty((runs, 1), np.uint64)
    for run in range(runs):
        streams[run, 0] = key(np.uint64(seed), np.uint64(run), POLICY)

    def choose(values: Floats, t: int) -> Arms:
        chosen = np.empty(runs, np.int64)
        chooses(states, t, streams, chosen)
        return chosen

    return choose, lambda arms, rewards: learns(states, np.ascontiguousarray(arms), rewards, streams)


def _placeholder(*arguments: Any) -> Any:
    raise NotImplementedError("a function of the policy that `specialise` puts in its place")


select = update = _placeholder


def _choose(states: Floats, t: int, streams: Words, chosen: Arms) -> None:
    """The arm of every run."""
    for run in range(len(states)):
        chosen[run] = select(states[run], t, streams[run])


def _learn(states: Floats, arms: Arms, rewards: Floats, streams: Words) -> None:
    """What every run learns."""
    for run in range(len(states)):
        update(states[run], arms[run], rewards[run], streams[run])


PROBES = (Probe(SUTTON, sutton), Probe(NEEDLE, needle))
PROBES_OF_POLICIES = (*PROBES, Probe(TWO_ARMS, two_arms))
