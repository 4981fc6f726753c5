"""Row keys against equality of rows."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from explore.counting.keys import row_keys, with_action


@given(hnp.arrays(st.sampled_from([np.uint8, np.int64, np.float32]), st.tuples(st.integers(2, 20), st.integers(1, 9))))
@settings(max_examples=80, deadline=None)
def test_keys_are_equal_where_rows_are(array):
    array = np.nan_to_num(array)
    keys = row_keys(torch.from_numpy(array)).tolist()
    for i, row in enumerate(array):
        for j, other in enumerate(array):
            assert (keys[i] == keys[j]) == bool((row == other).all())


def test_a_million_similar_rows_have_a_million_keys():
    rows = torch.cartesian_prod(*[torch.arange(10, dtype=torch.uint8)] * 6)
    assert len(row_keys(rows).unique()) == 10**6


def test_negative_zero_is_zero():
    keys = row_keys(torch.tensor([[0.0], [-0.0]]))
    assert keys[0] == keys[1]


def test_a_key_with_an_action_is_the_key_of_the_pair():
    keys, actions = torch.tensor([[5, 5, 6, -1]]), torch.tensor([[0, 1, 0, 2]])
    pairs = with_action(keys, actions)
    assert torch.equal(pairs, row_keys(torch.stack([keys, actions], dim=-1)))
    assert len(pairs.unique()) == 4


def test_actions_in_floats_do_not_round_the_keys():
    """Stacked with floats, keys that differ in their last bits became one."""
    keys = torch.tensor([[2**60, 2**60 + 1, 2**60]])
    for actions in (torch.tensor([[0.5, 0.5, 0.25]]), torch.tensor([[[1.0, 0.5], [1.0, 0.5], [1.0, 0.25]]])):
        assert len(with_action(keys, actions).unique()) == 3
    assert with_action(keys, torch.zeros(1, 3, 2))[0, 0] == with_action(keys, torch.zeros(1, 3, 2))[0, 2]
