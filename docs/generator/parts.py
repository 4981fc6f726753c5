"""The parts of written pages that come from recordings, by the name that the directive `generated` takes."""

from collections.abc import Callable

from docs.generator import bonuses, evidence, experiments, traits, why

PARTS: dict[str, Callable[[], str]] = {
    "traits-of-bonuses": lambda: traits.choice_table(bonuses.names()),
    "meaning-of-traits": traits.meanings,
    "outcomes-of-bonuses": lambda: evidence.outcomes(bonuses.names()),
    "expected-performance": evidence.expected_performance,
    "why-sample-cost": why.sample_cost,
    "why-planners": why.planners,
    "why-escapes": why.escapes,
    "why-traps": why.traps,
    "why-held-out": why.held_out,
    "why-spread": why.spread,
    "why-reward-scale": why.reward_scale,
    "why-layouts": experiments.layouts,
    "why-luck": experiments.luck,
    "why-maze-scale": experiments.maze_scale,
    "why-implementations": experiments.implementations,
    "why-transfer": experiments.transfer,
    "why-ranks": experiments.ranks,
    "why-weaknesses": lambda: why.weaknesses(bonuses.names()),
}
