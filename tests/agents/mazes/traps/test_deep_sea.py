"""The deep sea against bsuite's definition: traces worked by hand, bsuite itself where it is installed, its score."""

import numpy as np
import pytest

from agents.mazes import CompiledMazes
from agents.mazes.layouts.building import built
from agents.mazes.traps import DeepSea, facts
from agents.mazes.traps.deep_sea import score


def right(env: DeepSea) -> int:
    """The action that means right where the diver is."""
    x, y = env.agent_pos
    return int(env.mapping[y - 1, x - 1])


def dive(env: DeepSea, turns: str) -> tuple[list[float], list[int], dict[str, object]]:
    """Rewards, columns and the last info of an episode of turns such as "RRL"."""
    env.reset(seed=0)
    rewards, columns, info = [], [], {}
    for number, turn in enumerate(turns, start=1):
        action = right(env) if turn == "R" else 1 - right(env)
        _, reward, terminated, truncated, info = env.step(action)
        rewards.append(reward)
        columns.append(env.agent_pos[0] - 1)
        assert terminated == (number == env.size)
        assert not truncated
    return rewards, columns, info


@pytest.mark.parametrize("size", [10, 24, 50])
def test_going_right_returns_99_hundredths_and_every_move_costs_its_share(size: int) -> None:
    rewards, columns, info = dive(DeepSea(size), "R" * size)
    assert rewards[:-1] == [-0.01 / size] * (size - 1)
    assert rewards[-1] == 1 - 0.01 / size
    assert sum(rewards) == pytest.approx(0.99)
    assert columns == [*range(1, size), size - 1]
    assert info == {"success": True, "bad_episode": False}


@pytest.mark.parametrize(
    ("turns", "columns", "rewards"),
    [
        ("LLLL", [0, 0, 0, 0], [0, 0, 0, 0]),
        ("LRRR", [0, 1, 2, 3], [0, -0.0025, -0.0025, -0.0025]),  # in the last column only after the last step
        ("RRRL", [1, 2, 3, 2], [-0.0025, -0.0025, -0.0025, 0]),
        ("RLRL", [1, 0, 1, 0], [-0.0025, 0, -0.0025, 0]),
    ],
)
def test_a_turn_to_the_left_on_the_diagonal_makes_an_episode_bad(
    turns: str, columns: list[int], rewards: list[float]
) -> None:
    paid, went, info = dive(DeepSea(4), turns)
    assert (went, paid) == (columns, rewards)
    assert info == {"success": False, "bad_episode": True}


def test_which_action_means_right_differs_from_cell_to_cell_and_never_changes() -> None:
    one, other = DeepSea(20), DeepSea(20)
    assert 0.4 < one.mapping.mean() < 0.6
    one.reset(seed=1), other.reset(seed=2)
    np.testing.assert_array_equal(one.mapping, other.mapping)
    assert (DeepSea(20, mapping_seed=1).mapping != one.mapping).any()


@pytest.mark.parametrize("size", range(10, 51, 5))
def test_the_view_tells_the_state(size: int) -> None:
    env = DeepSea(size)
    env.reset(seed=0)
    seen = set()
    for row in range(size):
        for column in range(size):
            env.agent_pos = (column + 1, row + 1)
            seen.add(env.gen_obs()["image"].tobytes())
    assert len(seen) == size * size


def test_in_the_stochastic_sea_one_right_turn_in_n_fails_and_the_ends_are_noisy() -> None:
    maze = built("escapade/DeepSeaStochastic-10-v0")
    envs = CompiledMazes(maze, list(range(3000)))
    envs.reset()
    failed, tried, final = 0, 0, np.zeros(3000)
    for row in range(10):
        world = envs.state().worlds
        x, y = world.agent[:, 0], world.agent[:, 1]
        _, reward, _, _, _ = envs.step(world.inside[np.arange(3000), x * maze.height + y].astype(np.int64))
        if row < 9:
            failed, tried = failed + int((envs.state().worlds.agent[:, 0] == x).sum()), tried + 3000
            np.testing.assert_array_equal(reward, -0.001)
        else:
            final, last = reward, x == 10
    assert abs(failed / tried - 0.1) < 0.006  # three standard errors
    noise = final[last] - 0.999  # the treasure with its cost
    assert abs(noise.mean()) < 3 / np.sqrt(last.sum())
    assert abs(noise.std() - 1) < 0.07
    np.testing.assert_array_equal(final[~last], -0.001)


