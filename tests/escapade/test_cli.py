"""The command line: exit statuses, one sentence for bad input, nothing written."""

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from agents.mazes import describe_mazes
from agents.mazes.traps import IDS
from bandits.policy import POLICIES
from escapade import commands
from escapade.cli import COMMANDS, invoke

EMPTY = "MiniGrid-Empty-5x5-v0"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["mazes", "--agent", "cuont"], "'count'"),
        (["mazes", "--agent", "count:bta=1"], "'beta'"),
        (["mazes", "--agent", "count:beta=-1"], "beta"),
        (["mazes", "--planner", "tree-serch"], "unknown planner 'tree-serch': did you mean 'tree-search'"),
        (["mazes", "--maze", "CartPole-v1", "--planner", "random"], "is not a MiniGrid maze"),
        (["mazes", "--maze", "MiniGrid-DoorKey-5x5-v0:train_layouts=9999"], "train_layouts=9999"),
        (["mazes", "--learners", "-3"], "--learners -3"),
        (["mazes", "--steps", "many"], "--steps"),
        (["mazes", "--device", "quantum"], "quantum"),
        (["mazes", "--backend", "threads"], "unknown backend 'threads'"),
        (["mazes", "--set", "n_stp=5"], "unknown setting 'n_stp' of the DQN: did you mean 'n_step'"),
        (["run", "--quick", "--set", "batch=0"], "'batch' of the DQN is '0': it must be at least 1"),
        (["mazes", "--steps", "7"], "--steps 7: at least 8 are needed"),
        (["mazes", "--maze", "Pendulum-v1"], "discrete actions"),
        (["init", "missing/x.toml"], "missing/x.toml"),
        (["run", "--quick", "--backend", "threads"], "unknown backend 'threads'"),
        (["mazes", "--json", "missing/x.json"], "missing/x.json"),
        (["bandits", "--runs", "0"], "--runs 0"),
        (["bandits", "--seed", "-1"], "--seed -1"),
        (["bandits", "--policy", "epsilon-greedy:epsilon=1.5"], "'epsilon' of the policy 'epsilon-greedy' is '1.5'"),
        (["bandits", "--testbed", "sutton-barto:arms=0"], "'arms' of the testbed 'sutton-barto' is '0'"),
        (["bandits", "--testbed", "scaled:arms=20", "--horizon", "19"], "a horizon of 19 is shorter than the 20 arms"),
        (["bandits", "--testbed", "bernoulli:means=0.5/1.2"], "a mean of 1.2 is outside [0, 1]"),
        (["bandits", "--policy", "lin-ucb"], "needs contexts"),
        (["report", "missing"], "missing"),
        (["run", "missing.toml"], "missing.toml"),
        (["run", "--quick", "--full"], "--quick"),
        (["report", "missing", "--plots", "p"], "missing"),
        (["watch", "MiniGrid-DorKey-8x8-v0"], "did you mean 'MiniGrid-DoorKey-8x8-v0'"),
        (["watch", "CartPole-v1"], "is not a MiniGrid maze"),
        (["watch", "."], "holds no results"),
        (["watch", EMPTY, "--agent", "cuont"], "'cuont'"),
        (["watch", EMPTY, "--agent", "."], "holds no results"),
        (["watch", EMPTY, "--layout", "1"], "--layout 1: the training layouts of MiniGrid-Empty-5x5-v0 are 0 to 0"),
        (["watch", EMPTY, "--layout", "-1"], "--layout -1"),
        (["watch", EMPTY, "--held-out"], "no held-out layouts"),
        (["watch", EMPTY, "--learner", "0"], "--learner 0"),
        (["watch", EMPTY, "--maze", "MiniGrid-Empty-6x6-v0"], "--maze 'MiniGrid-Empty-6x6-v0'"),
        (["watch", EMPTY, "--steps", "9"], "--steps 9"),
        (["watch", EMPTY, "--agent", "count", "--steps", "1"], "1 steps are too few"),
        (["watch", EMPTY, "--delay", "-1"], "--delay"),
        (["watch", EMPTY, "--gif", "walk.png"], ".gif"),
        (["watch", EMPTY, "--gif", "missing/walk.gif"], "missing/walk.gif"),
        (["nonsense"], "unknown command 'nonsense'"),
        (["maze"], "did you mean 'mazes'"),
    ],
)
def test_bad_input_is_one_sentence_status_two_and_nothing_written(line, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert invoke(line) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("return unheard_of(t)", "'unheard_of' is not defined"),
        ("return state.shape[1]", "chose arm 10 in step 1: the 10 arms are 0 to 9"),
    ],
)
def test_an_authors_mistake_is_one_sentence_that_shows_the_place(source, message, tmp_path, monkeypatch, capsys):
    """A policy that is installed, from a file of its author's, in whose third line the mistake is."""
    name = "mine_" + str(len(source))
    lines = [
        "from numba import njit",
        "def select(state, t, rng):",
        f"    {source}",
        "def update(state, arm, reward, rng):",
        "    pass",
        "from bandits.policies.epsilon_greedy import EpsilonGreedy",
        "class Mine(EpsilonGreedy):",
        "    select, update = staticmethod(njit(select)), staticmethod(njit(update))",
    ]
    (tmp_path / f"{name}.py").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(POLICIES, "_added", {"mine": importlib.import_module(name).Mine})
    assert invoke(["bandits", "--policy", "mine", "--runs", "2", "--horizon", "20"]) == 2
    shown = capsys.readouterr()
    assert message in shown.err.replace("\n", " ")
    assert "Traceback" not in shown.err
    if "unheard_of" in source:
        assert f"{name}.py, line 3)" in shown.err.replace("\n", "")


