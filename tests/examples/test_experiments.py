"""The preset experiments: each is sound, says what it answers, and docs/why.md names it; each runs to its report."""

import re
from pathlib import Path

import pytest
from joblib import parallel_config

from agents.training import training
from escapade.cli import invoke
from escapade.experiments import load
from escapade.report.results import kept_in
from escapade.runs import sweep
from escapade.runs.experiments import checked_plan

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "examples").glob("*.toml"))
LEARNERS, STEPS = 2, 400
NAMED = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def complaint_of(file: Path) -> int:
    return int(re.match(r"# Complaint (\d+), ", file.read_text("utf-8"))[1])


@NAMED
def test_every_name_and_number_is_good(file: Path) -> None:
    experiment = load(file)
    mazes = experiment.mazes
    assert mazes is not None
    plan = checked_plan(
        mazes.mazes,
        mazes.agents,
        mazes.learners,
        mazes.steps,
        experiment.seed,
        mazes.device,
        experiment.dqn,
        mazes.planners,
    )
    assert len(plan.configurations()) == len(mazes.mazes) * len(mazes.agents)
    assert mazes.learners >= 10


@NAMED
def test_the_head_says_which_complaint_what_to_look_at_and_how_long_it_takes(file: Path) -> None:
    first, second, third = file.read_text("utf-8").splitlines()[:3]
    assert first.startswith(f"# Complaint {complaint_of(file)}, ")
    assert "Look at " in second
    assert re.search(r"bout .*(minutes|hour)", second)
    assert third.startswith(("name = ", "#     "))
    assert max(map(len, (first, second))) <= 120


def test_each_complaint_has_its_file_and_the_page_names_it() -> None:
    page = (ROOT / "docs" / "why.md").read_text("utf-8")
    sections = re.split(r"^## (\d+)\. ", page, flags=re.MULTILINE)
    complaints = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert len(complaints) == 10
    seen = set()
    for file in FILES:
        number = str(complaint_of(file))
        assert f"escapade run examples/{file.name}" in " ".join(complaints[number].split()), file.name
        seen.add(number)
    assert seen == set(complaints)


@pytest.mark.slow
@pytest.mark.parametrize("complaint", sorted(set(map(complaint_of, FILES))))
def test_each_runs_to_its_report(complaint: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """In this process, with few episodes of evaluation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sweep, "_backend", lambda *_: parallel_config(backend="sequential"))
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)  # the sweep sets the threads of this process
    monkeypatch.setattr(training, "CURVE_POINTS", 2)
    monkeypatch.setattr(training, "CURVE_EPISODES", 1)
    monkeypatch.setattr(training, "FINAL_EPISODES", 2)
    for file in [file for file in FILES if complaint_of(file) == complaint]:  # by name: exploring before fine-tuning
        assert invoke(["run", str(file), "--learners", str(LEARNERS), "--steps", str(STEPS), "--log", "plain"]) == 0, (
            file
        )
        experiment = load(file)
        shown = " ".join(capsys.readouterr().out.split())
        results = kept_in(Path("escapade-runs") / experiment.name)
        assert [maze["id"] for maze in results.mazes] == experiment.mazes.mazes
        for maze in results.mazes:
            assert [agent["spec"] for agent in maze["agents"]] == experiment.mazes.agents
            assert {(agent["learners"], agent["steps"]) for agent in maze["agents"]} == {(LEARNERS, STEPS)}
            assert [each["method"] for each in maze["planners"]] == experiment.mazes.planners
            assert f"{maze['id']}: " in shown
