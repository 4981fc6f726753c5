"""RND against networks and a return filter in plain NumPy."""

import gymnasium as gym
import numpy as np
import torch

from explore.bonuses.rnd import RND

BOX, ACTIONS = gym.spaces.Box(-np.inf, np.inf, (4,)), gym.spaces.Discrete(3)
SMALL = {"hidden": 16, "features": 8}


def test_novelty_is_the_squared_distance_of_two_networks(vectors, plain):
    bonus = RND(BOX, ACTIONS, learners=2, beta=2, scale="none", **SMALL)
    batch = vectors(2, 5, 4)
    for learner in range(2):
        x = batch.next_observation[learner].clamp(-5, 5)
        gap = plain(bonus.distillation.predictor, learner, x) - plain(bonus.distillation.target, learner, x)
        np.testing.assert_allclose(bonus.score(batch)[learner], 2 * (gap**2).sum(-1), rtol=1e-4)


def test_divided_by_the_deviation_of_the_discounted_return_of_each_slot(vectors):
    """The filter runs along time, through the ends of episodes, and is not centred."""
    bonus = RND(
        BOX,
        ACTIONS,
        learners=2,
        envs=3,
        beta=1,
        discount=0.9,
        scale="rnd",
        first_visit=False,
        learns_from="drawn",
        **SMALL,
    )
    ended = torch.tensor([[True, False, True]] * 2)
    returns, filtered = np.zeros((2, 3)), []
    for seed in range(12):
        step = vectors(2, 3, 4, seed, terminated=ended)
        bonus.observe(step)
        returns = 0.9 * returns + bonus.novelty(step).detach().numpy()
        filtered.append(returns)
    deviation = np.stack(filtered, 1).reshape(2, -1).std(1)
    probe = vectors(2, 6, 4, 99)
    expected = bonus.novelty(probe).detach().numpy() / deviation[:, None]
    np.testing.assert_allclose(bonus.score(probe), expected, rtol=1e-5)


def test_only_the_predictor_learns_and_only_what_it_was_shown(vectors):
    bonus = RND(BOX, ACTIONS, learners=2, scale="none", learns_from="drawn", learning_rate=1e-3, **SMALL)
    fixed = [part.clone() for part in bonus.distillation.target.parameters()]
    seen, unseen = vectors(2, 8, 4), vectors(2, 64, 4, 1)
    before = bonus.score(seen).mean(1)
    losses = [bonus.learn(seen)["distillation"] for _ in range(300)]
    assert (bonus.score(seen).mean(1) < 0.05 * before).all()
    assert (bonus.score(unseen).mean(1) > 5 * bonus.score(seen).mean(1)).all()
    torch.testing.assert_close(losses[0] * bonus.settings.beta, before)
    assert all(
        torch.equal(one, other) for one, other in zip(fixed, bonus.distillation.target.parameters(), strict=True)
    )


def test_a_learner_learns_the_same_alone(vectors):
    company = RND(BOX, ACTIONS, learners=[0, 5, 2], envs=8, **SMALL)
    alone = RND(BOX, ACTIONS, learners=[5], envs=8, **SMALL)
    for seed in range(20):
        step = vectors(3, 8, 4, seed)
        for bonus, part in ((company, step), (alone, step.select(slice(1, 2)))):
            bonus.observe(part)
            bonus.learn(part)
    torch.testing.assert_close(company.score(step)[1:2], alone.score(step.select(slice(1, 2))), rtol=1e-4, atol=1e-6)


def test_idle_rows_teach_nothing(vectors):
    full, part = (RND(BOX, ACTIONS, scale="none", learns_from="drawn", **SMALL) for _ in range(2))
    rows = vectors(1, 4, 4)
    valid = torch.tensor([[True, False, True, True]])
    idle = vectors(1, 4, 4, valid=valid, next_observation=rows.next_observation.masked_fill(~valid[..., None], 1e9))
    for _ in range(3):
        full.learn(rows.select((slice(None), valid[0])))
        part.learn(idle)
    torch.testing.assert_close(full.score(rows), part.score(rows), rtol=1e-4, atol=1e-7)


def test_goes_on_from_its_state_as_if_nothing_had_happened(vectors):
    one, other = (RND(BOX, ACTIONS, envs=8, **SMALL) for _ in range(2))
    for seed in range(10):
        one.observe(vectors(1, 8, 4, seed))
        one.learn(vectors(1, 8, 4, seed))
    other.load_state_dict(one.state_dict())
    for bonus in (one, other):
        for seed in range(10, 15):
            bonus.observe(vectors(1, 8, 4, seed))
            bonus.learn(vectors(1, 8, 4, seed))
    assert torch.equal(one.score(vectors(1, 8, 4)), other.score(vectors(1, 8, 4)))
