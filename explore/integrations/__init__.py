"""Bonuses in other libraries' agents: Stable-Baselines3, TorchRL, Tianshou. Each needs the extra named after it."""
