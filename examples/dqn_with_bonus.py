"""A DQN in one file, with any bonus: `python examples/dqn_with_bonus.py --bonus rnd:beta=0.02 --n-step 3`.

Double DQN with n-step returns and a replay, in any Gymnasium environment with discrete actions. Four lines bring in
the bonus, marked 1 to 4. What goes wrong most often is that a bonus never arrives: it is added after the returns were
computed, or after the replay took its copy. Here the replay keeps what happened and the episodic factor; the bonus is
scored when a batch is drawn, so that it is never out of date, for each of the n rewards of the target. The program
prints by how much it moves the targets: to be seen before anything else is asked of a bonus.
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
    n_step: int = 3
    batch: int = 64
    capacity: int = 2_500  # vector steps that the replay holds
    warmup: int = 500  # environment steps before the first update
    discount: float = 0.98
    learning_rate: float = 1e-3
    soft_target: float = 0.01  # share of the network that goes into the target network per update
    epsilon: float = 0.05  # share of random actions, after a tenth of the run in which it falls from 1
    half_life: float = 0.27  # share of the run in which the bonus halves


@dataclass
class Result:
    returns: list[float]  # of the episodes, without the bonus
    moved: list[float]  # by how much the bonus moved the targets of each update, on average over its batch
    weights: dict[str, torch.Tensor]  # of the network


def train(settings: Settings) -> Result:
    """Train; the same settings give the same result."""
    s = settings
    rng = np.random.default_rng(s.seed)
    torch.manual_seed(s.seed)
    envs = gym.make_vec(
        s.env,
        num_envs=s.envs,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        **({"is_slippery": False} if s.env.startswith("FrozenLake") else {}),
    )
    space, actions = envs.single_observation_space, envs.single_action_space
    size = gym.spaces.flatdim(space)

    def features(rows: torch.Tensor) -> torch.Tensor:  # rows as the replay has them → the input of the network
        if isinstance(space, gym.spaces.Discrete):
            return nn.functional.one_hot(rows[..., 0].long(), size).float()
        return rows.float()

    bonus = None
    if s.bonus != "none":
        bonus = make_bonus(s.bonus, space, actions, envs=s.envs, seed=s.seed)  # 1. make it
        bonus.default_half_life = s.half_life * s.steps

    network, target = (nn.Sequential(nn.Linear(size, 64), nn.ReLU(), nn.Linear(64, actions.n)) for _ in range(2))
    target.load_state_dict(network.state_dict())
    optimiser = torch.optim.Adam(network.parameters(), lr=s.learning_rate)

    replay: list[torch.Tensor] = []  # the fields of `Transitions` and the episodic factor, each (capacity, envs, …)
    result = Result([], [], {})
    episode = np.zeros(s.envs)
    observation, _ = envs.reset(seed=s.seed)
    for step in range(s.steps // s.envs):
        # Act ε-greedily. Nearly equal values are chosen among at random, or the agent would run against one wall.
        epsilon = max(s.epsilon, 1 - (1 - s.epsilon) * step * s.envs / (0.1 * s.steps))
        rows = torch.from_numpy(np.asarray(observation).reshape(s.envs, -1))
        with torch.no_grad():
            values = network(features(rows)).numpy() + 1e-6 * rng.random((s.envs, actions.n))
        action = np.where(rng.random(s.envs) < epsilon, rng.integers(actions.n, size=s.envs), values.argmax(1))
        after, reward, terminated, truncated, info = envs.step(action)
        successor = after.copy()
        for env in np.flatnonzero(terminated | truncated):
            successor[env] = info["final_obs"][env]  # `after` is the next episode's first observation already

        # Show the step to the bonus, and keep it.
        arrays = (
            np.asarray(observation).reshape(s.envs, -1),
            action,
            reward.astype(np.float32),
            successor.reshape(s.envs, -1),
            terminated,
            truncated,
        )
        fields = [torch.from_numpy(array.copy()) for array in arrays]
        factor = torch.ones(s.envs)
        if bonus is not None:
            factor = bonus.observe(Transitions(*(field[None] for field in fields)))[0]  # 2. every step, in order
        if not replay:
            replay = [torch.zeros(s.capacity, *part.shape, dtype=part.dtype) for part in (*fields, factor)]
        for stored, part in zip(replay, (*fields, factor), strict=True):
            stored[step % s.capacity] = part
        episode += reward
        for env in np.flatnonzero(terminated | truncated):
            result.returns.append(float(episode[env]))
            episode[env] = 0.0
        observation = after
        if step * s.envs < s.warmup or step < s.n_step:
            continue

        # Draw sequences of n consecutive steps, none of which runs over the newest one.
        oldest = max(0, step + 1 - s.capacity)
        start = rng.integers(oldest, step + 2 - s.n_step, s.batch)
        slot = rng.integers(s.envs, size=s.batch)
        returns, shift = torch.zeros(s.batch), torch.zeros(s.batch)
        weight = torch.ones(s.batch)  # γ^k until the sequence's episode ends, then 0
        for k in range(s.n_step):
            *parts, factor = (stored[(start + k) % s.capacity, slot][None] for stored in replay)
            happened = Transitions(*parts)
            if k == 0:
                first = happened
            returns += weight * happened.reward[0]
            if bonus is not None:
                shift += weight * bonus.score(happened, factor)[0]  # 3. as it is worth now, for each of the n rewards
            # Bootstrap where the sequence ends: after n steps, or with a truncated episode, never past a terminal one.
            ends = happened.ended[0] | torch.tensor(k == s.n_step - 1)
            with torch.no_grad():
                ahead = features(happened.next_observation[0])
                best = network(ahead).argmax(1, keepdim=True)
                value = target(ahead).gather(1, best)[:, 0]
            returns += torch.where(ends & ~happened.terminated[0], weight * s.discount * value, 0.0)
            weight = weight * s.discount * ~happened.ended[0]
        result.moved.append(shift.mean().item())

        prediction = network(features(first.observation[0])).gather(1, first.action[0, :, None])[:, 0]
        loss = nn.functional.smooth_l1_loss(prediction, returns + shift)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            for slow, fast in zip(target.parameters(), network.parameters(), strict=True):
                slow.lerp_(fast, s.soft_target)
        if bonus is not None:
            bonus.learn(first)  # 4. its networks learn from the same batch, where it has some
    envs.close()
    result.weights = network.state_dict()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in vars(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    settings = Settings(**vars(parser.parse_args()))
    result = train(settings)
    last = result.returns[-100:]
    print(f"{settings.env}, bonus {settings.bonus}, {settings.steps} steps, n = {settings.n_step}")
    print(f"mean return of the last {len(last)} of {len(result.returns)} episodes: {np.mean(last):.3f}")
    print(f"the bonus moved the targets by {np.mean(result.moved):.5f} on average")


if __name__ == "__main__":
    main()
