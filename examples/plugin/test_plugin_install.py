"""The sample as its users get it: built as a wheel, installed in a fresh environment, found, and at work."""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).parent


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


def ran(python, *arguments):
    result = subprocess.run([python, *arguments], capture_output=True, text=True, cwd=python.parent)
    assert result.returncode == 0, result.stderr
    return result.stdout


def escapade(python, *arguments):
    return ran(python, "-c", "from escapade.cli import main; main()", *arguments)


def test_the_registries_find_it_with_its_origin(python):
    code = (
        "import json; from explore.plugins import BONUSES, STRATEGIES\n"
        "print(json.dumps([(e.name, e.distribution, e.version, e.problem) for r in (BONUSES, STRATEGIES)"
        " for e in r.entries()]))"
    )
    found = json.loads(ran(python, "-c", code))
    assert ["power-count", "escapade-sample-plugin", "0.1.0", None] in found
    assert ["explore-first", "escapade-sample-plugin", "0.1.0", None] in found
    assert "count" in [name for name, *_ in found]


def test_its_own_tests_pass_where_it_is_installed(python):
    assert "2 passed" in ran(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / "tests"))


def test_it_pays_in_a_gymnasium_loop(python):
    code = (
        "import gymnasium as gym, explore\n"
        "env = explore.BonusRewardSingle(gym.make('FrozenLake-v1', is_slippery=False), 'power-count:beta=1')\n"
        "env.reset(seed=0); print(env.step(2)[1])"
    )
    assert ran(python, "-c", code).strip() == "0.5"


def test_the_program_lists_it_with_its_origin(python):
    listed = escapade(python, "plugins", "--json", "-")
    assert "power-count" in json.dumps(json.loads(listed))
    assert "escapade-sample-plugin" in listed


@pytest.mark.parametrize("spec", ["power-count", "explore-first"])
def test_the_trial_passes_it(python, spec):
    json.loads(escapade(python, "check", spec, "--json", "-"))


def test_both_acts_run_with_it(python):
    pulls = ["--runs", "20", "--horizon", "50", "--json", "-"]
    assert "power-count" in escapade(python, "bandits", "--policy", "power-count", *pulls)
    steps = ["--learners", "2", "--steps", "400", "--json", "-"]
    agent = ["--maze", "MiniGrid-DoorKey-5x5-v0", "--agent", "explore-first+power-count"]
    assert "power-count" in escapade(python, "mazes", *agent, *steps)
