"""Stacked convolutions against a plain convolution in NumPy, and the bonuses that use them."""

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.rnd import RND
from explore.core.plugins import make_bonus
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.networks.convolution import FILTERS, StackedConvolutions, depth

ACTIONS = gym.spaces.Discrete(3)
IMAGES = {
    "channels last": gym.spaces.Box(0, 255, (7, 9, 3), np.uint8),
    "channels first": gym.spaces.Box(0, 255, (2, 9, 7), np.uint8),
}


def plain_convolution(network, learner, image):
    """One image `(channels, height, width)` through one learner's layers, sum by sum."""
    filters = slice(learner * FILTERS, (learner + 1) * FILTERS)
    for weight, bias in zip(network.weights, network.biases, strict=True):
        kernel, padded = weight[filters].detach().double().numpy(), np.pad(image, ((0, 0), (1, 1), (1, 1)))
        height, width = -(-image.shape[1] // 2), -(-image.shape[2] // 2)
        seen = np.zeros((FILTERS, height, width))
        for row in range(height):
            for column in range(width):
                patch = padded[:, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
                seen[:, row, column] = (kernel * patch).sum((1, 2, 3)) + bias[filters].detach().double().numpy()
        image = np.maximum(seen, 0)
    return image.reshape(-1)


def random_transitions(space, learners=2, batch=3, seed=0):
    """Random transitions between images."""
    random = torch.Generator().manual_seed(seed)
    rows = torch.randint(0, 256, (2, learners, batch, int(np.prod(space.shape))), generator=random, dtype=torch.uint8)
    action = torch.randint(0, 3, (learners, batch), generator=random)
    no = torch.zeros(learners, batch, dtype=torch.bool)
    return Transitions(rows[0], action, no.float(), rows[1], no, no)


@pytest.mark.parametrize("space", IMAGES.values(), ids=IMAGES)
def test_each_learners_image_goes_through_its_own_filters(space):
    encoder = Encoder(space)
    network = StackedConvolutions(
        encoder.image_shape, seed=0, name="network", learners=[4, 1], channels_first=encoder.channels_first
    )
    with torch.no_grad():
        network.biases[0].uniform_(-0.1, 0.1, generator=torch.Generator().manual_seed(0))
    batch = np.random.default_rng(0).random((2, 3, *space.shape)).astype(np.float32)
    seen = network(torch.from_numpy(batch.reshape(2, 3, -1))).detach()
    assert seen.shape == (2, 3, network.outputs)
    for learner in range(2):
        for item in range(3):
            image = batch[learner, item] if encoder.channels_first else batch[learner, item].transpose(2, 0, 1)
            np.testing.assert_allclose(
                seen[learner, item], plain_convolution(network, learner, image), rtol=1e-4, atol=1e-6
            )


@pytest.mark.parametrize(("side", "layers", "last"), [(3, 0, 3), (4, 0, 4), (7, 1, 4), (42, 4, 3), (84, 4, 6)])
def test_layers_halve_the_image_down_to_four_pixels(side, layers, last):
    assert depth(side, side) == depth(side, 2 * side) == layers
    network = StackedConvolutions((side, side, 1), seed=0, name="network", learners=[0])
    assert network.outputs == last**2 * (FILTERS if layers else 1)


@pytest.mark.parametrize("name", ["rnd", "icm", "disagreement", "ride", "noveld", "ngu", "e3b", "re3"])
def test_every_network_of_a_bonus_encodes_images_by_convolutions(name):
    bonus = make_bonus(f"{name}:hidden=8,features=4", IMAGES["channels last"], ACTIONS, learners=2, envs=3)
    networks = [part for part in bonus.modules() if isinstance(part, StackedConvolutions)]
    assert len(networks) == {"rnd": 2, "noveld": 2, "ngu": 3}.get(name, 1)
    step = random_transitions(IMAGES["channels last"])
    before = [parameter.clone() for part in networks for parameter in part.parameters()]
    paid = bonus.score(step, bonus.observe(step))
    assert (paid.shape, bool(paid.isfinite().all())) == ((2, 3), True)
    bonus.learn(step)
    after = [parameter for part in networks for parameter in part.parameters()]
    moved = {id(new): not torch.equal(old, new) for old, new in zip(before, after, strict=True)}
    assert all(moved[id(parameter)] == parameter.requires_grad for parameter in after)


def test_a_learner_sees_and_learns_the_same_alone():
    company, alone = (
        RND(IMAGES["channels last"], ACTIONS, learners=names, envs=3, hidden=8, features=4)
        for names in ([0, 5, 2], [5])
    )
    for seed in range(15):
        step = random_transitions(IMAGES["channels last"], learners=3, seed=seed)
        for bonus, part in ((company, step), (alone, step.select(slice(1, 2)))):
            bonus.observe(part)
            bonus.learn(part)
    torch.testing.assert_close(company.score(step)[1:2], alone.score(step.select(slice(1, 2))), rtol=1e-4, atol=1e-6)


def test_an_image_that_was_seen_is_known_and_its_mirror_image_is_not():
    """What a network of filters is for: the same pixels elsewhere are another image."""
    space = gym.spaces.Box(0, 255, (12, 12, 1), np.uint8)
    bonus = RND(space, ACTIONS, scale="none", first_visit=False, learns_from="drawn", learning_rate=1e-3)
    seen = torch.zeros(1, 8, 12, 12, dtype=torch.uint8)
    seen[:, :, 2:5, 1:4] = torch.randint(
        100, 256, (1, 8, 3, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8
    )
    step, mirrored = random_transitions(space, 1, 8), random_transitions(space, 1, 8)
    step, mirrored = (
        Transitions(rows.flatten(2), part.action, part.reward, rows.flatten(2), part.terminated, part.truncated)
        for rows, part in ((seen, step), (seen.flip(3), mirrored))
    )
    for _ in range(150):
        bonus.learn(step)
    assert bonus.score(mirrored).mean() > 5 * bonus.score(step).mean()
