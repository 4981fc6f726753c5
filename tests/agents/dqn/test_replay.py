"""Replay against a plain list of what happened."""

import pytest
import torch

from agents.dqn.replay import Replay
from explore.core.transitions import Transitions
from explore.numerics.streams import Streams


def happened(time: int, ended: bool = False, learners: int = 2, envs: int = 3) -> Transitions:
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
        replay.add(happened(time, time in ends), torch.full((2, 3), float(time)))
    return replay


def test_a_window_is_consecutive_steps_of_one_slot_of_its_learner() -> None:
    windows = filled(300, 8).sample(50, 3, Streams(0, "replay", [0, 1]))
    rewards = windows.transitions.reward.view(2, 50, 3)
    assert torch.equal(rewards[..., 1:] - rewards[..., :-1], torch.ones(2, 50, 2))
    assert torch.equal(rewards.div(100).floor()[..., 0], torch.tensor([[0.0], [1.0]]).expand(2, 50))
    assert torch.equal(windows.episodic.view(2, 50, 3), rewards % 10)
    assert torch.equal(windows.first.reward, rewards[..., 0])


def test_a_window_lives_until_its_episode_ends() -> None:
    windows = filled(300, 8, ends=(4,)).sample(200, 3, Streams(0, "replay", [0, 1]))
    times = windows.transitions.reward.view(2, 200, 3) % 10
    past_the_end = (times > 4) & (times[..., :1] <= 4)
    assert past_the_end.any()
    assert torch.equal(windows.live, ~past_the_end)


def test_every_window_that_is_held_is_drawn_and_no_other() -> None:
    drawn = filled(3 * 5, 12).sample(2000, 2, Streams(0, "replay", [0, 1])).episodic.view(2, 2000, 2)
    assert drawn[..., 0].unique().tolist() == [7.0, 8.0, 9.0, 10.0]
    assert drawn[..., 1].unique().tolist() == [8.0, 9.0, 10.0, 11.0]


def test_a_learner_draws_the_same_alone_and_in_company() -> None:
    together = filled(300, 8).sample(20, 3, Streams(0, "replay", [0, 1]))
    alone = Replay(300, 3)
    for time in range(8):
        alone.add(happened(time).select(slice(1, 2)), torch.full((1, 3), float(time)))
    drawn = alone.sample(20, 3, Streams(0, "replay", [1]))
    assert torch.equal(drawn.transitions.reward[0], together.transitions.reward[1])


@pytest.mark.parametrize(("capacity", "length"), [(30, 10), (1, 2)])
def test_capacity_counts_transitions_of_a_learner(capacity: int, length: int) -> None:
    replay = filled(capacity, 40)
    assert len(replay) == length
