"""Disagreement against NumPy's variance of plain forward models."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.disagreement import Disagreement

BOX, DISCRETE, CONTINUOUS = gym.spaces.Box(-np.inf, np.inf, (4,)), gym.spaces.Discrete(3), gym.spaces.Box(-1, 1, (2,))
SMALL = {"hidden": 16, "features": 6, "models": 4, "scale": "none", "first_visit": False, "beta": 1}


@pytest.mark.parametrize("actions", [DISCRETE, CONTINUOUS], ids=["discrete", "continuous"])
def test_variance_over_the_models_by_hand(vectors, plain, actions):
    bonus = Disagreement(BOX, actions, learners=2, **SMALL)
    taken = torch.rand(2, 5, 2, generator=torch.Generator().manual_seed(0)) if actions is CONTINUOUS else None
    batch = vectors(2, 5, 4, action=taken)
    for learner in range(2):
        action = batch.action[learner].numpy()
        code = np.eye(3)[action] if action.ndim == 1 else action
        before = plain(bonus.embedding, learner, batch.observation[learner].clamp(-5, 5))
        read = np.concatenate([before, code], -1)
        predictions = np.stack([plain(bonus.ensemble, learner * 4 + model, read) for model in range(4)])
        np.testing.assert_allclose(bonus.score(batch)[learner], predictions.var(0).sum(-1), rtol=1e-3)


def test_a_fair_coin_stops_paying_where_the_error_of_one_model_does_not(vectors):
    """s′ is noise: the models agree on its mean, though none foresees it."""
    bonus = Disagreement(BOX, DISCRETE, **{**SMALL, "learning_rate": 3e-3})
    fixed = vectors(1, 64, 4)
    first = bonus.score(fixed).mean().item()
    for seed in range(400):
        noise = vectors(1, 64, 4, seed + 1)
        loss = bonus.learn(vectors(1, 64, 4, next_observation=noise.next_observation))["forward"].item()
    assert bonus.score(fixed).mean().item() < 0.1 * first
    assert loss > 5 * bonus.score(fixed).mean().item()


def test_the_embedding_is_fixed_and_learners_are_the_same_alone(vectors):
    company, alone = (
        Disagreement(BOX, DISCRETE, learners=[0, 5, 2], **SMALL),
        Disagreement(BOX, DISCRETE, learners=[5], **SMALL),
    )
    fixed = [part.clone() for part in company.embedding.parameters()]
    for seed in range(20):
        step = vectors(3, 6, 4, seed)
        company.learn(step)
        alone.learn(step.select(slice(1, 2)))
    torch.testing.assert_close(company.score(step)[1:2], alone.score(step.select(slice(1, 2))), rtol=1e-3, atol=1e-6)
    assert all(torch.equal(*pair) for pair in zip(fixed, company.embedding.parameters(), strict=True))
