"""What identifies a block: every resolved setting, also of plugins within plugins; the DQN's settings as given."""

import json

import gymnasium as gym
import pytest

from agents.dqn.settings import DQNSettings
from escapade.runs.plan import (
    Plan,
    changed_settings,
    continued,
    differences,
    dqn_settings,
    former,
    resolved_settings,
    schedule_sentence,
)
from explore.bonuses.count import Count
from explore.errors import BadInput

MAZE = "MiniGrid-Empty-5x5-v0"


def test_a_configuration_holds_every_resolved_setting_as_json() -> None:
    plan = Plan((f"{MAZE}:reward_scale=10",), ("boltzmann+count:beta=0.5",), 2, 100, 3, dqn=DQNSettings(n_step=5))
    (configuration,) = plan.configurations()
    assert json.loads(json.dumps(configuration)) == configuration
    settings = configuration["settings"]
    assert settings["dqn"] == json.loads(DQNSettings(n_step=5).model_dump_json())
    assert settings["maze"] == {"id": MAZE, "reward_scale": 10.0} | settings["maze"]
    assert settings["bonus"] == {"name": "count", **Count.Settings(beta=0.5).model_dump()}
    assert settings["strategy"]["name"] == "boltzmann"
    assert settings["network"]["name"] == "plain"


def test_an_agent_without_bonus_says_so_and_its_default_strategy_is_named() -> None:
    settings = resolved_settings(MAZE, "plain", DQNSettings())
    assert settings["bonus"] is None
    assert settings["strategy"]["name"] == "epsilon-greedy"


def test_a_changed_default_of_a_part_of_a_mix_is_another_configuration(monkeypatch) -> None:
    """As after an upgrade; the spec is the same."""
    agent = "mix:bonuses=count+rnd"
    before = resolved_settings(MAZE, agent, DQNSettings())
    assert [part["name"] for part in before["bonus"]["bonuses"]] == ["count", "rnd"]

    class Settings(Count.Settings):
        beta: float = 0.77

    monkeypatch.setattr(Count, "Settings", Settings)
    after = resolved_settings(MAZE, agent, DQNSettings())
    assert after != before
    assert after["bonus"]["bonuses"][0]["beta"] == 0.77


def test_differences_name_the_setting_and_both_values() -> None:
    kept = {"dqn": {"n_step": 3, "old": 1}, "bonus": None, "same": [1]}
    planned = {"dqn": {"n_step": 5}, "bonus": {"name": "count"}, "same": [1]}
    assert differences(kept, planned) == [
        "dqn.n_step is 3 there and 5 here",
        "dqn.old is 1 there and absent here",
        'bonus is absent there and {"name": "count"} here',
    ]
    assert differences(planned, planned) == []


def test_settings_of_the_command_line() -> None:
    settings = dqn_settings(["n_step=5", " hidden = 64,32", "learning_rate=1e-3"])
    assert (settings.n_step, settings.hidden, settings.learning_rate) == (5, (64, 32), 1e-3)
    assert dqn_settings([]) == DQNSettings()
    assert changed_settings(settings.resolved()) == {"hidden": [64, 32], "n_step": 5, "learning_rate": 1e-3}
    assert dqn_settings(["n_step=1"], settings) == settings.model_copy(update={"n_step": 1})


@pytest.mark.parametrize(
    ("assignments", "said"),
    [
        (["n_stp=5"], "unknown setting 'n_stp' of the DQN: did you mean 'n_step'"),
        (["n_step=0"], "setting 'n_step' of the DQN is '0': it must be at least 1"),
        (["hidden=a"], "setting 'hidden.0' of the DQN is 'a': it must be a whole number"),
        (["n_step"], "--set 'n_step' is not a setting of the DQN: write name=value"),
        (["n_step=1", "n_step=2"], "--set gives the setting 'n_step' twice"),
    ],
)
def test_a_wrong_setting_is_one_sentence(assignments, said) -> None:
    with pytest.raises(BadInput, match=said):
        dqn_settings(assignments)


def test_any_environment_with_discrete_actions_may_be_trained_in() -> None:
    assert resolved_settings("CartPole-v1", "count", DQNSettings())["maze"] == {"id": "CartPole-v1"}
    with pytest.raises(BadInput, match="discrete actions: those of Pendulum-v1 are Box"):
        resolved_settings("Pendulum-v1", "count", DQNSettings())


OWN = """
import gymnasium as gym
from minigrid.envs import EmptyEnv
gym.register("MyMaze-v0", entry_point=EmptyEnv)
"""


def test_an_id_may_begin_with_the_module_that_registers_it(tmp_path, monkeypatch) -> None:
    (tmp_path / "package_of_mine.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    spec = "package_of_mine:MyMaze-v0:reward_scale=2"
    assert resolved_settings(spec, "count", DQNSettings())["maze"]["reward_scale"] == 2.0
    gym.registry.pop("MyMaze-v0")
    with pytest.raises(BadInput, match="'not_there', which cannot be imported"):
        resolved_settings("not_there:MyMaze-v0", "count", DQNSettings())


def kept(*steps: int, **changed: object) -> list[dict[str, object]]:
    return [c for n in steps for c in Plan((MAZE,), ("count",), 2, n, 3, **changed).configurations()]  # type: ignore


def test_what_goes_on_keeps_the_schedules_of_the_longest_shorter_training() -> None:
    plan = Plan((MAZE,), ("count", "greedy"), 2, 600, 3)
    assert continued(plan, []) == plan
    assert continued(plan, kept(200, 100, 900)).schedule_steps == 200
    assert continued(plan, kept(400, schedule_steps=100)).schedule_steps == 100
    assert continued(plan, [{**c, "seed": 4} for c in kept(200)]) == plan
    longer = continued(plan, kept(200)).configurations()[0]
    assert continued(plan, [*kept(200), longer]).schedule_steps == 200  # as it was decided when it began
    again = continued(plan, kept(200, 600))  # trained from the start before
    assert "schedule_steps" not in again.configurations()[0]


def test_one_experiment_has_one_length_of_schedules() -> None:
    both = [kept(200)[0], {**kept(300)[0], "agent": "greedy"}]
    plan = Plan((MAZE,), ("count", "greedy"), 2, 600, 3)
    both[1]["settings"] = plan.configurations()[1]["settings"]
    with pytest.raises(BadInput, match="schedules over 200 and 300 steps"):
        continued(plan, both)


def test_a_training_begins_with_a_shorter_one_of_the_same_schedules_alone() -> None:
    (longer,) = kept(600, schedule_steps=200)
    assert former(longer, kept(100, 200, 900)) == kept(200)[0]
    assert former(longer, [*kept(200), *kept(400, schedule_steps=200)]) == kept(400, schedule_steps=200)[0]
    assert former(kept(600)[0], kept(200)) is None


def test_a_plan_that_goes_on_says_what_its_schedules_run_over() -> None:
    assert schedule_sentence(Plan((MAZE,), ("count",), 2, 600, 3).as_dict()) is None
    sentence = schedule_sentence(Plan((MAZE,), ("count",), 2, 6000, 3, schedule_steps=2000).as_dict())
    assert sentence is not None
    assert "continues after 2,000 steps" in sentence
    assert "differs from 6,000 steps from the start" in sentence
