"""PPO in one file, with any bonus: `python examples/ppo_with_bonus.py --bonus icm:beta=0.02`.

Clipped PPO with generalised advantages (Schulman et al. 2017), in any Gymnasium environment with discrete actions.
Three lines bring in the bonus, marked 1 to 3. It is part of the reward before advantages are computed, and is scored
right after the step, with the true successor: at the end of an episode the environment returns the next one's first
observation. An episode that a time limit cut bootstraps from its last state.
"""

import argparse
from dataclasses import dataclass

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from torch import nn

from explore import Transitions, make_bonus


@dataclass
class Settings:
    env: str = "FrozenLake-v1"
    bonus: str = "count"  # a spec string, or "none"
    steps: int = 20_000  # environment steps of the run
    envs: int = 8
    seed: int = 0
    rollout: int = 64  # vector steps between updates
    epochs: int = 4
    batches: int = 4  # minibatches of an epoch
    discount: float = 0.98
    trace: float = 0.95  # λ of the advantages
    clip: float = 0.2
    entropy: float = 0.01
    learning_rate: float = 1e-3
    half_life: float = 0.27  # share of the run in which the bonus halves


@dataclass
class Result:
    returns: list[float]  # of the episodes, without the bonus
    moved: list[float]  # mean bonus in the rewards of each rollout
    targets: list[torch.Tensor]  # of the value function in each rollout, (rollout, envs)
    rewards: list[torch.Tensor]  # the environment's own in each rollout, (rollout, envs)
    bonuses: list[torch.Tensor]  # (rollout, envs)
    weights: dict[str, torch.Tensor]


def train(settings: Settings) -> Result:
    """Train; the same settings give the same result."""
    s = settings
    torch.manual_seed(s.seed)
    generator = torch.Generator().manual_seed(s.seed)
    envs = gym.make_vec(
        s.env,
        num_envs=s.envs,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        **({"is_slippery": False} if s.env.startswith("FrozenLake") else {}),
    )
    space, actions = envs.single_observation_space, envs.single_action_space
    size = gym.spaces.flatdim(space)

    def rows_of(observation: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.array(observation).reshape(len(observation), -1))

    def features(rows: torch.Tensor) -> torch.Tensor:  # rows → the input of the networks
        if isinstance(space, gym.spaces.Discrete):
            return nn.functional.one_hot(rows[..., 0].long(), size).float()
        return rows.float()

    bonus = None
    if s.bonus != "none":
        bonus = make_bonus(s.bonus, space, actions, envs=s.envs, seed=s.seed)  # 1. make it
        bonus.default_half_life = s.half_life * s.steps

    policy, critic = (nn.Sequential(nn.Linear(size, 64), nn.Tanh(), nn.Linear(64, out)) for out in (actions.n, 1))
    module = nn.ModuleDict({"policy": policy, "critic": critic})
    optimiser = torch.optim.Adam(module.parameters(), lr=s.learning_rate)

    result = Result([], [], [], [], [], {})
    episode = np.zeros(s.envs)
    observation, _ = envs.reset(seed=s.seed)
    for _ in range(s.steps // (s.rollout * s.envs)):
        # Collect a rollout; each of these is (rollout, envs, …) in the end.
        seen, acted, likely, value, rewards, bonuses, ended, bootstrap = ([] for _ in range(8))
        for _ in range(s.rollout):
            rows = rows_of(observation)
            with torch.no_grad():
                log_probabilities = policy(features(rows)).log_softmax(1)
                value.append(critic(features(rows))[:, 0])
            action = torch.multinomial(log_probabilities.exp(), 1, generator=generator)[:, 0]
            after, reward, terminated, truncated, info = envs.step(action.numpy())
            successor = after.copy()
            for env in np.flatnonzero(terminated | truncated):
                successor[env] = info["final_obs"][env]  # `after` is the next episode's first observation already
            ends = [torch.from_numpy(np.array(part)) for part in (terminated, truncated)]
            extrinsic = torch.from_numpy(np.asarray(reward, dtype=np.float32))
            happened = Transitions(
                rows[None], action[None], extrinsic[None], rows_of(successor)[None], ends[0][None], ends[1][None]
            )
            paid = torch.zeros(s.envs)
            if bonus is not None:
                factor = bonus.observe(happened)
                paid = bonus.score(happened, factor)[0]  # 2. show it the step, and take what it pays
                bonus.learn(happened)  # 3. its networks learn, where it has some
            with torch.no_grad():
                cut = torch.where(ends[1] & ~ends[0], critic(features(rows_of(successor)))[:, 0], 0.0)
            seen.append(rows)
            acted.append(action)
            likely.append(log_probabilities.gather(1, action[:, None])[:, 0])
            rewards.append(extrinsic)
            bonuses.append(paid)
            ended.append(ends[0] | ends[1])
            bootstrap.append(cut)
            episode += reward
            for env in np.flatnonzero(terminated | truncated):
                result.returns.append(float(episode[env]))
                episode[env] = 0.0
            observation = after

        # Advantages, backwards in time, of reward and bonus together.
        with torch.no_grad():
            ahead = critic(features(rows_of(observation)))[:, 0]
        advantage, advantages = torch.zeros(s.envs), []
        for k in reversed(range(s.rollout)):
            goes_on = (~ended[k]).float()
            following = goes_on * ahead + bootstrap[k]
            error = rewards[k] + bonuses[k] + s.discount * following - value[k]
            advantage = error + s.discount * s.trace * goes_on * advantage
            advantages.insert(0, advantage)
            ahead = value[k]
        targets = torch.stack(advantages) + torch.stack(value)
        result.moved.append(torch.stack(bonuses).mean().item())
        result.targets.append(targets)
        result.rewards.append(torch.stack(rewards))
        result.bonuses.append(torch.stack(bonuses))

        # Update policy and value function.
        flat = [torch.stack(part).flatten(0, 1) for part in (seen, acted, likely, advantages)]
        inputs, taken, old, gain, goal = features(flat[0]), flat[1], flat[2], flat[3], targets.flatten()
        for _ in range(s.epochs):
            for batch in torch.randperm(len(goal), generator=generator).chunk(s.batches):
                log_probabilities = policy(inputs[batch]).log_softmax(1)
                ratio = (log_probabilities.gather(1, taken[batch, None])[:, 0] - old[batch]).exp()
                normalised = (gain[batch] - gain[batch].mean()) / (gain[batch].std() + 1e-8)
                clipped = ratio.clamp(1 - s.clip, 1 + s.clip)
                surrogate = torch.minimum(ratio * normalised, clipped * normalised).mean()
                entropy = -(log_probabilities.exp() * log_probabilities).sum(1).mean()
                squares = (critic(inputs[batch])[:, 0] - goal[batch]).square().mean()
                optimiser.zero_grad()
                (0.5 * squares - surrogate - s.entropy * entropy).backward()
                nn.utils.clip_grad_norm_(module.parameters(), 0.5)
                optimiser.step()
    envs.close()
    result.weights = module.state_dict()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in vars(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    settings = Settings(**vars(parser.parse_args()))
    result = train(settings)
    last = result.returns[-100:]
    print(f"{settings.env}, bonus {settings.bonus}, {settings.steps} steps")
    print(f"mean return of the last {len(last)} of {len(result.returns)} episodes: {np.mean(last):.3f}")
    print(f"a step's reward had a bonus of {np.mean(result.moved):.5f} on average")


if __name__ == "__main__":
    main()
