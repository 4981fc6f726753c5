"""The rewards of the optimal policy on its own trajectory, where it is known: rested arms with non-increasing means.

On a testbed where a pull changes an arm, the means of the arms depend on the policy. Dynamic regret compares each pull
with the arm that is best after this policy's earlier pulls; policy regret compares whole trajectories,

    Σ_t μ of the arm that the oracle pulls in step t  −  Σ_t μ of the arm that the policy pulls in step t,

each with the means that result from its own pulls. On rested arms with non-increasing means, pulling the currently
largest mean is optimal for every horizon, as it collects the largest values of all arms (Heidari, Kearns & Roth 2016;
Levine, Crammer & Mannor 2017).
"""

import numpy as np

from bandits.simulator.kernel import ARMS_STREAM, Floats, Words
from bandits.simulator.randomness import key
from bandits.simulator.specialise import placeholder, specialise
from bandits.testbed import Testbed


def oracle_rewards(bed: Testbed, seed: int, runs: int, horizon: int) -> Floats:
    """The sum of the means of the arms that the greedy oracle pulls in each of the first `runs` runs, `(runs,)`."""
    parts = bed.functions()
    play = specialise(_play_greedily, {name: parts[name] for name in ("sample_arms", "advance", "sample_reward")})
    rewards, arms, arms_rng = np.zeros(runs), np.empty((bed.arms, bed.columns)), np.empty(1, np.uint64)
    play(np.ascontiguousarray(bed.parameters), np.uint64(seed), horizon, arms, arms_rng, rewards)
    return rewards


sample_arms = advance = sample_reward = placeholder


def _play_greedily(
    parameters: Floats, seed: np.uint64, horizon: int, arms: Floats, arms_rng: Words, rewards: Floats
) -> None:
    """Pull the arm of the largest mean in every step; a reward's random word is arbitrary, as it changes no mean."""
    for run in range(len(rewards)):
        arms_rng[0] = key(seed, np.uint64(run), ARMS_STREAM)
        sample_arms(arms, parameters, arms_rng)
        for t in range(1, horizon + 1):
            if t > 1:
                advance(arms, parameters, t, arms_rng)
            arm = int(np.argmax(arms[:, 0]))
            rewards[run] += arms[arm, 0]
            sample_reward(arms, arm, np.uint64(t))
