"""Every installed policy on every kind of testbed, in the interpreter: finite figures, a regret that only grows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandits import kernel, simulation
from bandits.advice import advice_for
from bandits.policy import POLICIES
from bandits.testbed import TESTBEDS
from explore.errors import BadInput

BEDS = [
    "sutton-barto:arms=3,delay=3",
    "bernoulli:means=0/1/0.5",
    "scaled:arms=1",
    "abrupt:arms=2,rate=0.1",
    "two-tasks:delay=2",
    "markov:arms=3,states=3",
]


def interpreted(bed, policy, horizon, seed):
    """Regret, late reward and share of optimal pulls of one run, without compiling anything."""
    parts = dict(bed.functions())
    parts["select"], parts["update"] = policy.functions(bed)
    parts["conclude"] = type(policy).conclude
    plain = {name: getattr(part, "py_func", part) for name, part in parts.items()}
    play = kernel.bound(kernel.play, plain)
    points = simulation.checkpoints(horizon)
    regret, last, sums = np.zeros((1, len(points)), np.float32), np.zeros((1, 5)), np.zeros((len(points), 3))
    initial = np.vstack([policy.initial(bed, horizon), np.zeros((bed.shows, bed.arms))])
    room = kernel.room(bed.arms, bed.columns, initial, bed.longest_delay, bed.shows)
    how = (bed.moving, bed.shows, bed.delay, bed.discount)
    play(bed.parameters, initial, np.uint64(seed), 0, horizon, *how, points, regret, last, sums, np.zeros((1, 0)), room)
    return regret, last, sums


def refused(policy, bed, horizon):
    """Whether the policy says that these rewards are not for it."""
    try:
        policy.initial(bed, horizon)
    except BadInput as refusal:
        return "rewards" in str(refusal) or "testbed" in str(refusal)
    return False


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32), horizon=st.integers(3, 25))
@pytest.mark.parametrize("name", POLICIES.names())
def test_figures_are_finite_and_regret_grows(name, seed, horizon):
    for spec in BEDS:
        bed = simulation._built(TESTBEDS, spec)
        policy = simulation._built(POLICIES, name)
        if refused(policy, bed, horizon):
            continue
        regret, last, sums = interpreted(bed, policy, horizon, seed)
        assert np.isfinite(regret).all()
        assert np.isfinite(last).all()
        assert np.isfinite(sums).all()
        assert (np.diff(regret[0], prepend=0.0) >= -1e-5).all()
        assert 0 <= last[0, 1] <= 1


@pytest.mark.parametrize("name", POLICIES.names())
def test_there_is_advice_on_every_policy_of_the_house(name):
    if POLICIES.get(name).__module__.startswith("bandits."):
        assert advice_for(name) is not None
