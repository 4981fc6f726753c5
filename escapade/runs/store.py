"""The run store: one SQLite file per experiment, a row per learner with its curve points.

A block of learners that were trained together appears in one transaction, so a kill at any moment loses at most the
block in progress. Every learner belongs to a configuration (everything that its result depends on), kept as JSON: two
configurations in one file never mix, and asking again for one that is there costs nothing.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from agents.training.results import Block, LearnerResult
from escapade.runs import weights
from explore.errors import BadInput

FILE = "runs.sqlite"
PACKAGES = ("escapade", "torch", "numpy", "numba", "gymnasium", "minigrid")
TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS configurations (
    id INTEGER PRIMARY KEY, configuration TEXT NOT NULL UNIQUE, versions TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS learners (
    configuration INTEGER NOT NULL REFERENCES configurations(id), learner INTEGER NOT NULL,
    train_return REAL, train_success REAL, held_out_return REAL, held_out_success REAL, first_reward_step INTEGER,
    seconds REAL, steps_per_second REAL, first_success_step INTEGER, PRIMARY KEY (configuration, learner));
CREATE TABLE IF NOT EXISTS curves (
    configuration INTEGER NOT NULL, learner INTEGER NOT NULL, step INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (configuration, learner, step));
CREATE TABLE IF NOT EXISTS visits (
    configuration INTEGER NOT NULL, learner INTEGER NOT NULL, counts TEXT NOT NULL,
    PRIMARY KEY (configuration, learner));
CREATE TABLE IF NOT EXISTS weights (
    configuration INTEGER NOT NULL, learner INTEGER NOT NULL, file TEXT NOT NULL,
    PRIMARY KEY (configuration, learner));
"""


class Store:
    """The results in `folder`, or in memory where it is None. BadInput where the folder cannot hold one."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(":memory:" if folder is None else folder / FILE, timeout=30)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.executescript(TABLES)
            self._bring_up()
        except (OSError, sqlite3.Error) as error:
            why = getattr(error, "strerror", None) or error  # without the path again
            raise BadInput(f"results cannot be kept in '{folder}': {why}; name a folder of your own.") from None

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _bring_up(self) -> None:
        """Give a file of an earlier version the columns that it lacks."""
        columns = [row[1] for row in self._base.execute("PRAGMA table_info(learners)")]
        if "first_success_step" not in columns:
            with self._base:
                self._base.execute("ALTER TABLE learners ADD COLUMN first_success_step INTEGER")

    def remember(self, key: str, value: Any) -> None:
        """Keep a JSON `value` under `key`, in the place of an older one."""
        with self._base:
            self._base.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def recall(self, key: str) -> Any:
        """What was kept under `key`, None where nothing was."""
        row = self._base.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def configurations(self) -> list[dict[str, Any]]:
        """Every configuration that has learners here, in the order they were begun."""
        rows = self._base.execute("SELECT configuration FROM configurations ORDER BY id")
        return [json.loads(text) for (text,) in rows]

    def learners(self, configuration: Mapping[str, Any]) -> list[int]:
        """The names of the learners that are finished under this configuration."""
        rows = self._base.execute(
            "SELECT learner FROM learners WHERE configuration = ? ORDER BY learner", self._id(configuration)
        )
        return [int(name) for (name,) in rows]

    def save(self, configuration: Mapping[str, Any], block: Block) -> None:
        """Write the learners of a block with their curves and visits, all in one transaction, after its weights."""
        file = None
        if self.folder is not None and block.weights:
            file = weights.write(self.folder, block.maze, block.agent, _text(configuration), block.weights)
        with self._base:
            self._base.execute(
                "INSERT OR IGNORE INTO configurations (configuration, versions) VALUES (?, ?)",
                (_text(configuration), json.dumps(versions())),
            )
            (key,) = self._id(configuration)
            for r in block.results:
                self._base.execute(
                    "INSERT OR REPLACE INTO learners VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (key, *_columns(r), block.seconds, block.steps_per_second, r.first_success_step),
                )
                self._base.executemany(
                    "INSERT OR REPLACE INTO curves VALUES (?, ?, ?, ?)",
                    [(key, r.learner, step, value) for step, value in r.curve],
                )
                self._base.execute(
                    "INSERT OR REPLACE INTO visits VALUES (?, ?, ?)", (key, r.learner, json.dumps(r.visits))
                )
                if file is not None:
                    self._base.execute("INSERT OR REPLACE INTO weights VALUES (?, ?, ?)", (key, r.learner, file))

    def load(self, configuration: Mapping[str, Any], learners: Sequence[int] | None = None) -> Block:
        """The finished learners of a configuration as one block; `learners` limits it to these names."""
        (key,) = self._id(configuration)
        rows = self._base.execute("SELECT * FROM learners WHERE configuration = ? ORDER BY learner", (key,)).fetchall()
        rows = [row for row in rows if learners is None or row[1] in learners]
        results = [
            LearnerResult(
                row[1],
                row[2],
                row[3],
                row[4],
                row[5],
                row[6],
                self._curve(key, row[1]),
                self._visits(key, row[1]),
                row[9],
            )
            for row in rows
        ]
        blocks = {(row[7], row[8]) for row in rows}  # learners of one block share its cost
        return Block(
            maze=configuration["maze"],
            agent=configuration["agent"],
            steps=configuration["steps"],
            seconds=sum(seconds for seconds, _ in blocks),
            steps_per_second=sum(rate for _, rate in blocks) / max(len(blocks), 1),
            results=results,
        )

    def weights(self, configuration: Mapping[str, Any], learner: int) -> dict[str, Any]:
        """The weights of the block that this learner was trained in; BadInput where they were not kept."""
        row = self._base.execute(
            "SELECT file FROM weights WHERE configuration = ? AND learner = ?", (*self._id(configuration), learner)
        ).fetchone()
        if row is None or self.folder is None:
            raise BadInput(
                f"'{self.folder}' keeps no weights of learner {learner} of {configuration['agent']} in "
                f"{configuration['maze']}: train it again with `escapade mazes --out` into another folder."
            )
        return weights.read(self.folder, row[0])

    def _visits(self, key: int, learner: int) -> list[list[int]]:
        row = self._base.execute(
            "SELECT counts FROM visits WHERE configuration = ? AND learner = ?", (key, learner)
        ).fetchone()
        found: list[list[int]] = json.loads(row[0]) if row else []
        return found

    def _curve(self, key: int, learner: int) -> list[tuple[int, float]]:
        rows = self._base.execute(
            "SELECT step, value FROM curves WHERE configuration = ? AND learner = ? ORDER BY step", (key, learner)
        )
        return [(int(step), float(value)) for step, value in rows]

    def _id(self, configuration: Mapping[str, Any]) -> tuple[int]:
        row = self._base.execute(
            "SELECT id FROM configurations WHERE configuration = ?", (_text(configuration),)
        ).fetchone()
        return (row[0] if row else -1,)


def open_existing(folder: Path) -> Store:
    """The store in `folder`; BadInput where there is none."""
    if not (folder / FILE).is_file():
        raise BadInput(f"'{folder}' holds no results: give a folder that `escapade run --out` wrote.")
    return Store(folder)


def versions() -> dict[str, str]:
    """The versions of the packages that a result depends on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _columns(r: LearnerResult) -> tuple[float | None, ...]:
    scores = (r.train_return, r.train_success, r.held_out_return, r.held_out_success)
    return (r.learner, *scores, r.first_reward_step)


def _text(configuration: Mapping[str, Any]) -> str:
    return json.dumps(dict(configuration), sort_keys=True)
