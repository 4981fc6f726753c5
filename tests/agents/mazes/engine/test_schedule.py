"""Which layouts the slots play: all about equally often, each slot independently of the others."""

import collections

from agents.mazes.engine.schedule import layout_index


def test_a_slot_visits_all_layouts_about_equally_often() -> None:
    counted = collections.Counter(layout_index(7, episode, 10) for episode in range(10_000))
    assert set(counted) == set(range(10))
    # χ² with 9 degrees of freedom: above 27.9 once in a thousand.
    assert sum((count - 1000) ** 2 / 1000 for count in counted.values()) < 27.9


def test_slots_are_independent() -> None:
    pairs = {(layout_index(seed, 0, 5), layout_index(seed + 1, 0, 5)) for seed in range(500)}
    assert len(pairs) == 25
