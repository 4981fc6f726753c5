"""A DQN loop of one's own, and the four lines that let a bonus reach its learner.

    python examples/dqn_loop.py

What goes wrong most often is that the bonus never arrives: it is added after the returns were computed, or after the
replay took its copy. Here the replay keeps what happened and the episodic factor; the bonus is scored when a batch is
drawn (so it is never stale) and is part of each of the n rewards of the target. The loop prints how far it moved the
target, for n = 1 and n = 3: to be seen before anything else is asked of a bonus.
"""

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode

from explore import Transitions, make_bonus

ENVS, STEPS, BATCH, DISCOUNT = 8, 1000, 32, 0.98


def train(spec: str | None, n: int, seed: int) -> float:
    """How far the bonus moved the targets of an 8×8 frozen lake, on average over all updates."""
    envs = gym.make_vec(
        "FrozenLake-v1",
        num_envs=ENVS,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        map_name="8x8",
        is_slippery=False,
    )
    spaces = envs.single_observation_space, envs.single_action_space
    bonus = make_bonus(spec, *spaces, envs=ENVS, seed=seed) if spec else None  # 1. make it
    rng = np.random.default_rng(seed)
    values = torch.zeros(64, 4, requires_grad=True)  # a network would stand here
    optimiser = torch.optim.SGD([values], lr=0.1 * BATCH)
    replay: list[torch.Tensor] = []
    observation, _ = envs.reset(seed=seed)
    moved = []
    for step in range(STEPS):
        # Ties are broken at random: while all values are equal, the agent walks about.
        noise = 1e-6 * torch.from_numpy(rng.random((ENVS, 4)))
        greedy = (values.detach()[observation] + noise).argmax(1).numpy()
        action = np.where(rng.random(ENVS) < 0.05, rng.integers(4, size=ENVS), greedy)
        after, reward, terminated, truncated, info = envs.step(action)
        successor = after.copy()
        for env in np.flatnonzero(terminated | truncated):
            successor[env] = info["final_obs"][env]  # `after` is the next episode's first observation already
        arrays = (observation[:, None], action, reward.astype(np.float32), successor[:, None], terminated, truncated)
        happened = Transitions(*(torch.from_numpy(array.copy())[None] for array in arrays))
        episodic = bonus.observe(happened) if bonus else torch.ones(1, ENVS)  # 2. show it every real step, in order
        parts = (*(torch.from_numpy(array.copy()) for array in arrays), episodic[0])
        if not replay:
            replay = [torch.zeros(STEPS, *part.shape, dtype=part.dtype) for part in parts]
        for kept, part in zip(replay, parts, strict=True):
            kept[step] = part
        observation = after
        if step < BATCH:
            continue

        start, slot = rng.integers(0, step + 2 - n, BATCH), rng.integers(0, ENVS, BATCH)
        windows = [[kept[start + k, slot][None] for kept in replay] for k in range(n)]
        target, share, weight = torch.zeros(3, BATCH)  # weight: γ^k until the window's episode ends, then 0
        weight += 1
        for k, (*fields, factor) in enumerate(windows):
            batch = Transitions(*fields)
            if bonus:
                share += weight * bonus.score(batch, factor)[0]  # 3. score what is drawn, for each of the n rewards
            target += weight * batch.reward[0]
            # Bootstrap where the window ends: after n steps, or with a truncated episode, never past a terminal state.
            ends = batch.ended[0] | (k == n - 1)
            ahead = values.detach()[batch.next_observation[0, :, 0]].amax(1)
            target += torch.where(ends & ~batch.terminated[0], weight * DISCOUNT * ahead, 0.0)
            weight = weight * DISCOUNT * ~batch.ended[0]
        moved.append(share.mean().item())
        first = Transitions(*windows[0][:-1])
        error = values[first.observation[0, :, 0], first.action[0]] - (target + share)
        optimiser.zero_grad()
        error.square().mean().backward()
        optimiser.step()
        if bonus:
            bonus.learn(first)  # 4. let it train its networks, where those learn from drawn batches
    envs.close()
    return float(np.mean(moved))


if __name__ == "__main__":
    for spec in (None, "count:beta=0.02"):
        for n in (1, 3):
            moved = train(spec, n, seed=0)
            print(f"bonus {spec or 'none':16}  n = {n}  target moved by {moved:.4f} on average")
