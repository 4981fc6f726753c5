"""Weights that were kept play as the trained agent did, by themselves and in company."""

import copy

import pytest
import torch

from agents.dqn import DQNSettings
from agents.evaluation import evaluate
from agents.mazes import make
from agents.observations import symbolic_space
from agents.stage import Stage
from agents.trained import Trained
from agents.training import FINAL_EPISODES, train
from explore.errors import BadInput

MAZE = "MiniGrid-Empty-Random-5x5-v0"
SMALL = DQNSettings(hidden=(16,), batch=8, warmup=8, weights=(0.0, 0.0, 0.5, 1.0))


@pytest.fixture(scope="module", params=["count", "noisy+count", "bootstrapped"])
def block(request):
    return train(MAZE, request.param, learners=[3, 8], steps=24, seed=5, settings=SMALL, keep_weights=True)


def loaded(block) -> Trained:
    mazes = make(MAZE, 1)
    return Trained(block.agent, symbolic_space(mazes.single_observation_space), 7, block.weights)


def test_the_loaded_agent_is_evaluated_as_the_trained_one_was(block) -> None:
    """The same streams, so that one action that differs shows in the returns."""
    score = evaluate(loaded(block), MAZE, "train", FINAL_EPISODES, seed=5, purpose="final/train")
    assert score.returns.tolist() == [result.train_return for result in block.results]
    assert score.success.tolist() == [result.train_success for result in block.results]


def test_a_learner_by_itself_values_actions_as_in_company(block) -> None:
    both = loaded(block)
    rows = Stage(make(MAZE, 40, seed=3), 1).rows
    together = both.exploit(rows.expand(2, -1, -1))
    for place, name in enumerate([3, 8]):
        alone = both.only(name).exploit(rows)
        torch.testing.assert_close(alone[0], together[place])
    assert not torch.allclose(together[0], together[1])


def test_what_is_kept_is_apart_from_what_is_played(block) -> None:
    kept = copy.deepcopy(block.weights)
    loaded(block).exploit(Stage(make(MAZE, 2), 2).rows)
    for name, tensor in kept["state"].items():
        assert torch.equal(tensor, block.weights["state"][name])


def test_bad_input(block) -> None:
    with pytest.raises(BadInput, match="there is no learner 5: there are 3, 8"):
        loaded(block).only(5)
    another = symbolic_space(make("MiniGrid-Fetch-5x5-N2-v0", 1).single_observation_space)  # with a mission to see
    with pytest.raises(BadInput, match="do not fit"):
        Trained(block.agent, another, 7, block.weights)
