"""Trajectories: steps of an episode are connected, a learner has its own, scripted ones are as written."""

import numpy as np
import pytest
import torch

from bandits.trial.contract.observation_models import huge_observation_models, observation_models
from bandits.trial.contract.trajectories import ACTIONS, STATES, Row, endless_walk, episode, random_trajectory, scripted


def test_random_episodes_hang_together_and_end_both_ways():
    trajectory = random_trajectory([0, 1], envs=3, steps=200, seed=1)
    ended = trajectory.terminated | trajectory.truncated
    follows = trajectory.state[:, :, 1:] == trajectory.successor[:, :, :-1]
    assert follows[~ended[:, :, :-1]].all()
    # Where an episode begins has nothing to do with where the last one ended, but one time in STATES.
    assert follows[ended[:, :, :-1]].mean() == pytest.approx(1 / STATES, abs=0.06)
    assert not (trajectory.terminated & trajectory.truncated).any()
    assert trajectory.terminated.mean() == pytest.approx(0.075, abs=0.03)
    assert trajectory.truncated.mean() == pytest.approx(0.075, abs=0.03)
    assert ended[:, :, -1].all()


def test_a_learner_has_its_own_trajectory_in_any_company():
    both, alone = random_trajectory([3, 5], 2, 20, seed=1), random_trajectory([5], 2, 20, seed=1)
    for name in ("state", "action", "reward", "successor", "terminated"):
        np.testing.assert_array_equal(getattr(both, name)[1], getattr(alone, name)[0])
    assert not np.array_equal(both.state[0], both.state[1])


def test_a_scripted_trajectory_is_as_written():
    trajectory = scripted([*episode([4, 5, 6], "truncated"), Row(7, 8, real=False)], episode([1, 2, 3, 1]), learners=2)
    assert trajectory.state[1].tolist() == [[4, 5, 7], [1, 2, 3]]
    assert trajectory.successor[0].tolist() == [[5, 6, 8], [2, 3, 1]]
    assert trajectory.truncated[0].tolist() == [[False, True, False], [False, False, False]]
    assert trajectory.terminated[0].tolist() == [[False, False, False], [False, False, True]]
    assert trajectory.valid[0].tolist() == [[True, True, False], [True, True, True]]
    assert trajectory.action[0].tolist() == [[0, 2, 0], [0, 2, 1]]
    assert not endless_walk([0, 1, 0], 1, 2).terminated.any()


@pytest.mark.parametrize("kind", observation_models())
def test_observations_of_states_differ_and_belong_to_their_space(kind):
    model = observation_models()[kind]
    step = model.step(endless_walk([3, 8, 3], 2, 3), 0)
    assert torch.equal(step.observation, model.rows[torch.full((2, 3), 3)])
    assert torch.equal(step.next_observation, model.rows[torch.full((2, 3), 8)])
    assert len(model.rows.unique(dim=0)) == STATES
    assert model.action_space.contains(step.action[0, 0].numpy())
    assert torch.equal(step.action[0, 0], model.actions[(3 + 8) % ACTIONS])


def test_batches_lay_the_slots_side_by_side():
    model, trajectory = observation_models()["categories"], random_trajectory([0, 1], 2, 5, seed=1)
    batch = model.batch(trajectory, [1, 3])
    assert batch.observation[1, :, 0].tolist() == trajectory.state[1][:, [1, 3]].reshape(-1).tolist()


def test_huge_observations_are_huge():
    assert huge_observation_models()["numbers"].rows.square().isinf().any()
    assert (huge_observation_models()["picture"].rows == 255).all()
