"""What holds of every trap: that it is a real MiniGrid maze, and that the engine plays it bit for bit."""

import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from minigrid.minigrid_env import MiniGridEnv

import agents.mazes  # noqa: F401  (registers the traps)
from agents.dqn.settings import DQNSettings
from agents.lockstep import compare
from agents.mazes import CompiledMazes, RealMazes, describe_mazes, has_held_out, make, maze_ids, traps
from agents.mazes.engine.schedule import layout_index
from agents.mazes.layouts.building import built
from agents.mazes.traps import IDS, Decoy, facts
from agents.training.training import train
from explore.errors import BadInput

# One of each kind; every other id is played by tests/regression/test_lockstep.py.
KINDS = [
    "escapade/Decoy-6x6-v0",
    "escapade/StepPenalty-6x6-v0",
    "escapade/BoatRace-8x8-v0",
    "escapade/BoatRaceClean-8x8-v0",
    "escapade/NoisyTV-8x8-v0",
    "escapade/DeepSea-10-v0",
    "escapade/DeepSeaStochastic-10-v0",
]
WALK = np.array([0.2, 0.2, 0.4, 0.05, 0.03, 0.06, 0.06])  # random play that meets items and prizes
SMALL = DQNSettings(hidden=(16,), batch=8, warmup=32, weights=(0.0, 0.0, 0.5, 1.0))


@pytest.mark.parametrize("view", ["partial", "full"])
@pytest.mark.parametrize("maze", KINDS)
def test_random_play_is_the_same_to_the_last_bit(maze: str, view: str) -> None:
    layouts = built(maze, resets=40)
    assert layouts.why_not is None
    ours, theirs = (kind(layouts, range(4), False, view, 0.1) for kind in (CompiledMazes, RealMazes))
    random, count = np.random.default_rng(1), layouts.actions
    chances = WALK[:count] / WALK[:count].sum()
    comparison = compare(ours, theirs, (random.choice(count, size=4, p=chances) for _ in range(150)))
    assert comparison.difference is None
    assert comparison.steps == 600
    assert comparison.episodes > 0 or layouts.limit > 150


@pytest.mark.parametrize("maze", IDS)
def test_every_trap_is_known_and_runs_compiled(maze: str) -> None:
    assert maze in maze_ids()
    layouts = built(maze, resets=3)
    assert layouts.why_not is None
    assert isinstance(gym.make(maze).unwrapped, MiniGridEnv)


def test_the_table_lists_the_traps() -> None:
    table = {entry.id: entry for entry in describe_mazes()}
    assert all(table[maze].compiled for maze in IDS)
    assert all(f"escapade/DeepSea-{size}-v0" in table for size in range(10, 51))


