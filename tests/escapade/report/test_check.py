"""The report of a trial: where the plugin stands, by hand; the sentence; at 80 columns and without colour."""

import io
import json

import pytest
from rich.console import Console

from bandits.trial.result import Check, Trait, Trial
from escapade.cli import invoke
from escapade.report.check import SCALE, extremes, lines, number, rank, scale, sentence, show

BUILTIN = {"low": 1.0, "middle": 5.0, "high": 11.0, "mine": 3.0}


def trait(name="length", value=3.0, better="more", builtin=BUILTIN, **more):
    return Trait(name, value, (value - 1, value + 1), "m", "how long", builtin=builtin, better=better, **more)


def trial(*traits, passed=True, spec="mine"):
    checks = [Check("shapes", True, "all is well"), Check("finite", passed, "what was seen")]
    return Trial(spec, "bonus", "somebody 1.0", {}, checks, list(traits), 12.3)


def text(each, spec="mine"):
    return [line.plain for line in lines(each, spec)]


def test_the_scale_marks_the_built_in_ones_and_the_plugin():
    drawn, logarithmic = scale(5.0, [0.0, 10.0, 23.0])
    assert not logarithmic
    assert len(drawn) == SCALE == 24
    assert [place for place, cell in enumerate(drawn) if cell == "|"] == [0, 10, 23]
    assert drawn[5] == "o"
    assert scale(-1.0, [0.0, 23.0])[0][0] == "<"
    assert scale(99.0, [0.0, 23.0])[0][-1] == ">"
    assert scale(2.0, [2.0, 2.0])[0].count("o") == 1


def test_a_wide_scale_is_logarithmic():
    drawn, logarithmic = scale(10.0, [1.0, 100.0])
    assert logarithmic
    assert drawn[round((SCALE - 1) / 2)] == "o"


@pytest.mark.parametrize(
    ("value", "better", "place"),
    [
        (20.0, "more", "1st"),
        (3.0, "more", "3rd"),
        (3.0, "less", "2nd"),
        (0.0, "", "4th highest"),
        (20.0, "", "highest"),
        (11.0, "more", "1st"),
    ],
)
def test_ranks_count_from_the_better_end(value, better, place):
    assert rank(trait(value=value, better=better), [1.0, 5.0, 11.0])[0] == place


def test_a_built_in_plugin_is_not_compared_with_itself():
    said = text(trait())
    assert said[0].split() == ["length", "3.00", "[2.00,", "4.00]", "m,", "more", "is", "better"]
    assert said[1] == "how long"
    assert said[2].startswith("low 1.00 |")
    assert said[2].endswith("| 11.0 high")
    assert said[3] == "3rd of 4; nearest: low 1.00, middle 5.00"
    assert "mine" not in "".join(said)


def test_what_it_was_compared_with_is_said_with_its_interval():
    references = {"ucb": (9.0, -6.0, -7.0, -5.0), "greedy": (2.0, 1.0, 0.5, 1.5), "chance": (3.0, 0.0, -1.0, 1.0)}
    assert text(trait(builtin={}, references=references))[2:] == [
        "against ucb 9.00: lower by 6.00 [5.00, 7.00]",
        "against greedy 2.00: higher by 1.00 [0.500, 1.50]",
        "against chance 3.00: no significant difference, 0 [-1.00, 1.00]",
    ]


def test_what_could_not_be_measured_is_said():
    broken = Trait("length", float("nan"), (float("nan"),) * 2, "m", "how long", problem="'mine' broke: Oh: no")
    assert text(broken) == ["length: not measured; 'mine' broke: Oh: no"]
    assert "not measured: length" in sentence(trial(broken))


def test_the_sentence_names_best_and_worst():
    far, near = trait(value=20.0), trait("cost", 20.0, "less")
    assert extremes(trial(far, near)) == (["length"], ["cost"])
    even = trait("share", 1.0, "more", {"low": 1.0, "high": 1.0})
    assert extremes(trial(even)) == ([], [])
    assert extremes(trial(trait(value=11.5))) == ([], [])  # the next one, 11, is within its interval
    assert extremes(trial(trait(value=0.0, builtin={"low": 2.0}))) == ([], ["length"])
    said = sentence(trial(far, near))
    assert said == (
        "mine keeps its contract: all 2 checks pass; no built-in plugin is better in: length; none is worse in: cost "
        "(12 s)."
    )
    regret = trait(
        "regret, sutton-barto", references={"ε-greedy": (9.0, -6.0, -7.0, -5.0), "UCB": (3.0, 0.0, -1.0, 1.0)}
    )
    assert "its regret is less than ε-greedy's and not significantly different from UCB's" in sentence(trial(regret))
    assert sentence(trial(passed=False)) == "mine breaks its contract: finite fails."


def test_numbers_have_three_digits():
    assert [number(value) for value in (0.0, 1e-5, 0.1234, 1.234, -12.34, 1234.5)] == [
        "0",
        "0",
        "0.123",
        "1.23",
        "-12.3",
        "1,234",
    ]


def test_the_report_fits_80_columns_and_needs_no_colour():
    page = io.StringIO()
    show(Console(file=page, width=80, markup=False), trial(trait(), trait("cost", 20.0, "less")))
    said = page.getvalue()
    assert max(map(len, said.splitlines())) <= 80
    assert "\x1b" not in said
    for part in ("bonus mine, from somebody 1.0: 2 of 2 checks pass", "what was seen", "3rd of 4", "mine keeps its"):
        assert part in said
    page = io.StringIO()
    show(Console(file=page, width=80, markup=False), trial(passed=False))
    assert "Traits are not measured" in page.getvalue()


def test_the_command_tries_every_kind_of_the_name(monkeypatch, capsys):
    from bandits.trial.contract import checks as contract
    from bandits.trial.traits import catalogue as traits

    monkeypatch.setattr(traits, "PROBES", dict.fromkeys(traits.PROBES, ()))
    monkeypatch.setattr(contract, "RULES", {kind: rules[:1] for kind, rules in contract.RULES.items()})
    assert invoke(["check", "boltzmann-gumbel", "--json", "-"]) == 0
    shown = capsys.readouterr()
    printed = json.loads(shown.out)
    assert [each["kind"] for each in printed["trials"]] == ["strategy", "policy"]
    assert printed["passed"]
    assert "policy boltzmann-gumbel, from escapade" in shown.err
    assert invoke(["check", "boltzmann-gumbel", "--kind", "strategy", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "strategy"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["check", "cuont"], "'count'"),
        (["check", "count", "--kind", "policy"], "policy"),
        (["check", "ucb:power=many", "--kind", "strategy"], "power"),
        (["check", "ucb", "--kind", "arm"], "--kind"),
    ],
)
def test_bad_input_is_one_sentence(line, said, capsys):
    assert invoke(line) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1
