"""The compiled Adam against PyTorch's."""

import copy

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.encoding.observations import Encoder
from explore.networks.adam import StackedAdam
from explore.networks.stacked import StackedMLP

CATEGORIES = [5, 3, 4]
ENCODER = Encoder(gym.spaces.MultiDiscrete(CATEGORIES))


def made(compiled: bool = True, source=ENCODER) -> tuple[StackedMLP, StackedAdam]:
    net = StackedMLP(source, (6,), 2, seed=3, name="n", learners=[0, 1, 2])
    # An ε at which a gradient that is rounding alone moves nothing.
    return net, StackedAdam(net, lr=1e-2, eps=1e-3, compiled=compiled)


def rows(time: int, few: bool = False) -> torch.Tensor:
    random = np.random.default_rng(time)
    return torch.from_numpy(random.integers([2, 2, 2] if few else CATEGORIES, size=(3, 9, 3)).astype(np.uint8))


def learn(net: StackedMLP, adam: StackedAdam, time: int, few: bool = False) -> None:
    adam.zero_grad()
    (net(rows(time, few)) - 1).square().sum().backward()
    adam.step()


def test_equal_gradients_move_parameters_and_moments_as_pytorch_does() -> None:
    (ours, compiled), (theirs, reference) = made(), made(compiled=False)
    generator = torch.Generator().manual_seed(0)
    for _ in range(6):
        for part, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            part.grad = torch.randn(part.shape, generator=generator)
            other.grad = part.grad.clone()
        compiled.step()
        reference.step()
    for part, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(part, other, rtol=1e-5, atol=1e-6)
        for name in ("exp_avg", "exp_avg_sq", "step"):
            torch.testing.assert_close(compiled.state[part][name], reference.state[other][name], rtol=1e-5, atol=1e-7)


def test_only_rows_of_codes_that_were_met_move_and_they_go_on_moving() -> None:
    """As the dense Adam of PyTorch: a row with moments moves in a step in which it has no gradient."""
    (ours, compiled), (theirs, reference) = made(), made(compiled=False)
    before = ours.layers[0].weight.detach().clone()
    for time in range(4):
        learn(ours, compiled, time, few=True)
        learn(theirs, reference, time, few=True)
    assert ours.layers[0].row_gradient.owns(ours.layers[0].weight.grad)
    moved = (ours.layers[0].weight != before).any(-1)
    assert moved[0].tolist() == [True, True, False, False, False, True, True, False, True, True, False, False]
    for _ in range(4):
        for net, adam in ((ours, compiled), (theirs, reference)):
            adam.zero_grad()
            (net(torch.full((3, 9, 3), 2, dtype=torch.uint8)) - 1).square().sum().backward()
            adam.step()
    torch.testing.assert_close(ours.layers[0].weight, theirs.layers[0].weight, rtol=1e-4, atol=1e-5)


def test_a_gradient_that_pytorch_made_reaches_every_row() -> None:
    (ours, compiled), (theirs, reference) = made(), made(compiled=False)
    learn(ours, compiled, 0, few=True)
    learn(theirs, reference, 0, few=True)
    ours.compiled = False
    for time in range(1, 4):
        learn(ours, compiled, time)
        learn(theirs, reference, time)
    for part, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(part, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", [True, False], ids=["into the compiled", "into PyTorch's"])
def test_a_state_goes_on_as_if_nothing_had_happened(kind) -> None:
    net, adam = made()
    for time in range(3):
        learn(net, adam, time, few=True)
    other, loaded = made(compiled=kind)
    for time in range(50, 52):
        learn(other, loaded, time)
    other.load_state_dict(net.state_dict())
    loaded.load_state_dict(copy.deepcopy(adam.state_dict()))
    for time in range(3, 6):
        learn(net, adam, time)
        learn(other, loaded, time)
    for part, theirs in zip(net.parameters(), other.parameters(), strict=True):
        if kind:
            assert torch.equal(part, theirs)
        else:
            torch.testing.assert_close(part, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_learner_moves_exactly_the_same_whatever_the_threads(threads, monkeypatch) -> None:
    single, one = made()
    for time in range(3):
        learn(single, one, time)
    monkeypatch.setattr("explore.numerics.threads._cores", lambda: threads)
    monkeypatch.setattr("torch.get_num_threads", lambda: threads)
    net, adam = made()
    for time in range(3):
        learn(net, adam, time)
    for part, theirs in zip(net.parameters(), single.parameters(), strict=True):
        assert torch.equal(part, theirs)


def test_a_users_own_module_is_moved_too() -> None:
    """Parameters of any shape, without learners."""
    nets = [torch.nn.Linear(4, 3) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    adams = [StackedAdam(net, lr=1e-2, compiled=compiled) for net, compiled in zip(nets, (True, False), strict=True)]
    for _ in range(3):
        for net, adam in zip(nets, adams, strict=True):
            adam.zero_grad()
            net(torch.ones(2, 4)).square().sum().backward()
            adam.step()
    for part, other in zip(*(net.parameters() for net in nets), strict=True):
        torch.testing.assert_close(part, other)


def test_moments_that_have_faded_become_zero_and_move_nothing() -> None:
    """Without a gradient m falls by a tenth with each step, to where float32 has but few bits left, and stays there."""
    (ours, compiled), (theirs, reference) = made(), made(compiled=False)
    for net, adam in ((ours, compiled), (theirs, reference)):
        learn(net, adam, 0)
        for _ in range(900):
            for part in net.parameters():
                part.grad = torch.zeros_like(part)
            adam.step()
    assert (reference.state[theirs.layers[0].weight]["exp_avg"] != 0).any()
    for part in ours.parameters():
        assert (compiled.state[part]["exp_avg"] == 0).all()
    for part, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(part, other, rtol=1e-5, atol=1e-6)


def test_a_scalar_parameter_is_moved_too() -> None:
    nets = [torch.nn.ParameterList([torch.tensor(1.0), torch.ones(4, 3)]) for _ in range(2)]
    for net, compiled in zip(nets, (True, False), strict=True):
        adam = StackedAdam(net, lr=1e-2, compiled=compiled)
        (net[0] * net[1].square().sum()).backward()
        adam.step()
    for part, other in zip(*nets, strict=True):
        torch.testing.assert_close(part, other)
