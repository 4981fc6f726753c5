"""Comparing to the last bit: whatever an object holds is found, and the global random state is left as it was."""

import random
from collections import deque

import numpy as np
import pytest
import torch

from bandits.trial.comparison import changed, contents, difference, fixed_random_state, global_streams


class Thing:
    def __init__(self):
        self.tensor = torch.zeros(2, 3)
        self.half = torch.ones(3, dtype=torch.bfloat16)
        self.array = np.arange(4.0)
        self.numbers = {"a": [1, 2.0, None], 3: {"x", "y"}}
        self.recent = deque([1])
        self.numpy = np.random.default_rng(0)
        self.plain = random.Random(0)
        self.torch = torch.Generator().manual_seed(0)
        self.module = torch.nn.Linear(2, 2)
        self.itself = self


CHANGES = {
    "tensor": lambda thing: thing.tensor.view(-1)[5:].fill_(-0.0),
    "half": lambda thing: thing.half.mul_(2),
    "array": lambda thing: thing.array.__setitem__(3, np.nan),
    "numbers[a][1]": lambda thing: thing.numbers["a"].__setitem__(1, 2),
    "numbers[3]": lambda thing: thing.numbers[3].add("z"),
    "numbers[b]": lambda thing: thing.numbers.update(b=0),
    "recent[1]": lambda thing: thing.recent.append(2),
    "numpy": lambda thing: thing.numpy.random(),
    "plain": lambda thing: thing.plain.random(),
    "torch": lambda thing: torch.rand(1, generator=thing.torch),
    "module._parameters[bias]": lambda thing: thing.module.bias.data.add_(1e-7),
}


@pytest.mark.parametrize("place", CHANGES)
def test_any_change_is_found_where_it_is(place):
    thing = Thing()
    before = contents(thing)
    assert changed(before, contents(thing)) is None
    CHANGES[place](thing)
    assert changed(before, contents(thing)) == place


def test_differences_are_relative_to_the_largest_and_nan_equals_nan():
    one = {"a": torch.tensor([1e3, torch.nan]), "b": torch.tensor([1.0])}
    near = {"a": torch.tensor([1e3 + 0.05, torch.nan]), "b": torch.tensor([1.0])}
    assert difference(one, one) is None
    assert difference(one, near) == "a differs by 0.05"
    assert difference(one, near, 1e-4) is None
    assert difference(one, {"a": torch.tensor([torch.nan, 1e3]), "b": one["b"]}, 1.0) == "a differs by inf"
    assert "of shape (2, 1) instead of (2,)" in str(difference(one, {**one, "a": one["a"].unsqueeze(1)}))
    assert difference(one, {"a": one["a"]}) == "b is given only once"


def test_settled_begins_alike_and_leaves_no_trace():
    def draw():
        return torch.rand(1).item(), np.random.random(), random.random()  # noqa: NPY002

    before, threads = contents(global_streams()), torch.get_num_threads()
    drawn = []
    for seed in (1, 1, 2):
        with fixed_random_state(seed):
            drawn.append(draw())
            assert torch.get_num_threads() == 1
    assert drawn[0] == drawn[1]
    assert not set(drawn[1]) & set(drawn[2])
    assert changed(before, contents(global_streams())) is None
    assert torch.get_num_threads() == threads
