"""Stable-Baselines3's DQN in the compiled mazes, for `benchmarks.dqn`: the same maze, batch, updates and layers."""

from stable_baselines3 import DQN

from agents.mazes.stable_baselines3 import MazeVecEnv


def make_dqn(maze: str, envs: int, *, batch: int, updates: int, hidden: tuple[int, ...], warmup: int) -> DQN:
    """A DQN that updates `updates` times per step of `envs` environments; Double Q, n-step and bonus it has none."""
    return DQN(
        "MlpPolicy",
        MazeVecEnv(maze, envs),
        batch_size=batch,
        train_freq=1,
        gradient_steps=updates,
        learning_starts=warmup,
        buffer_size=100_000,
        target_update_interval=1000,
        policy_kwargs={"net_arch": list(hidden)},
        seed=0,
        device="cpu",
    )
