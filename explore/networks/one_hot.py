"""The first layer of a network whose input is categories alone: rows of its weights, summed.

    y[l, b] = bias[l] + Σ_w W[l, start_w + code[l, b, w]]

It is the product of one-hot features with W, without the features. In one batch most rows agree in most columns: the
view of a maze is mostly floor, wall and the unseen. So a batch is computed as its difference from one row r, in each
column the most common code:

    y[l, b] = y_r[l] + Σ_w (W[l, start_w + code[l, b, w]] − W[l, start_w + r[l, w]])
    ∂W[l, start_w + r[l, w]] = Σ_b ∂y[l, b] − Σ of ∂W over the other codes of the column

and only the columns where code and r differ cost anything. r comes from the majority vote of Boyer and Moore (1991):
the majority where there is one, and some code of the column where there is none. Each learner has its own r, so that
a learner does not depend on the others.

Float32 on the CPU is compiled; everything else goes through `OneHotProduct`, the plain product, with which the tests
compare the compiled one.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from explore.encoding.observations import Encoder, no_such_category
from explore.errors import BadInput
from explore.numerics.compiled import compiled, kernel_part

Codes = npt.NDArray[np.uint8] | npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


def embedded(encoder: Encoder, rows: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """`features(rows) W + b` for rows of categories alone, `(learners, batch, width)` to `(learners, batch, outputs)`.

    weight: `(learners, features, outputs)`, bias: `(learners, 1, outputs)`. BadInput for rows of another width, or of
    other learners, and for a code that its column, by the observation space, does not have.
    """
    encoder.check_width(rows)
    if rows.shape[0] != weight.shape[0]:
        raise BadInput(f"rows of {rows.shape[0]} learners do not fit the weights of {weight.shape[0]} learners.")
    if weight.device.type == "cpu" and weight.dtype == torch.float32:
        codes = rows if rows.dtype == torch.uint8 else rows.long()
        summed: torch.Tensor = _SumOfRows.apply(codes.contiguous(), weight, bias, encoder.starts)  # type: ignore[no-untyped-call]
        return summed
    product: torch.Tensor = OneHotProduct.apply(encoder.one_hot_indices(rows), weight)  # type: ignore[no-untyped-call]
    return product + bias


class OneHotProduct(torch.autograd.Function):
    """`out[l, b] = Σ_w weight[l, places[l, b, w]]`: the product with one-hot features, without the features."""

    @staticmethod
    def forward(ctx: Any, places: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        learners, batch, width = places.shape
        ctx.save_for_backward(places)
        ctx.inputs = weight.shape[1]
        offsets = torch.arange(learners, device=places.device).view(-1, 1, 1) * weight.shape[1]
        bags = (places + offsets).view(learners * batch, width)
        summed = torch.nn.functional.embedding_bag(bags, weight.flatten(0, 1), mode="sum")
        return summed.view(learners, batch, -1)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[None, torch.Tensor]:
        (places,) = ctx.saved_tensors
        # Scattering gradients into W is slower than one dense product: rows of common codes are hit by most samples.
        features = torch.zeros(*places.shape[:2], ctx.inputs, device=places.device, dtype=gradient.dtype).scatter_(
            -1, places, 1.0
        )
        return None, torch.bmm(features.transpose(1, 2), gradient)


class _SumOfRows(torch.autograd.Function):
    """The compiled product; `starts` holds the first row of W of each column, and last the number of rows."""

    @staticmethod
    def forward(ctx: Any, codes: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, starts: Ints) -> torch.Tensor:
        common = np.empty((codes.shape[0], codes.shape[2]), dtype=np.int64)
        if not most_common_codes(codes.numpy(), starts, common):
            raise no_such_category()
        summed = torch.empty(*codes.shape[:2], weight.shape[2])
        sum_rows(codes.numpy(), starts, common, _array(weight), _array(bias), summed.numpy())
        ctx.save_for_backward(codes)
        ctx.common, ctx.starts, ctx.inputs = common, starts, weight.shape[1]
        return summed

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[None, torch.Tensor, torch.Tensor, None]:
        (codes,) = ctx.saved_tensors
        learners, outputs = gradient.shape[0], gradient.shape[2]
        weight = torch.zeros(learners, ctx.inputs, outputs)
        bias = gradient.sum(1, keepdim=True)
        scatter_gradient(codes.numpy(), ctx.starts, ctx.common, _array(gradient), bias.numpy(), weight.numpy())
        return None, weight, bias, None


def _array(tensor: torch.Tensor) -> Floats:
    array: Floats = tensor.detach().contiguous().numpy()
    return array


@compiled
def most_common_codes(codes: Codes, starts: Ints, common: Ints) -> bool:
    """The most common code of each column into `common`; False where a code is outside its column."""
    learners, batch, width = codes.shape
    candidate = np.zeros(width, dtype=np.int32)
    votes = np.zeros(width, dtype=np.int32)
    within = True
    for learner in range(learners):
        candidate[:] = 0
        votes[:] = 0
        for item in range(batch):
            for column in range(width):
                code = codes[learner, item, column]
                within &= code >= 0 and code < starts[column + 1] - starts[column]
                free = votes[column] == 0
                agrees = free or candidate[column] == code
                candidate[column] = code if free else candidate[column]
                votes[column] += 1 if agrees else -1
        for column in range(width):
            common[learner, column] = starts[column] + candidate[column]
    return within


@kernel_part
def _uncommon(codes: Codes, starts: Ints, common: Ints, places: Ints) -> int:
    """Write the rows of W of the codes that are not the common ones to the front of `places`; returns their number."""
    count = 0
    for column in range(len(codes)):
        # Written always and kept by a sum: a branch that cannot be predicted costs more than the write.
        places[count] = starts[column] + np.int64(codes[column])
        count += places[count] != common[column]
    return count


@compiled
def sum_rows(codes: Codes, starts: Ints, common: Ints, weight: Floats, bias: Floats, summed: Floats) -> None:
    """The forward pass; `common` holds places in W, not codes."""
    features, outputs = weight.shape[1:]
    present = np.empty(features, dtype=np.bool_)
    change = np.empty((features + 1, outputs), dtype=np.float32)
    for learner in range(len(codes)):
        sum_rows_of_learner(
            codes[learner], starts, common[learner], weight[learner], bias[learner, 0], present, change, summed[learner]
        )


@compiled
def sum_rows_of_learner(
    codes: Codes,
    starts: Ints,
    common: Ints,
    weight: Floats,
    bias: Floats,
    present: npt.NDArray[np.bool_],
    change: Floats,
    summed: Floats,
) -> None:
    """`sum_rows` for one learner. present `(features,)` and change `(features + 1, outputs)` are workspace."""
    batch, width = codes.shape
    features, outputs = weight.shape
    places, counts = np.empty((batch, width + 4), dtype=np.int64), np.empty(batch, dtype=np.int64)
    base = np.empty(outputs, dtype=np.float32)
    change[features] = 0.0
    present[:] = False
    for item in range(batch):
        counts[item] = _uncommon(codes[item], starts, common, places[item])
        for at in range(counts[item]):
            present[places[item, at]] = True
        places[item, counts[item] : counts[item] + 4] = features  # the row of zeros
    base[:] = bias
    for column in range(width):
        common_row = weight[common[column]]
        base += common_row
        for place in range(starts[column], starts[column + 1]):
            if present[place]:  # the row of W minus that of the common code
                for output in range(outputs):
                    change[place, output] = weight[place, output] - common_row[output]
    for item in range(batch):
        into, listed = summed[item], places[item]
        into[:] = base
        for at in range(0, counts[item], 4):  # four at a time: `into` is read and written less often
            a, b, c, d = listed[at], listed[at + 1], listed[at + 2], listed[at + 3]
            for output in range(outputs):
                into[output] += (change[a, output] + change[b, output]) + (change[c, output] + change[d, output])


@compiled
def scatter_gradient(codes: Codes, starts: Ints, common: Ints, gradient: Floats, total: Floats, weight: Floats) -> None:
    """The gradient of W into `weight`, zeros before; `total` is the gradient summed over the batch."""
    learners, batch, width = codes.shape
    features = weight.shape[1]
    places, counts = np.empty((batch, width + 1), dtype=np.int64), np.empty(batch, dtype=np.int64)
    ends = np.empty(features + 1, dtype=np.int64)
    items = np.empty(batch * width + 4, dtype=np.int64)
    for learner in range(learners):
        # The items of each place that is not common, one place after the other (a counting sort).
        ends[:] = 0
        for item in range(batch):
            counts[item] = _uncommon(codes[learner, item], starts, common[learner], places[item])
            for at in range(counts[item]):
                ends[places[item, at] + 1] += 1
        for place in range(features):
            ends[place + 1] += ends[place]
        for item in range(batch):
            for at in range(counts[item]):
                place = places[item, at]
                items[ends[place]] = item
                ends[place] += 1  # from where the place begins to where it ends
        first = 0
        for column in range(width):
            common_row = weight[learner, common[learner, column]]
            common_row[:] = total[learner, 0]
            for place in range(starts[column], starts[column + 1]):
                if ends[place] > first:
                    of_place = weight[learner, place]
                    _add_items(gradient[learner], items[first : ends[place]], of_place)
                    common_row -= of_place
                    first = ends[place]


@compiled
def _add_items(gradient: Floats, items: Ints, total: Floats) -> None:
    """Rows of the gradient, summed."""
    even = len(items) - len(items) % 4
    total[:] = 0.0
    for at in range(0, even, 4):  # four at a time: `total` is read and written less often
        a, b, c, d = items[at], items[at + 1], items[at + 2], items[at + 3]
        for output in range(len(total)):
            total[output] += (gradient[a, output] + gradient[b, output]) + (gradient[c, output] + gradient[d, output])
    for at in range(even, len(items)):
        item = items[at]
        for output in range(len(total)):
            total[output] += gradient[item, output]
