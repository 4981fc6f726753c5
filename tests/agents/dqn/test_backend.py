"""The compiled update against PyTorch's automatic differentiation, and what neither may depend on."""

import copy

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents.dqn.backend import CompiledBackend, TorchBackend, UpdateBatch, make_backend
from agents.dqn.networks.plain import Plain
from agents.dqn.settings import DQNSettings
from explore.encoding.observations import Encoder
from explore.errors import BadInput
from explore.numerics.streams import Streams
from explore.numerics.threads import blocks

CATEGORIES = [5, 3, 4, 2, 6, 3]
ENCODER = Encoder(gym.spaces.MultiDiscrete(CATEGORIES))
ACTIONS, BATCH = 3, 12
LEARNERS = (0, 1, 4)


def network(learners=LEARNERS, intrinsic=True, encoder=ENCODER, hidden=(16, 8), **options) -> Plain:
    made = Plain(
        encoder, ACTIONS, hidden=hidden, intrinsic=intrinsic, seed=2, learners=list(learners), envs=4, **options
    )
    with torch.no_grad():  # values that no rounding error can reorder
        made.body.layers[-1].weight.mul_(200)
    return made


def settings(**changed) -> DQNSettings:
    return DQNSettings(**{"batch": BATCH, "hidden": (16, 8), "learning_rate": 1e-2, "target_rate": 0.3, **changed})


def batch(time: int, learners=LEARNERS, functions: int = 2, encoder=ENCODER) -> UpdateBatch:
    """A random batch; each learner's is its own, whoever else is present."""
    parts = []
    for learner in learners:
        random = np.random.default_rng([time, learner])
        width = len(CATEGORIES)
        codes, successor = (random.integers(CATEGORIES, size=(BATCH, width)).astype(np.uint8) for _ in range(2))
        if learner == LEARNERS[0]:
            codes[:, 0] = np.minimum(codes[:, 0], 1)  # some codes never occur
        parts.append(
            (
                codes,
                random.integers(ACTIONS, size=BATCH),
                successor,
                random.normal(size=(BATCH, functions)).astype(np.float32) * 2,
                (random.random((BATCH, functions)) * 0.9).astype(np.float32),
                random.random(BATCH).astype(np.float32),
            )
        )
    return UpdateBatch(*(torch.from_numpy(np.stack(part)) for part in zip(*parts, strict=True)))


def both(intrinsic=True, options=None, **changed) -> tuple[TorchBackend, CompiledBackend]:
    common = network(intrinsic=intrinsic, **(options or {}))
    made = [make_backend(copy.deepcopy(common), settings(**changed), name) for name in ("torch", "compiled")]
    assert isinstance(made[1], CompiledBackend)
    assert not isinstance(made[0], CompiledBackend)
    return made[0], made[1]


@pytest.mark.parametrize(
    ("intrinsic", "options", "changed"),
    [
        (True, {}, {}),
        (False, {}, {}),
        (True, {}, {"double": False}),
        (True, {"layer_norm": False}, {"learning_rate": 1e-3}),
        (True, {"hidden": (16,)}, {}),
        (True, {}, {"target_rate": 1.0, "target_interval": 3}),
    ],
    ids=["two heads", "one head", "single Q", "no LayerNorm", "one layer", "hard target"],
)
def test_the_compiled_update_is_the_differentiated_one(intrinsic, options, changed) -> None:
    """Values, errors, networks, targets and Adam's moments, to float tolerance over eight updates."""
    # Without LayerNorm some gradients are rounding errors alone, and Adam makes steps of them.
    near = 1e-3 if options.get("layer_norm") is False else 1e-4
    reference, compiled = both(intrinsic, options, **changed)
    streams = Streams(0, "none", LEARNERS)
    for time in range(8):
        drawn = batch(time, functions=1 + intrinsic)
        for name, rows in (("values", drawn.observation), ("greedy_values", drawn.successor)):
            ours, expected = (getattr(backend, name)(rows) for backend in (compiled, reference))
            torch.testing.assert_close(ours, expected, rtol=1e-4, atol=near)
        errors = reference.update(drawn, streams)
        torch.testing.assert_close(compiled.update(drawn, streams), errors, rtol=1e-4, atol=near)
    assert errors.abs().min() < 1 < errors.abs().max()  # both branches of the Huber loss
    states = [backend.state_dict() for backend in (compiled, reference)]
    for name in ("network", "target"):
        for key, expected in states[1][name].items():
            torch.testing.assert_close(states[0][name][key], expected, rtol=1e-4, atol=near)
    for name in ("exp_avg", "exp_avg_sq"):
        for ours, expected in zip(states[0][name], states[1][name], strict=True):
            torch.testing.assert_close(ours, expected, rtol=1e-3, atol=1e-6)
    moved = network(intrinsic=intrinsic, **options).state_dict()
    assert all(not torch.equal(states[0]["network"][key], value) for key, value in moved.items())


