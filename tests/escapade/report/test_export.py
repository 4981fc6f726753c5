"""The exported table holds the learners' results, the same as CSV and as Parquet."""

import csv

import pytest

from agents.training.results import Block, LearnerResult
from escapade.report.export import COLUMNS, rows, write_csv, write_parquet
from escapade.runs.store import Store
from explore.errors import BadInput


@pytest.fixture
def folder(tmp_path):
    store = Store(tmp_path / "kept")
    results = [
        LearnerResult(0, 0.5, 0.75, 0.25, 0.5, 30, [(100, 0.0), (200, 0.5)]),
        LearnerResult(1, 0.0, 0.0, None, None, None, []),
    ]
    configuration = {"maze": "a-maze", "agent": "count:beta=1,by=state", "steps": 200, "seed": 1, "settings": {}}
    store.save(configuration, Block("a-maze", "count:beta=1,by=state", 200, 9.0, 50.0, results))
    store.close()
    return tmp_path / "kept"


def test_a_row_per_evaluation_and_one_for_a_learner_without(folder, tmp_path):
    """Two learners make 50 steps a second together: 200 steps each are eight seconds."""
    table = rows([folder])
    assert [(row["learner"], row["step"], row["seconds"], row["curve_return"]) for row in table] == [
        (0, 100, 4.0, 0.0),
        (0, 200, 8.0, 0.5),
        (1, None, None, None),
    ]
    assert all(set(row) == set(COLUMNS) for row in table)
    write_csv(table, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["agent"] for row in read] == ["count:beta=1,by=state"] * 3
    assert [row["return"] for row in read] == ["0.5", "0.5", "0.0"]
    assert [row["held_out_return"] for row in read] == ["0.25", "0.25", ""]
    assert len(rows([folder, folder])) == 6


def test_parquet_holds_the_same_with_its_types(folder, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    table = rows([folder])
    write_parquet(table, tmp_path / "t.parquet")
    read = parquet.read_table(tmp_path / "t.parquet")
    assert read.to_pylist() == [{name: row[name] for name in COLUMNS} for row in table]
    assert str(read.schema.field("step").type) == "int64"


def test_a_folder_without_learners_is_refused(tmp_path):
    Store(tmp_path / "empty").close()
    with pytest.raises(BadInput, match="no finished learner"):
        rows([tmp_path / "empty"])
