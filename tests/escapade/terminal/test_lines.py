"""Entries are joined up to the width and never broken."""

from escapade.terminal.lines import joined


def test_lines_are_as_long_as_the_width_lets_them():
    assert joined(["ab", "cd", "efgh"], " · ", 7) == ["ab · cd", "efgh"]
    assert joined(["ab", "cd"], " · ", 6) == ["ab", "cd"]


def test_an_entry_wider_than_the_width_has_a_line_of_its_own():
    assert joined(["a", "much longer", "b"], " ", 4) == ["a", "much longer", "b"]
    assert joined([], " ", 4) == []
