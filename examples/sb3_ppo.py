"""Stable-Baselines3 with a bonus: the wrapper is the only change.

    pip install "escapade[sb3]"
    python examples/sb3_ppo.py

The lake is small enough to be solved without a bonus as well; what is shown is that nothing else changes. PPO reads
each reward once, right after it was earned, so that the bonus in it is never stale; a DQN would keep it in its replay
as it was (`examples/dqn_loop.py` shows the better way).
"""

import gymnasium as gym
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env

from explore import BonusRewardSingle


def success(model: PPO, episodes: int = 20) -> float:
    """The share of episodes that reach the goal, without a bonus."""
    env = gym.make("FrozenLake-v1", is_slippery=False)
    reached = 0.0
    for episode in range(episodes):
        observation, _ = env.reset(seed=episode)
        over = False
        while not over:
            action, _ = model.predict(observation, deterministic=False)
            observation, reward, terminated, truncated, _ = env.step(int(action))
            reached += float(reward)
            over = terminated or truncated
    return reached / episodes


if __name__ == "__main__":
    for spec in (None, "count:beta=0.02"):

        def make(spec: str | None = spec) -> gym.Env:
            env = gym.make("FrozenLake-v1", is_slippery=False)
            return BonusRewardSingle(env, spec) if spec else env

        model = PPO("MlpPolicy", make_vec_env(make, n_envs=4, seed=0), n_steps=64, seed=0, device="cpu")
        model.learn(8_000)
        print(f"bonus {spec or 'none':15}  reaches the goal in {success(model):.0%} of the episodes")
