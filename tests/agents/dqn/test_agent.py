"""Targets worked by hand, and the bonus in them."""

from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest
import torch

from agents.dqn.agent import QAgent
from agents.dqn.agent_spec import parse_agent
from agents.dqn.replay import NStepBatch
from agents.dqn.settings import DQNSettings
from explore.core.spec import settings_from
from explore.core.transitions import Transitions
from explore.errors import BadInput

SPACE = gym.spaces.Box(-1, 1, (4,), np.float32)
ACTIONS = 3


def agent(spec: str, names: tuple[int, ...] = (0, 1), **settings: object) -> QAgent:
    small = DQNSettings(**{"hidden": (16,), "batch": 8, "warmup": 8, "weights": (0.0, 1.0), **settings})
    return QAgent(parse_agent(spec), SPACE, ACTIONS, learners=list(names), horizon=1000, seed=3, settings=small)


def random_step(time: int, names: tuple[int, ...] = (0, 1), envs: int = 2, ended: bool = False) -> Transitions:
    """A random step; each learner's is its own, whoever else is present."""
    parts = []
    for name in names:
        random = torch.Generator().manual_seed(1000 * name + time)
        parts.append(torch.rand(envs, 10, generator=random))
    drawn = torch.stack(parts)
    no = torch.zeros(len(names), envs, dtype=torch.bool)
    return Transitions(
        observation=drawn[..., :4],
        action=(drawn[..., 8] * ACTIONS).long(),
        reward=drawn[..., 9],
        next_observation=drawn[..., 4:8],
        terminated=no | ended,
        truncated=no.clone(),
    )


def sequence(rewards: list[float], *, terminated: bool, truncated: bool, steps: int) -> NStepBatch:
    """One sequence for one learner; the episode ends, or not, with the last of `rewards`, what follows is another's."""
    count = len(rewards)
    random = torch.Generator().manual_seed(0)
    at_end = torch.arange(steps) == count - 1
    parts = {
        "observation": torch.rand(steps, 4, generator=random),
        "action": torch.zeros(steps, dtype=torch.int64),
        "reward": torch.tensor(rewards + [1000.0] * (steps - count)),
        "next_observation": torch.rand(steps, 4, generator=random),
        "terminated": at_end & terminated,
        "truncated": at_end & truncated,
        "episodic": torch.ones(steps),
    }
    return NStepBatch(parts, torch.arange(steps).view(1, 1, steps))


def bootstrap(dqn: QAgent, successor: torch.Tensor) -> float:
    """Double Q: the target network's value of the online network's best action."""
    with torch.no_grad():
        best = int(dqn.network(successor)[0, 0, 0].argmax())
        return float(dqn.target(successor)[0, 0, 0, best])


@pytest.mark.parametrize(
    ("rewards", "terminated", "truncated", "steps"),
    [
        ([0.3], False, False, 1),
        ([0.3], True, False, 1),
        ([0.3], False, True, 1),
        ([0.1, 0.2, 0.7], False, False, 3),
        ([0.1, 0.2, 0.7], True, False, 3),
        ([0.1, 0.2], True, False, 3),
        ([0.1, 0.2], False, True, 3),
    ],
)
def test_extrinsic_target_by_hand(rewards: list[float], terminated: bool, truncated: bool, steps: int) -> None:
    dqn = agent("epsilon-greedy", (0,), n_step=steps, discount=0.9)
    torch.nn.init.normal_(next(iter(dqn.target.parameters())))  # so that the target differs from the online network
    drawn = sequence(rewards, terminated=terminated, truncated=truncated, steps=steps)
    last = len(rewards) - 1
    expected = sum(0.9**k * reward for k, reward in enumerate(rewards))
    if not terminated:  # truncation bootstraps
        expected += 0.9 ** len(rewards) * bootstrap(dqn, drawn.transitions.next_observation[:, last : last + 1])
    with torch.no_grad():
        assert float(dqn.targets(drawn)[0, 0, 0]) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("steps", [1, 3])
