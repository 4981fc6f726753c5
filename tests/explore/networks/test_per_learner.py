"""Modules of a user's own as the networks of a bonus."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.icm import ICM
from explore.bonuses.re3 import RE3
from explore.bonuses.rnd import RND
from explore.errors import BadInput
from explore.networks.per_learner import PerLearner

BOX, ACTIONS = gym.spaces.Box(-np.inf, np.inf, (4,)), gym.spaces.Discrete(3)
PICTURE = gym.spaces.Box(0, 255, (6, 5, 3), np.uint8)


def linear(space, outputs):
    return torch.nn.Linear(int(np.prod(space.shape)), outputs)


def convolution(space, outputs):
    class Pictures(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten())
            self.last = torch.nn.Linear(2 * 4 * 3, outputs)

        def forward(self, pictures):
            assert pictures.shape[1:] == (6, 5, 3)
            return self.last(self.layers(pictures.permute(0, 3, 1, 2)))

    return Pictures()


def test_each_learner_has_its_own_module_the_same_alone_and_the_global_generator_is_left_alone():
    before = torch.get_rng_state()
    company = PerLearner(linear, BOX, 2, seed=0, name="n", learners=[0, 5, 2])
    alone = PerLearner(linear, BOX, 2, seed=0, name="n", learners=[5])
    assert torch.equal(before, torch.get_rng_state())
    rows = torch.randn(3, 7, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(company(rows)[1:2], alone(rows[1:2]))
    assert not torch.equal(company.learners[0].weight, company.learners[1].weight)
    for learner, module in enumerate(company.learners):
        torch.testing.assert_close(company(rows)[learner], rows[learner] @ module.weight.T + module.bias)


@pytest.mark.parametrize("kind", [RND, ICM, RE3])
def test_a_bonus_pays_by_the_users_networks(kind, vectors):
    bonus = kind(BOX, ACTIONS, learners=2, envs=5, features=3, scale="none", first_visit=False, beta=1, network=linear)
    assert any(isinstance(part, torch.nn.Linear) for part in bonus.modules())
    step = vectors(2, 5, 4)
    assert bonus.score(step, bonus.observe(step)).isfinite().all()


def test_rnd_with_linear_networks_by_hand(vectors):
    bonus = RND(BOX, ACTIONS, learners=2, features=3, scale="none", beta=1, network=linear)
    batch = vectors(2, 6, 4)
    parts = (bonus.distillation.predictor, bonus.distillation.target)
    gap = torch.stack([part(batch.next_observation.clamp(-5, 5)) for part in parts]).diff(dim=0)[0]
    torch.testing.assert_close(bonus.score(batch), gap.square().sum(-1).detach())


def test_pictures_keep_their_shape_and_a_score_does_not_depend_on_the_batch():
    bonus = RND(PICTURE, ACTIONS, features=3, network=convolution)
    rows = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (1, 8, 90), dtype=np.uint8))
    inputs = bonus.normalizer(rows)
    whole, single = (bonus.distillation(part) for part in (inputs, inputs[:, :1]))
    torch.testing.assert_close(whole[:, :1], single)


def test_what_is_no_module_or_gives_another_shape_is_refused(vectors):
    with pytest.raises(BadInput, match="factory gave NoneType"):
        RND(BOX, ACTIONS, network=lambda space, outputs: None)
    with pytest.raises(BadInput, match=r"gave shape \(5, 9\): \(batch, outputs\) = \(5, 3\)"):
        RND(BOX, ACTIONS, features=3, network=lambda space, outputs: torch.nn.Linear(4, 9)).score(vectors(1, 5, 4))
