"""Docstrings become reStructuredText in which nothing but code, lists and arguments is markup."""

import pytest

from docs.generator.docstrings import inline, to_rst


def converted(text: str) -> str:
    return "\n".join(to_rst(text.splitlines(), {"Bonus": "explore.Bonus"})).strip()


def test_code_and_links() -> None:
    assert converted("See `Bonus` and `beta`.") == "See :py:obj:`~explore.Bonus` and ``beta``."


def test_signs_mean_themselves() -> None:
    assert inline("‖f_k‖² · a*b |x| *args trailing_", {}) == "‖f\\_k‖² · a\\*b \\|x\\| \\*args trailing\\_"


def test_code_within_a_word_is_kept_apart() -> None:
    assert inline("`a`s and x`b`", {}) == "``a``\\ s and x\\ ``b``"


def test_indented_lines_stay_as_they_are_and_are_one_block() -> None:
    assert converted("Then\n\n    b = β*n\n\n    c = _\n\nend.") == (
        "Then\n\n.. code-block:: text\n\n    b = β*n\n\n    c = _\n\nend."
    )


@pytest.mark.parametrize("indent", ["", "    "])
def test_examples_stay_examples(indent: str) -> None:
    assert converted(f"So:\n\n{indent}>>> 1 + 1\n{indent}2") == "So:\n\n>>> 1 + 1\n2"


def test_arguments_become_a_list_with_their_further_lines() -> None:
    text = "add, seed: pay it, or\n    only report `beta`.\nother: a thing."
    assert converted(text) == "- **add**, **seed**: pay it, or only report ``beta``.\n- **other**: a thing."


def test_a_word_with_a_colon_within_a_sentence_is_no_argument() -> None:
    text = "after 105,000\nsteps: trained once."
    assert converted(text) == text
    assert converted("add: how many\nsteps: of all.") == "- **add**: how many steps: of all."


def test_a_list_keeps_its_items() -> None:
    assert converted("- one\n  more\n- two_") == "- one more\n- two\\_"


def test_code_over_the_end_of_a_line() -> None:
    assert converted("the code `a\nb` is one.") == "the code ``a b`` is one."
