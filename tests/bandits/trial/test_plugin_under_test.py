"""What is put on trial, and under which settings."""

import gymnasium as gym
import pytest

from bandits.trial.plugin_under_test import plugin_under_test
from explore.bonuses.count import Count
from explore.errors import BadInput
from explore.strategies.greedy import Greedy

SPACES = (gym.spaces.Discrete(4), gym.spaces.Discrete(2))


def test_a_spec_names_the_plugin_its_origin_and_its_settings():
    result = plugin_under_test("rnd:features=8,beta=0.5")
    assert (result.kind, result.origin.split()[0], result.settings) == (
        "bonus",
        "escapade",
        {"features": 8, "beta": 0.5},
    )
    assert result.all_settings()["scale"] == "mean"
    bonus = result.bonus(*SPACES, learners=[4, 2], envs=3, seed=1)
    assert (bonus.names, bonus.envs, bonus.settings.features) == ([4, 2], 3, 8)
    assert plugin_under_test("ucb:power=1").kind == "strategy"


def test_a_class_will_do():
    assert (plugin_under_test(Count).kind, plugin_under_test(Greedy).kind) == ("bonus", "strategy")
    assert plugin_under_test(Count).origin == "class of explore.bonuses.count"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("cuont", "did you mean 'count'"),
        ("count:bata=1", "unknown setting 'bata' of the bonus 'count'"),
        (int, "derived from Bonus, Strategy or Policy"),
    ],
)
def test_what_is_no_plugin_is_refused(wrong, message):
    with pytest.raises(BadInput, match=message):
        plugin_under_test(wrong)


def test_the_formula_is_without_scale_in_every_part():
    formula = plugin_under_test("mix:bonuses=rnd/beta=1+count/beta=1,half_life=9,clip=0.1").formula(
        *SPACES, learners=1, envs=1
    )
    assert formula.scale is None
    assert [part.scale for part in formula.members] == [None, None]
    assert (formula.settings.beta, formula.settings.half_life, formula.settings.clip) == (1.0, 0.0, 0.0)
