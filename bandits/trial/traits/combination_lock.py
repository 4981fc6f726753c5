"""The trait of the combination lock: how long a lock does tabular Q-learning open, with no reward but the plugin's?

A lock is a row of N states with two arms each. One arm leads on, the other back to the start, where the next episode
begins; which is which is drawn for every state and learner. Only the last state would pay, so that nothing is learned
from rewards before the lock is open: this is DeepSea (Osband et al. 2020, "Behaviour suite for reinforcement learning")
in a table, and random actions need about 2^N episodes. As the length of the lock changes nothing before its end, the
longest that it opens within the budget of episodes is how far it comes in one that is longer.

With a **bonus**, Q-learning replays all transitions that it has seen, with the bonus of today, until nothing changes:

    Q(s, a) ← b(s, a, s′) + γ V(s′),   V(s) = max of Q(s, ·) over the arms tried in s

An arm that was not tried yet is tried first; V of a state where none was is V(start), since all that is known of it is
that the walk goes on. Coming back to the start truncates an episode and does not terminate it: values bootstrap through
it, so that a constant bonus has equal values everywhere. Ties are broken at random.

A **strategy** chooses among values without information, as no reward was ever received: noise of negligible size, so
that no arm is preferred for its number. Both are compared with ε-greedy, which with such values acts at random whatever
its ε: a bonus with the same Q-learning without one, a strategy with random arms.
"""

from collections.abc import Callable, Sequence

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch

from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.traits.measurement import Floats, Measurement, Probe, TraitSpec
from explore.core.bonus import Bonus
from explore.core.transitions import Transitions
from explore.encoding.observations import Encoder
from explore.numerics.seeding import stream
from explore.numerics.streams import Streams

LONGEST = 40  # states of the lock
EPISODES = 50
DISCOUNT = 0.95
SWEEPS = 120  # of the replay: 0.95^120 is 0.2 %
REPLAY_EVERY = 4  # steps
NEGLIGIBLE = 1e-6

Integers = npt.NDArray[np.int64]
Choose = Callable[["Lock"], Integers]
OnStep = Callable[["Lock", Transitions], None]

LENGTH = TraitSpec(
    "longest lock",
    "arms in a row",
    "more",
    f"longest lock opened in {EPISODES} episodes, at most {LONGEST}; random actions need 2^N episodes",
)


class Lock:
    """A lock per learner, all of them walked in step; `at` `(learners,)` is where each of them stands."""

    def __init__(self, names: Sequence[int], seed: int = 0) -> None:
        self.names = names
        self.space = gym.spaces.Discrete(LONGEST + 1)
        self.action_space = gym.spaces.Discrete(2)
        self.rows = torch.from_numpy(Encoder(self.space).encode(np.arange(LONGEST + 1)))
        self.right = np.stack([stream(seed, "trait/lock", name).integers(2, size=LONGEST) for name in names])
        self.at = np.zeros(len(names), np.int64)
        self.deepest, self.episodes = np.zeros_like(self.at), np.zeros_like(self.at)
        self.steps = 0

    def successors(self, states: Integers, arms: Integers) -> Integers:
        """The successors of the states by the arms, `(learners, any)` each."""
        return np.where(np.take_along_axis(self.right, states, 1) == arms, states + 1, 0)

    def transitions(self, states: Integers, arms: Integers) -> Transitions:
        """The transitions from there, `(learners, any)`."""
        here, there = torch.from_numpy(states), torch.from_numpy(self.successors(states, arms))
        opened = there == LONGEST
        return Transitions(
            observation=self.rows[here],
            action=torch.from_numpy(arms.copy()),
            reward=torch.zeros(here.shape),
            next_observation=self.rows[there],
            terminated=torch.zeros_like(opened),
            truncated=opened | (there == 0),
            state_key=here,
            next_state_key=there,
        )

    def go(self, arms: Integers) -> None:
        """Pull the arms `(learners,)`; what comes after a learner's last episode does not count."""
        there = self.successors(self.at[:, None], arms[:, None])[:, 0]
        counts = self.episodes < EPISODES
        self.deepest = np.where(counts, np.maximum(self.deepest, there), self.deepest)
        ended = (there == 0) | (there == LONGEST)
        self.episodes += ended
        self.at = np.where(ended, 0, there)
        self.steps += 1

    @property
    def done(self) -> bool:
        """Whether every learner has opened the whole lock or used up its episodes."""
        return bool(((self.deepest == LONGEST) | (self.episodes >= EPISODES)).all())


