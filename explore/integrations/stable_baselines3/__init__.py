"""Bonuses for the agents of Stable-Baselines3 (Raffin et al. 2021), in two lines each.

DQN, SAC, TD3 and DDPG score the bonus when a batch is drawn, so that no bonus in the replay is out of date:

    model = DQN("MlpPolicy", env, replay_buffer_class=BonusReplayBuffer, replay_buffer_kwargs={"bonus": "count"})
    model.learn(100_000, callback=BonusCallback())

PPO and A2C have it in the reward before returns are computed:

    model = PPO("MlpPolicy", BonusVecEnv(make_vec_env("MyEnv-v0", n_envs=8), "count"))
    model.learn(100_000, callback=BonusCallback())
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
