"""Advice: one sentence per policy, with a source, found by spec string."""

from bandits.advice import ADVICE, advice_for


def test_advice_is_found_by_spec_and_complete() -> None:
    assert advice_for("ucb:c=2") is ADVICE["ucb"]
    assert advice_for("somebody-else") is None
    for advice in ADVICE.values():
        assert all((advice.good_for, advice.needs, advice.source))
        assert "\n" not in str(advice)


def test_advice_agrees_with_the_published_figures() -> None:
    """What is said about c on the ten-armed testbed follows from the table."""
    from bandits.theory.published import published_for

    reward = {c: published_for("sutton-barto", 1000, f"ucb:c={c}")[0].value for c in (1, 2)}
    assert reward[1] > reward[2]
    assert "c = 1 beats c = 2" in ADVICE["ucb"].good_for
