"""Weights on disk: whole or not at all, found again by every learner, and read as nothing but tensors."""

import pickle

import pytest
import torch

from agents.mazes import make
from agents.training import training
from agents.training.evaluation import evaluate
from agents.training.observations import symbolic_space
from agents.training.results import Block, LearnerResult
from agents.training.trained import Trained
from escapade.runs import weights
from escapade.runs.plan import Plan
from escapade.runs.store import Store, open_existing
from escapade.runs.sweep import sweep
from explore.errors import BadInput

CONFIGURATION = {"maze": "M/x", "agent": "a:b=1", "steps": 10, "seed": 1, "device": "cpu", "settings": {}}


def kept(*learners: int) -> dict[str, object]:
    return {"hidden": [4], "envs": 2, "learners": list(learners), "state": {"w": torch.full((len(learners), 3), 0.5)}}


def block(*learners: int, parts=None) -> Block:
    results = [LearnerResult(n, 0.1, 1.0, None, None, None, [], [[n, 2], [3, 4]]) for n in learners]
    return Block("M/x", "a:b=1", 10, 2.5, 100.0, results, kept(*learners) if parts is None else parts)


def test_every_learner_finds_the_block_it_was_trained_in(tmp_path) -> None:
    store = Store(tmp_path)
    store.save(CONFIGURATION, block(0, 1))
    store.save(CONFIGURATION, block(2))  # more learners, later
    store.save({**CONFIGURATION, "seed": 2}, block(0, 1))
    store.close()
    again = open_existing(tmp_path)
    assert [again.weights(CONFIGURATION, n)["learners"] for n in (0, 1, 2)] == [[0, 1], [0, 1], [2]]
    assert torch.equal(again.weights(CONFIGURATION, 0)["state"]["w"], torch.full((2, 3), 0.5))
    assert len(list((tmp_path / "weights").iterdir())) == 3
    assert again.load(CONFIGURATION).results == block(0, 1, 2).results  # with their visits


def test_a_kill_between_the_file_and_the_rows_loses_nothing(tmp_path, monkeypatch) -> None:
    store = Store(tmp_path)
    broken = block(0, 1)
    broken.results[1].curve.append((10, None))  # violates NOT NULL after the file was written
    with pytest.raises(Exception, match="NOT NULL"):
        store.save(CONFIGURATION, broken)
    assert store.learners(CONFIGURATION) == []
    store.save(CONFIGURATION, block(0, 1))
    assert store.weights(CONFIGURATION, 1)["learners"] == [0, 1]
    assert len(list((tmp_path / "weights").iterdir())) == 1


def test_results_are_kept_where_weights_cannot_be(tmp_path) -> None:
    (tmp_path / "weights").write_text("a file in the way")
    store = Store(tmp_path)
    store.save(CONFIGURATION, block(0))
    assert store.learners(CONFIGURATION) == [0]
    (note,) = store.notes  # the command prints it and ends with status 1
    assert note.startswith("the weights of 'a:b=1' in M/x could not be stored in")
    with pytest.raises(BadInput, match="has no weights of learner 0 of a:b=1 in M/x"):
        store.weights(CONFIGURATION, 0)


def test_missing_and_damaged_files_get_one_sentence(tmp_path) -> None:
    name = weights.write(tmp_path, "M", "a", "key", kept(0))
    place = tmp_path / "weights" / name
    whole = place.read_bytes()
    place.write_bytes(whole[:-50])
    with pytest.raises(BadInput, match="cannot be read"):
        weights.read(tmp_path, name)
    torch.save({"state": {}}, place)
    with pytest.raises(BadInput, match="cannot be read"):
        weights.read(tmp_path, name)
    place.unlink()
    with pytest.raises(BadInput, match="are missing: train this agent again"):
        weights.read(tmp_path, name)


class Nasty:
    """What a file from elsewhere might try."""

    def __reduce__(self):
        return (open, ("harm", "w"))


def test_nothing_is_run_from_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights").mkdir()
    nasty = {**kept(0), "state": Nasty()}
    torch.save(nasty, tmp_path / "weights" / "torch.pt")
    (tmp_path / "weights" / "pickle.pt").write_bytes(pickle.dumps(nasty, 2))
    for name in ("torch.pt", "pickle.pt"):
        with pytest.raises(BadInput, match="cannot be read"):
            weights.read(tmp_path, name)
    assert not (tmp_path / "harm").exists()


def test_a_run_keeps_what_plays_as_it_was_evaluated(tmp_path, monkeypatch) -> None:
    """From the sweep through the store to an evaluation with the same streams, after a resumption."""
    monkeypatch.setattr(training, "FINAL_EPISODES", 12)
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)  # the sweep sets the threads of this process
    maze = "MiniGrid-Empty-Random-5x5-v0"
    store = Store(tmp_path)
    sweep(Plan((maze,), ("count",), 1, 24, seed=4), store, backend="sequential")
    (block,) = sweep(Plan((maze,), ("count",), 2, 24, seed=4), store, backend="sequential").blocks
    store.close()
    (configuration,) = open_existing(tmp_path).configurations()
    for result in block.results:
        state = open_existing(tmp_path).weights(configuration, result.learner)
        trained = Trained("count", symbolic_space(make(maze, 1).single_observation_space), 7, state)
        score = evaluate(trained, maze, "train", 12, seed=4, purpose="final/train")
        assert score.returns.tolist() == [result.train_return]
        assert sum(map(sum, result.visits)) == 24
