"""Mix against its parts computed apart."""

import re

import gymnasium as gym
import pytest
import torch

from explore.bonuses.count import Count
from explore.bonuses.episodic_count import EpisodicCount
from explore.bonuses.mbie_eb import MBIEEB
from explore.bonuses.mix import Mix
from explore.core.plugins import BONUSES
from explore.errors import BadInput

SPACE = gym.spaces.Discrete(9)
ACTIONS = gym.spaces.Discrete(3)
PATH = [([[0, 3]], [[1, 4]]), ([[1, 4]], [[0, 4]]), ([[0, 4]], [[1, 2]])]


@pytest.mark.parametrize("how", ["sum", "product"])
def test_a_mix_is_the_weighted_sum_or_product_of_what_its_parts_pay_alone(moves, how):
    mix = Mix(
        SPACE,
        ACTIONS,
        envs=2,
        bonuses="count/beta=0.1+episodic-count/beta=2+mbie-eb",
        weights="2+0.5+1",
        how=how,
        beta=3,
    )
    alone = [Count(SPACE, ACTIONS, envs=2, beta=0.1), EpisodicCount(SPACE, ACTIONS, envs=2, beta=2)]
    alone.append(MBIEEB(SPACE, ACTIONS, envs=2))
    for states, following in PATH:
        step = moves(states, following)
        episodic = mix.observe(step)
        assert episodic.shape == (1, 2, 3)
        paid = [part.score(step, part.observe(step)) for part in alone]
        if how == "sum":
            expected = 3 * (2 * paid[0] + 0.5 * paid[1] + paid[2])
        else:
            expected = 3 * paid[0] ** 2 * paid[1] ** 0.5 * paid[2]
        torch.testing.assert_close(mix.score(step, episodic), expected)


def test_the_mix_divides_what_it_pays(moves):
    mix = Mix(SPACE, ACTIONS, envs=2, bonuses="count+mbie-eb", scale="mean")
    for states, following in PATH:
        mix.observe(moves(states, following))
    plain = Mix(SPACE, ACTIONS, envs=2, bonuses="count+mbie-eb")
    plain.parts.load_state_dict(mix.parts.state_dict())
    probe = moves([[0, 1]], [[1, 7]])
    torch.testing.assert_close(mix.score(probe), plain.score(probe) / mix.scale.divisor)


def test_state_round_trip_and_freeze(moves):
    mix = Mix(SPACE, ACTIONS, envs=2)
    for states, following in PATH[:2]:
        mix.observe(moves(states, following))
    again = Mix(SPACE, ACTIONS, envs=2)
    again.load_state_dict(mix.state_dict())
    step = moves(*PATH[2])
    assert torch.equal(again.score(step, again.observe(step)), mix.score(step, mix.observe(step)))
    mix.freeze()
    before = mix.score(step)
    mix.observe(step)
    assert torch.equal(mix.score(step), before)


def test_the_spec_string(moves):
    plugin, settings = BONUSES.resolve("mix:bonuses=count/beta=0.1/first_visit=false+first-visit,weights=1+0.5")
    assert plugin is Mix
    count, first = plugin(SPACE, ACTIONS, **settings.model_dump()).members
    assert (count.settings.beta, count.settings.first_visit, first.settings.beta) == (0.1, False, 0.02)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("mix:bonuses=count+mix", "cannot hold a mix"),
        ("mix:bonuses=count+first-visit,weights=1", "give one weight per bonus"),
        ("mix:bonuses=coumt+first-visit", "the bonus 'mix': unknown bonus 'coumt': did you mean 'count'?"),
        ("mix:bonuses=count/beta=-3", "'mix': setting 'beta' of the bonus 'count' is '-3': it must be at least 0."),
        ("mix:how=mean", "it must be 'sum' or 'product'"),
        ("mix:bonuses=count,weights=much", "numbers joined by"),
        ("mix:bonuses=count/beta", "name/setting=value"),
        ("mix:weights=nan+1", "weights 'nan+1' must be finite"),
        ("mix:weights=1+inf", "must be finite"),
        ("mix:how=product,weights=-1+1", "0 or more for how=product"),
    ],
)
def test_bad_mixes_are_refused_with_a_sentence(wrong, message):
    with pytest.raises(BadInput, match=re.escape(message)):
        BONUSES.resolve(wrong)


def test_unknown_parts_are_named():
    with pytest.raises(BadInput, match="did you mean 'count'"):
        Mix(SPACE, ACTIONS, bonuses="coumt+first-visit")


def test_parts_leave_out_what_the_mix_leaves_out_and_still_see_episodes_end(moves):
    mix = Mix(SPACE, ACTIONS, envs=1, bonuses="count+first-visit", terminal=False, warmup=1)
    step = moves([[0]], [[1]])
    assert mix.score(step).tolist() == [[0]]  # the warm-up
    mix.observe(step)
    end = moves([[1]], [[2]], ended=[[True]])
    assert mix.score(end, mix.observe(end)).tolist() == [[0]]
    # The next episode begins: arriving at 1 is a first visit again, and the end at 2 was not counted.
    assert mix.observe(step).tolist() == [[[1, 1]]]
    count = mix.members[0]
    assert count.table.get(count.arrived(end)).item() == 0
