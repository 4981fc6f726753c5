"""The benchmark of the integrations: it trains what is missing, keeps it, and records it as sweeps are recorded."""

import importlib
from pathlib import Path

import pytest
from joblib import parallel_config

from escapade.report.results import kept_in
from explore.errors import BadInput

pytest.importorskip("stable_baselines3", reason="the extra sb3 is not installed")

MAZE = "MiniGrid-Empty-5x5-v0"


@pytest.fixture
def peer(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    return importlib.import_module("benchmarks.peers.sb3_training")


@pytest.fixture
def integrations(monkeypatch, tmp_path, peer):
    module = importlib.import_module("benchmarks.integrations")
    monkeypatch.setattr(module.sweeps, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(module.sweeps, "INTEGRATIONS", tmp_path / "recorded")
    monkeypatch.setattr(peer, "EPISODES", 2)
    monkeypatch.setattr(module, "STEPS", {MAZE: 320})
    monkeypatch.setattr(module, "BONUSES", (None, "count"))
    monkeypatch.setattr(module, "DQN_SETTINGS", {**module.DQN_SETTINGS, "learning_starts": 200})
    monkeypatch.setattr(module, "PPO_SETTINGS", {**module.PPO_SETTINGS, "n_steps": 16})
    return module


@pytest.mark.parametrize("name", ["sb3-dqn", "sb3-ppo"])
def test_a_run_trains_only_what_is_missing_and_records_all(integrations, peer, tmp_path, monkeypatch, name):
    monkeypatch.setattr(integrations, "LEARNERS", 1)
    with parallel_config(backend="sequential"):
        integrations.record(name)
    (first,) = integrations.sweeps.recorded_integrations()
    assert first.made["stable_baselines3"]
    trained = []
    train = peer.train
    monkeypatch.setattr(
        peer, "train", lambda agent, learner, seed: trained.append((agent.name, learner)) or train(agent, learner, seed)
    )
    monkeypatch.setattr(integrations, "LEARNERS", 2)
    with parallel_config(backend="sequential"):
        integrations.record(name)
    plain = name.removeprefix("sb3-")
    assert trained == [(plain, 1), (f"{plain} with count", 1)]
    (both,) = integrations.sweeps.recorded_integrations()
    assert [block.agent for block in both.blocks] == [plain, f"{plain} with count"]
    for block, before in zip(both.blocks, first.blocks, strict=True):
        assert [result.learner for result in block.results] == [0, 1]
        assert block.results[0] == before.results[0]
        assert len(block.results[1].curve) == 10
    (maze,) = kept_in(tmp_path / "runs" / name).mazes
    assert [agent["spec"] for agent in maze["agents"]] == [block.agent for block in both.blocks]
    text = integrations.document.table(both)
    assert text.startswith(f"`python -m benchmarks integrations --run {name}`, ")
    assert "today's defaults" not in text
    assert f"| `{plain} with count` |" in text


def test_learners_of_other_settings_are_refused(integrations, monkeypatch):
    monkeypatch.setattr(integrations, "LEARNERS", 1)
    with parallel_config(backend="sequential"):
        integrations.record("sb3-dqn")
        monkeypatch.setitem(integrations.DQN_SETTINGS, "gamma", 0.5)
        with pytest.raises(BadInput, match=r"trained with other settings: dqn.gamma is 0.97 there and 0.5 here"):
            integrations.record("sb3-dqn")


def test_words_that_are_no_run_are_refused(integrations):
    for words in (["--run", "sb3"], ["sb3-dqn"], ["--rum"]):
        with pytest.raises(SystemExit, match=r"integrations takes --run, and with it sb3-dqn or sb3-ppo, not"):
            integrations.main(*words)


def test_nothing_recorded_is_said(integrations, capsys):
    integrations.main()
    assert capsys.readouterr().out == "nothing is recorded\n"


def test_evaluation_leaves_the_training_as_it_is(integrations, peer):
    weights = []
    for evaluations in (0, 1):
        model, _ = integrations.make("dqn", "count", MAZE, seed=1)
        model.learn(200)
        for _ in range(evaluations):
            peer.evaluated(model, MAZE, 3)
        model.learn(200, reset_num_timesteps=False)
        weights.append(model.replay_buffer.actions[: model.replay_buffer.pos].tolist())
    assert weights[0] == weights[1]