def test_rows_of_codes_never_seen_stay_where_they_are() -> None:
    _, compiled = both()
    before = compiled.network.body.layers[0].weight.detach().clone()
    for time in range(4):
        compiled.update(batch(time), Streams(0, "none", LEARNERS))
    changed = (compiled.network.body.layers[0].weight != before).any(-1)
    assert changed[0].tolist() == [True, True, False, False, False] + [True] * (sum(CATEGORIES) - 5)
    assert changed[1].all()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_learner_is_exactly_the_same_alone_and_in_company_whatever_the_threads(threads, monkeypatch) -> None:
    monkeypatch.setattr("explore.numerics.threads._cores", lambda: threads)
    monkeypatch.setattr("torch.get_num_threads", lambda: threads)
    together = make_backend(network(), settings(), "compiled")
    assert len(blocks(len(LEARNERS))) == threads
    alone = make_backend(network(learners=(4,)), settings(), "compiled")
    for time in range(5):
        company = together.update(batch(time), Streams(0, "none", LEARNERS))
        mine = alone.update(batch(time, (4,)), Streams(0, "none", [4]))
        assert torch.equal(mine[0], company[2])
    rows = batch(9).observation
    assert torch.equal(alone.values(rows[2:])[0], together.values(rows)[2])
    assert torch.equal(alone.greedy_values(rows[2:])[0], together.greedy_values(rows)[2])


@pytest.mark.parametrize("pair", [("torch", "torch"), ("compiled", "compiled")])
def test_loaded_and_gone_on_is_never_stopped(pair) -> None:
    """Bit for bit; also into a backend that has learned something else before."""
    one, other = (make_backend(network(), settings(), name) for name in pair)
    streams = Streams(0, "none", LEARNERS)
    for time in range(3):
        one.update(batch(time), streams)
        other.update(batch(50 + time), streams)
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    for time in range(3, 6):
        assert torch.equal(one.update(batch(time), streams), other.update(batch(time), streams))
    for ours, theirs in zip(one.network.parameters(), other.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_a_saved_state_goes_on_in_the_other_backend() -> None:
    reference, compiled = both()
    streams = Streams(0, "none", LEARNERS)
    for time in range(3):
        compiled.update(batch(time), streams)
    reference.load_state_dict(copy.deepcopy(compiled.state_dict()))
    for time in range(3, 6):
        expected = reference.update(batch(time), streams)
        torch.testing.assert_close(compiled.update(batch(time), streams), expected, rtol=1e-4, atol=1e-4)


def test_a_code_that_its_column_does_not_have_is_refused() -> None:
    _, compiled = both()
    drawn = batch(0)
    for part in (drawn.observation, drawn.successor):
        part[1, 3, 1] = CATEGORIES[1]
        with pytest.raises(BadInput, match="category that its space does not"):
            compiled.update(drawn, Streams(0, "none", LEARNERS))
        with pytest.raises(BadInput, match="category that its space does not"):
            compiled.values(part)
        part[1, 3, 1] = 0


def test_auto_compiles_what_it_can_and_compiled_refuses_the_rest() -> None:
    numbers = Encoder(gym.spaces.Box(-1, 1, (3,), np.float32))
    for made in (network(encoder=numbers), network(dueling=True)):
        assert type(make_backend(made, settings())) is TorchBackend
        with pytest.raises(BadInput, match="plain network without dueling on category codes"):
            make_backend(made, settings(), "compiled")
    assert type(make_backend(network(), settings())) is CompiledBackend
    with pytest.raises(BadInput, match="unknown backend 'numba'"):
        make_backend(network(), settings(), "numba")
