"""The run store: one SQLite file per experiment, a row per learner with its curve points.

A block of learners that were trained together is written in one transaction, so a kill at any moment loses at most the
block in progress. Every learner belongs to a configuration (everything that its result depends on), kept as JSON: two
configurations in one file never mix, and one that is there is not trained again. Every learner also refers to
the session that trained it, with its package versions.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from agents.training.results import Block, LearnerResult
from escapade.runs import database, session, weights
from escapade.runs.lock import FolderLock
from escapade.runs.plan import differences
from explore.errors import BadInput

SHOWN = 3  # differences that a refusal lists


class Store:
    """The results in `folder`, or in memory where it is None, for one writer or, with `readonly`, for any reader.

    BadInput where the folder cannot hold results, is damaged, comes from another version or has another writer.
    `notes` are sentences about what could not be stored, for the end of the command.
    """

    def __init__(self, folder: Path | None, *, readonly: bool = False) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self._session: int | None = None
        self._closing = ExitStack()
        if readonly:
            assert folder is not None
            self._base = self._closing.enter_context(database.opened_for_reading(folder))
            return
        if folder is not None:
            with database.explained(folder):
                folder.mkdir(parents=True, exist_ok=True)
                self._closing.callback(FolderLock(folder).release)
        try:
            self._base = database.open_for_writing(folder)
        except BadInput:
            self._closing.close()
            raise
        self._closing.callback(self._base.close)

    def close(self) -> None:
        """Close the file and let others have the folder."""
        self._closing.close()

    def begin(self, experiment: Mapping[str, Any]) -> None:
        """Note the session that writes from now on: the resolved `experiment`, versions, machine, state of the code."""
        description = session.describe(experiment)
        if self.folder is not None:
            session.write(self.folder, description)
        with self._writing():
            row = self._base.execute("INSERT INTO sessions (description) VALUES (?)", (json.dumps(description),))
        self._session = row.lastrowid

    def remember(self, key: str, value: Any) -> None:
        """Keep a JSON `value` under `key`, in the place of an older one."""
        with self._writing():
            self._base.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def recall(self, key: str) -> Any:
        """What was kept under `key`, None where nothing was."""
        with database.explained(self.folder):
            row = self._base.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return json.loads(row[0]) if row else None

    def sessions(self) -> list[dict[str, Any]]:
        """Every session that wrote here, the first one first; empty where an earlier version wrote."""
        with database.explained(self.folder):
            if not self._base.execute("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").fetchone():
                return []
            return [json.loads(text) for (text,) in self._base.execute("SELECT description FROM sessions ORDER BY id")]

    def configurations(self) -> list[dict[str, Any]]:
        """Every configuration that has learners here, in the order they were begun."""
        with database.explained(self.folder):
            rows = self._base.execute("SELECT configuration FROM configurations ORDER BY id")
            return [json.loads(text) for (text,) in rows]

    def check(self, planned: Sequence[Mapping[str, Any]]) -> None:
        """Refuse, with BadInput that says what differs, to add to agents that were trained with other settings."""
        for kept in self.configurations():
            for configuration in planned:
                if (kept["maze"], kept["agent"]) != (configuration["maze"], configuration["agent"]):
                    continue
                lines = differences(kept["settings"], configuration["settings"])
                lines += _initial_difference(kept.get("initial"), configuration.get("initial"))
                if lines:
                    more = f", and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
                    raise BadInput(
                        f"'{self.folder}' holds '{kept['agent']}' in {kept['maze']} trained with other settings: "
                        f"{', '.join(lines[:SHOWN])}{more}; name another folder with --out."
                    )

    def learners(self, configuration: Mapping[str, Any]) -> list[int]:
        """The names of the learners that are finished under this configuration."""
        with database.explained(self.folder):
            rows = self._base.execute(
                "SELECT learner FROM learners WHERE configuration = ? ORDER BY learner", self._id(configuration)
            )
            return [int(name) for (name,) in rows]

    def blocks(self, configuration: Mapping[str, Any]) -> list[list[int]]:
        """The names of the finished learners under this configuration, those that were trained together as one list."""
        with database.explained(self.folder):
            rows = self._base.execute(
                "SELECT learner, seconds, steps_per_second FROM learners WHERE configuration = ? ORDER BY learner",
                self._id(configuration),
            )
            groups: dict[tuple[float, float], list[int]] = {}  # learners of one block share its cost
            for name, seconds, rate in rows:
                groups.setdefault((seconds, rate), []).append(int(name))
            return list(groups.values())

    def save(self, configuration: Mapping[str, Any], block: Block) -> None:
        """Write the learners of a block with their curves and visits, all in one transaction, after its weights.

        Weights that cannot be written leave a sentence in `notes`; BadInput where the results themselves cannot be.
        """
        if self._session is None:
            self.begin({})
        file = None
        if self.folder is not None and block.weights:
            try:
                file = weights.write(self.folder, block.maze, block.agent, _text(configuration), block.weights)
            except BadInput as error:
                self.notes.append(str(error))
        with self._writing():
            self._base.execute(
                "INSERT OR IGNORE INTO configurations (configuration) VALUES (?)", (_text(configuration),)
            )
            (key,) = self._id(configuration)
            for r in block.results:
                scores = (r.train_return, r.train_success, r.held_out_return, r.held_out_success)
                steps = (r.first_reward_step, r.first_success_step)
                self._base.execute(
                    "INSERT OR REPLACE INTO learners VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (key, r.learner, self._session, *scores, *steps, block.seconds, block.steps_per_second),
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
        with database.explained(self.folder):
            (key,) = self._id(configuration)
            cursor = self._base.execute("SELECT * FROM learners WHERE configuration = ? ORDER BY learner", (key,))
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
            rows = [row for row in rows if learners is None or row["learner"] in learners]
            results = [
                LearnerResult(
                    learner=row["learner"],
                    train_return=row["train_return"],
                    train_success=row["train_success"],
                    held_out_return=row["held_out_return"],
                    held_out_success=row["held_out_success"],
                    first_reward_step=row["first_reward_step"],
                    curve=self._curve(key, row["learner"]),
                    visits=self._visits(key, row["learner"]),
                    first_success_step=row.get("first_success_step"),  # absent in files of early versions
                )
                for row in rows
            ]
            blocks = {(row["seconds"], row["steps_per_second"]) for row in rows}  # learners of one block share its cost
        return Block(
            maze=configuration["maze"],
            agent=configuration["agent"],
            steps=configuration["steps"],
            seconds=sum(seconds for seconds, _ in blocks),
            steps_per_second=sum(rate for _, rate in blocks) / max(len(blocks), 1),
            results=results,
        )

    def versions(self, configuration: Mapping[str, Any]) -> dict[int, dict[str, str]]:
        """The package versions that each finished learner was trained with."""
        with database.explained(self.folder):
            rows = self._base.execute(
                "SELECT learner, description FROM learners JOIN sessions ON session = sessions.id "
                "WHERE configuration = ? ORDER BY learner",
                self._id(configuration),
            )
            return {int(learner): json.loads(description)["versions"] for learner, description in rows}

    def weights(self, configuration: Mapping[str, Any], learner: int) -> dict[str, Any]:
        """The weights of the block that this learner was trained in; BadInput where they were not kept."""
        with database.explained(self.folder):
            row = self._base.execute(
                "SELECT file FROM weights WHERE configuration = ? AND learner = ?", (*self._id(configuration), learner)
            ).fetchone()
        if row is None or self.folder is None:
            raise BadInput(
                f"'{self.folder}' has no weights of learner {learner} of {configuration['agent']} in "
                f"{configuration['maze']}: train it again with `escapade mazes --out` into another folder."
            )
        return weights.read(self.folder, row[0])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction."""
        with database.explained(self.folder), self._base:
            yield

    def _visits(self, key: int, learner: int) -> list[list[int]]:
        row = self._base.execute(
            "SELECT counts FROM visits WHERE configuration = ? AND learner = ?", (key, learner)
        ).fetchone()
        counts: list[list[int]] = json.loads(row[0]) if row else []
        return counts

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
    """The store in `folder`, for reading alone; BadInput where there is none."""
    if not (folder / database.FILE).is_file():
        raise BadInput(f"'{folder}' holds no results: give a folder that `escapade run --out` wrote.")
    return Store(folder, readonly=True)


def _initial_difference(kept: Mapping[str, Any] | None, planned: Mapping[str, Any] | None) -> list[str]:
    if kept == planned:
        return []
    begun = [
        "random networks" if each is None else f"those of {each['agent']} in {each['maze']}" for each in (kept, planned)
    ]
    return [
        f"its learners began with {begun[0]}{' of another training' if begun[0] == begun[1] else ''}, not {begun[1]}"
    ]


def _text(configuration: Mapping[str, Any]) -> str:
    return json.dumps(dict(configuration), sort_keys=True)
