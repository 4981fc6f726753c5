"""SB3's DQN beside ours: the same numbers, kept as results that the report compares, and trained only once."""

import importlib
from pathlib import Path

import pytest
from joblib import parallel_config

from agents.dqn.settings import DQNSettings
from escapade.experiments import load
from escapade.report.results import kept_in
from escapade.report.side_by_side import comparisons
from explore.errors import BadInput

pytest.importorskip("stable_baselines3", reason="the extra sb3 is not installed")

EXPERIMENT = Path(__file__).parents[2] / "examples" / "implementations.toml"


@pytest.fixture
def implementations(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    return importlib.import_module("benchmarks.implementations")


def test_the_settings_of_the_example_are_those_of_both(implementations):
    dqn = load(EXPERIMENT).dqn
    settings = implementations.sb3_settings(dqn)
    assert settings["batch_size"] == dqn.batch
    assert settings["gradient_steps"] == dqn.updates
    assert settings["policy_kwargs"]["net_arch"] == list(dqn.hidden)
    assert settings["replay_buffer_kwargs"] == {"n_steps": dqn.n_step, "gamma": dqn.discount}
    assert settings["tau"] == dqn.target_rate


def test_what_sb3_lacks_is_refused(implementations):
    for name, off in (("double", False), ("layer_norm", False), ("priority", 0.0)):
        others = {key: value for key, value in implementations.LACKING.items() if key != name}
        with pytest.raises(BadInput, match=rf"cannot have {name}=.*: set {name} = {off} in \[dqn\]"):
            implementations.sb3_settings(DQNSettings(**others, **({"priority": 0.6} if name == "priority" else {})))


def test_learners_are_kept_once_and_compared(implementations, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.peers.sb3_training.EPISODES", 2)
    experiment = load(EXPERIMENT)
    mazes = experiment.mazes.model_copy(update={"mazes": ["MiniGrid-Empty-5x5-v0"], "learners": 2, "steps": 400})
    experiment = experiment.model_copy(
        update={"mazes": mazes, "dqn": experiment.dqn.model_copy(update={"warmup": 64, "batch": 8})}
    )
    with parallel_config(backend="sequential"):
        implementations.run(experiment, tmp_path / "sb3")
    kept = kept_in(tmp_path / "sb3")
    (agent,) = kept.mazes[0]["agents"]
    assert (agent["spec"], agent["learners"], agent["steps"]) == ("epsilon-greedy", 2, 400)
    assert [point[0] for point in agent["curve"]] == list(range(40, 401, 40))
    monkeypatch.setattr("benchmarks.peers.sb3_training.train", lambda *_: pytest.fail("trained again"))
    with parallel_config(backend="sequential"):
        implementations.run(experiment, tmp_path / "sb3")
    (compared,) = comparisons([kept, kept_in(tmp_path / "sb3")])
    assert (compared["agent"], compared["probability"]) == ("epsilon-greedy", 0.5)
