"""Modules whose tables, random streams and optimisers are part of their state."""

import io

import torch

from explore.core.stateful import StatefulModule
from explore.counting.tables import CountTable, EpisodeTable
from explore.numerics.streams import Streams

ONE = torch.tensor([[True]])


class Holder(StatefulModule):
    def __init__(self, seed=0):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(3))
        self.table, self.episode, self.draws = CountTable(), EpisodeTable(1, 1), Streams(seed, "draws", [0, 1])
        self.optimiser = torch.optim.Adam([self.weight])

    def live(self, key):
        self.optimiser.zero_grad()
        (self.weight * self.draws.uniform(3)[0]).sum().backward()
        self.optimiser.step()
        keys = torch.tensor([[key]])
        return self.table.add(keys, ONE).item(), self.episode.add(keys, ONE).item(), self.weight.detach().clone()


def test_every_attribute_with_a_state_is_saved_and_read_back_without_code():
    one, other, file = Holder(), Holder(seed=5), io.BytesIO()
    for key in (3, 3, 4):
        one.live(key)
    other.live(9)
    torch.save(one.state_dict(), file)
    file.seek(0)
    other.load_state_dict(torch.load(file, weights_only=True))
    for key in (3, 4, 9):
        (*mine, weight), (*theirs, their_weight) = one.live(key), other.live(key)
        assert mine == theirs
        assert torch.equal(weight, their_weight)


def test_two_modules_that_share_a_state_share_no_memory():
    one, other = Holder(), Holder()
    one.live(1)
    state = one.state_dict()
    other.load_state_dict(state)
    other.live(1)
    (moments,) = one.optimiser.state.values()
    assert moments["step"].item() == 1
    assert one.table.get(torch.tensor([[1]])).item() == 1