def test_states_are_counted_by_place_and_not_by_what_was_drawn() -> None:
    maze = built("escapade/DeepSeaStochastic-10-v0")
    envs = CompiledMazes(maze, list(range(500)), state_key=True)
    _, info = envs.reset()
    places: dict[int, tuple[int, int]] = {}
    random = np.random.default_rng(0)
    for _ in range(30):
        agent = envs.state().worlds.agent
        for key, x, y in zip(info["state_key"].tolist(), agent[:, 0].tolist(), agent[:, 1].tolist(), strict=True):
            assert places.setdefault(key, (x, y)) == (x, y)
        info = envs.step(random.integers(2, size=500))[4]
    assert len(places) == len(set(places.values()))
    assert 30 < len(places) <= 55  # row r has r + 1 columns that can be reached


class Drawn:
    """Our generator in the place of bsuite's: the same numbers under the names of NumPy's older one."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.randn, self.rand = generator.standard_normal, generator.random


@pytest.mark.parametrize("size", [10, 11, 50])
@pytest.mark.parametrize("stochastic", [False, True])
def test_bsuite_says_the_same(size: int, stochastic: bool) -> None:
    """Rewards to the last bit, places, ends and bad episodes, over episodes of random and of good play."""
    bsuite = pytest.importorskip("bsuite.environments.deep_sea", exc_type=ImportError)
    theirs = bsuite.DeepSea(size, deterministic=not stochastic, mapping_seed=42)
    ours = DeepSea(size, stochastic)
    random, bad = np.random.default_rng(0), 0
    for episode in range(20):
        ours.reset(seed=episode)
        theirs._rng = Drawn(np.random.Generator(np.random.PCG64(episode)))
        theirs.reset()
        terminated, info = False, {}
        while not terminated:
            action = right(ours) if episode % 2 else int(random.integers(2))
            step = theirs.step(action)
            _, reward, terminated, _, info = ours.step(action)
            assert reward == step.reward
            assert terminated == step.last()
            assert terminated or step.observation[ours.agent_pos[1] - 1, ours.agent_pos[0] - 1] == 1
        bad += info["bad_episode"]
        assert theirs.bsuite_info()["total_bad_episodes"] == bad
    optima = facts(f"escapade/{'DeepSeaStochastic' if stochastic else 'DeepSea'}-{size}-v0")
    assert optima is not None
    # bsuite charges the whole 0.01, also to who failed and goes left for nothing from there on.
    assert 0 <= optima.global_score - theirs._optimal_return <= (0.01 if stochastic else 1e-12)


def test_the_score() -> None:
    """Solved where the mean of bad episodes is first below 0.9, and sooner than 2^N + 100 episodes."""
    assert score([True] * 10_000, 10) == score([True] * 10_000 + [False] * 9000, 10)  # later episodes do not count
    assert score([True] * 10_000, 10).solved_after is None
    bad = [True] * 900 + [False] * 300
    result = score(bad, 10)
    assert result.solved_after == 1001  # 900/1000 is not below 0.9
    assert result.beats_dithering  # 1001 < 1124
    assert not score(bad, 9).beats_dithering  # 1001 > 612
    assert score(bad, 10, stochastic=True).solved_after == 1126  # 900/1125 is not below 0.8


def test_in_the_stochastic_sea_luck_does_not_count_before_a_hundred_episodes() -> None:
    assert score([False] * 200, 10).solved_after == 1
    assert score([False] * 200, 10, stochastic=True).solved_after == 100


def test_play_that_dithers_is_good_once_in_two_to_the_n() -> None:
    envs = CompiledMazes(built("escapade/DeepSea-10-v0"), list(range(2000)))
    envs.reset()
    random, good, successes, episodes = np.random.default_rng(0), 0, 0, 0
    for _ in range(200):
        info = envs.step(random.integers(2, size=2000))[4]
        if "final_obs" in info:
            good, episodes = good + int((~info["bad_episode"]).sum()), episodes + 2000
            successes += int(info["success"].sum())
    assert good == successes  # where nothing slips, to stay on the diagonal is to find the treasure
    assert abs(good - episodes / 1024) < 4 * np.sqrt(episodes / 1024)
