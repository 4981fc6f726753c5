"""What the tests of the integrations share: an environment whose every step is known."""

import gymnasium as gym
import numpy as np
import pytest

LENGTH = 4


class Corridor(gym.Env):
    """Places 0 to LENGTH: action 1 goes right, 0 stays; the last place ends the episode, `limit` steps truncate it.

    Each episode begins at `start`. `kind` of observation: "discrete", "box" (one-hot floats) or "dict". `log` has each
    arrival: (place, reached the end, cut by the limit).
    """

    def __init__(self, start=0, limit=7, kind="discrete", continuous=False):
        self.start, self.limit, self.kind, self.log = start, limit, kind, []
        self.render_mode = None
        box = gym.spaces.Box(0, 1, (LENGTH + 1,), np.float32)
        spaces = {"discrete": gym.spaces.Discrete(LENGTH + 1), "box": box, "dict": gym.spaces.Dict(a=box)}
        self.observation_space = spaces[kind]
        self.action_space = gym.spaces.Box(-2, 2, (1,), np.float32) if continuous else gym.spaces.Discrete(2)

    def _observation(self):
        if self.kind == "discrete":
            return self.place
        row = np.eye(LENGTH + 1, dtype=np.float32)[self.place]
        return {"a": row} if self.kind == "dict" else row

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.steps = self.start, 0
        return self._observation(), {"state_key": self.place}

    def step(self, action):
        self.place += int(np.asarray(action).reshape(-1)[0] > 0)
        self.steps += 1
        reached = self.place == LENGTH
        cut = self.steps >= self.limit and not reached
        self.log.append((self.place, reached, cut))
        return self._observation(), float(reached), reached, cut, {"state_key": self.place}


@pytest.fixture
def corridor():
    """The class of the environment."""
    return Corridor
