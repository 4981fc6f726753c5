"""Another package called `agents`: found by what it is, named with what to do, in one sentence and status 2."""

import subprocess
import sys
from pathlib import Path

import pytest

from escapade.cli import invoke
from escapade.import_name import check_agents
from explore import BadInput


@pytest.fixture
def other_agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `agents` of somebody else's, first on the path, in a folder that is yet to be named."""
    monkeypatch.delitem(sys.modules, "agents", raising=False)
    return tmp_path


def put(folder: Path, monkeypatch: pytest.MonkeyPatch, content: str = "class Agent: ...\n") -> Path:
    package = folder / "agents" / "__init__.py"
    package.parent.mkdir(parents=True)
    package.write_text(content)
    monkeypatch.syspath_prepend(folder)
    return package


def test_our_own_package_passes() -> None:
    check_agents()


def test_a_folder_of_that_name_is_named_with_what_to_do(other_agents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = put(other_agents, monkeypatch)
    with pytest.raises(BadInput) as error:
        check_agents()
    assert str(package) in str(error.value)
    assert "start from another folder" in str(error.value)
    assert "agents" not in sys.modules  # nothing of it ran


def test_another_distribution_is_named(other_agents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = other_agents / "site-packages"
    put(site, monkeypatch)
    info = site / "openai_agents-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: openai-agents\nVersion: 1.0\n")
    (info / "RECORD").write_text("agents/__init__.py,,\nopenai_agents-1.0.dist-info/METADATA,,\n")
    with pytest.raises(
        BadInput, match=r"distribution 'openai-agents'.* environment of its own, or uninstall openai-ag"
    ):
        check_agents()


def test_a_package_without_a_file_is_missing(other_agents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(other_agents)])
    monkeypatch.setattr(sys, "meta_path", [finder for finder in sys.meta_path if "editable" not in repr(finder)])
    with pytest.raises(BadInput, match="install Escapade again"):
        check_agents()


def test_the_command_ends_with_status_2(
    other_agents: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(other_agents, monkeypatch)
    assert invoke(["plugins"]) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("escapade: 'import agents' finds ")
    assert shown.err.count("\n") == 1
    assert shown.out == ""


def test_started_in_a_folder_with_a_package_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("raise RuntimeError('it must not run')\n")
    run = subprocess.run([sys.executable, "-m", "escapade", "mazes"], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 2
    assert "which is not Escapade's" in run.stderr
    assert "Traceback" not in run.stderr
