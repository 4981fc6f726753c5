"""Spec strings, settings, and the sentences said where they are wrong."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, model_validator

from explore.core.spec import Settings, parse, settings_from, written
from explore.errors import BadInput, unknown


class Some(Settings):
    beta: float = Field(0.5, ge=0)
    bits: int = 3
    wide: bool = False
    how: Literal["sum", "product"] = "sum"
    share: float = Field(0.5, gt=0, lt=1)
    name: str = Field("", max_length=8)

    @model_validator(mode="after")
    def _fits(self) -> "Some":
        if self.bits == self.beta:
            raise ValueError("bits and beta are the same")
        return self


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
    for wrong, message in (
        ({"beta": "-1"}, "setting 'beta' of the bonus x is '-1': it must be at least 0."),
        ({"beta": "much"}, "setting 'beta' of the bonus x is 'much': it must be a number."),
        ({"beta": "inf"}, "setting 'beta' of the bonus x is 'inf': it must be a finite number."),
        ({"bits": "1.5"}, "setting 'bits' of the bonus x is '1.5': it must be a whole number."),
        ({"wide": "maybe"}, "setting 'wide' of the bonus x is 'maybe': it must be true or false."),
        ({"how": "all"}, "setting 'how' of the bonus x is 'all': it must be 'sum' or 'product'."),
        ({"share": "0"}, "setting 'share' of the bonus x is '0': it must be above 0."),
        ({"share": "1"}, "setting 'share' of the bonus x is '1': it must be below 1."),
        ({"name": "x" * 9}, "setting 'name' of the bonus x is 'xxxxxxxxx': string should have at most 8 characters."),
        ({"bits": "7", "beta": "7"}, "the bonus x: bits and beta are the same."),
        ({"bita": "1"}, "unknown setting 'bita' of the bonus x: did you mean 'bits'?"),
    ):
        with pytest.raises(BadInput) as caught:
            settings_from(Some, wrong, "the bonus x")
        assert str(caught.value) == message
    with pytest.raises(BadInput):
        settings_from(Some, {"beta": float("inf")}, "x")


def test_written_names_what_differs():
    assert written(Some()) == ""
    assert written(Some(bits=5)) == "bits=5"


def test_unknown_lists_what_is_known():
    assert str(unknown("maze", "zzz", ["b", "a"])) == "unknown maze 'zzz': known are a, b."
    assert str(unknown("maze", "zzz", [])) == "unknown maze 'zzz': known are none."
    assert str(unknown("maze", "qqq", [f"n{i}" for i in range(20)])).endswith(", ….")
