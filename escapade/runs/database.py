"""The SQLite file of a run store: its tables, how it is opened for writing and reading, and its errors as sentences.

Writing uses a write-ahead log, so that a report can be read while a run goes on. Reading writes nothing, not even the
log's own files: archived results in a folder without write permission are read as they are.
"""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from explore.errors import BadInput

FILE = "runs.sqlite"
FORMAT = 2  # kept as SQLite's user_version; 0 in files from before configurations held resolved settings
TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (id INTEGER PRIMARY KEY, description TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS configurations (id INTEGER PRIMARY KEY, configuration TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS learners (
    configuration INTEGER NOT NULL REFERENCES configurations(id), learner INTEGER NOT NULL,
    session INTEGER NOT NULL REFERENCES sessions(id),
    train_return REAL, train_success REAL, held_out_return REAL, held_out_success REAL,
    first_reward_step INTEGER, first_success_step INTEGER, seconds REAL, steps_per_second REAL,
    PRIMARY KEY (configuration, learner));
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


def open_for_writing(folder: Path | None) -> sqlite3.Connection:
    """The database in `folder`, made where it is absent; in memory where `folder` is None.

    BadInput where it is damaged, or was written by an older or a newer version.
    """
    base = sqlite3.connect(":memory:" if folder is None else folder / FILE, timeout=30)
    with explained(folder):
        version = _version(base, folder)
        if version < FORMAT and base.execute("SELECT 1 FROM sqlite_master").fetchone():
            base.close()
            raise BadInput(
                f"'{folder}' was written by an earlier version, which did not keep the resolved settings: "
                f"`escapade report` can show it, but new results need another folder."
            )
        base.execute("PRAGMA journal_mode=WAL")
        base.executescript(f"BEGIN; {TABLES} PRAGMA user_version={FORMAT}; COMMIT;")
    return base


@contextlib.contextmanager
def opened_for_reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database in `folder`, to which nothing is written; BadInput where it is damaged or from a newer version."""
    path = folder / FILE
    log = path.with_name(f"{FILE}-wal")
    with contextlib.ExitStack() as stack, explained(folder):
        uri = path.resolve().as_uri()
        if not log.exists():  # nobody writes: SQLite may leave out its locks, for which it would make files
            base = sqlite3.connect(f"{uri}?immutable=1", uri=True)
        else:
            base = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=30)
            try:
                base.execute("SELECT 1 FROM sqlite_master").fetchone()
            except sqlite3.OperationalError:  # a log that was left behind, where its index cannot be written
                base.close()
                copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="escapade-")))
                for file in (path, log):
                    shutil.copyfile(file, copy / file.name)
                base = sqlite3.connect(copy / FILE)
        stack.callback(base.close)
        _version(base, folder)
        yield base


@contextlib.contextmanager
def explained(folder: Path | None) -> Iterator[None]:
    """Turn SQLite's and the system's errors into BadInput: one sentence that says what can be done."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # a mistake of ours
    except (sqlite3.Error, OSError) as error:
        why = getattr(error, "strerror", None) or str(error)  # without the path again
        code = getattr(error, "sqlite_errorcode", 0) or 0
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise BadInput(
                f"'{folder}' holds a damaged {FILE} ({why}): put a copy of it in its place, or name another folder."
            ) from None
        if code & 0xFF == sqlite3.SQLITE_BUSY:
            raise BadInput(f"'{folder}' is being written to by another process ({why}): try again later.") from None
        raise BadInput(
            f"results cannot be stored in '{folder}': {why}; make room or name another folder, and run it again."
        ) from None
    except ValueError as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(
            f"'{folder}' holds a damaged {FILE} ({error}): put a copy of it in its place, or name another folder."
        ) from None


def _version(base: sqlite3.Connection, folder: Path | None) -> int:
    version = int(base.execute("PRAGMA user_version").fetchone()[0])
    if version > FORMAT:
        base.close()
        raise BadInput(
            f"'{folder}' was written by a newer version of escapade (format {version}; this one knows {FORMAT}): "
            "update escapade."
        )
    return version
