"""Transitions: shapes that do not fit are refused before a bonus reads them."""

from dataclasses import fields, replace

import gymnasium as gym
import pytest
import torch

from explore import BONUSES
from explore.core.transitions import Transitions
from explore.counting.keys import row_keys
from explore.errors import BadInput


def transitions(learners=2, batch=3, width=4, action=()):
    each, no = torch.zeros(learners, batch), torch.zeros(learners, batch, dtype=torch.bool)
    rows, keys = torch.zeros(learners, batch, width), torch.zeros(learners, batch, dtype=torch.int64)
    acted = torch.zeros(learners, batch, *action)
    return Transitions(rows, acted, each, rows, no, no, keys, keys, ~no)


def test_the_right_shapes_pass():
    transitions().check(2, 4)
    transitions(action=(2, 2)).check(2, 4, 3)
    replace(transitions(), state_key=None, next_state_key=None, valid=None).check(2, 4, 3)


@pytest.mark.parametrize("name", [field.name for field in fields(Transitions)])
def test_each_wrong_shape_is_named(name):
    right = transitions()
    for wrong in (getattr(right, name)[:1], getattr(right, name)[:, :2]):
        with pytest.raises(BadInput, match=rf"the transitions' (reward|{name}|observation) has shape"):
            replace(right, **{name: wrong}).check(2, 4, 3)
    for wrong in (transitions(learners=1), transitions(batch=1), transitions(width=5)):
        with pytest.raises(BadInput, match="the transitions' "):
            wrong.check(2, 4, 3)


@pytest.mark.parametrize(
    "name", [name for name in BONUSES.names() if not BONUSES.get(name).Settings.model_fields.get("bonuses")]
)
def test_no_bonus_reads_rows_of_another_width(name):
    """Compiled code behind `observe`, `score` and `learn` wrote past its arrays."""
    bonus = BONUSES.get(name)(gym.spaces.Box(-10, 10, (1,)), gym.spaces.Discrete(3), envs=2)
    wide = replace(transitions(1, 2, 6), action=torch.zeros(1, 2, dtype=torch.int64))
    reading = [bonus.observe, bonus.score, *([bonus.learn] if bonus.settings.learns_from == "drawn" else [])]
    for verb in reading:
        with pytest.raises(BadInput, match=r"observation has shape \(1, 2, 6\): \(1, 2, 1\) is right"):
            verb(wide)


def test_what_is_worked_out_once_is_that_of_the_fields():
    random = torch.Generator().manual_seed(0)
    rows = torch.randint(0, 3, (2, 3, 4), generator=random)
    made = replace(transitions(), observation=rows, next_observation=rows.flip(1), valid=None)
    assert made.mask.all()
    assert torch.equal(made.observation_key, row_keys(rows))
    assert torch.equal(made.next_observation_key, row_keys(rows.flip(1)))
    kept = torch.tensor([[True, False, True], [False, False, True]])
    left = made.with_valid(kept)
    assert torch.equal(left.mask, kept)
    assert left.observation_key is made.observation_key
    other = replace(made, observation=rows.flip(1))
    assert torch.equal(other.observation_key, row_keys(rows.flip(1)))
    assert torch.equal(left.select((slice(None), [1])).mask, kept[:, [1]])
