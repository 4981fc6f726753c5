"""Replay against steps whose every number says whose, where and when it is."""

from dataclasses import replace

import pytest
import torch

from agents.dqn.replay import Replay
from explore.core.transitions import Transitions
from explore.errors import BadInput
from explore.numerics.streams import Streams


def labelled_step(time: int, ended: bool = False, learners: int = 2, envs: int = 3) -> Transitions:
    """A step in which every number says who, where and when: 100·learner + 10·env + time."""
    value = 100.0 * torch.arange(learners)[:, None] + 10.0 * torch.arange(envs) + time
    no = torch.zeros(learners, envs, dtype=torch.bool)
    return Transitions(
        observation=value[..., None],
        action=torch.zeros(learners, envs, dtype=torch.int64),
        reward=value,
        next_observation=value[..., None] + 0.5,
        terminated=no | ended,
        truncated=no,
    )


def filled(capacity: int, steps: int, ends: tuple[int, ...] = ()) -> Replay:
    replay = Replay(capacity, 3)
    for time in range(steps):
        replay.add(labelled_step(time, time in ends), torch.full((2, 3), float(time)))
    return replay


def test_a_sequence_is_consecutive_steps_of_one_slot_of_its_learner() -> None:
    batch = filled(300, 8).sample(50, 3, Streams(0, "replay", [0, 1]))
    rewards = batch.transitions.reward.view(2, 50, 3)
    assert torch.equal(rewards[..., 1:] - rewards[..., :-1], torch.ones(2, 50, 2))
    assert torch.equal(rewards.div(100).floor()[..., 0], torch.tensor([[0.0], [1.0]]).expand(2, 50))
    assert torch.equal(batch.episodic.view(2, 50, 3), rewards % 10)
    assert torch.equal(batch.first.reward, rewards[..., 0])


def test_a_sequence_is_masked_once_its_episode_has_ended() -> None:
    batch = filled(300, 8, ends=(4,)).sample(200, 3, Streams(0, "replay", [0, 1]))
    times = batch.transitions.reward.view(2, 200, 3) % 10
    past_the_end = (times > 4) & (times[..., :1] <= 4)
    assert past_the_end.any()
    assert torch.equal(batch.mask, ~past_the_end)


def test_every_sequence_that_is_held_is_drawn_and_no_other() -> None:
    drawn = filled(3 * 5, 12).sample(2000, 2, Streams(0, "replay", [0, 1])).episodic.view(2, 2000, 2)
    assert drawn[..., 0].unique().tolist() == [7.0, 8.0, 9.0, 10.0]
    assert drawn[..., 1].unique().tolist() == [8.0, 9.0, 10.0, 11.0]


def test_a_learner_draws_the_same_alone_and_in_company() -> None:
    together = filled(300, 8).sample(20, 3, Streams(0, "replay", [0, 1]))
    alone = Replay(300, 3)
    for time in range(8):
        alone.add(labelled_step(time).select(slice(1, 2)), torch.full((1, 3), float(time)))
    drawn = alone.sample(20, 3, Streams(0, "replay", [1]))
    assert torch.equal(drawn.transitions.reward[0], together.transitions.reward[1])


@pytest.mark.parametrize(("capacity", "length"), [(30, 10), (3, 1), (32, 10)])
def test_capacity_counts_transitions_of_a_learner(capacity: int, length: int) -> None:
    replay = filled(capacity, 40)
    assert len(replay) == length


def test_a_sequence_longer_than_what_is_held_is_refused() -> None:
    """It would run over the ring's seam, from the newest transition to the oldest."""
    replay = filled(3 * 5, 12)
    assert replay.sample(4, 5, Streams(0, "replay", [0, 1])).episodic.view(2, 4, 5)[0, 0].tolist() == [7, 8, 9, 10, 11]
    with pytest.raises(BadInput, match="holds 5 vector steps: sequences of 6"):
        replay.sample(4, 6, Streams(0, "replay", [0, 1]))
    with pytest.raises(BadInput, match="holds 2 vector steps"):
        filled(300, 2).sample(4, 3, Streams(0, "replay", [0, 1]))


def test_a_capacity_below_one_vector_step_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot hold one step of 3"):
        Replay(2, 3)


def test_what_a_transition_has_worked_out_is_not_stored() -> None:
    """A bonus asks for the mask before the step is stored, which leaves it in the transition."""
    step = labelled_step(0)
    assert step.mask.all()
    replay = Replay(300, 3)
    replay.add(step, torch.ones(2, 3))
    replay.add(labelled_step(1), torch.ones(2, 3))
    assert replay.sample(4, 2, Streams(0, "replay", [0, 1])).first.reward.shape == (2, 4)


def test_a_sequence_ends_before_a_row_that_is_no_transition() -> None:
    """Slot 0 has none at time 4, learner 1 alone."""
    replay = Replay(300, 3)
    for time in range(8):
        step = labelled_step(time)
        valid = torch.ones(2, 3, dtype=torch.bool)
        valid[1, 0] = time != 4
        replay.add(replace(step, valid=valid), torch.ones(2, 3))
    batch = replay.sample(400, 3, Streams(0, "replay", [0, 1]))
    rewards = batch.transitions.reward.view(2, 400, 3)
    broken = (rewards == 104).cumsum(-1) > 0
    assert broken[1, :, 0].any()
    assert torch.equal(batch.counts, ~broken[..., 0])
    assert torch.equal(batch.mask[..., 1:][batch.counts], ~broken[..., 1:][batch.counts])
    cut = batch.counts & (broken.sum(-1) == 1)  # the third row is the one
    assert torch.equal(batch.last.reward[cut], torch.full_like(batch.last.reward[cut], 103.0))


def test_a_step_with_other_parts_than_the_first_is_refused() -> None:
    """The parts that are missing would keep what stood in their place before."""
    replay = filled(300, 2)
    with pytest.raises(BadInput, match="differs from the first that was stored in what it has: valid"):
        replay.add(replace(labelled_step(2), valid=torch.ones(2, 3, dtype=torch.bool)), torch.ones(2, 3))
