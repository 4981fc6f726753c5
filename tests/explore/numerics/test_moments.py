"""Running moments against NumPy, and the return scale against a plain filter along time."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explore.errors import BadInput
from explore.numerics.moments import ReturnScale, RunningMoments


@pytest.mark.parametrize("way", ["update", "merge"], ids=["compiled", "tensors"])
@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.floats(-1e4, 1e4), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_moments_agree_with_numpy(way, batches, centre, seed):
    rng = np.random.default_rng(seed)
    data = centre + rng.normal(size=(2, sum(batches), 3)) * [0.1, 1, 50]
    moments = RunningMoments(2, 3)
    for part in np.split(data, np.cumsum(batches)[:-1], axis=1):
        getattr(moments, way)(torch.from_numpy(part))
    np.testing.assert_allclose(moments.mean, data.mean(1), rtol=1e-9, atol=1e-9)
    if sum(batches) > 1:
        np.testing.assert_allclose(moments.std, data.std(1), rtol=1e-4)


@pytest.mark.parametrize("way", ["update", "merge"], ids=["compiled", "tensors"])
def test_rows_left_out_leave_no_trace(way):
    rows = torch.tensor([[1.0, float("nan"), 5.0], [float("inf"), 2.0, 2.5]])
    valid = torch.tensor([[True, False, True], [False, True, True]])
    moments = RunningMoments(2)
    getattr(moments, way)(rows, valid)
    getattr(moments, way)(rows, torch.zeros_like(valid))
    np.testing.assert_allclose(moments.mean, [3, 2.25])
    np.testing.assert_allclose(moments.std, [2, 0.25])
    assert moments.count.tolist() == [2, 2]


@pytest.mark.parametrize("way", ["update", "merge"], ids=["compiled", "tensors"])
def test_a_limited_memory_weighs_the_past_exponentially(way):
    """With `most` samples, each batch of 4 weighs 4/most from there on: μ and σ follow a jump, as by hand."""
    rng, moments = np.random.default_rng(0), RunningMoments(1, most=40)
    mean, square, count = 0.0, 0.0, 0.0
    for step in range(60):
        batch = rng.normal(100.0 if step < 10 else 1.0, 0.5, (1, 4))
        getattr(moments, way)(torch.from_numpy(batch))
        count = min(count, 36) + 4
        mean, square = (
            old + 4 / count * (new - old) for old, new in ((mean, batch.mean()), (square, (batch**2).mean()))
        )
        assert moments.mean.item() == pytest.approx(mean, rel=1e-9)
    assert moments.count.item() == 40
    assert moments.mean.item() == pytest.approx(1.0 + 99 * 0.9**50, abs=0.3)
    assert moments.std.item() == pytest.approx(np.sqrt(square - mean**2), rel=1e-6)


def test_one_sample_has_deviation_one_and_none_has_too():
    moments = RunningMoments(1)
    assert moments.std.item() == 1
    moments.update(torch.tensor([[7.0]]))
    assert moments.std.item() == 1
    assert moments.whiten(torch.tensor([[100.0]]), 5.0).item() == 5


def test_return_scale_filters_along_time():
    rewards = np.random.default_rng(0).random((50, 2, 3))
    scale = ReturnScale(2, 3, 0.9)
    filtered, history = np.zeros((2, 3)), []
    for step in rewards:
        scale.update(torch.from_numpy(step))
        filtered = 0.9 * filtered + step
        history.append(filtered)
    expected = np.stack(history).transpose(1, 0, 2).reshape(2, -1).std(1)
    np.testing.assert_allclose(scale.std, expected, rtol=1e-6)


def test_return_scale_of_a_scaled_stream_scales():
    scales = [ReturnScale(1, 1, 0.99) for _ in range(2)]
    for reward in (1.0, 0.0, 3.0, 2.0):
        for factor, scale in zip((1, 10), scales, strict=True):
            scale.update(torch.tensor([[reward * factor]]))
    assert scales[1].std.item() == pytest.approx(10 * scales[0].std.item())


def test_whitening_is_that_of_the_tensor_operations_to_the_last_bit():
    moments = RunningMoments(3, 2, 4)
    generator = torch.Generator().manual_seed(0)
    samples = torch.randn(3, 50, 2, 4, generator=generator) * torch.tensor([1e-3, 1.0, 40.0, 0.0]) + 7
    moments.update(samples)
    centred = samples - moments.mean.float().unsqueeze(1)
    expected = (centred / moments.std.unsqueeze(1)).clamp(-1.5, 1.5)
    assert torch.equal(moments.whiten(samples, 1.5), expected)
    assert expected.abs().max() == 1.5
    doubles = moments.whiten(samples.double(), 1.5)
    torch.testing.assert_close(doubles.float(), expected, rtol=1e-4, atol=1e-4)


def test_samples_and_masks_of_other_shapes_are_refused():
    """Compiled code wrote past the statistics."""
    moments = RunningMoments(2, 3)
    for wrong in (torch.zeros(2, 5, 4), torch.zeros(1, 5, 3), torch.zeros(2, 5)):
        with pytest.raises(BadInput, match="samples of shape"):
            moments.update(wrong)
        with pytest.raises(BadInput, match="samples of shape"):
            moments.whiten(wrong, 5.0)
    with pytest.raises(BadInput, match="a mask of shape"):
        moments.update(torch.zeros(2, 5, 3), torch.ones(2, 4, dtype=torch.bool))
