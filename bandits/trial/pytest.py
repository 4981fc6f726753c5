"""The contract in an author's own pytest, in one line:

    from bandits.trial.pytest import contract

    test_contract = contract("my-bonus:power=2")

makes one test per check. A check that cannot be checked, because one that it builds on fails, is a failure too; a
warning names what a plugin refuses to be tried with. Needs pytest, which Escapade itself does not.
"""

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from bandits.trial.contract.checks import judge, rules
from bandits.trial.plugin_under_test import plugin_under_test
from bandits.trial.result import Check


def contract(spec_or_class: str | type[Any]) -> Callable[[str], None]:
    """A test, parametrised by the checks for a spec string or a class; BadInput where it is neither."""
    plugin = plugin_under_test(spec_or_class)
    known: dict[str, Check] = {}

    @pytest.mark.parametrize("check", list(rules(plugin)))
    def test_contract(check: str) -> None:
        verdict = judge(plugin, check, known)
        if verdict.passed is not True:
            pytest.fail(f"{plugin.spec}: '{check}' {verdict.verdict}: {verdict.explanation}", pytrace=False)
        if verdict.note:
            warnings.warn(f"{plugin.spec}: '{check}': {verdict.note}", stacklevel=1)

    return test_contract
