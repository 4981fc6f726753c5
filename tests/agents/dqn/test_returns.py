"""Which transitions of a drawn batch are scored: all that matter, and as if all were."""

import gymnasium as gym
import pytest
import torch

from agents.dqn.replay import NStepBatch, Replay
from agents.dqn.returns import scored
from explore.core.plugins import make_bonus
from explore.core.transitions import Transitions
from explore.numerics.streams import Streams

LEARNERS, ENVS, CATEGORIES = [0, 3], 3, [4, 3]


def filled(bonus, paid: float, valid: bool) -> Replay:
    """A replay of 40 steps of which the share `paid` has a factor, with ends of episodes."""
    random, replay, shape = torch.Generator().manual_seed(1), Replay(300, ENVS), (len(LEARNERS), ENVS)
    for _ in range(40):
        rows = [
            torch.stack([torch.randint(0, count, shape, generator=random) for count in CATEGORIES], -1).byte()
            for _ in range(2)
        ]
        ended = torch.rand(shape, generator=random) < 0.2
        mask = torch.rand(shape, generator=random) < 0.8 if valid else None
        action = torch.randint(0, 3, shape, generator=random)
        step = Transitions(rows[0], action, torch.zeros(shape), rows[1], ended, torch.zeros_like(ended), valid=mask)
        bonus.observe(step)
        replay.add(step, (torch.rand(shape, generator=random) < paid).float())
    return replay


@pytest.mark.parametrize("valid", [False, True])
@pytest.mark.parametrize("paid", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("name", ["count", "rnd", "ngu:features=8,hidden=16", "mix:bonuses=count+rnd"])
def test_the_scores_within_each_episode_are_those_of_the_whole_batch(name, paid, valid) -> None:
    bonus = make_bonus(
        name, gym.spaces.MultiDiscrete(CATEGORIES), gym.spaces.Discrete(3), learners=LEARNERS, envs=ENVS, seed=0
    )
    replay = filled(bonus, paid, valid)
    for part in range(2):
        drawn = replay.sample(20, 3, Streams(part, "replay", LEARNERS))
        if name.startswith("mix"):
            drawn.__dict__["episodic"] = drawn.episodic.unsqueeze(-1).expand(-1, -1, 2)
        scores = scored(drawn, bonus).view(drawn.mask.shape)
        whole = bonus.score(drawn.transitions, drawn.episodic).view(drawn.mask.shape)
        torch.testing.assert_close(scores * drawn.mask, whole * drawn.mask, rtol=1e-5, atol=1e-8)
        assert (whole * drawn.mask != 0).any() == (paid > 0)


def test_only_what_pays_is_scored() -> None:
    """Of 60 transitions of each learner, those of one sequence have a factor."""
    bonus = make_bonus("count", gym.spaces.MultiDiscrete(CATEGORIES), gym.spaces.Discrete(3), learners=LEARNERS, envs=3)
    drawn = filled(bonus, 0.0, False).sample(20, 3, Streams(0, "replay", LEARNERS))
    drawn.episodic[:, :3] = 1.0
    asked = []
    bonus.novelty = lambda transitions: asked.append(transitions.reward.shape) or torch.ones_like(transitions.reward)
    assert (scored(drawn, bonus) > 0).sum(1).tolist() == drawn.mask[:, 0].sum(-1).tolist()
    assert asked[0][1] <= 3


@pytest.mark.parametrize("name", ["rnd", "icm", "noveld"])
def test_a_learner_is_scored_the_same_whatever_the_others_have(name) -> None:
    """Bit for bit, on either side of the share from which the whole batch is scored."""
    spaces = gym.spaces.MultiDiscrete(CATEGORIES), gym.spaces.Discrete(3)
    company, alone = (make_bonus(name, *spaces, learners=who, envs=ENVS, seed=0) for who in (LEARNERS, LEARNERS[:1]))
    replay = filled(company, 0.3, False)
    for step in range(40):
        parts = {part: held[:1, :, step] for part, held in replay.state_dict()["parts"].items() if part != "episodic"}
        alone.observe(Transitions(**parts))
    for part in range(10):
        drawn = replay.sample(20, 3, Streams(part, "replay", LEARNERS))
        drawn.episodic[1] = 1.0  # the other learner is paid for everything
        mine = NStepBatch(
            {name: held[: len(held) // 2] for name, held in drawn._parts.items()}, drawn.places[:1].clone()
        )
        assert torch.equal(scored(drawn, company)[:1], scored(mine, alone))
