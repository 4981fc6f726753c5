"""The forward pass of a plain network on category codes, compiled, and the threads that kernels run in."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeGuard

import joblib
import numpy as np
import torch
from threadpoolctl import ThreadpoolController

from agents.dqn.compiled.kernel import Activations, Layers, forward
from agents.dqn.networks.plain import Network, Plain
from explore.encoding.observations import no_such_category
from explore.networks.one_hot import Codes, Floats
from explore.networks.stacked import StackedLayerNorm, StackedLinear


def can_compile(network: Network) -> TypeGuard[Plain]:
    """Whether this is a `plain` network without dueling that reads category codes, on the CPU, in float32."""
    parameters = list(network.parameters())
    on_cpu = all(p.device.type == "cpu" and p.dtype == torch.float32 for p in parameters)
    return type(network) is Plain and not network.dueling and network.encoder.categorical and on_cpu


def layers_of(network: Plain, array_of: Callable[[torch.nn.Parameter], torch.Tensor]) -> Layers:
    """The tensors that `array_of` gives for the network's parameters, as arrays on the same memory."""
    weights, biases, gains, shifts = [], [], [], []
    modules = [part for part in network.body.layers if isinstance(part, StackedLinear | StackedLayerNorm)]
    for place, module in enumerate(modules):
        if not isinstance(module, StackedLinear):
            continue
        weights.append(_array(array_of(module.weight)))
        biases.append(_array(array_of(module.bias)))
        norm = modules[place + 1] if place + 1 < len(modules) else None
        nothing = np.empty((len(network.learners), 1, 0), dtype=np.float32)
        gain, shift = nothing, nothing
        if isinstance(norm, StackedLayerNorm):
            gain, shift = _array(array_of(norm.weight)), _array(array_of(norm.bias))
        gains.append(gain)
        shifts.append(shift)
    return Layers(tuple(weights), tuple(biases), tuple(gains), tuple(shifts))


def activations(layers: Layers, rows: int) -> Activations:
    """Room for the forward pass of `rows` rows."""
    widths = [weight.shape[2] for weight in layers.weight[:-1]]
    return Activations(
        tuple(np.empty((rows, width), dtype=np.float32) for width in widths),
        tuple(np.empty((rows, width), dtype=np.float32) for width in widths),
        np.empty((len(widths), rows), dtype=np.float32),
        np.empty(layers.weight[0].shape[1], dtype=np.bool_),
        np.empty((layers.weight[0].shape[1] + 1, widths[0]), dtype=np.float32),
    )


class Threads:
    """Runs a kernel over blocks of learners in as many threads as this process may use.

    BLAS gets one thread while they run: its own threads would wait for each other.
    """

    def __init__(self, learners: int) -> None:
        count = min(learners, torch.get_num_threads(), int(joblib.cpu_count()))
        bounds = np.linspace(0, learners, count + 1).astype(int).tolist()
        self.blocks = list(itertools.pairwise(bounds))

    def run(self, kernel: Callable[[int, int, int], bool]) -> None:
        """`kernel(block, start, stop)` for every block; BadInput where one finds a code that its column has not."""
        with self._blas.limit(limits=1, user_api="blas"):
            calls = [(block, start, stop) for block, (start, stop) in enumerate(self.blocks)]
            done = [kernel(*calls[0])] if len(calls) == 1 else self._pool.map(lambda call: kernel(*call), calls)
            if not all(done):
                raise no_such_category()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(len(self.blocks))

    @cached_property
    def _blas(self) -> ThreadpoolController:
        return ThreadpoolController()


class CompiledNetwork:
    """`network(rows)` without gradients, for a network that `can_compile`; it reads the network's own memory."""

    def __init__(self, network: Plain, threads: Threads | None = None) -> None:
        self.network = network
        self.layers = layers_of(network, lambda parameter: parameter.data)
        self.threads = threads or Threads(len(network.learners))
        self._rooms: list[Activations] = []

    def __call__(self, rows: torch.Tensor) -> torch.Tensor:
        """Encoded rows `(learners, batch, width)` to values `(learners, batch, functions, actions)`."""
        codes = codes_of(rows)
        learners, batch = codes.shape[:2]
        if not self._rooms or len(self._rooms[0].linear[0]) < batch:
            self._rooms = [activations(self.layers, batch) for _ in self.threads.blocks]
        values = np.empty((learners, batch, self.network.functions * self.network.actions), dtype=np.float32)
        starts = self.network.encoder.starts
        self.threads.run(
            lambda block, start, stop: forward(self.layers, codes, starts, self._rooms[block], values, start, stop)
        )
        return torch.from_numpy(values).view(learners, batch, self.network.functions, self.network.actions)


def codes_of(rows: torch.Tensor) -> Codes:
    """Rows as the kernels read them: bytes or int64, contiguous."""
    codes: Codes = (rows if rows.dtype == torch.uint8 else rows.long()).contiguous().numpy()
    return codes


def _array(tensor: torch.Tensor) -> Floats:
    array: Floats = tensor.detach().numpy()
    return array
