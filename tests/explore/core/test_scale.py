"""What novelty is divided by: the running mean by hand, its memory, and the deviation that keeps everything."""

import numpy as np
import pytest
import torch

from explore.core.scale import FORGETTING, MeanScale, make_scale

ALL = torch.ones(1, 2, dtype=torch.bool)


def by_hand(batches):
    """m after the vector steps' means, one learner."""
    mean = 0.0
    for k, batch in enumerate(batches, 1):
        mean += max(1 / k, 0.001) * (np.mean(batch) - mean)
    return mean


def test_the_mean_weighs_the_kth_vector_step_by_one_in_k_and_never_by_less_than_one_in_a_thousand():
    scale, novelties = MeanScale(1), np.random.default_rng(0).exponential(size=(2500, 2)).astype(np.float32)
    for k, novelty in enumerate(novelties, 1):
        scale.update(torch.from_numpy(novelty)[None], None, ALL)
        if k in (1, 2, 999, 1000, 1001, 2500):
            assert scale.mean.item() == pytest.approx(by_hand(novelties[:k]), rel=1e-6)
    assert FORGETTING == 0.001


def test_idle_rows_and_learners_without_a_transition_leave_it_alone():
    scale = MeanScale(2)
    mask = torch.tensor([[True, False], [False, False]])
    scale.update(torch.tensor([[3.0, torch.nan], [torch.nan, torch.inf]]), None, mask)
    assert scale.mean.tolist() == [3.0, 0.0]
    assert scale.steps.tolist() == [1, 0]
    assert scale.divisor.tolist() == [3.0, 1.0]  # nothing met yet: nothing to divide by


def test_first_errors_of_an_untrained_network_are_forgotten_by_the_mean_and_kept_by_rnds_deviation():
    """Novelty of 100 in the first 50 steps and 1 ± .1 in the next 8,000: what a common state pays afterwards."""
    random = np.random.default_rng(0)
    scales = {name: make_scale(name, 1, 2, 0.99) for name in ("mean", "rnd")}
    for step in range(8050):
        level = 100.0 if step < 50 else 1.0
        novelty = torch.from_numpy(level * random.normal(1, 0.1, (1, 2))).float()
        for scale in scales.values():
            scale.update(novelty, None, ALL)
    assert 1 / scales["mean"].divisor.item() == pytest.approx(1, abs=0.02)
    assert 1 / scales["rnd"].divisor.item() < 0.01


def test_none_divides_by_nothing():
    assert make_scale("none", 1, 2, 0.99) is None


def test_the_compiled_mean_is_that_of_the_tensor_operations():
    compiled, operations, random = MeanScale(3), MeanScale(3), torch.Generator().manual_seed(0)
    for _ in range(1500):
        novelty = torch.rand(3, 4, generator=random)
        mask = torch.rand(3, 4, generator=random) < 0.3
        novelty[~mask] = torch.nan  # an idle row may hold anything
        compiled.update(novelty, None, mask)
        operations.merge(novelty, mask)
    torch.testing.assert_close(compiled.mean, operations.mean, rtol=1e-6, atol=0)
    assert torch.equal(compiled.steps, operations.steps)