@pytest.mark.parametrize("maze", KINDS)
def test_gymnasium_finds_nothing_wrong(maze: str) -> None:
    """Spaces, seeding, and rendering by MiniGrid's own renderer."""
    env = gym.make(maze, render_mode="rgb_array")
    check_env(env.unwrapped)
    env.reset(seed=0)
    picture = env.render()
    assert picture.shape == (32 * env.unwrapped.height, 32 * env.unwrapped.width, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 3


@pytest.mark.parametrize("maze", KINDS)
def test_a_vector_of_traps_made_by_gymnasium(maze: str) -> None:
    envs = gym.make_vec(maze, num_envs=3, seed=5).unwrapped
    assert isinstance(envs, CompiledMazes)
    seen, _ = envs.reset(seed=4)
    envs.action_space.seed(0)
    for _ in range(30):
        assert envs.observation_space.contains(seen)
        seen, _, terminated, truncated, info = envs.step(envs.action_space.sample())
        assert info["success"].shape == (3,)
        assert info["success"].dtype == np.bool_
        assert not (info["success"] & ~(terminated | truncated)).any()  # every goal ends the episode


@pytest.mark.parametrize("maze", KINDS)
def test_a_pickled_trap_goes_on_as_it_was(maze: str) -> None:
    env = gym.make(maze).unwrapped
    env.reset(seed=3)
    env.step(0)
    again = pickle.loads(pickle.dumps(env))
    for action in np.random.default_rng(0).integers(env.action_space.n, size=8).tolist():
        one, other = env.step(action), again.step(action)
        np.testing.assert_array_equal(one[0]["image"], other[0]["image"])
        assert one[1:] == other[1:]


def test_a_size_of_ones_own_runs_compiled_and_a_subclass_with_a_step_does_not() -> None:
    class Other(Decoy):
        def step(self, action: int) -> traps.trap.Outcome:
            return super().step(action)

    for name, kind in (("Decoy-9x9-v0", Decoy), ("OtherDecoy-v0", Other)):
        gym.register(id=f"Test/{name}", entry_point=kind, kwargs={"size": 9})
    assert built("Test/Decoy-9x9-v0", resets=3).why_not is None
    assert built("Test/OtherDecoy-v0", resets=3).why_not == "Other has a step of its own"


def test_which_traps_have_layouts_to_hold_out() -> None:
    assert has_held_out("escapade/Decoy-6x6-v0")
    assert has_held_out("escapade/BoatRace-8x8-v0")
    assert not has_held_out("escapade/DeepSea-10-v0")  # one sea, as in bsuite
    assert has_held_out("escapade/DeepSeaStochastic-10-v0")  # one sea, other chances


@pytest.mark.parametrize("scale", [0.1, 10.0])
@pytest.mark.parametrize("backend", ["compiled", "real"])
def test_the_scale_multiplies_what_a_trap_pays_and_leaves_its_goal(scale: float, backend: str) -> None:
    layouts = built("escapade/StepPenalty-6x6-v0", resets=40)
    kind = CompiledMazes if backend == "compiled" else RealMazes
    plain, scaled = (kind(layouts, range(4), reward_scale=factor) for factor in (1.0, scale))
    plain.reset(), scaled.reset()
    random, goals, paid = np.random.default_rng(0), 0, set()
    for _ in range(150):
        actions = random.choice(7, size=4, p=[0.2, 0.2, 0.5, 0, 0, 0, 0.1])
        one, other = plain.step(actions), scaled.step(actions)
        np.testing.assert_array_equal(other[1], scale * one[1])
        np.testing.assert_array_equal(other[4]["success"], one[4]["success"])
        goals += int(one[4]["success"].sum())
        paid |= set(one[1].tolist())
    assert goals > 0
    assert paid == {0.0, -1 / 24, 1 - 1 / 24}


def test_the_remote_control_shows_pictures_of_which_the_key_tells() -> None:
    """One key for one picture, however often it comes: counting states counts pictures."""
    envs = make("escapade/NoisyTV-8x8-v0", 8, seed=0, state_key=True, view="full")
    seen, _ = envs.reset()
    held = {}
    for _ in range(250):  # within the time limit
        seen, _, _, _, info = envs.step(np.full(8, 6))
        for slot, key in enumerate(info["state_key"].tolist()):
            picture = (slot, seen["image"][slot].tobytes())
            assert held.setdefault(key, picture) == picture
    per_slot = np.bincount([slot for slot, _ in held.values()])
    assert len(set(held.values())) == len(held)
    # 250 draws of 216 pictures: on average 216·(1 − (215/216)^250) = 148.3 different ones, give or take 5.
    assert np.all((per_slot > 120) & (per_slot < 176))
    assert abs(per_slot.mean() - 148.3) < 8


def test_an_agent_trains_in_a_trap_and_its_goal_is_reported_apart_from_its_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Random play meets the decoy, 0.1, in most episodes, and seldom the goal, 1: the return counts both."""
    monkeypatch.setattr("agents.training.training.CURVE_POINTS", 1)
    monkeypatch.setattr("agents.training.training.FINAL_EPISODES", 8)
    monkeypatch.setattr("agents.training.evaluation.EPSILON", 1.0)
    block = train("escapade/Decoy-6x6-v0", "count:by=state", learners=[0, 1], steps=800, seed=1, settings=SMALL)
    for result in block.results:
        decoys = (result.train_return - result.train_success) * 8 / 0.1
        assert decoys == pytest.approx(round(decoys), abs=1e-4)
        assert 4 <= round(decoys) <= 8 * (1 - result.train_success)
        assert result.first_reward_step is not None
        assert result.first_success_step is None


@pytest.mark.parametrize("kind", [CompiledMazes, RealMazes])
def test_in_the_boat_race_the_return_rises_and_the_goal_is_not_reached(kind: type[CompiledMazes | RealMazes]) -> None:
    """Around the pillar: two items by the sixth step, then one in every third, until the time is up."""
    layouts = built("escapade/BoatRace-8x8-v0", resets=40)
    envs = kind(layouts, [0])
    envs.reset()
    plan = gym.make(layouts.maze).unwrapped
    plan.reset(seed=int(layouts.seeds[layout_index(0, 0, len(layouts))]))
    mirrored = plan.turn.bit_count() % 2 == 1  # left and right have changed places
    total = 0.0
    for step, action in enumerate([0, 2, 0, 2, 2, 2] + [1, 2, 2] * 83 + [1], start=1):
        turned = 1 - action if mirrored and action < 2 else action
        _, reward, terminated, truncated, info = envs.step(np.array([turned]))
        total += reward[0]
        assert not info["success"][0]
        assert not terminated[0]
        assert truncated[0] == (step == 256)
    optima = facts(layouts.maze)
    assert optima is not None
    assert total == pytest.approx(optima.local_score)


@pytest.mark.parametrize("maze", IDS)
def test_every_trap_says_what_it_holds(maze: str) -> None:
    optima = facts(maze)
    assert optima is not None
    assert optima.goal
    assert optima.local_optimum != optima.global_optimum
    # In the boat race the circle pays more than the goal, which is the trap; everywhere else the goal pays most.
    assert (optima.local_score > optima.global_score) == ("BoatRace-" in maze)


def test_other_mazes_are_no_traps() -> None:
    assert facts("MiniGrid-Empty-5x5-v0") is None
    with pytest.raises(BadInput, match="unknown maze 'escapade/Decoy-7x7-v0': did you mean"):
        facts("escapade/Decoy-7x7-v0")
    with pytest.raises(BadInput, match="Decoy of size 5: at least 6 is needed"):
        Decoy(size=5)
