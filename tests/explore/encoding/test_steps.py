"""What environments return beside observations: one sentence where it does not fit, and true successors."""

import numpy as np
import pytest

from explore.encoding.steps import (
    checked_ends,
    checked_on_invalid,
    checked_rewards,
    state_keys,
    with_final_observations,
)
from explore.errors import BadInput


@pytest.mark.parametrize(
    ("reward", "said"),
    [
        ([[1.0], [2.0]], r"rewards have shape \(2, 1\) and type float64: one number for each of 2"),
        ([1.0], r"rewards have shape \(1,\)"),
        (1.0, r"rewards have shape \(\)"),
        (None, r"rewards have shape \(\) and type object"),
        ([1.0, None], r"rewards have shape \(2,\) and type object"),
        (["1", "2"], r"rewards have shape \(2,\) and type <U1"),
        ([[1.0], [1.0, 2.0]], r"rewards have shape \(2,\) and type object"),
        ([0.0, np.nan], "reward is nan: rewards must be finite"),
        ([0.0, -np.inf], "reward is -inf: rewards must be finite"),
        ([0.0, 1e39], "reward is 1e.39: rewards must be finite in float32"),
    ],
)
def test_rewards_are_one_finite_number_each(reward, said):
    with pytest.raises(BadInput, match=said):
        checked_rewards(reward, 2)


@pytest.mark.parametrize("reward", [[1, 2], np.array([1, 2], np.uint8), np.array([1, 2], np.float16), (1.0, 2.0)])
def test_rewards_of_any_number_type_are_taken(reward):
    assert checked_rewards(reward, 2).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (None, r"terminated has shape \(\)"),
        (True, r"terminated has shape \(\): one for each of 2"),
        ([[True], [False]], r"terminated has shape \(2, 1\)"),
        ([None, None], r"terminated is None \(object\): True or False is right"),
        ([0, 2], r"terminated is 0 \(int64\)|terminated is np.int64\(0\)"),
        ([0.5, 0.0], "True or False is right"),
        ([np.nan, 0.0], "True or False is right"),
        (["no", "no"], "True or False is right"),
    ],
)
def test_ends_are_true_or_false_for_each_environment(ends, said):
    with pytest.raises(BadInput, match=said):
        checked_ends("terminated", ends, 2)


@pytest.mark.parametrize("ends", [[True, False], [1, 0], np.array([1, 0], np.uint8), np.array([1.0, 0.0])])
def test_ends_may_be_zeros_and_ones(ends):
    """As integers, `terminated | truncated` would be one that `~` turns into −2, which is true."""
    assert checked_ends("terminated", ends, 2).tolist() == [True, False]


def test_ends_are_a_copy_of_what_the_environment_may_write_to_again():
    buffer = np.array([True, False])
    checked = checked_ends("terminated", buffer, 2)
    buffer[:] = False
    assert checked.tolist() == [True, False]


@pytest.mark.parametrize("keys", [[1.0, 2.0], [1], [[1], [2]], ["a", "b"], [None, 1]])
def test_names_of_states_are_whole_numbers_one_each(keys):
    with pytest.raises(BadInput, match="must be whole numbers of 64 bits, one for each of 2"):
        state_keys({"state_key": keys}, 2)


@pytest.mark.parametrize(
    ("final", "said"),
    [
        (np.array([None, None]), "final_obs'] has none for environment 1"),
        (np.array([None]), r"final_obs'\] has shape \(1,\)"),
        (np.ones((1, 2)), r"final_obs'\] has shape \(1, 2\)"),
        (None, r"final_obs'\] has shape \(\)"),
    ],
)
def test_a_final_observation_that_is_missing_is_named(final, said):
    rows, yes = np.zeros((2, 2)), np.ones(2, dtype=bool)
    with pytest.raises(BadInput, match=said):
        with_final_observations(
            rows, yes, final, np.array([False, True]), lambda seen, count: (np.asarray(seen), yes[:count])
        )


@pytest.mark.parametrize("batched", [False, True])
def test_true_successors_stand_where_episodes_ended(batched):
    final = np.array([[5.0, 5.0], [7.0, 7.0]])
    if not batched:
        objects = np.full(2, None, dtype=object)
        objects[1] = final[1]
        final = objects
    rows, finite = np.zeros((2, 2)), np.array([True, False])
    successors, arrived = with_final_observations(
        rows, finite, final, np.array([False, True]), lambda seen, count: (np.asarray(seen), np.ones(count, dtype=bool))
    )
    assert successors.tolist() == [[0.0, 0.0], [7.0, 7.0]]
    assert arrived.tolist() == [True, True]
    assert rows[1].tolist() == [0.0, 0.0]  # what was handed in is as it was


@pytest.mark.parametrize("wrong", ["ignore", None, True])
def test_other_ways_with_invalid_observations_are_refused(wrong):
    with pytest.raises(BadInput, match="unknown on_invalid"):
        checked_on_invalid(wrong)
