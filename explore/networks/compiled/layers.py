"""The arrays that the compiled networks read and write, and the decorator of their functions."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np
import numpy.typing as npt

from explore.networks.one_hot import Codes, Floats, Ints

Flags = npt.NDArray[np.bool_]
Function = TypeVar("Function", bound=Callable[..., Any])
# LLVM's fast-math flags that let sums be vectorised, without those that assume finite numbers.
REASSOCIATE = {"reassoc", "contract", "nsz"}


def network_part(function: Function) -> Function:
    """Compile `function` to be called by kernels without inlining: its loops are long, and inlining gains nothing."""
    result: Function = numba.njit(function, error_model="numpy", fastmath=REASSOCIATE, inline="never")
    return result


class Layers(NamedTuple):
    """The parameters of every layer of every learner, or their gradients or moments.

    weight: `(learners, inputs, outputs)` each; bias, gain, shift: `(learners, 1, outputs)` each. gain and shift have no
    columns where the layer is not normalised.
    """

    weight: tuple[Floats, ...]
    bias: tuple[Floats, ...]
    gain: tuple[Floats, ...]
    shift: tuple[Floats, ...]


class Inputs(NamedTuple):
    """The network's input: category codes, `(learners, batch, width)`, or numbers, `(learners, batch, inputs)`.

    The other one has no columns. starts: `(width + 1,)`, the row of the first weight for code 0 of each column, and
    last the number of rows.
    """

    codes: Codes
    numbers: Floats
    starts: Ints


class LearnerInputs(NamedTuple):
    """The input of one learner: codes, `(rows, width)`, or numbers, `(rows, inputs)`.

    starts: as in `Inputs`. common: `(width,)`, the rows' `most_common_codes`.
    """

    codes: Codes
    numbers: Floats
    starts: Ints
    common: Ints


class Activations(NamedTuple):
    """The results of the forward pass (symbols as in `forward`): `(rows, width)` for each hidden layer.

    linear: z, overwritten by n where the layer is normalised. active: x; without LayerNorm the same array as `linear`.
    inverse: `(layers, rows)`, 1/√(var z + 10⁻⁵).
    """

    linear: tuple[Floats, ...]
    active: tuple[Floats, ...]
    inverse: Floats


def new_activations(layers: Layers, rows: int) -> Activations:
    """New arrays for the forward pass of `rows` rows."""
    widths = [weight.shape[2] for weight in layers.weight[:-1]]
    linear = tuple(np.empty((rows, width), dtype=np.float32) for width in widths)
    normalised = layers.gain[0].shape[2] > 0
    active = tuple(np.empty_like(each) for each in linear) if normalised else linear
    return Activations(linear, active, np.empty((len(widths), rows if normalised else 0), dtype=np.float32))
