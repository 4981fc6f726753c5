"""The compiled training steps of bonuses with networks against PyTorch's, for any shapes, masks and actions."""

from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explore.bonuses.icm import ICM
from explore.bonuses.rnd import RND
from explore.core.plugins import make_bonus
from explore.core.transitions import Transitions
from explore.networks.stacked import StackedMLP

CATEGORIES = [5, 3, 4, 2]
CODES, NUMBERS = gym.spaces.MultiDiscrete(CATEGORIES), gym.spaces.Box(-np.inf, np.inf, (3,), np.float32)
DISCRETE = gym.spaces.Discrete(3, start=1)
PARTS, CONTINUOUS = gym.spaces.MultiDiscrete([2, 3]), gym.spaces.Box(-1, 1, (2,), np.float32)
NAMES = [0, 1, 4]
SPECS = ["rnd:learns_from=drawn", "icm", "e3b", "ngu", "noveld:learns_from=drawn", "ride"]


def made(spec: str, space=CODES, actions=DISCRETE, learners=NAMES, compiled: bool = True):
    """Small networks with a step that shows."""
    joined = "," if ":" in spec else ":"
    settings = f"{spec}{joined}hidden=16,features=8,learning_rate=0.001"
    bonus = make_bonus(settings, space, actions, learners=learners, envs=2, seed=2)
    if not compiled:
        for part in bonus.modules():
            if isinstance(part, StackedMLP):
                part.compiled = False
        bonus.optimiser.compiled = False
    return bonus


def drawn(time: int, rows: int, space=CODES, actions=DISCRETE, learners=NAMES, valid: bool = True) -> Transitions:
    """Random transitions; each learner's are its own, and every second s′ is its s."""
    parts = []
    for learner in learners:
        random = np.random.default_rng([time, learner])
        if space is CODES:
            both = random.integers(CATEGORIES, size=(2, rows, len(CATEGORIES))).astype(np.uint8)
        else:
            both = random.normal(size=(2, rows, 3)).astype(np.float32)
        both[1, ::2] = both[0, ::2]
        if actions is DISCRETE:
            action = random.integers(1, 4, size=rows)
        elif actions is PARTS:
            action = random.integers([2, 3], size=(rows, 2))
        else:
            action = random.uniform(-1, 1, size=(rows, 2)).astype(np.float32)
        parts.append((both[0], action, np.zeros(rows, np.float32), both[1], random.random(rows) < 0.7))
    before, action, reward, after, mask = (torch.from_numpy(np.stack(part)) for part in zip(*parts, strict=True))
    no = torch.zeros_like(mask)
    return Transitions(before, action, reward, after, no, no, valid=mask if valid else None)


def assert_equal_state(one, other, **close) -> None:
    for (name, ours), theirs in zip(one.named_parameters(), other.parameters(), strict=True):
        if close:
            torch.testing.assert_close(ours, theirs, **close, msg=name)
        else:
            assert torch.equal(ours, theirs), name


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(SPECS),
    st.sampled_from([CODES, NUMBERS]),
    st.sampled_from([DISCRETE, PARTS, CONTINUOUS]),
    st.sampled_from([1, 2, 7, 40]),
    st.booleans(),
    st.integers(0, 1000),
)
def test_losses_and_networks_are_pytorchs_to_rounding(spec, space, actions, rows, valid, time) -> None:
    """Over three steps: a loss that is right to rounding in the third had the right gradients in the first two."""
    compiled, reference = made(spec, space, actions), made(spec, space, actions, compiled=False)
    for step in range(3):
        transitions = drawn(time + step, rows, space, actions, valid=valid)
        losses, expected = compiled.learn(transitions), reference.learn(transitions)
        assert losses.keys() == expected.keys()
        for name in losses:
            torch.testing.assert_close(losses[name], expected[name], rtol=1e-4, atol=1e-6, msg=name)
    assert_equal_state(compiled, reference, rtol=1e-3, atol=2e-5)


every = pytest.mark.parametrize("spec", SPECS)
spaces = pytest.mark.parametrize("space", [CODES, NUMBERS], ids=["codes", "numbers"])


@every
@spaces
def test_a_learner_learns_the_same_alone_and_in_company_to_the_last_bit(spec, space) -> None:
    company, alone = made(spec, space), made(spec, space, learners=[4])
    for time in range(3):
        ours = company.learn(drawn(time, 9, space))
        single = alone.learn(drawn(time, 9, space, learners=[4]))
        for name in ours:
            assert torch.equal(ours[name][2:], single[name]), name
    for (name, many), one in zip(company.named_parameters(), alone.parameters(), strict=True):
        assert torch.equal(many[2:], one), name


