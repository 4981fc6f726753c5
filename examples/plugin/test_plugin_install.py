"""The sample as its users get it: built as a wheel, installed in a fresh environment, found, and at work."""

import json
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PULLS = ["--runs", "20", "--horizon", "50", "--json", "-"]
MAZE = ["--maze", "MiniGrid-Empty-5x5-v0", "--learners", "2", "--steps", "512", "--json", "-"]


@pytest.fixture(scope="session")
def python(tmp_path_factory):
    """The interpreter of a fresh environment that holds the sample and sees this environment's packages."""
    folder = tmp_path_factory.mktemp("fresh")
    built = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(HERE)]
    subprocess.run(built, check=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=True)
    fresh = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([fresh, "-m", "pip", "install", "-q", "--no-deps", str(wheel)], check=True)
    asked = [fresh, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    here = sysconfig.get_path("purelib")
    (packages / "outer.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    return fresh


@pytest.fixture
def broken_neighbours(python):
    """Another distribution in the same environment: what it brings fails to import, clashes, or breaks its contract."""
    asked = ran(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    packages = Path(asked.strip())
    (packages / "neighbour.py").write_text(NEIGHBOUR)
    (packages / "neighbour_that_leaves.py").write_text("raise SystemExit('no licence')\n")
    notes = packages / "neighbours-1.0.dist-info"
    notes.mkdir()
    (notes / "METADATA").write_text("Metadata-Version: 2.1\nName: neighbours\nVersion: 1.0\n")
    (notes / "entry_points.txt").write_text(NEIGHBOURS)
    yield
    for path in (packages / "neighbour.py", packages / "neighbour_that_leaves.py"):
        path.unlink()
    shutil.rmtree(notes)


NEIGHBOUR = """
from explore.bonuses.count import Count

class Forgetful(Count):
    def get_extra_state(self):
        return None
    def set_extra_state(self, state):
        pass
"""
NEIGHBOURS = """
[escapade.bonuses]
forgetful = neighbour:Forgetful
count = neighbour:Forgetful
power-count = neighbour:Forgetful
absent = no_such_module:Thing
leaving = neighbour_that_leaves:Thing
odd = collections:OrderedDict

[escapade.policies]
absent = no_such_module:Thing
"""


def ran(python, *arguments, status=0):
    """What was printed; where the status is not 0, what was said of the errors too."""
    result = subprocess.run([python, *arguments], capture_output=True, text=True, cwd=python.parent)
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout if status == 0 else result.stdout + result.stderr


def escapade(python, *arguments, status=0):
    return ran(python, "-c", "from escapade.cli import main; main()", *arguments, status=status)


def test_the_program_lists_it_with_its_origin(python):
    listed = json.loads(escapade(python, "plugins", "--json", "-"))["plugins"]
    ours = {(each["kind"], each["name"]): each for each in listed if each["distribution"] == "escapade-sample-plugin"}
    assert set(ours) == {("bonus", "power-count"), ("strategy", "explore-first"), ("policy", "power-ucb")}
    assert all(each["version"] == "0.1.0" and each["problem"] is None for each in ours.values())
    assert [setting["name"] for setting in ours["policy", "power-ucb"]["settings"]] == ["c", "power"]
    assert ("bonus", "count") in {(each["kind"], each["name"]) for each in listed}


def test_its_own_tests_pass_where_it_is_installed(python):
    said = ran(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "tests"))
    assert "29 passed" in said
    assert "skipped" not in said


def test_it_pays_in_a_gymnasium_loop(python):
    code = (
        "import gymnasium as gym, explore\n"
        "env = gym.make('FrozenLake-v1', is_slippery=False)\n"
        "env = explore.BonusRewardSingle(env, 'power-count:beta=1,scale=none')\n"
        "env.reset(seed=0); print(env.step(2)[1])"
    )
    assert ran(python, "-c", code).strip() == "0.5"


@pytest.mark.parametrize("spec", ["power-count", "explore-first", "power-ucb"])
def test_the_trial_passes_it(python, spec):
    trial = json.loads(escapade(python, "check", spec, "--json", "-"))
    assert trial["origin"] == "escapade-sample-plugin 0.1.0"
    assert trial["passed"]
    assert all(check["passed"] for check in trial["checks"])
    assert len(trial["checks"]) >= 6
    assert [trait["problem"] for trait in trial["traits"] if trait["problem"]] == []
    assert any("count" in trait["builtin"] or "ucb" in trait["builtin"] for trait in trial["traits"])


def test_both_experiments_run_with_it(python):
    played = json.loads(escapade(python, "bandits", "--policy", "power-ucb:c=1", *PULLS))
    assert "power-ucb:c=1" in json.dumps(played)
    assert "explore-first+power-count" in escapade(python, "mazes", *MAZE, "--agent", "explore-first+power-count")


def test_broken_plugins_are_reported_by_name_and_take_nothing_down(python, broken_neighbours):
    listed = json.loads(escapade(python, "plugins", "--json", "-"))["plugins"]
    problems = {(e["kind"], e["name"], e["distribution"]): e["problem"] for e in listed if e["kind"] != "network"}
    assert problems["bonus", "forgetful", "neighbours"] is None  # what is wrong with it only its trial can tell
    assert problems["bonus", "count", "neighbours"] == "its name is taken by escapade"
    assert problems["bonus", "power-count", "neighbours"] == "its name is taken by escapade-sample-plugin"
    assert "'absent' (no_such_module:Thing) cannot be imported" in problems["bonus", "absent", "neighbours"]
    assert "'absent' (no_such_module:Thing) cannot be imported" in problems["policy", "absent", "neighbours"]
    assert "SystemExit: no licence" in problems["bonus", "leaving", "neighbours"]
    assert "'odd' (collections:OrderedDict) is no bonus" in problems["bonus", "odd", "neighbours"]
    assert [problem for (_, _, origin), problem in problems.items() if origin != "neighbours" and problem] == []

    assert json.loads(escapade(python, "check", "power-count", "--json", "-"))["origin"].startswith("escapade-sample")
    refused = escapade(python, "check", "absent", status=2)
    assert "'absent' (no_such_module:Thing) cannot be imported" in refused
    assert "Traceback" not in refused
    failed = json.loads(escapade(python, "check", "forgetful", "--json", "verdict.json", status=1) and read(python))
    assert [check["name"] for check in failed["checks"] if check["passed"] is False] == ["state round trip"]

    escapade(python, "bandits", "--policy", "power-ucb", *PULLS)
    escapade(python, "mazes", *MAZE, "--agent", "power-count")


def read(python):
    """The figures that `--json verdict.json` wrote."""
    return (python.parent / "verdict.json").read_text()
