"""Where steps lead, counted by both backends and by hand."""

import numpy as np
import pytest

from agents.mazes import make
from agents.mazes.engine import CompiledMazes
from agents.mazes.layouts import layouts
from agents.mazes.real import RealMazes


@pytest.mark.parametrize("maze", ["MiniGrid-Empty-Random-5x5-v0", "MiniGrid-LavaGapS5-v0"])
def test_visits_are_a_recount_on_real_minigrid(maze: str) -> None:
    """One step at a time on the layouts that were played: the ends of episodes count, their beginnings do not."""
    slots, steps = 5, 240
    found = layouts(maze, "train")
    ours, theirs = CompiledMazes(found, range(slots)), RealMazes(found, range(slots))
    again = [make(maze, 1, seed=slot, backend="real") for slot in range(slots)]
    for envs in (ours, theirs):
        envs.count_visits()
        envs.reset()
    for one in again:
        one.reset()
    recount = np.zeros((slots, found.width, found.height), dtype=int)
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


def test_nobody_counts_unasked() -> None:
    for backend in ("compiled", "real"):
        envs = make("MiniGrid-Empty-5x5-v0", 2, backend=backend)
        envs.reset()
        envs.step(np.array([2, 2]))
        assert envs.visits.shape == (2, 0)
