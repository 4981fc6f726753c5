"""The stories: episodes hang together, learners keep their own, scripts say what is written, scenes tell it."""

import numpy as np
import pytest
import torch

from bandits.trial.contract.scripts import ACTIONS, STATES, Row, episode, huge_scenes, path, scenes, script, wander


def test_random_episodes_hang_together_and_end_both_ways():
    story = wander([0, 1], envs=3, steps=200, seed=1)
    ended = story.terminated | story.truncated
    follows = story.state[:, :, 1:] == story.successor[:, :, :-1]
    assert follows[~ended[:, :, :-1]].all()
    # Where an episode begins has nothing to do with where the last one ended, but one time in STATES.
    assert follows[ended[:, :, :-1]].mean() == pytest.approx(1 / STATES, abs=0.06)
    assert not (story.terminated & story.truncated).any()
    assert story.terminated.mean() == pytest.approx(0.075, abs=0.03)
    assert story.truncated.mean() == pytest.approx(0.075, abs=0.03)
    assert ended[:, :, -1].all()


def test_a_learner_lives_its_own_story_in_any_company():
    both, alone = wander([3, 5], 2, 20, seed=1), wander([5], 2, 20, seed=1)
    for name in ("state", "action", "reward", "successor", "terminated"):
        np.testing.assert_array_equal(getattr(both, name)[1], getattr(alone, name)[0])
    assert not np.array_equal(both.state[0], both.state[1])


def test_a_script_says_what_is_written():
    story = script([*episode([4, 5, 6], "truncated"), Row(7, 8, real=False)], episode([1, 2, 3, 1]), learners=2)
    assert story.state[1].tolist() == [[4, 5, 7], [1, 2, 3]]
    assert story.successor[0].tolist() == [[5, 6, 8], [2, 3, 1]]
    assert story.truncated[0].tolist() == [[False, True, False], [False, False, False]]
    assert story.terminated[0].tolist() == [[False, False, False], [False, False, True]]
    assert story.valid[0].tolist() == [[True, True, False], [True, True, True]]
    assert story.action[0].tolist() == [[0, 2, 0], [0, 2, 1]]
    assert not path([0, 1, 0], 1, 2).terminated.any()


@pytest.mark.parametrize("kind", scenes())
def test_scenes_tell_of_observations_that_differ_and_belong_to_their_space(kind):
    scene = scenes()[kind]
    step = scene.step(path([3, 8, 3], 2, 3), 0)
    assert torch.equal(step.observation, scene.rows[torch.full((2, 3), 3)])
    assert torch.equal(step.next_observation, scene.rows[torch.full((2, 3), 8)])
    assert len(scene.rows.unique(dim=0)) == STATES
    assert scene.action_space.contains(step.action[0, 0].numpy())
    assert torch.equal(step.action[0, 0], scene.actions[(3 + 8) % ACTIONS])


def test_batches_lay_the_slots_side_by_side():
    scene, story = scenes()["categories"], wander([0, 1], 2, 5, seed=1)
    batch = scene.batch(story, [1, 3])
    assert batch.observation[1, :, 0].tolist() == story.state[1][:, [1, 3]].reshape(-1).tolist()


def test_huge_observations_are_huge():
    assert huge_scenes()["numbers"].rows.square().isinf().any()
    assert (huge_scenes()["picture"].rows == 255).all()