def length(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """The longest lock that each of the learners `names` opens, compared with ε-greedy's."""
    if plugin.kind == "bonus":
        one = Lock(names)
        bonus = plugin.bonus(one.space, one.action_space, learners=names, envs=1)
        ours, theirs = Replay(names, bonus), Replay(names, None)
        others = walk(Lock(names), theirs.choose, theirs.happened)
        return [Measurement(walk(one, ours.choose, ours.happened), {"ε-greedy": others})]
    strategy = plugin.strategy(2, learners=len(names), envs=1, horizon=LONGEST * EPISODES)
    streams, noise = Streams(0, "trait/lock/strategy", names), Streams(0, "trait/lock/values", names)

    def choose(lock: Lock) -> Integers:
        strategy.see(lock.rows[torch.from_numpy(lock.at)].unsqueeze(1))
        return strategy.choose(NEGLIGIBLE * noise.normal(1, 2), lock.steps, streams)[:, 0].numpy().astype(np.int64)

    coins = Streams(0, "trait/lock/random", names)
    chance = walk(Lock(names), lambda lock: coins.integers(2).numpy())
    return [Measurement(walk(Lock(names), choose, lambda lock, now: strategy.observe(now)), {"ε-greedy": chance})]


def walk(lock: Lock, choose: Choose, on_step: OnStep | None = None) -> Floats:
    """How far each learner comes."""
    while not lock.done:
        arms = choose(lock)
        now = lock.transitions(lock.at[:, None], arms[:, None])
        if on_step is not None:
            on_step(lock, now)
        lock.go(arms)
    return lock.deepest.astype(float)


class Replay:
    """Tabular Q-learning that replays all it has seen; with no bonus all its values are zero."""

    def __init__(self, names: Sequence[int], bonus: Bonus | None) -> None:
        self.bonus = bonus
        self.ties = Streams(0, "trait/lock/ties", names)
        self.every = np.arange(len(names))
        self.tried = np.zeros((len(names), LONGEST, 2), bool)
        self.values = np.zeros((len(names), LONGEST, 2))
        self.factors: torch.Tensor | None = None  # (learners, 2 LONGEST, …) the episodic factor last seen of each arm

    def choose(self, lock: Lock) -> Integers:
        """An arm not tried yet, else one of the largest value."""
        if self.bonus is not None and lock.steps % REPLAY_EVERY == 0:
            self._replay(lock, self.bonus)
        tried = self.tried[self.every, lock.at]
        values = np.where(tried, self.values[self.every, lock.at], np.inf)
        coin, tied = self.ties.uniform().numpy() < 0.5, values[:, 0] == values[:, 1]
        return np.where(tied, coin, values[:, 1] > values[:, 0]).astype(np.int64)

    def happened(self, lock: Lock, now: Transitions) -> None:
        """Take in one step of every learner."""
        arms = now.action[:, 0].numpy()
        self.tried[self.every, lock.at, arms] = True
        if self.bonus is None:
            return
        factor = self.bonus.observe(now)
        self.bonus.learn(now)
        if self.factors is None:
            self.factors = torch.ones(len(self.every), 2 * LONGEST, *factor.shape[2:])
        self.factors[self.every, 2 * lock.at + arms] = factor[:, 0]

    def _replay(self, lock: Lock, bonus: Bonus) -> None:
        if self.factors is None:
            return
        known = int(np.flatnonzero(self.tried.any(axis=(0, 2))).max()) + 1  # no learner has tried an arm further on
        pairs = np.broadcast_to(np.arange(2 * known), (len(self.every), 2 * known))
        seen = lock.transitions(pairs // 2, pairs % 2)
        earned = bonus.score(seen, self.factors[:, : 2 * known]).double().numpy().reshape(-1, known, 2)
        there = lock.successors(pairs // 2, pairs % 2)
        tried, unknown = self.tried[:, :known], ~self.tried[:, :known].any(2)
        state_values = np.zeros((len(self.every), LONGEST + 1))
        for _ in range(SWEEPS):
            values = earned + DISCOUNT * np.take_along_axis(state_values, there, 1).reshape(earned.shape)
            best = np.where(tried, values, -np.inf).max(2)
            state_values[:] = best[:, :1]  # where nothing was tried, the value of the start
            state_values[:, :known] = np.where(unknown, state_values[:, :known], best)
        # An arm that is first tried before the next replay has, until then, the value of the start.
        self.values[:] = state_values[:, :1, None]
        self.values[:, :known] = np.where(tried, values, self.values[:, :known])


PROBES: tuple[Probe, ...] = (Probe((LENGTH,), length),)
