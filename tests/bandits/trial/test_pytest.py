"""The one line in an author's tests: one test per check, nothing skipped without a word."""

import pytest

pytest_plugins = ["pytester"]

ONE_LINE = """
from bandits.trial.pytest import contract
{before}
test_contract = contract({plugin})
"""
BROKEN = """
import torch

from explore.bonuses.count import Count

class Idle(Count):
    def update_statistics(self, transitions):
        self.table.add(self.arrived(transitions), torch.ones_like(transitions.mask))
        super().update_statistics(transitions)

class Flat(Count):
    def novelty(self, transitions):
        return super().novelty(transitions).unsqueeze(-1)

class Discrete(Count):
    def __init__(self, space, *args, **kwargs):
        from explore import BadInput
        if not hasattr(space, "n"):
            raise BadInput("only Discrete spaces are counted here.")
        super().__init__(space, *args, **kwargs)
"""


def outcome(pytester, plugin, before=""):
    pytester.makepyfile(ONE_LINE.format(plugin=plugin, before=before))
    return pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", "-rfs")


def test_a_sound_plugin_has_a_passing_test_per_check(pytester):
    from bandits.trial.contract.checks import BONUS, STRATEGY

    outcome(pytester, '"episodic-count"').assert_outcomes(passed=len(BONUS))
    outcome(pytester, '"greedy"').assert_outcomes(passed=len(STRATEGY))


def test_a_broken_plugin_fails_the_test_of_its_check(pytester):
    from bandits.trial.contract.checks import BONUS

    result = outcome(pytester, "Idle", BROKEN)
    result.assert_outcomes(passed=len(BONUS) - 1, failed=1)
    result.stdout.fnmatch_lines(["*Idle: 'reset boundaries' FAILS: with numbers: an idle step*"])


def test_what_cannot_be_checked_fails_too(pytester):
    result = outcome(pytester, "Flat", BROKEN)
    assert result.parseoutcomes().get("skipped", 0) == 0
    result.stdout.fnmatch_lines(["*Flat: 'finite' not checked: It depends on 'shapes'*"])


def test_what_was_not_tried_is_in_a_warning(pytester):
    result = outcome(pytester, "Discrete", BROKEN)
    assert result.parseoutcomes().get("failed", 0) == 0
    result.stdout.fnmatch_lines(["*'falls with visits': Not tried with numbers, which it refuses: only Discrete*"])


@pytest.mark.parametrize("wrong", ['"no-such-plugin"', "int"])
def test_what_is_no_plugin_is_refused_at_once(pytester, wrong):
    outcome(pytester, wrong).stdout.fnmatch_lines(["*BadInput*"])