def test_the_bonus_moves_the_intrinsic_target_and_leaves_the_extrinsic_one(steps: int) -> None:
    drawn = sequence([0.1, 0.2, 0.7][:steps], terminated=True, truncated=False, steps=steps)
    without, with_bonus = (agent(spec, (0,), n_step=steps) for spec in ("epsilon-greedy", "count:beta=0.5"))
    plain, moved = without.targets(drawn)[0, 0], with_bonus.targets(drawn)[0, 0]
    assert float(moved[0]) == float(plain[0])
    # Nothing was seen yet, so that each of the n transitions earns β / √(0 + …) as the bonus itself says.
    bonus = with_bonus.bonus.score(drawn.transitions, drawn.episodic)[0]
    expected = sum(with_bonus.settings.intrinsic_discount**k * float(b) for k, b in enumerate(bonus))
    assert float(moved[1]) == pytest.approx(expected, rel=1e-5)
    assert expected > 0.1


@pytest.mark.parametrize("steps", [1, 3])
def test_one_joint_value_function_learns_reward_plus_bonus(steps: int) -> None:
    """Each of the n rewards, with the discount of the reward."""
    drawn = sequence([0.1, 0.2, 0.7][:steps], terminated=True, truncated=False, steps=steps)
    joint = agent("count:beta=0.5", (0,), n_step=steps, heads="joint", discount=0.9, intrinsic_discount=0.5)
    targets = joint.targets(drawn)
    assert targets.shape == (1, 1, 1)
    paid = drawn.transitions.reward[0] + joint.bonus.score(drawn.transitions, drawn.episodic)[0]
    assert float(targets) == pytest.approx(sum(0.9**k * float(r) for k, r in enumerate(paid)), rel=1e-5)


@pytest.mark.parametrize("terminated", [False, True])
def test_without_bootstrapping_through_truncation_a_truncated_episode_ends(terminated: bool) -> None:
    drawn = sequence([0.1, 0.2], terminated=terminated, truncated=not terminated, steps=3)
    dqn = agent("epsilon-greedy", (0,), n_step=3, discount=0.9, bootstrap_truncated=False)
    assert float(dqn.targets(drawn)) == pytest.approx(0.1 + 0.9 * 0.2, abs=1e-6)


@pytest.mark.parametrize("double", [False, True])
def test_who_chooses_the_action_that_is_bootstrapped_from(double: bool) -> None:
    drawn = sequence([0.0], terminated=False, truncated=False, steps=1)
    dqn = agent("epsilon-greedy", (0,), n_step=1, discount=0.5, double=double)
    for network, values in ((dqn.network, [1.0, 3.0, 2.0]), (dqn.target, [5.0, 7.0, 9.0])):
        head = network.body.layers[-1]
        with torch.no_grad():
            head.weight.zero_()
            head.bias[:] = torch.tensor(values)
    assert float(dqn.targets(drawn)) == 0.5 * (7.0 if double else 9.0)


def test_the_intrinsic_head_has_its_own_discount_and_the_action_of_the_sum() -> None:
    drawn = sequence([0.0], terminated=False, truncated=False, steps=1)
    dqn = agent("count:beta=1e-9", (0,), n_step=1, discount=0.5, intrinsic_discount=0.25)
    for network in (dqn.network, dqn.target):
        head = network.body.layers[-1]
        with torch.no_grad():
            head.weight.zero_()
            head.bias[:] = torch.tensor([1.0, 0.0, 0.0, 1.0, 4.0, 8.0])  # the sum is best at action 2
    assert dqn.targets(drawn)[0, 0].tolist() == pytest.approx([0.5, 2.0], abs=1e-6)


def test_dueling_values_are_the_state_value_plus_centred_advantages() -> None:
    dqn = agent("count", (0,), dueling=True)
    rows = random_step(0, (0,)).observation
    with torch.no_grad():
        outputs = dqn.network.body(rows).view(1, 2, 2, ACTIONS + 1)
    value, advantage = outputs[..., :1], outputs[..., 1:]
    expected = value + advantage - advantage.mean(-1, keepdim=True)
    torch.testing.assert_close(dqn.backend.values(rows), expected)


