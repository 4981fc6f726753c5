"""The results of learners as one table for other programs: a row per learner and evaluation.

Columns: folder, maze, agent, learner, steps_trained, step (environment steps at the evaluation), seconds (of training
all learners of the block until then, evaluation apart), curve_return, and of the learner at the end, repeated in each
of its rows: return, success, held_out_return, held_out_success, first_reward_step. What is not known is empty.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from escapade.runs.store import open_existing
from explore.errors import BadInput

COLUMNS = (
    "folder",
    "maze",
    "agent",
    "learner",
    "steps_trained",
    "step",
    "seconds",
    "curve_return",
    "return",
    "success",
    "held_out_return",
    "held_out_success",
    "first_reward_step",
)


def rows(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Every row of the folders; BadInput where one of them holds no finished learner."""
    return [row for folder in folders for row in _rows(folder)]


def write_csv(table: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the table as CSV (RFC 4180, UTF-8)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(table)


def write_parquet(table: Sequence[dict[str, Any]], path: Path) -> None:
    """Write the table as Parquet; ModuleNotFoundError where pyarrow is absent."""
    import pyarrow  # an extra
    import pyarrow.parquet

    text, whole = pyarrow.string(), pyarrow.int64()
    kinds = {"folder": text, "maze": text, "agent": text}
    kinds |= dict.fromkeys(("learner", "steps_trained", "step", "first_reward_step"), whole)
    schema = pyarrow.schema([(name, kinds.get(name, pyarrow.float64())) for name in COLUMNS])
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(table), schema=schema), path)


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    store = open_existing(folder)
    try:
        blocks = [store.load(configuration) for configuration in store.configurations()]
    finally:
        store.close()
    if not any(block.results for block in blocks):
        raise BadInput(f"'{folder}' holds no finished learner yet: run the same experiment again to finish it.")
    for block in blocks:
        for result in block.results:
            end = {
                "folder": str(folder),
                "maze": block.maze,
                "agent": block.agent,
                "learner": result.learner,
                "steps_trained": block.steps,
                "return": result.train_return,
                "success": result.train_success,
                "held_out_return": result.held_out_return,
                "held_out_success": result.held_out_success,
                "first_reward_step": result.first_reward_step,
            }
            for step, value in result.curve:
                seconds = step * len(block.results) / block.steps_per_second
                yield {**end, "step": step, "seconds": seconds, "curve_return": value}
            if not result.curve:
                yield {**end, "step": None, "seconds": None, "curve_return": None}
