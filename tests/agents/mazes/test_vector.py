"""What both backends share: seeds, resets of some slots, reports of ended episodes, missions and visits."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers.vector import DictInfoToList

from agents.mazes import make
from agents.mazes.compiled import CompiledMazes
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.real import RealMazes
from agents.training.observations import symbolic_rows, symbolic_space
from explore import BadInput, BonusReward

BACKENDS = pytest.mark.parametrize("backend", ["compiled", "real"])
MAZE = "MiniGrid-Empty-5x5-v0"
WAY = [2, 2, 1, 2, 2]  # to its goal


@pytest.mark.parametrize("maze", ["MiniGrid-Empty-Random-5x5-v0", "MiniGrid-LavaGapS5-v0"])
def test_visits_are_a_recount_on_real_minigrid(maze: str) -> None:
    """One step at a time on the layouts that were played: the ends of episodes count, their beginnings do not."""
    slots, steps = 5, 240
    train = layouts(maze, "train")
    ours, theirs = CompiledMazes(train, range(slots)), RealMazes(train, range(slots))
    again = [make(maze, 1, seed=slot, backend="real") for slot in range(slots)]
    for envs in (ours, theirs):
        envs.count_visits()
        envs.reset()
    for one in again:
        one.reset()
    recount = np.zeros((slots, train.width, train.height), dtype=int)
    random = np.random.default_rng(0)
    ends = 0
    for _ in range(steps):
        actions = random.choice(3, size=slots, p=[0.2, 0.2, 0.6])
        for envs in (ours, theirs):
            envs.step(actions)
        for slot, one in enumerate(again):
            env, stood = one.envs[0], []
            step = env.step
            env.step = lambda action, env=env, step=step, stood=stood: (step(action), stood.append(env.agent_pos))[0]
            ends += bool((one.step(actions[slot : slot + 1])[2] | False).any())
            env.step = step
            x, y = stood[0]
            recount[slot, x, y] += 1
    assert ends > 0
    assert ours.visits.sum() == slots * steps
    np.testing.assert_array_equal(ours.visits, recount.reshape(slots, -1))
    np.testing.assert_array_equal(theirs.visits, ours.visits)


def test_visits_are_not_counted_by_default() -> None:
    for backend in ("compiled", "real"):
        envs = make("MiniGrid-Empty-5x5-v0", 2, backend=backend)
        envs.reset()
        envs.step(np.array([2, 2]))
        assert envs.visits.shape == (2, 0)


class WithSuccess(gym.Wrapper[Any, Any, Any, Any]):
    """One maze whose info has the same report as the vector's, for Gymnasium's own vector environment to collect."""

    def step(self, action: Any) -> Any:
        seen, reward, terminated, truncated, info = self.env.step(int(action))
        return seen, reward, terminated, truncated, info | {"success": bool(terminated and reward > 0)}


@BACKENDS
def test_ended_episodes_are_reported_as_gymnasium_reports_them(backend: str) -> None:
    """Two slots go to the goal at different times; the info of Gymnasium's vector environment is the reference."""
    envs = make(MAZE, 3, backend=backend)
    theirs = SyncVectorEnv([lambda: WithSuccess(gym.make(MAZE))] * 3, autoreset_mode=AutoresetMode.SAME_STEP)
    envs.reset(), theirs.reset()
    ends = 0
    for first, second in zip([*WAY, 0], [0, 0, 0, 0, 0, 0], strict=True):
        actions = np.array([first, second, 6])
        info, expected = envs.step(actions)[-1], theirs.step(actions)[-1]
        assert ("final_info" in info) == ("final_info" in expected)
        if "final_info" not in info:
            continue
        ends += 1
        assert info["final_info"].keys() == expected["final_info"].keys() == {"success", "_success"}
        for name in ("success", "_success"):
            np.testing.assert_array_equal(info["final_info"][name], expected["final_info"][name])
            assert info["final_info"][name].dtype == expected["final_info"][name].dtype
        np.testing.assert_array_equal(info["_final_info"], expected["_final_info"])
        np.testing.assert_array_equal(info["_final_obs"], expected["_final_obs"])
        assert info["final_obs"].dtype == expected["final_obs"].dtype == object
        for mine, reference in zip(info["final_obs"], expected["final_obs"], strict=True):
            assert (mine is None) == (reference is None)
            if mine is not None:
                np.testing.assert_array_equal(mine["image"], reference["image"])
                assert mine["direction"] == reference["direction"]
                assert envs.single_observation_space.contains(mine)
        assert info["final_info"]["success"].tolist() == [True, False, False]
    assert ends == 1


