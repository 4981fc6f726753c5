"""The parts of written pages that come from recordings, by the name that the directive `generated` takes."""

from collections.abc import Callable

from docs.generator import bonuses, evidence, traits

PARTS: dict[str, Callable[[], str]] = {
    "traits-of-bonuses": lambda: traits.choice_table(bonuses.names()),
    "meaning-of-traits": traits.meanings,
    "outcomes-of-bonuses": lambda: evidence.outcomes(bonuses.names()),
    "expected-performance": evidence.expected_performance,
}
