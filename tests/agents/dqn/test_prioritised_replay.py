"""Prioritised replay against its formulas: shares of draws, importance weights, and what may be drawn at all."""

from typing import Any

import numpy as np
import pytest
import torch

from agents.dqn.prioritised_replay import LEAST, PrioritisedReplay
from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.streams import Streams

LEARNERS, ENVS, LENGTH, STEPS = 2, 3, 6, 2


def filled(steps: int, exponent: float = 0.7) -> PrioritisedReplay:
    """Rewards say when a step was: 10·time + slot."""
    replay = PrioritisedReplay(ENVS * LENGTH, ENVS, STEPS, exponent)
    no = torch.zeros(LEARNERS, ENVS, dtype=torch.bool)
    for time in range(steps):
        value = (10.0 * time + torch.arange(ENVS)).expand(LEARNERS, ENVS).clone()
        replay.add(Transitions(value[..., None], no.long(), value, value[..., None], no, no), torch.ones(no.shape))
    return replay


def starts(replay: PrioritisedReplay, count: int = 4000, seed: int = 0) -> torch.Tensor:
    return replay.sample(count, STEPS, Streams(seed, "draw", [0, 1])).first.reward


@pytest.mark.parametrize("steps", [3, 6, 7, 20])
def test_exactly_the_starts_of_complete_sequences_are_drawn(steps: int) -> None:
    drawn = starts(filled(steps))
    oldest = max(0, steps - LENGTH)
    expected = [10.0 * time + slot for time in range(oldest, steps - STEPS + 1) for slot in range(ENVS)]
    for learner in range(LEARNERS):
        assert drawn[learner].unique().tolist() == expected


def test_draws_and_importance_weights_follow_the_priorities() -> None:
    replay = filled(9)
    drawn = replay.sample(500, STEPS, Streams(1, "draw", [0, 1]))
    errors = drawn.first.reward / 10 + torch.tensor([[0.0], [5.0]])  # by what is drawn, and another for each learner
    replay.update_priorities(drawn, errors)
    values = np.array([10.0 * time + slot for time in range(3, 8) for slot in range(ENVS)])
    again = replay.sample(20_000, STEPS, Streams(2, "draw", [0, 1]))
    weights = replay.importance(again, 0.5)
    for learner in range(LEARNERS):
        priorities = (values / 10 + 5 * learner + LEAST) ** 0.7
        shares = priorities / priorities.sum()
        reward = again.first.reward[learner].numpy()
        counts = np.array([(reward == value).mean() for value in values])
        np.testing.assert_allclose(counts, shares, atol=0.012)
        expected = (len(values) * shares[np.searchsorted(values, reward)]) ** -0.5
        np.testing.assert_allclose(weights[learner], expected / expected.max(), rtol=1e-5)


def test_what_is_new_has_the_largest_priority_so_far() -> None:
    replay = filled(5)
    drawn = replay.sample(200, STEPS, Streams(1, "draw", [0, 1]))
    replay.update_priorities(drawn, torch.full((LEARNERS, 200), 99.0))
    replay.update_priorities(drawn, torch.full((LEARNERS, 200), 0.0))
    no = torch.zeros(LEARNERS, ENVS, dtype=torch.bool)
    value = (50.0 + torch.arange(ENVS)).expand(LEARNERS, ENVS).clone()
    replay.add(Transitions(value[..., None], no.long(), value, value[..., None], no, no), torch.ones(no.shape))
    assert (starts(replay, 1000) >= 40).float().mean() > 0.99  # the starts at time 4 have their second step now


def test_a_saved_state_draws_the_same() -> None:
    replay, other = filled(9), filled(4)
    replay.update_priorities(replay.sample(50, STEPS, Streams(1, "draw", [0, 1])), torch.rand(LEARNERS, 50))
    other.load_state_dict(replay.state_dict(), torch.device("cpu"))
    assert torch.equal(starts(replay), starts(other))


def test_other_lengths_are_refused() -> None:
    with pytest.raises(BadInput, match="sequences of 3 cannot"):
        filled(9).sample(4, 3, Streams(0, "draw", [0, 1]))
    with pytest.raises(BadInput, match="holds 1 vector steps"):
        filled(1).sample(4, STEPS, Streams(0, "draw", [0, 1]))


def test_what_is_no_transition_is_never_drawn() -> None:
    replay = PrioritisedReplay(ENVS * LENGTH, ENVS, STEPS, 0.7)
    no = torch.zeros(LEARNERS, ENVS, dtype=torch.bool)
    for time in range(9):
        value = (10.0 * time + torch.arange(ENVS)).expand(LEARNERS, ENVS).clone()
        valid = ~no
        valid[0, 1] = False  # slot 1 of learner 0 never is one
        step = Transitions(value[..., None], no.long(), value, value[..., None], no, no, valid=valid)
        replay.add(step, torch.ones(no.shape))
    for _ in range(2):
        drawn = replay.sample(2000, STEPS, Streams(0, "draw", [0, 1]))
        slots = drawn.first.reward % 10
        assert slots[0].unique().tolist() == [0.0, 2.0]
        assert slots[1].unique().tolist() == [0.0, 1.0, 2.0]
        assert (replay.importance(drawn, 0.5) > 0).all()
        replay.update_priorities(drawn, torch.ones(2, 2000))


def test_a_learner_without_any_transition_has_the_weight_zero() -> None:
    replay = PrioritisedReplay(ENVS * LENGTH, ENVS, STEPS, 0.7)
    no = torch.zeros(LEARNERS, ENVS, dtype=torch.bool)
    valid = torch.tensor([[False], [True]]).expand(LEARNERS, ENVS)
    for _ in range(4):
        ones = torch.ones(LEARNERS, ENVS)
        replay.add(Transitions(ones[..., None], no.long(), ones, ones[..., None], no, no, valid=valid), ones)
    weights = replay.importance(replay.sample(50, STEPS, Streams(0, "draw", [0, 1])), 0.5)
    assert torch.equal(weights, torch.tensor([[0.0], [1.0]]).expand(2, 50))


def test_a_state_on_another_device_is_taken_over() -> None:
    class Elsewhere(torch.Tensor):
        """A tensor that, as one on a GPU, becomes an array only by way of the CPU."""

        def numpy(self, **_: Any) -> Any:
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")

        def cpu(self, **_: Any) -> torch.Tensor:
            return self.as_subclass(torch.Tensor)

    state = filled(6).state_dict()
    moved = {name: state[name].as_subclass(Elsewhere) for name in ("tree", "largest")}
    other = PrioritisedReplay(ENVS * LENGTH, ENVS, STEPS, 0.7)
    other.load_state_dict(state | moved, torch.device("cpu"))
    assert torch.equal(other.state_dict()["tree"], state["tree"])
