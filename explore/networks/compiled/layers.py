"""The arrays that the compiled networks work on, and how their parts are compiled."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np
import numpy.typing as npt

from explore.networks.one_hot import Codes, Floats, Ints

Flags = npt.NDArray[np.bool_]
Function = TypeVar("Function", bound=Callable[..., Any])
# Sums may be reassociated, so that they are vectorised; NaN and infinity keep their meaning.
REASSOCIATE = {"reassoc", "contract", "nsz"}


def network_part(function: Function) -> Function:
    """Compile `function` as a part of kernels, a function of its own in them: long loops gain nothing by splicing."""
    result: Function = numba.njit(function, error_model="numpy", fastmath=REASSOCIATE, inline="never")
    return result


class Layers(NamedTuple):
    """The parameters of every layer of every learner, or as many numbers that belong to them.

    weight: `(learners, inputs, outputs)` each; bias, gain, shift: `(learners, 1, outputs)` each. gain and shift have no
    columns where the layer is not normalised.
    """

    weight: tuple[Floats, ...]
    bias: tuple[Floats, ...]
    gain: tuple[Floats, ...]
    shift: tuple[Floats, ...]


class Inputs(NamedTuple):
    """What the first layer reads: category codes, `(learners, batch, width)`, or numbers, `(learners, batch, inputs)`.

    The other one has no columns. starts: `(width + 1,)`, the row of the first weight with which each column of codes
    begins, and last their number.
    """

    codes: Codes
    numbers: Floats
    starts: Ints


class LearnerInputs(NamedTuple):
    """What the first layer of one learner reads: codes, `(rows, width)`, or numbers, `(rows, inputs)`.

    starts: as in `Inputs`. common: `(width,)`, the code of each column that `most_common_codes` of these rows gives.
    """

    codes: Codes
    numbers: Floats
    starts: Ints
    common: Ints


class Activations(NamedTuple):
    """What the forward pass writes: `(rows, width)` for each hidden layer, `(layers, rows)` for `inverse`.

    linear: z, then n where the layer is normalised; active: x; inverse: 1/√(var z + 10⁻⁵). Without LayerNorm `active`
    is the memory of `linear`.
    """

    linear: tuple[Floats, ...]
    active: tuple[Floats, ...]
    inverse: Floats


def new_activations(layers: Layers, rows: int) -> Activations:
    """Memory for the forward pass of `rows` rows."""
    widths = [weight.shape[2] for weight in layers.weight[:-1]]
    linear = tuple(np.empty((rows, width), dtype=np.float32) for width in widths)
    normalised = layers.gain[0].shape[2] > 0
    active = tuple(np.empty_like(each) for each in linear) if normalised else linear
    return Activations(linear, active, np.empty((len(widths), rows if normalised else 0), dtype=np.float32))
