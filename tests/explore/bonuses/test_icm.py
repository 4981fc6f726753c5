"""ICM against a plain NumPy forward pass and finite differences of its loss."""

from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.icm import ICM
from explore.core.transitions import Transitions

BOX, DISCRETE, CONTINUOUS = gym.spaces.Box(-np.inf, np.inf, (4,)), gym.spaces.Discrete(3), gym.spaces.Box(-1, 1, (2,))
SMALL = {"hidden": 7, "features": 5}


def made(actions=DISCRETE, learners=2, **settings):
    return ICM(
        BOX, actions, learners=learners, **{"scale": "none", "first_visit": False, "beta": 1, **SMALL, **settings}
    )


def taken(actions, learners=2, batch=6):
    generator = torch.Generator().manual_seed(8)
    return torch.rand(learners, batch, 2, generator=generator) if actions is CONTINUOUS else None


def by_hand(bonus, batch, learner, plain):
    """½‖f(φ(s), a) − φ(s′)‖² and the loss of the inverse model, per transition."""
    before, after = (
        plain(bonus.embedding, learner, rows[learner].clamp(-5, 5))
        for rows in (batch.observation, batch.next_observation)
    )
    action = batch.action[learner].numpy()
    code = np.eye(3)[action] if action.ndim == 1 else action.astype(np.float64)
    foreseen = plain(bonus.forward_model, learner, np.concatenate([before, code], -1))
    guessed = plain(bonus.inverse, learner, np.concatenate([before, after], -1))
    if action.ndim == 1:
        inverse = np.log(np.exp(guessed).sum(-1)) - (guessed * code).sum(-1)
    else:
        inverse = ((guessed - code) ** 2).mean(-1)
    return ((foreseen - after) ** 2).sum(-1) / 2, inverse


@pytest.mark.parametrize("actions", [DISCRETE, CONTINUOUS], ids=["discrete", "continuous"])
def test_bonus_and_losses_by_hand(vectors, plain, actions):
    bonus, batch = made(actions), vectors(2, 6, 4, action=taken(actions))
    losses = {name: loss.detach() for name, loss in bonus.losses(batch).items()}
    for learner in range(2):
        surprise, inverse = by_hand(bonus, batch, learner, plain)
        np.testing.assert_allclose(bonus.score(batch)[learner], surprise, rtol=1e-4)
        np.testing.assert_allclose(losses["inverse"][learner], 0.8 * inverse, rtol=1e-4)
        np.testing.assert_allclose(losses["forward"][learner], 0.2 * surprise, rtol=1e-4)


@pytest.mark.parametrize("actions", [DISCRETE, CONTINUOUS], ids=["discrete", "continuous"])
def test_gradients_by_finite_differences(vectors, plain, actions):
    """Every network learns from the whole loss, φ from both terms, each learner from its own mean."""
    bonus, batch, width = made(actions), vectors(2, 6, 4, action=taken(actions)), 1e-5
    bonus.optimiser.compiled = False  # which leaves no gradients; `test_learned` holds it against this
    weights = {name: part.detach().clone() for name, part in bonus.named_parameters()}
    bonus.learn(batch)
    gradients = {name: part.grad.clone() for name, part in bonus.named_parameters()}
    bonus.double()
    with torch.no_grad():
        for name, part in bonus.named_parameters():
            part.copy_(weights[name])

    def loss(learner):
        surprise, inverse = by_hand(bonus, batch, learner, plain)
        return (0.8 * inverse + 0.2 * surprise).mean()

    random = np.random.default_rng(0)
    for name, part in bonus.named_parameters():
        for learner in range(2):
            for place in random.integers(part[learner].numel(), size=4):
                with torch.no_grad():
                    entry = part[learner].view(-1)[place : place + 1]
                    entry += width
                    above = loss(learner)
                    entry -= 2 * width
                    slope = (above - loss(learner)) / (2 * width)
                    entry += width
                assert gradients[name][learner].view(-1)[place].item() == pytest.approx(slope, rel=1e-3, abs=1e-5), name


@pytest.mark.slow
def test_the_inverse_model_learns_what_actions_do():
    """s′ = s + direction(a): the action can be read off two observations, and the forward model foresees the step."""
    bonus = made(learners=2, hidden=32, features=8, learning_rate=3e-3)
    random = torch.Generator().manual_seed(0)
    directions = torch.eye(4)[:3] * 2

    def step(batch):
        action = torch.randint(0, 3, (2, batch), generator=random)
        observation = torch.rand(2, batch, 4, generator=random)
        no = torch.zeros(2, batch, dtype=torch.bool)
        return Transitions(observation, action, no.float(), observation + directions[action], no, no)

    first = bonus.learn(step(64))
    for _ in range(300):
        last = bonus.learn(step(64))
    assert (last["inverse"] < 0.1 * first["inverse"]).all()
    known = step(64)
    other_way = known.observation + directions[(known.action + 1) % 3]
    swapped = replace(known, next_observation=other_way)
    assert (bonus.score(swapped).mean(1) > 5 * bonus.score(known).mean(1)).all()


def test_a_learner_learns_the_same_alone(vectors):
    company, alone = made(learners=[0, 5, 2], scale="mean", envs=6), made(learners=[5], scale="mean", envs=6)
    for seed in range(20):
        step = vectors(3, 6, 4, seed)
        for bonus, part in ((company, step), (alone, step.select(slice(1, 2)))):
            bonus.observe(part)
            bonus.learn(part)
    torch.testing.assert_close(company.score(step)[1:2], alone.score(step.select(slice(1, 2))), rtol=1e-3, atol=1e-6)