def test_json_to_standard_output_is_alone_there(capsys):
    assert invoke(["plugins", "--json", "-"]) == 0
    shown = capsys.readouterr()
    names = {plugin["name"]: plugin for plugin in json.loads(shown.out)["plugins"]}
    assert names["count"]["distribution"] == "escapade"
    assert {s["name"] for s in names["count"]["settings"]} >= {"beta"}
    assert "count" in shown.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example(command, capsys):
    assert invoke([command, "--help"]) == 0
    assert f"Example: escapade {command}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_the_line_of_a_command_is_the_first_of_its_docstring(command):
    function = getattr(importlib.import_module(f"escapade.commands.{command}"), command)
    assert function.__doc__.splitlines()[0] == COMMANDS[command]


def test_every_command_has_its_line():
    assert {name for _, name, _ in pkgutil.iter_modules(commands.__path__)} == set(COMMANDS)


HEAVY = ("numpy", "torch", "numba", "scipy", "gymnasium", "minigrid", "joblib", "matplotlib")
HELP = """
import sys
from escapade.cli import invoke
assert invoke([*sys.argv[1:]]) == 0
sys.stderr.write(" ".join(module for module in sys.modules if "." not in module))
"""


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_imports_nothing_heavy(arguments):
    """Help is shown at once since neither a command nor what commands need is imported for it."""
    done = subprocess.run([sys.executable, "-c", HELP, *arguments], capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert set(done.stderr.split()).isdisjoint({"rich", "pydantic", *HEAVY})


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_imports_nothing_heavy(command):
    """The module of a command states its options; what runs is imported when it runs. Typer imports pydantic itself."""
    done = subprocess.run([sys.executable, "-c", HELP, command, "--help"], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()).isdisjoint(HEAVY)


def test_the_list_of_mazes_is_the_catalogue(capsys):
    """Every id with its reason; nothing of a reason is lost to markup, as `minigrid[wfc]` once was."""
    assert invoke(["mazes", "--list", "--json", "-"]) == 0
    shown = capsys.readouterr()
    listed = {maze["id"]: maze for maze in json.loads(shown.out)["mazes"]}
    assert sorted(listed) == [maze.id for maze in describe_mazes()]
    assert sum(maze["compiled"] for maze in listed.values()) >= 70
    assert all(maze["compiled"] == (maze["why_not"] is None) for maze in listed.values())
    flat = "".join(shown.err.split())
    for maze in listed.values():
        assert maze["compiled"] or "".join(maze["why_not"].split())[:10] in flat
    assert ("[wfc]" in flat) == any("[wfc]" in (maze["why_not"] or "") for maze in listed.values())


def test_the_list_of_mazes_tells_both_optima_of_every_trap(capsys):
    assert invoke(["mazes", "--list", "--json", "-"]) == 0
    shown = capsys.readouterr()
    traps = {maze["id"]: maze["trap"] for maze in json.loads(shown.out)["mazes"] if maze["trap"] is not None}
    assert set(traps) == set(IDS)
    assert traps["escapade/Decoy-8x8-v0"]["local_score"] == 0.1
    assert traps["escapade/Decoy-8x8-v0"]["global_score"] == 1.0
    (line,) = [line.split() for line in shown.err.splitlines() if "StepPenalty-16x16-v0" in line]
    assert line == ["StepPenalty-16x16-v0", "0.00", "0.55"]  # 1 − 29/64


@pytest.mark.parametrize(
    ("maze", "message"),
    [
        ("escapade/Decoy-7x7-v0", "did you mean 'escapade/Decoy-8x8-v0'?"),
        ("escapade/Decoy-8x8-v0:reward_scale=-1", "reward_scale"),
        ("escapade/Decoy-8x8-v0:scale=10", "reward_scale"),
    ],
)
def test_a_wrong_trap_or_scale_is_named(maze, message, capsys):
    assert invoke(["mazes", "--maze", maze]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_a_maze_may_lie_in_the_current_folder(tmp_path) -> None:
    register = "from gymnasium import register\nregister('Own-v0', 'minigrid.envs:EmptyEnv', kwargs={'size': 5})\n"
    (tmp_path / "own_mazes.py").write_text(register)
    program = [Path(sys.executable).with_name("escapade"), "mazes", "--maze", "own_mazes:Own-v0", "--out", "out"]
    program += ["--agent", "greedy", "--agent", "count", "--learners", "1", "--steps", "80", "--jobs", "2"]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Own-v0" in done.stdout