@every
@spaces
def test_rows_that_are_not_valid_have_no_effect_to_the_last_bit(spec, space) -> None:
    one, other = made(spec, space), made(spec, space)
    for time in range(3):
        transitions, noise = drawn(time, 9, space), drawn(100 + time, 9, space, valid=False)
        kept = transitions.mask.unsqueeze(-1)
        mixed = replace(
            transitions,
            observation=torch.where(kept, transitions.observation, noise.observation),
            next_observation=torch.where(kept, transitions.next_observation, noise.next_observation),
            action=torch.where(transitions.mask, transitions.action, noise.action),
        )
        one.learn(transitions)
        other.learn(mixed)
    assert_equal_state(one, other)


@every
def test_batches_of_one_call_are_steps_in_turn_to_the_last_bit(spec) -> None:
    together, apart = made(spec), made(spec)
    for time in range(2):
        transitions = drawn(time, 12)
        losses = together.learn_batches(transitions, 3)
        for start in (0, 4, 8):
            last = apart.learn(transitions.select((slice(None), slice(start, start + 4))))
        for name in losses:
            assert torch.equal(losses[name], last[name]), name
    assert_equal_state(together, apart)
    counters = [int(state["step"]) for state in together.optimiser.state.values()]
    assert set(counters) == {6}


@every
def test_frozen_nothing_is_learned(spec) -> None:
    bonus, untouched = made(spec), made(spec)
    bonus.freeze()
    assert bonus.learn_batches(drawn(0, 6), 2) == {}
    bonus.observe(drawn(1, 2))
    assert_equal_state(bonus, untouched)


def test_a_learner_without_a_valid_row_moves_by_its_momentum_alone() -> None:
    for spec in ("icm", "rnd:learns_from=drawn"):
        compiled, reference = made(spec), made(spec, compiled=False)
        for time in range(3):
            transitions = drawn(time, 6)
            if time == 2:
                transitions = transitions.with_valid(torch.tensor([True, False, True])[:, None] & transitions.mask)
            losses, _ = compiled.learn(transitions), reference.learn(transitions)
        assert all(float(loss[1]) == 0 for loss in losses.values())
        assert_equal_state(compiled, reference, rtol=1e-3, atol=2e-5)


def test_a_step_that_scores_and_trains_at_once_scores_what_novelty_says_before_it() -> None:
    bonus, reference = made("rnd"), made("rnd")
    for time in range(4):
        step = drawn(time, 2, valid=time % 2 == 0)
        with torch.no_grad():
            novelty = bonus.novelty(step)
        (errors, factor), losses = bonus.score_and_train(step, torch.ones(3, 2))
        assert torch.equal(errors, novelty)
        assert factor is not None
        expected = torch.where(step.mask, novelty, 0).sum(1) / step.mask.sum(1).clamp(min=1)
        torch.testing.assert_close(losses["distillation"], expected)
        reference.train_step(step)
    assert_equal_state(bonus, reference)


class Doubled(RND):
    """A plugin that changes a formula which compiled code stands for."""

    def losses(self, transitions):
        return {name: 2 * loss for name, loss in super().losses(transitions).items()}


class Other(ICM):
    """The same of ICM's."""

    def inverse_loss(self, before, after, action):
        return 3 * super().inverse_loss(before, after, action)


@pytest.mark.parametrize(
    ("plugin", "parent", "loss", "factor"), [(Doubled, RND, "distillation", 2), (Other, ICM, "inverse", 3)]
)
def test_a_subclass_with_a_formula_of_its_own_is_trained_on_that(plugin, parent, loss, factor) -> None:
    ours = plugin(CODES, DISCRETE, learners=3, learns_from="drawn", hidden=16, features=8)
    theirs = parent(CODES, DISCRETE, learners=3, learns_from="drawn", hidden=16, features=8)
    transitions = drawn(0, 8)
    torch.testing.assert_close(ours.learn(transitions)[loss], factor * theirs.learn(transitions)[loss])


def test_a_saved_bonus_goes_on_as_if_never_stopped_to_the_last_bit() -> None:
    for spec in SPECS:
        through, stopped = made(spec), made(spec)
        for time in range(4):
            if time == 2:
                resumed = made(spec)
                resumed.load_state_dict(stopped.state_dict())
                stopped = resumed
            for bonus in (through, stopped):
                bonus.observe(drawn(50 + time, 2, valid=False))
                bonus.learn(drawn(time, 9))
        assert_equal_state(through, stopped)