@BACKENDS
def test_ended_states_have_their_keys(backend: str) -> None:
    """A final state has a key of its own: neither that of the step before nor that of the next episode's start."""
    envs = make(MAZE, 2, state_key=True, backend=backend)
    envs.reset()
    for action in WAY[:-1]:
        before = envs.step(np.array([action, 0]))[-1]
        assert "final_info" not in before
    info = envs.step(np.array([WAY[-1], 0]))[-1]
    last = info["final_info"]
    assert info["_final_info"].tolist() == last["_state_key"].tolist() == [True, False]
    assert last["state_key"][1] == 0
    assert last["state_key"][0] not in (before["state_key"][0], info["state_key"][0], 0)
    assert info["final_state_key"].tolist() == last["state_key"].tolist()


@BACKENDS
def test_seeds_of_any_whole_number_type(backend: str) -> None:
    maze = "MiniGrid-FourRooms-v0"
    one, other = make(maze, 2, seed=np.int64(3), backend=backend), make(maze, 2, seed=3, backend=backend)
    np.testing.assert_array_equal(one.reset()[0]["image"], other.reset()[0]["image"])
    first = one.reset(seed=np.uint8(7))[0]["image"]
    np.testing.assert_array_equal(first, other.reset(seed=np.array([7, 8]))[0]["image"])
    assert one.np_random_seed == 7


@BACKENDS
@pytest.mark.parametrize("seed", [-1, [3, -1], 2**63 - 1, 1.5, [0, 1.5], True, "ab", [1, 2, 3]])
def test_seeds_that_do_not_fit_are_refused(backend: str, seed: Any) -> None:
    with pytest.raises(BadInput, match="seed"):
        make(MAZE, 2, seed=seed, backend=backend)
    envs = make(MAZE, 2, backend=backend)
    with pytest.raises(BadInput, match="seed"):
        envs.reset(seed=seed)


@BACKENDS
def test_a_slot_keeps_its_stream_where_a_reset_gives_it_no_seed(backend: str) -> None:
    envs, other = (make("MiniGrid-FourRooms-v0", 2, seed=[5, 6], backend=backend) for _ in range(2))
    kept = envs.reset(seed=[None, 9])[0]["image"]
    np.testing.assert_array_equal(kept[0], other.reset()[0]["image"][0])
    with pytest.raises(BadInput, match="1 seeds for 2"):
        make(MAZE, 2, seed=[None, 9], backend=backend)


@BACKENDS
@pytest.mark.parametrize("maze", ["MiniGrid-DoorKey-5x5-v0", "MiniGrid-Dynamic-Obstacles-5x5-v0"])
def test_a_reset_of_some_slots_leaves_the_others_as_they_are(backend: str, maze: str) -> None:
    """The masked slots begin as after a whole reset with these seeds; the others play on as if nothing happened."""
    slots, random = 4, np.random.default_rng(0)
    envs, undisturbed = (make(maze, slots, state_key=True, backend=backend) for _ in range(2))
    fresh = make(maze, slots, state_key=True, backend=backend)
    envs.reset(), undisturbed.reset()
    mask = np.array([True, False, True, False])
    seen = {}
    for actions in random.integers(3, size=(9, slots)):
        seen = envs.step(actions)[0]
        undisturbed.step(actions)
    again, info = envs.reset(seed=50, options={"reset_mask": mask})
    begun, fresh_info = fresh.reset(seed=50)
    for name in seen:
        np.testing.assert_array_equal(again[name][~mask], seen[name][~mask])
        np.testing.assert_array_equal(again[name][mask], begun[name][mask])
    np.testing.assert_array_equal(info["state_key"][mask], fresh_info["state_key"][mask])
    for actions in random.integers(3, size=(150, slots)):
        mine, theirs, new = (each.step(actions) for each in (envs, undisturbed, fresh))
        for other, which in ((theirs, ~mask), (new, mask)):
            np.testing.assert_array_equal(mine[0]["image"][which], other[0]["image"][which])
            np.testing.assert_array_equal(mine[-1]["state_key"][which], other[-1]["state_key"][which])
            for part in range(1, 4):
                np.testing.assert_array_equal(mine[part][which], other[part][which])


@BACKENDS
def test_a_bonus_and_a_maze_agree_on_the_slots_that_were_reset(backend: str) -> None:
    """A bonus for first visits within an episode pays again only in the slot that began anew."""
    envs = BonusReward(make(MAZE, 2, backend=backend), "episodic-count:beta=1")
    envs.reset()
    first = envs.step(np.array([2, 2]))[-1]["bonus"]
    envs.step(np.array([0, 0])), envs.step(np.array([1, 1]))
    before, _ = envs.reset(options={"reset_mask": np.array([True, False])})
    assert not np.array_equal(before["image"][0], before["image"][1])
    paid = envs.step(np.array([2, 6]))[-1]["bonus"]
    assert paid[0] == first[0]
    assert paid[1] < first[1]


