"""Spec strings, settings, and the sentences said where they are wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from explore.errors import BadInput, unknown
from explore.spec import Settings, parse, settings_from, written


class Some(Settings):
    beta: float = Field(0.5, ge=0)
    bits: int = 3


WORD = st.text("abcdefgh-0123456789_", min_size=1, max_size=6)


@given(WORD, st.dictionaries(WORD, WORD, max_size=3))
def test_what_is_written_is_what_is_read(name, settings):
    text = name + (":" + ",".join(f"{k}={v}" for k, v in settings.items()) if settings else "")
    spec = parse(text)
    assert (spec.name, spec.settings, str(spec)) == (name, settings, text)


@pytest.mark.parametrize("text", ["", ":", "a:", "a:b", "a:b=", "a:=c", "a:b=1,,c=2", "a:b=1,b=2"])
def test_what_is_no_spec_is_refused(text):
    with pytest.raises(BadInput):
        parse(text)


def test_settings_are_converted_and_checked():
    assert settings_from(Some, {"beta": "0.25", "bits": "7"}, "x") == Some(beta=0.25, bits=7)
    for wrong, said in (
        ({"beta": "-1"}, "setting 'beta' of the bonus x is '-1': input should be greater than or equal to 0."),
        ({"bita": "1"}, "unknown setting of the bonus x 'bita': did you mean 'bits'?"),
    ):
        with pytest.raises(BadInput) as caught:
            settings_from(Some, wrong, "the bonus x")
        assert str(caught.value) == said
    with pytest.raises(BadInput):
        settings_from(Some, {"beta": float("inf")}, "x")


def test_written_names_what_differs():
    assert written(Some()) == ""
    assert written(Some(bits=5)) == "bits=5"


def test_unknown_lists_what_is_known():
    assert str(unknown("maze", "zzz", ["b", "a"])) == "unknown maze 'zzz': known are a, b."
    assert str(unknown("maze", "zzz", [])) == "unknown maze 'zzz': known are none."
    assert str(unknown("maze", "qqq", [f"n{i}" for i in range(20)])).endswith(", ….")
