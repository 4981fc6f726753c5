"""Learners that begin with the networks of another folder: which ones, that they do, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from agents.dqn.dqn import DQN
from agents.dqn.settings import DQNSettings
from agents.training import training
from escapade.runs.initial import beginning_with, initial_weights
from escapade.runs.plan import Plan
from escapade.runs.store import Store, open_existing
from escapade.runs.sweep import sweep
from explore.errors import BadInput

M = "MiniGrid-Empty-5x5-v0"
UNPAID = f"{M}:reward_scale=0"
SMALL = DQNSettings(batch=8, warmup=64, hidden=(16, 16))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(training, "CURVE_EPISODES", 2)
    monkeypatch.setattr(training, "FINAL_EPISODES", 4)
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)  # the sweep sets the threads of this process


def trained(folder, mazes=(UNPAID,), agents=("count",), learners=2, steps=160):
    plan = Plan(mazes, agents, learners, steps, 5, dqn=SMALL)
    return finished(plan, folder)


def finished(plan, folder):
    store = Store(folder)
    swept = sweep(plan, store, backend="sequential")
    assert swept.failures == []
    store.close()
    return swept.blocks


def test_each_learner_begins_with_the_networks_of_its_name(tmp_path, monkeypatch):
    """Also where the names there were trained in several blocks."""
    explored = tmp_path / "explored"
    trained(explored, learners=1)
    trained(explored, learners=3)
    plan = beginning_with(Plan((M,), ("count",), 3, 160, 6, dqn=SMALL), explored)
    begun = []
    original = DQN.train
    monkeypatch.setattr(
        DQN,
        "train",
        lambda dqn, *rest: (
            begun.append({k: v.clone() for k, v in dqn.target.state_dict().items()}),
            original(dqn, *rest),
        )[1],
    )
    tuned = finished(plan, tmp_path / "tuned")
    (networks,) = begun
    kept = open_existing(explored)
    (source,) = kept.configurations()
    for name in range(3):
        block = kept.weights(source, name)
        place = block["learners"].index(name)
        for key, tensor in block["state"].items():
            torch.testing.assert_close(networks[key][name], tensor[place], rtol=0, atol=0)
    kept.close()
    monkeypatch.undo()
    scratch = finished(replace(plan, initial=None), tmp_path / "scratch")
    assert all(mine.visits != new.visits for mine, new in zip(tuned[0].results, scratch[0].results, strict=True))


def test_a_learner_is_the_same_whoever_else_begins(tmp_path):
    explored = tmp_path / "explored"
    trained(explored, learners=3)
    plans = [beginning_with(Plan((M,), ("count",), learners, 160, 6, dqn=SMALL), explored) for learners in (2, 3)]
    two, three = (finished(plan, tmp_path / str(plan.learners))[0] for plan in plans)
    assert two.results == three.results[:2]


def test_what_it_began_with_belongs_to_the_configuration(tmp_path):
    """The training there, not the folder's name: moved elsewhere it is the same."""
    trained(tmp_path / "explored")
    plan = Plan((M,), ("count",), 2, 160, 6, dqn=SMALL)
    begun = beginning_with(plan, tmp_path / "explored")
    (tmp_path / "explored").rename(tmp_path / "moved")
    assert beginning_with(plan, tmp_path / "moved").configurations() == begun.configurations()
    assert begun.configurations()[0]["initial"]["maze"] == UNPAID
    assert "initial" not in plan.configurations()[0]
    store = Store(None)
    sweep(plan, store, backend="sequential")
    with pytest.raises(BadInput, match=f"began with random networks, not those of count in {UNPAID}"):
        store.check(begun.configurations())


def test_the_networks_are_those_of_the_same_maze_whatever_its_reward_or_of_the_only_one(tmp_path):
    trained(tmp_path, mazes=(UNPAID, "MiniGrid-Empty-6x6-v0"))
    plan = Plan((f"{M}:reward_scale=10", "MiniGrid-Empty-6x6-v0"), ("count",), 2, 160, 6, dqn=SMALL)
    configurations = beginning_with(plan, tmp_path).configurations()
    assert [c["initial"]["maze"] for c in configurations] == [UNPAID, "MiniGrid-Empty-6x6-v0"]
    with pytest.raises(BadInput, match="it must be one of them, or in MiniGrid-Empty-8x8-v0"):
        beginning_with(replace(plan, mazes=("MiniGrid-Empty-8x8-v0",)), tmp_path)


def test_what_is_not_there_is_named(tmp_path):
    plan = Plan((M,), ("count",), 2, 160, 6, dqn=SMALL)
    assert beginning_with(plan, None) is plan
    with pytest.raises(BadInput, match="holds no results"):
        beginning_with(plan, tmp_path)
    trained(tmp_path)
    with pytest.raises(BadInput, match="has no rnd to start from: it has count"):
        beginning_with(replace(plan, agents=("rnd",)), tmp_path)
    with pytest.raises(BadInput, match=r"has no learner 2 of count in .*train 4 learners there first"):
        beginning_with(replace(plan, learners=4), tmp_path)
    (configuration,) = beginning_with(plan, tmp_path).configurations()
    for file in (tmp_path / "weights").iterdir():
        file.write_bytes(b"damaged")
    with pytest.raises(BadInput, match="cannot be read"):
        initial_weights(tmp_path, configuration["initial"], [0])


def test_networks_of_other_layers_are_given_up_and_named(tmp_path):
    trained(tmp_path / "there")
    plan = beginning_with(Plan((M,), ("count",), 2, 160, 6, dqn=DQNSettings(hidden=(8,))), tmp_path / "there")
    swept = sweep(plan, Store(None), backend="sequential")
    assert "do not fit this DQN's" in swept.failures[0].reason
    assert np.size(swept.blocks) == 0
