"""Weights that were kept play as the agent that they were taken of, by themselves and in company."""

import copy

import pytest
import torch

from agents.dqn.agent import QAgent
from agents.dqn.agent_spec import parse_agent
from agents.dqn.settings import DQNSettings
from agents.mazes import make
from agents.training.evaluation import evaluate
from agents.training.learner_env import LearnerVectorEnv
from agents.training.observations import symbolic_space
from agents.training.trained import Trained, weights_of
from explore.errors import BadInput

MAZE = "MiniGrid-Empty-Random-5x5-v0"
SMALL = DQNSettings(hidden=(16,), capacity=100, weights=(0.0, 0.0, 0.5, 1.0))
SPACE = symbolic_space(make(MAZE, 1).single_observation_space)


@pytest.fixture(params=["count", "noisy+count", "bootstrapped"])
def agent(request):
    """A DQN whose weights are drawn: any will do, but no two learners have the same."""
    spec = parse_agent(request.param)
    dqn = QAgent(spec, SPACE, 7, learners=[3, 8], horizon=100, seed=5, settings=SMALL)
    generator = torch.Generator().manual_seed(1)
    for parameter in dqn.target.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=generator))
    dqn.spec = request.param
    return dqn


def loaded(agent) -> Trained:
    return Trained(agent.spec, SPACE, 7, weights_of(agent))


def test_the_loaded_agent_is_evaluated_as_the_trained_one(agent) -> None:
    """The same streams, so that one action that differs shows in the returns."""
    mine, theirs = (evaluate(each, MAZE, "train", 30, seed=5, purpose="final") for each in (loaded(agent), agent))
    assert mine.returns.tolist() == theirs.returns.tolist()
    assert mine.success.tolist() == theirs.success.tolist()
    assert 0 < mine.success.min() < 1


def test_values_are_the_same_to_the_last_bit(agent) -> None:
    rows = LearnerVectorEnv(make(MAZE, 40, seed=3), 2).rows
    agent.target.resample(agent.action_streams)  # noise that the exploiting policy must not have
    assert torch.equal(loaded(agent).greedy_values(rows), agent.greedy_values(rows))


def test_a_learner_by_itself_values_actions_as_in_company(agent) -> None:
    both = loaded(agent)
    rows = LearnerVectorEnv(make(MAZE, 40, seed=3), 1).rows
    together = both.greedy_values(rows.expand(2, -1, -1))
    for place, name in enumerate([3, 8]):
        alone = both.only(name).greedy_values(rows)
        torch.testing.assert_close(alone[0], together[place])
    assert not torch.allclose(together[0], together[1])


def test_what_is_kept_is_apart_from_what_goes_on_learning(agent) -> None:
    kept = weights_of(agent)
    before = copy.deepcopy(kept)
    for parameter in agent.target.parameters():
        parameter.data.add_(1.0)
    for name, tensor in before["state"].items():
        assert torch.equal(tensor, kept["state"][name])


def test_bad_input(agent) -> None:
    with pytest.raises(BadInput, match="there is no learner 5: there are 3, 8"):
        loaded(agent).only(5)
    another = symbolic_space(make("MiniGrid-Fetch-5x5-N2-v0", 1).single_observation_space)  # with a mission to see
    with pytest.raises(BadInput, match="do not fit"):
        Trained(agent.spec, another, 7, weights_of(agent))
