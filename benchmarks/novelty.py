"""How large a bonus is where it should matter: for rare and for common observations.

Two learners walk DoorKey-8x8 at random, their bonuses learn as in the DQN (two batches of 64 from replay in each vector
step), and a sample of the replay is scored. Rare is what a learner arrived at no more than 3 times, common what it
arrived at more than 50 times. The size decides whether a value network can tell a bonus from its own noise, the ratio
whether the bonus points the right way.
"""

import sys

import gymnasium as gym
import torch

from agents.dqn.replay import Replay
from agents.dqn.settings import DQNSettings
from agents.mazes import make
from agents.training.evaluation import slot_seeds
from agents.training.learner_env import LearnerVectorEnv
from explore.core.plugins import make_bonus
from explore.numerics.streams import Streams

MAZE, LEARNERS, SAMPLE, RARE, COMMON = "MiniGrid-DoorKey-8x8-v0", [0, 1], 2000, 3, 50
SPECS = ("count:first_visit=false", "rnd", "rnd:beta=0.5", "icm")
POINTS = (1000, 2000, 4000, 10_000)


def main() -> None:
    """Print the mean bonus of rare and of common arrivals after so many steps of a learner."""
    torch.set_num_threads(1)
    settings = DQNSettings()
    env = LearnerVectorEnv(
        make(MAZE, num_envs=2 * settings.envs, seed=slot_seeds(1, "layouts", LEARNERS, settings.envs)), 2
    )
    actions = gym.spaces.Discrete(env.actions)
    bonuses = {spec: make_bonus(spec, env.space, actions, learners=LEARNERS, envs=settings.envs) for spec in SPECS}
    counts = make_bonus("count:first_visit=false,beta=1", env.space, actions, learners=LEARNERS, envs=settings.envs)
    replay = Replay(settings.capacity, settings.envs)
    choosing, drawing = (Streams(1, name, LEARNERS) for name in ("choose", "draw"))
    print(f"{MAZE}, random play, mean bonus of arrivals seen ≤ {RARE} and > {COMMON} times")
    print(f"{'steps':>7s}  {'bonus':24s} {'rare':>10s} {'common':>10s} {'ratio':>7s}")
    for step in range(settings.envs, POINTS[-1] + 1, settings.envs):
        moved = env.step(choosing.integers(env.actions, settings.envs))
        for bonus in (counts, *bonuses.values()):
            bonus.observe(moved)
        replay.add(moved, torch.ones_like(moved.reward))
        for _ in range(settings.updates if step > settings.warmup else 0):
            drawn = replay.sample(settings.batch, 1, drawing).first
            for bonus in bonuses.values():
                bonus.learn(drawn)
        if step in POINTS:
            drawn = replay.sample(SAMPLE, 1, drawing).first
            visits = counts.score(drawn) ** -2
            for spec, bonus in bonuses.items():
                paid = bonus.score(drawn)
                rare, common = paid[visits <= RARE + 0.5].mean().item(), paid[visits > COMMON + 0.5].mean().item()
                print(f"{step:7,d}  {spec:24s} {rare:10.6f} {common:10.6f} {rare / common:5.1f} ×", flush=True)
    env.close()


if __name__ == "__main__":
    sys.exit(main())
