"""The sweep, with a training function that is cheap: what is missing is trained, and nothing else."""

from dataclasses import replace

import numpy as np

from agents.training.results import Block, LearnerResult, Progress
from escapade.runs import sweep as module
from escapade.runs.store import Store
from escapade.runs.sweep import Plan, sweep

PLAN = Plan(("M", "N"), ("a", "b"), learners=2, steps=100, seed=3)


def train(maze, agent, *, learners, steps, seed, device, progress):
    progress(Progress(steps, steps, np.array([0.5] * len(learners)), 1))
    results = [LearnerResult(n, ord(maze) + n / 7, 1, 0, 0, None, [(steps, seed / 3)]) for n in learners]
    return Block(maze, agent, steps, 1.0, 10.0, results)


def run(plan, store, monkeypatch):
    finished = []
    monkeypatch.setattr(module, "TRAIN", "trainer_for_tests:train")
    monkeypatch.setitem(
        __import__("sys").modules, "trainer_for_tests", __import__("types").SimpleNamespace(train=train)
    )
    blocks = sweep(plan, store, jobs=1, finished=lambda b: finished.append((b.maze, b.agent, len(b.results))))
    return blocks, finished


def test_a_resumed_sweep_is_the_uninterrupted_one_and_trains_only_what_is_missing(monkeypatch):
    whole, _ = run(PLAN, Store(None), monkeypatch)
    store = Store(None)
    run(replace(PLAN, mazes=("M",)), store, monkeypatch)
    resumed, finished = run(PLAN, store, monkeypatch)
    assert finished == [("N", "a", 2), ("N", "b", 2)]
    assert resumed == whole
    again, finished = run(PLAN, store, monkeypatch)
    assert finished == []
    assert again == whole


def test_more_learners_keep_those_that_are_there(monkeypatch):
    store = Store(None)
    run(PLAN, store, monkeypatch)
    blocks, finished = run(replace(PLAN, learners=5), store, monkeypatch)
    assert finished == [(maze, agent, 3) for maze in "MN" for agent in "ab"]
    assert [r.learner for r in blocks[0].results] == [0, 1, 2, 3, 4]


def test_another_seed_is_another_configuration(monkeypatch):
    store = Store(None)
    run(PLAN, store, monkeypatch)
    _, finished = run(replace(PLAN, seed=4), store, monkeypatch)
    assert len(finished) == 4
