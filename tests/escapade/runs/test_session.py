"""A session names its command, versions, machine and the state of the code."""

import subprocess
import sys
from importlib.metadata import version

import pytest

from escapade.runs import session
from explore.errors import BadInput


def test_a_session_says_what_its_results_depend_on(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["escapade", "run", "--quick"])
    described = session.describe({"seed": 3})
    assert described["command"] == ["escapade", "run", "--quick"]
    assert described["experiment"] == {"seed": 3}
    assert described["versions"]["torch"] == version("torch")
    assert described["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert described["machine"]["cores"] >= 1


def test_the_state_of_the_code_is_its_commit_and_whether_it_was_changed(tmp_path) -> None:
    def git(*arguments: str) -> str:
        line = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()

    file = tmp_path / "code.py"
    file.write_text("1\n")
    assert session.git_state(file) is None
    git("init")
    assert session.git_state(file) is None  # there is a repository, but it does not hold the file
    git("add", "code.py")
    git("commit", "-m", "first")
    assert session.git_state(file) == {"commit": git("rev-parse", "HEAD"), "changed": False}
    file.write_text("2\n")
    assert session.git_state(file) == {"commit": git("rev-parse", "HEAD"), "changed": True}


def test_a_session_that_cannot_be_kept_is_one_sentence(tmp_path) -> None:
    with pytest.raises(BadInput, match="results cannot be stored in"):
        session.write(tmp_path / "missing", {})
