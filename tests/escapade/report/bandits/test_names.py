"""How specs stand in tables."""

from escapade.report.bandits.names import broken


def test_long_specs_take_a_line_per_setting() -> None:
    assert broken("ucb:c=2") == "ucb:c=2"
    assert broken("gradient:alpha=0.1,baseline=true") == "gradient:\n  alpha=0.1\n  baseline=true"
    assert broken("sliding-window-thompson:window=5") == "sliding-window-\n  thompson:\n  window=5"
