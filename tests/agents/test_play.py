"""Episodes that are watched: the same as on the engine, drawn as MiniGrid draws, for every kind of player."""

import itertools

import gymnasium as gym
import numpy as np
import pytest
import torch
from minigrid.envs.empty import EmptyEnv

from agents.dqn.agent import QAgent
from agents.dqn.agent_spec import parse_agent
from agents.dqn.settings import DQNSettings
from agents.mazes.compiled import CompiledMazes
from agents.mazes.layouts.building import built
from agents.mazes.layouts.named_sets import layouts
from agents.mazes.real import RealMazes
from agents.planners import shortest
from agents.planners.simulation import played
from agents.play import Episode, at_random, exploiting, planned, repeating
from agents.training.evaluation import EPSILON
from agents.training.learner_env import LearnerVectorEnv
from agents.training.observations import symbolic_space
from agents.training.trained import weights_of
from explore.errors import BadInput

SMALL = DQNSettings(hidden=(16,), batch=8, capacity=100, weights=(0.0, 1.0))


@pytest.mark.parametrize(
    "maze", ["MiniGrid-DoorKey-6x6-v0", "MiniGrid-Fetch-5x5-N2-v0", "MiniGrid-RedBlueDoors-6x6-v0"]
)
def test_the_planner_gets_what_it_promised(maze: str) -> None:
    maze_layouts = layouts(maze, "held-out")
    plan = shortest(maze_layouts, 7)
    assert plan is not None
    *_, last = Episode(maze_layouts, 7).moments(planned(maze_layouts, 7))
    assert last.ending == "reached the goal"
    assert last.success
    assert (last.step, last.episode_return) == (len(plan.actions), plan.value)
    assert last.mission == maze_layouts.missions[maze_layouts.mission[7]]


@pytest.mark.parametrize("maze", ["MiniGrid-DoorKey-5x5-v0", "MiniGrid-Dynamic-Obstacles-5x5-v0"])
def test_random_play_is_what_the_engine_plays(maze: str) -> None:
    """With the layout's own generator, where obstacles draw from it."""
    maze_layouts = layouts(maze, "train")
    for index in range(3):
        moments = list(Episode(maze_layouts, index).moments(at_random(maze_layouts, seed=index)))
        actions = [moment.action for moment in moments[1:]]
        assert played(maze_layouts, index, actions) == (moments[-1].episode_return, len(actions))
        assert [moment.step for moment in moments] == list(range(len(moments)))
        assert moments[-1].episode_return == sum(moment.reward for moment in moments)
        assert moments[-1].ending is not None


def test_time_is_up_at_the_limit() -> None:
    maze_layouts = layouts("MiniGrid-Empty-5x5-v0", "train")
    moments = list(Episode(maze_layouts, 0).moments(repeating([0] * 1000)))
    assert moments[-1].ending == "out of time"
    assert len(moments) == 1 + maze_layouts.limit
    assert {moment.action_name for moment in moments} == {None, "left"}


def test_an_episode_begins_again_the_same_and_stops_where_the_actions_do() -> None:
    maze_layouts = layouts("MiniGrid-Dynamic-Obstacles-6x6-v0", "train")
    episode = Episode(maze_layouts, 2)
    first, again = (list(episode.moments(repeating([0, 1, 1, 0]))) for _ in range(2))
    assert len(first) == 5
    assert first[-1].ending is None
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.grid, other.grid)
    assert not np.array_equal(first[0].grid, first[-1].grid)  # the obstacles move


def test_pictures_are_minigrids_own() -> None:
    maze_layouts = layouts("MiniGrid-DoorKey-5x5-v0", "train")
    plan = shortest(maze_layouts, 4)
    assert plan is not None
    env = gym.make("MiniGrid-DoorKey-5x5-v0", render_mode="rgb_array").unwrapped
    env.reset(seed=int(maze_layouts.seeds[4]))
    episode = Episode(maze_layouts, 4)
    for moment in episode.moments(planned(maze_layouts, 4)):
        if moment.action is not None:
            env.step(moment.action)
        np.testing.assert_array_equal(episode.picture(), env.render())


@pytest.mark.parametrize("maze", ["MiniGrid-Empty-Random-5x5-v0", "MiniGrid-GoToDoor-5x5-v0"])
def test_a_trained_learner_plays_its_best_actions(maze: str) -> None:
    """But for the random ones in a few steps; with and without missions. The weights are drawn: any will do."""
    maze_layouts = layouts(maze, "train")
    space = symbolic_space(RealMazes(maze_layouts, [0]).single_observation_space)
    dqn = QAgent(parse_agent("count"), space, maze_layouts.actions, learners=[0, 1], horizon=8, seed=2, settings=SMALL)
    generator = torch.Generator().manual_seed(1)
    for parameter in dqn.target.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator))
    weights = weights_of(dqn)
    agreed, seen = 0, set()
    for seed in range(40):
        index = seed % len(maze_layouts)
        env = LearnerVectorEnv(CompiledMazes(maze_layouts.rows([index]), [0]), 1)
        best = int(dqn.greedy_values(env.rows.expand(2, -1, -1))[1].argmax())
        player = exploiting("count", weights, 1, maze_layouts, seed=seed)
        _, first, *_ = itertools.islice(Episode(maze_layouts, index).moments(player), 2)
        agreed += best == first.action
        seen.add(best)
    assert agreed >= 40 * (1 - EPSILON) - 4
    assert len(seen) > 1


def test_bad_input() -> None:
    maze_layouts = layouts("MiniGrid-Empty-5x5-v0", "train")
    with pytest.raises(BadInput, match=r"there is no layout 1 of .*: they are 0 to 0"):
        Episode(maze_layouts, 1)
    with pytest.raises(BadInput, match="OwnStep has a step of its own"):
        planned(built("MiniGrid-TestWatched-v0", resets=1), 0)


class OwnStep(EmptyEnv):
    """A maze that does not run compiled."""

    def step(self, action: int) -> object:
        return super().step(action)


gym.register(id="MiniGrid-TestWatched-v0", entry_point=OwnStep, kwargs={"size": 5})


def test_a_maze_that_is_not_compiled_is_watched_too() -> None:
    *_, last = Episode(built("MiniGrid-TestWatched-v0", resets=1), 0).moments(repeating([2, 2, 1, 2, 2]))
    assert last.ending == "reached the goal"


def test_a_moving_world_is_planned_as_it_will_move() -> None:
    """The plan's actions were played with the layout's own generator."""
    maze_layouts = layouts("MiniGrid-Dynamic-Obstacles-5x5-v0", "train")
    _, *moments = Episode(maze_layouts, 1).moments(planned(maze_layouts, 1))
    assert moments[-1].ending is not None  # the plan does not stop before the episode does
    assert played(maze_layouts, 1, [moment.action for moment in moments]) == (moments[-1].episode_return, len(moments))