@BACKENDS
@pytest.mark.parametrize("mask", [np.zeros(2, dtype=bool), np.ones(3, dtype=bool), np.array([0, 1]), True])
def test_masks_that_do_not_fit_are_refused(backend: str, mask: Any) -> None:
    envs = make(MAZE, 2, backend=backend)
    envs.reset()
    with pytest.raises(BadInput, match="reset_mask"):
        envs.reset(options={"reset_mask": mask})


@BACKENDS
def test_nothing_happens_before_the_first_reset(backend: str) -> None:
    envs = make(MAZE, 2, backend=backend)
    with pytest.raises(gym.error.ResetNeeded, match="step was called before reset"):
        envs.step(np.array([0, 0]))
    with pytest.raises(gym.error.ResetNeeded, match="without a mask"):
        envs.reset(options={"reset_mask": np.array([True, False])})
    envs.reset()
    envs.step(np.array([0, 0]))


@BACKENDS
def test_gymnasiums_wrapper_of_infos_finds_the_final_observations_where_it_expects_them(backend: str) -> None:
    """`DictInfoToList` against the same wrapper around Gymnasium's own vector environment."""
    envs = DictInfoToList(make(MAZE, 2, backend=backend))
    theirs = DictInfoToList(SyncVectorEnv([lambda: gym.make(MAZE)] * 2, autoreset_mode=AutoresetMode.SAME_STEP))
    envs.reset(), theirs.reset()
    for action in WAY:
        infos, expected = (each.step(np.array([action, 0]))[-1] for each in (envs, theirs))
    assert "final_obs" not in infos[1]
    np.testing.assert_array_equal(infos[0]["final_obs"]["image"], expected[0]["final_obs"]["image"])
    assert infos[0]["final_obs"]["direction"] == expected[0]["final_obs"]["direction"]


@BACKENDS
def test_what_a_step_gave_is_not_written_to_by_the_next(backend: str) -> None:
    envs = make("MiniGrid-Dynamic-Obstacles-5x5-v0", 8, backend=backend)
    envs.reset()
    final = None
    for _ in range(30):
        info = envs.step(np.full(8, 2))[-1]
        if final is None and "final_obs" in info:
            slot = int(np.flatnonzero(info["_final_obs"])[0])
            final, copy = info["final_obs"][slot]["image"], info["final_obs"][slot]["image"].copy()
    assert final is not None
    np.testing.assert_array_equal(final, copy)


@BACKENDS
def test_a_mission_is_the_number_of_its_text(backend: str) -> None:
    """The text of every slot is real MiniGrid's, and the final observation has the mission of the ended episode."""
    maze = "MiniGrid-GoToDoor-5x5-v0"
    envs, real = make(maze, 6, backend=backend), make(maze, 6, backend="real")
    numbers, _ = envs.reset()[0]["mission"], real.reset()
    assert envs.single_observation_space["mission"].n == len(envs.layouts.missions) > 1
    assert [envs.layouts.missions[number] for number in numbers] == [env.mission for env in real.mazes]
    info = envs.step(np.full(6, 6))[-1]  # `done` ends every episode
    assert [final["mission"] for final in info["final_obs"]] == numbers.tolist()
    assert layouts(maze, "held-out").missions == envs.layouts.missions


def test_an_agent_reads_the_mission() -> None:
    """Two observations that differ in the mission alone are different rows of the symbolic space, and inside it."""
    envs = make("MiniGrid-GoToDoor-5x5-v0", 2)
    observation, _ = envs.reset()
    space = symbolic_space(envs.single_observation_space)
    assert space.nvec[-1] == len(envs.layouts.missions)
    twins = {name: np.repeat(part[:1], 2, axis=0) for name, part in observation.items()}
    twins["mission"] = np.array([0, len(envs.layouts.missions) - 1])
    first, second = symbolic_rows(envs.single_observation_space, twins)
    assert np.flatnonzero(first != second).tolist() == [len(first) - 1]
    assert space.contains(first)
    assert space.contains(second)


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([0, 7], "action 7 is not one of this maze's: they are 0 to 6"),
        ([-1, 0], "action -1"),
        ([0], "give 2 integers"),
        ([0.5, 0.5], "give 2 integers"),
    ],
)
@pytest.mark.parametrize("backend", ["compiled", "real"])
def test_wrong_actions_are_refused(backend: str, actions: list[float], message: str) -> None:
    envs = make("MiniGrid-Empty-5x5-v0", 2, backend=backend)
    envs.reset()
    with pytest.raises(BadInput, match=message):
        envs.step(np.array(actions))