def test_with_priorities_what_was_wrong_is_drawn_more_often_and_weighted_less() -> None:
    dqn = agent("epsilon-greedy", (0,), priority=1.0, n_step=1, learning_rate=1e-9, weights=(0.0,), updates=40)
    for time in range(20):
        step = random_step(time, (0,), envs=1, ended=True)
        dqn.observe(replace(step, reward=torch.full((1, 1), 0.9 if time == 7 else 0.1)))
    dqn.learn()  # the first draw is uniform
    drawn = dqn.replay.sample(4000, 1, dqn.replay_streams)
    rare = drawn.first.reward[0] > 0.5
    assert float(rare.float().mean()) == pytest.approx(0.9 / (0.9 + 19 * 0.1), abs=0.05)
    weights = dqn.replay.importance(drawn, 1.0)[0]
    assert float(weights[rare].mean() / weights[~rare].mean()) == pytest.approx(1 / 9, abs=0.03)


def test_the_bonus_is_the_one_known_now_not_the_one_at_storage() -> None:
    dqn = agent("count", (0,))
    step = random_step(0, (0,))
    dqn.observe(step)
    first = dqn.bonus.score(step).clone()
    for _ in range(8):
        dqn.observe(step)
    drawn = dqn.replay.sample(4, 1, dqn.replay_streams)
    now = dqn.bonus.score(drawn.transitions, drawn.episodic)
    assert (now < first.max()).all()


def test_the_intrinsic_value_is_learned() -> None:
    """Where every reward is zero, the intrinsic function still rises to what the bonus pays."""
    dqn = agent("count:beta=1", (0,), intrinsic_discount=0.0)
    step = random_step(0, (0,), ended=True)
    for _ in range(300):
        dqn.observe(step)
        dqn.learn()
    with torch.no_grad():
        value = dqn.network(step.observation)[0, 0, 1, int(step.action[0, 0])]
    assert float(value) == pytest.approx(float(dqn.bonus.score(step)[0, 0]), abs=0.05)


@pytest.mark.parametrize("spec", ["epsilon-greedy", "count", "noisy", "bootstrapped+simhash"])
def test_a_learner_is_the_same_alone_and_in_company(spec: str) -> None:
    together, alone = agent(spec, (0, 1)), agent(spec, (1,))
    for time in range(40):
        for dqn, names in ((together, (0, 1)), (alone, (1,))):
            dqn.act(random_step(time, names).observation)
            dqn.observe(random_step(time, names, ended=time % 7 == 6))
            dqn.learn()
    rows = random_step(99, (0, 1)).observation
    ours, theirs = together.greedy_values(rows)[1], alone.greedy_values(rows[1:])[0]
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert not torch.allclose(ours, agent(spec, (1,)).greedy_values(rows[1:])[0], atol=1e-3)


def test_slots_act_on_the_bonus_by_their_weights_and_the_exploiting_policy_does_not() -> None:
    dqn = agent("greedy+count", (0,))
    rows = random_step(0, (0,)).observation[:, :1].expand(1, 2, 4)
    for network in (dqn.network, dqn.target):
        head = network.body.layers[-1]
        with torch.no_grad():
            for parameter in head.parameters():
                parameter.zero_()
            # Extrinsic values prefer action 0, intrinsic ones action 2 by more.
            head.bias.view(1, 2, ACTIONS)[:] = torch.tensor([[1.0, 0.0, 0.5], [0.0, 0.0, 9.0]])
    assert dqn.act(rows).tolist() == [[0, 2]]  # weights 0 and 1
    assert dqn.greedy_values(rows).argmax(-1).tolist() == [[0, 0]]


def test_no_update_before_the_warm_up() -> None:
    dqn = agent("epsilon-greedy", (0,), warmup=20)
    before = [p.clone() for p in dqn.network.parameters()]
    for time in range(9):
        dqn.observe(random_step(time, (0,)))
        dqn.learn()
    assert all(torch.equal(a, b) for a, b in zip(before, dqn.network.parameters(), strict=True))
    dqn.observe(random_step(9, (0,)))
    dqn.learn()
    assert not all(torch.equal(a, b) for a, b in zip(before, dqn.network.parameters(), strict=True))


def test_settings_whose_replay_cannot_hold_a_sequence_are_refused() -> None:
    with pytest.raises(BadInput, match=r"capacity 100 does not hold n_step 20 steps of 8 .* at least 160"):
        settings_from(DQNSettings, {"capacity": 100, "n_step": 20}, "the DQN")
    assert settings_from(DQNSettings, {"capacity": 160, "n_step": 20}, "the DQN").capacity == 160
