"""What all bonuses with networks share."""

import copy

import gymnasium as gym
import numpy as np
import pytest
import torch

from explore.bonuses.icm import ICM
from explore.core.plugins import BONUSES, make_bonus
from explore.core.transitions import Transitions
from explore.networks.stacked import StackedMLP

BOX, ACTIONS = gym.spaces.Box(-np.inf, np.inf, (4,)), gym.spaces.Discrete(3)
CATEGORIES = [5, 3, 4, 2]
NAMES, ENVS, BATCH = [0, 1, 4], 4, 12
LEARNED = ["rnd", "icm", "ride", "noveld", "ngu", "e3b", "disagreement"]

every = pytest.mark.parametrize("name", LEARNED)


def made(name: str, learners=NAMES):
    """Small networks on category codes; a larger step, so that ten steps of learning show."""
    known = BONUSES.get(name).Settings.model_fields
    small = {"hidden": 16, "features": 8, "models": 2, "learning_rate": 1e-3}
    settings = ",".join(f"{key}={value}" for key, value in small.items() if key in known)
    space = gym.spaces.MultiDiscrete(CATEGORIES)
    return make_bonus(f"{name}:{settings}", space, ACTIONS, learners=learners, envs=ENVS, seed=2)


def by_pytorch(bonus):
    """The same bonus, whose networks and Adam are PyTorch's."""
    for part in bonus.modules():
        if isinstance(part, StackedMLP):
            part.compiled = False
    bonus.optimiser.compiled = False
    return bonus


def codes(time: int, rows: int, learners=NAMES) -> Transitions:
    """Random transitions; each learner's are its own, whoever else is present."""
    parts = []
    for learner in learners:
        random = np.random.default_rng([time, learner])
        before, after = (random.integers(CATEGORIES, size=(rows, len(CATEGORIES))).astype(np.uint8) for _ in range(2))
        action, ended = random.integers(3, size=rows), random.random(rows) < 0.2
        parts.append((before, action, np.zeros(rows, np.float32), after, ended))
    before, action, reward, after, ended = (torch.from_numpy(np.stack(part)) for part in zip(*parts, strict=True))
    return Transitions(before, action, reward, after, ended, torch.zeros_like(ended))


def factors(time: int, learners=NAMES) -> torch.Tensor:
    drawn = [np.random.default_rng([time, learner]).random(BATCH) for learner in learners]
    return torch.from_numpy(np.stack(drawn) < 0.4).float()


@every
def test_compiled_networks_learn_and_score_as_pytorchs_operations_do(name):
    """Factors, bonuses, losses and parameters, to float tolerance over ten steps; the state goes on in the other."""
    compiled, reference = made(name), by_pytorch(made(name))
    close = {"rtol": 2e-3, "atol": 1e-5}
    for time in range(10):
        step, drawn = codes(time, ENVS), codes(100 + time, BATCH)
        torch.testing.assert_close(compiled.observe(step), reference.observe(step), **close)
        torch.testing.assert_close(compiled.score(drawn), reference.score(drawn), **close)
        chance = factors(time)
        torch.testing.assert_close(compiled.score(drawn, chance), reference.score(drawn, chance), **close)
        losses, expected = compiled.learn(drawn), reference.learn(drawn)
        assert losses.keys() == expected.keys()
        for key in losses:
            torch.testing.assert_close(losses[key], expected[key], **close)
    for ours, theirs in zip(compiled.parameters(), reference.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-2, atol=2e-4)
    moved = [not torch.equal(a, b) for a, b in zip(compiled.parameters(), made(name).parameters(), strict=True)]
    assert any(moved)
    other = by_pytorch(made(name))
    other.load_state_dict(compiled.state_dict())
    for bonus in (compiled, other):
        bonus.observe(codes(50, ENVS))
        bonus.learn(codes(51, BATCH))
    torch.testing.assert_close(compiled.score(codes(52, BATCH)), other.score(codes(52, BATCH)), **close)


@every
@pytest.mark.parametrize("threads", [1, 2])
def test_a_learner_of_a_compiled_bonus_is_the_same_alone_and_in_company_whatever_the_threads(
    name, threads, monkeypatch
):
    """Scores of networks that learned, to the last bit for RND, whose formula is within a row."""
    monkeypatch.setattr("explore.numerics.threads._cores", lambda: threads)
    monkeypatch.setattr("torch.get_num_threads", lambda: threads)
    company, alone = made(name), made(name, [4])
    for time in range(6):
        company.observe(codes(time, ENVS))
        alone.observe(codes(time, ENVS, [4]))
        company.learn(codes(100 + time, BATCH))
        alone.learn(codes(100 + time, BATCH, [4]))
    chance = factors(7)
    ours, single = company.score(codes(9, BATCH), chance)[2:], alone.score(codes(9, BATCH, [4]), chance[2:])
    torch.testing.assert_close(ours, single, rtol=1e-4, atol=1e-6)
    if name == "rnd":
        assert torch.equal(ours, single)


def test_adams_moments_go_where_the_networks_go(vectors):
    """Another precision stands for another device here: both come through the same door."""
    bonus = ICM(BOX, ACTIONS, learners=2, hidden=8, features=4)
    bonus.learn(vectors(2, 5, 4))
    before = copy.deepcopy(bonus.optimiser.state_dict()["state"])
    bonus.to(torch.float64)
    for parameter, moments in bonus.optimiser.state.items():
        assert parameter.dtype == moments["exp_avg"].dtype == moments["exp_avg_sq"].dtype == torch.float64
    after = bonus.optimiser.state_dict()["state"]
    for place, moments in before.items():
        assert torch.equal(after[place]["exp_avg"].float(), moments["exp_avg"])
    bonus.to(torch.float32).learn(vectors(2, 5, 4, seed=1))
