"""The compiled passes against PyTorch's operations and its automatic differentiation."""

import copy

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.networks.stacked import StackedMLP

CATEGORIES = [5, 3, 4, 2, 6, 3]
CODES = Encoder(gym.spaces.MultiDiscrete(CATEGORIES))
LEARNERS = [0, 1, 4]
NUMBERS = 9

inputs = pytest.mark.parametrize("source", [CODES, NUMBERS], ids=["codes", "numbers"])


def network(source, hidden=(16,), norm=False, learners=LEARNERS) -> StackedMLP:
    return StackedMLP(source, hidden, 5, seed=3, name="n", learners=learners, norm=norm)


def rows(source, time: int, batch: int = 11, learners=LEARNERS) -> torch.Tensor:
    """A random input; each learner's is its own, whoever else is present."""
    random = [np.random.default_rng([time, learner]) for learner in learners]
    if source is CODES:
        drawn = [each.integers(CATEGORIES, size=(batch, len(CATEGORIES))).astype(np.uint8) for each in random]
    else:
        drawn = [each.normal(size=(batch, NUMBERS)).astype(np.float32) for each in random]
    return torch.from_numpy(np.stack(drawn))


def gradients(net: StackedMLP, x: torch.Tensor, target: torch.Tensor) -> list[torch.Tensor]:
    net.zero_grad()
    (net(x) - target).square().sum().backward()
    return [part.grad.clone() for part in net.parameters()]


@inputs
@pytest.mark.parametrize(("hidden", "norm"), [((16,), False), ((16, 8), True), ((8, 8, 8), False)], ids=str)
def test_outputs_and_every_gradient_are_those_of_the_operations(source, hidden, norm) -> None:
    compiled = network(source, hidden, norm)
    reference = copy.deepcopy(compiled)
    reference.compiled = False
    x = rows(source, 0)
    target = torch.randn(3, 11, 5, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(compiled(x), reference(x), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(compiled(x), reference(x), rtol=1e-5, atol=1e-5)
    for ours, expected in zip(gradients(compiled, x, target), gradients(reference, x, target), strict=True):
        torch.testing.assert_close(ours, expected, rtol=1e-4, atol=1e-4)
        assert expected.abs().sum() > 0


def test_the_gradient_of_numbers_reaches_the_input() -> None:
    compiled = network(NUMBERS)
    reference = copy.deepcopy(compiled)
    reference.compiled = False
    slopes = []
    for net in (compiled, reference):
        x = rows(NUMBERS, 0).requires_grad_()
        net(x).square().sum().backward()
        slopes.append(x.grad)
    torch.testing.assert_close(slopes[0], slopes[1], rtol=1e-4, atol=1e-5)


def test_two_passes_before_one_step_add_up() -> None:
    """The gradient's memory is used again, but never while it still is a gradient."""
    for source in (CODES, NUMBERS):
        net = network(source)
        target = torch.zeros(3, 11, 5)
        one, other = (gradients(net, rows(source, time), target) for time in (0, 1))
        net.zero_grad()
        for time in (0, 1):
            (net(rows(source, time)) - target).square().sum().backward()
        for part, first, second in zip(net.parameters(), one, other, strict=True):
            torch.testing.assert_close(part.grad, first + second, rtol=1e-5, atol=1e-5)
        net.zero_grad()
        loss = sum((net(rows(source, time)) - target).square().sum() for time in (0, 1))
        loss.backward()
        for part, first, second in zip(net.parameters(), one, other, strict=True):
            torch.testing.assert_close(part.grad, first + second, rtol=1e-5, atol=1e-5)


@inputs
def test_rows_that_are_not_needed_are_zero_and_leave_the_others_alone(source) -> None:
    net, x = network(source), rows(source, 0)
    needed = torch.rand(3, 11, generator=torch.Generator().manual_seed(0)) < 0.4
    needed[1] = False  # nothing of one learner
    with torch.no_grad():
        torch.testing.assert_close(net(x, needed), net(x) * needed[..., None], rtol=1e-5, atol=1e-6)
        assert torch.equal(net(x, torch.ones_like(needed)), net(x))
        assert (net(x, needed)[~needed] == 0).all()


@inputs
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_learner_is_exactly_the_same_alone_and_in_company_whatever_the_threads(source, threads, monkeypatch) -> None:
    monkeypatch.setattr("explore.numerics.threads._cores", lambda: threads)
    monkeypatch.setattr("torch.get_num_threads", lambda: threads)
    company, alone = network(source), network(source, learners=[4])
    x, target = rows(source, 0), torch.ones(3, 11, 5)
    needed = torch.rand(3, 11, generator=torch.Generator().manual_seed(0)) < 0.4
    with torch.no_grad():
        assert torch.equal(company(x)[2:], alone(x[2:]))
        assert torch.equal(company(x, needed)[2:], alone(x[2:], needed[2:]))
    for ours, single in zip(gradients(company, x, target), gradients(alone, x[2:], target[2:]), strict=True):
        assert torch.equal(ours[2:], single)


def test_parameters_that_move_in_memory_are_followed() -> None:
    net, x = network(NUMBERS), rows(NUMBERS, 0)
    with torch.no_grad():
        before = net(x)
        net.double().float()
        assert torch.equal(net(x), before)
        for part in net.parameters():
            part.data = part.data * 2
        assert not torch.equal(net(x), before)
        copied = copy.deepcopy(net)
        after = net(x)
        for part in net.parameters():
            part.zero_()
        assert torch.equal(copied(x), after)


def test_another_precision_goes_through_the_operations() -> None:
    net = network(NUMBERS).double()
    assert net(rows(NUMBERS, 0).double()).dtype == torch.float64


def test_wrong_inputs_are_refused() -> None:
    with pytest.raises(BadInput, match="network of 3 learners with 9 features"):
        network(NUMBERS)(torch.zeros(3, 4, 8))
    with pytest.raises(BadInput, match="network of 3 learners"):
        network(CODES)(torch.zeros(2, 4, 6, dtype=torch.uint8))
    wrong = rows(CODES, 0)
    wrong[1, 2, 3] = CATEGORIES[3]
    with pytest.raises(BadInput, match="category that its space does not"):
        network(CODES)(wrong)
    with torch.no_grad(), pytest.raises(BadInput, match="category that its space does not"):
        network(CODES)(wrong)
