"""Several Markov arms: the exact value of a policy, and that of the best policy.

Pulling arm a in state i pays and moves that arm only (rested arms). The arms' states together are the states of one
Markov decision process with the arms as actions; a stationary policy d has the values

    V_d = r_d + γ P_d V_d        (one linear system)

and the best value solves V = max_a(r_a + γ P_a V), here by policy iteration (Howard 1960). By Gittins' theorem the
policy of the largest Gittins index attains it. `index_policy` turns indices into a policy, so that an oracle, an agent
that learned its indices and a greedy player (index = expected reward of the next pull) are measured alike.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bandits.theory.gittins.indices import chain_indices, checked_chain, checked_discount
from explore.errors import BadInput

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MarkovArm:
    """A rested Markov arm: `transitions` `(states, states)`, and the `entering` reward `(states,)` of each state."""

    transitions: Floats
    entering: Floats

    def __post_init__(self) -> None:
        matrix, reward = checked_chain(self.transitions, self.entering)
        object.__setattr__(self, "transitions", matrix)
        object.__setattr__(self, "entering", reward)

    @property
    def rewards(self) -> Floats:
        """Expected reward of the next pull in each state, `(states,)`."""
        expected: Floats = self.transitions @ self.entering
        return expected

    def indices(self, discount: float) -> Floats:
        """Exact Gittins indices, `(states,)`."""
        return chain_indices(self.transitions, self.rewards, discount)


class JointChain:
    """All arms as one decision process; its states are the tuples of the arms' states in lexicographic order."""

    def __init__(self, arms: Sequence[MarkovArm], discount: float) -> None:
        if not arms:
            raise BadInput("a bandit needs at least one arm.")
        self.discount = checked_discount(discount)
        self.arms = tuple(arms)
        sizes = [len(arm.entering) for arm in arms]
        self.states: Ints = np.array(list(itertools.product(*map(range, sizes))), dtype=np.int64)
        self.rewards: Floats = np.stack([arm.rewards[self.states[:, a]] for a, arm in enumerate(arms)])
        self.transitions: Floats = np.stack(
            [
                _kron([arm.transitions if b == a else np.eye(size) for b, size in enumerate(sizes)])
                for a, arm in enumerate(arms)
            ]
        )

    def index_policy(self, indices: Sequence[Floats]) -> Ints:
        """The arm of largest index in every joint state; the first where several are equal."""
        table = np.stack([np.asarray(index)[self.states[:, a]] for a, index in enumerate(indices)])
        chosen: Ints = table.argmax(0).astype(np.int64)
        return chosen

    def value(self, policy: Ints) -> Floats:
        """V_d of the arms that `policy` pulls, `(joint states,)`."""
        rows = np.arange(len(self.states))
        system = np.eye(len(rows)) - self.discount * self.transitions[policy, rows]
        return np.asarray(np.linalg.solve(system, self.rewards[policy, rows]), dtype=np.float64)

    def best_value(self) -> Floats:
        """The value of the best policy, `(joint states,)`, without using indices."""
        policy = np.zeros(len(self.states), dtype=np.int64)
        while True:
            value = self.value(policy)
            actions: Floats = self.rewards + self.discount * self.transitions @ value
            now = actions[policy, np.arange(len(policy))]
            better = actions.max(0) > now + 1e-11 * (1 + np.abs(now))
            if not better.any():
                return value
            policy = np.where(better, actions.argmax(0), policy)

    def oracle_value(self) -> Floats:
        """The value of the Gittins policy, `(joint states,)`."""
        return self.value(self.index_policy([arm.indices(self.discount) for arm in self.arms]))

    def greedy_value(self) -> Floats:
        """The value of always pulling the arm whose next pull pays most, `(joint states,)`."""
        return self.value(self.index_policy([arm.rewards for arm in self.arms]))


def _kron(factors: Sequence[Floats]) -> Floats:
    product: Floats = np.ones((1, 1))
    for factor in factors:
        product = np.asarray(np.kron(product, factor), dtype=np.float64)
    return product
