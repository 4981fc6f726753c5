"""States in files: what was written comes back, and nothing is left half-written."""

import pytest
import torch

from explore.core import saving
from explore.errors import BadInput

STATE = {"made_with": {"name": "x"}, "numbers": torch.arange(3)}
CPU = torch.device("cpu")


def test_what_was_written_is_read(tmp_path):
    saving.write_state(STATE, tmp_path / "state.pt", "bonus")
    read = saving.read_state(str(tmp_path / "state.pt"), CPU, "bonus")
    assert read["made_with"] == {"name": "x"}
    assert torch.equal(read["numbers"], STATE["numbers"])
    assert [file.name for file in tmp_path.iterdir()] == ["state.pt"]


def test_a_failure_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    saving.write_state(STATE, tmp_path / "state.pt", "bonus")

    def fails(state, draft):
        draft.write_text("half")
        raise OSError("no space left")

    monkeypatch.setattr(saving.torch, "save", fails)
    with pytest.raises(BadInput, match=r"the bonus cannot be saved as .*state.pt: no space left"):
        saving.write_state({}, tmp_path / "state.pt", "bonus")
    assert saving.read_state(tmp_path / "state.pt", CPU, "bonus")["made_with"] == {"name": "x"}
    assert [file.name for file in tmp_path.iterdir()] == ["state.pt"]


def test_other_files_are_refused_in_a_sentence(tmp_path):
    (tmp_path / "text.pt").write_text("hello")
    torch.save([1], tmp_path / "list.pt")
    for path, message in (
        (tmp_path / "none.pt", "there is no file"),
        (tmp_path / "text.pt", "is not a saved bonus"),
        (tmp_path / "list.pt", "is not a saved bonus"),
        (None, "None is not a path"),
    ):
        with pytest.raises(BadInput, match=message):
            saving.read_state(path, CPU, "bonus")
