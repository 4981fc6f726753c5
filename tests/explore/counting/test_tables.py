"""The compiled tables against dictionaries, through growth, clearing and saving."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explore.counting.tables import CountTable, EpisodeTable
from explore.errors import BadInput

KEYS = st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))
STEPS = st.lists(st.tuples(KEYS, KEYS, st.booleans(), st.booleans()), max_size=80)


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_count_table_is_a_dictionary_per_learner(steps):
    table, seen = CountTable(), [{}, {}]
    for one, other, valid_one, valid_other in steps:
        after = table.add(torch.tensor([[one], [other]]), torch.tensor([[valid_one], [valid_other]]))
        for learner, (key, valid) in enumerate(((one, valid_one), (other, valid_other))):
            seen[learner][key] = seen[learner].get(key, 0) + valid
            assert after[learner, 0] == seen[learner][key]
    again = CountTable()
    again.load_state_dict(table.state_dict())
    for learner in range(2):
        for key, count in seen[1 - learner].items():
            probe = torch.full((2, 1), key, dtype=torch.int64)
            assert table.get(probe)[1 - learner, 0] == again.get(probe)[1 - learner, 0] == count


def test_count_table_grows_far_beyond_its_start():
    table = CountTable()
    keys = torch.arange(50_000).view(2, -1) * 2**32  # keys that differ in their high half only
    for part in keys.split(5_000, dim=1):
        table.add(part, torch.ones_like(part, dtype=torch.bool))
    table.add(keys[:, :3], torch.ones(keys.shape[0], 3, dtype=torch.bool))
    counts = table.get(keys)
    assert (counts[:, :3] == 2).all()
    assert (counts[:, 3:] == 1).all()
    assert (table.get(keys.flip(0)) == 0).all()


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_episode_table_is_a_dictionary_per_slot_until_cleared(steps):
    table, seen = EpisodeTable(1, 2), [{}, {}]
    for one, other, clear_one, clear_other in steps:
        table.clear(torch.tensor([[clear_one, clear_other]]))
        for slot, (key, clear) in enumerate(((one, clear_one), (other, clear_other))):
            if clear:
                seen[slot] = {}
            seen[slot][key] = seen[slot].get(key, 0) + 1
        keys = torch.tensor([[one, other]])
        expected = [[seen[0][one], seen[1][other]]]
        assert table.add(keys, torch.ones_like(keys, dtype=torch.bool)).tolist() == expected == table.get(keys).tolist()


def test_episode_table_grows_and_keeps_live_episodes_only():
    table = EpisodeTable(1, 2)
    for key in range(500):
        table.add(torch.tensor([[key, key % 7]]), torch.tensor([[True, True]]))
        if key == 400:
            table.clear(torch.tensor([[True, False]]))
    assert table.get(torch.tensor([[450, 3]])).tolist() == [[1, 71]]
    assert table.get(torch.tensor([[300, 8]])).tolist() == [[0, 0]]
    again = EpisodeTable(1, 2)
    again.load_state_dict(table.state_dict())
    assert again.add(torch.tensor([[450, 3]]), torch.tensor([[True, True]])).tolist() == [[2, 72]]


def test_keys_and_masks_of_other_shapes_are_refused():
    """Compiled code wrote past the tables; keys in floats were cut to whole numbers."""
    all_three, two = torch.ones(1, 3, dtype=torch.bool), torch.zeros(1, 2, dtype=torch.int64)
    for table in (CountTable(), EpisodeTable(1, 2)):
        for keys, mask in ((two, all_three), (two.float(), all_three[:, :2]), (two, two)):
            with pytest.raises(BadInput, match=r"of shape .* are needed"):
                table.add(keys, mask)
    with pytest.raises(BadInput, match=r"keys of shape \(1, 3\) .* \(1, 2\) and int64 are needed"):
        EpisodeTable(1, 2).add(torch.zeros(1, 3, dtype=torch.int64), all_three)
    with pytest.raises(BadInput, match="keys of shape"):
        EpisodeTable(1, 2).get(torch.zeros(2, 2, dtype=torch.int64))
