"""n-step returns of drawn sequences (Sutton 1988), with the bonus on each of the rewards.

    R_e = Σ_{k<m} γ_e^k r_k,    R_i = Σ_{k<m} γ_i^k b_k

m ≤ n is where the sequence or its episode ends, and b_k the bonus of the k-th transition *as scored now*. The value of
the state after the m-th step is multiplied by γ^m; by 0 where the episode terminated there. Truncation is not
termination (Pardo et al. 2018), so a truncated episode's last state is bootstrapped unless `bootstrap_truncated` is
off. A sequence also ends before a row that is not valid, with the value of its last state, and one that starts with
such a row has the weight 0.
"""

import torch

from agents.dqn.backend import UpdateBatch
from agents.dqn.replay import NStepBatch
from agents.dqn.settings import DQNSettings
from explore.core.bonus import Bonus


@torch.no_grad()
def with_returns(
    drawn: NStepBatch, bonus: Bonus | None, settings: DQNSettings, *, extrinsic: int, intrinsic: bool
) -> UpdateBatch:
    """What an update learns from a drawn batch, for `extrinsic` value functions and the bonus's if `intrinsic`.

    Without a value function of its own a bonus is added to the reward.
    """
    steps = drawn.mask.shape[-1]
    length = drawn.mask.sum(-1)
    first, last = drawn.first, drawn.last
    bootstraps = ~(last.terminated if settings.bootstrap_truncated else last.ended)

    def discounted(rewards: torch.Tensor, discount: float) -> torch.Tensor:
        powers = torch.tensor([discount**k for k in range(steps)], device=rewards.device)
        summed: torch.Tensor = (rewards.view(drawn.mask.shape) * drawn.mask) @ powers
        return summed

    rewards = drawn.rewards
    scores = None if bonus is None else scored(drawn, bonus)
    if scores is not None and not intrinsic:
        rewards = rewards + scores.view(rewards.shape)
    returns = [discounted(rewards, settings.discount)] * extrinsic
    discounts = [bootstraps * settings.discount**length] * extrinsic
    if scores is not None and intrinsic:
        returns.append(discounted(scores, settings.intrinsic_discount))
        discounts.append(bootstraps * settings.intrinsic_discount**length)
    return UpdateBatch(
        observation=first.observation,
        action=first.action,
        successor=last.next_observation,
        returns=torch.stack(returns, dim=-1),
        discounts=torch.stack(discounts, dim=-1),
        importance=drawn.counts.to(returns[0].dtype),
        learning=drawn.learning,
    )


def scored(drawn: NStepBatch, bonus: Bonus) -> torch.Tensor:
    """The bonus of every transition of a drawn batch, `(learners, batch·steps)`; 0 where it does not matter.

    A transition after the end of its episode is not part of the return, and most arrivals are no first ones and pay
    nothing: on DoorKey one in ten is left to score.
    """
    if not bonus.pays_by_factor:
        return bonus.score(drawn.transitions, drawn.episodic)
    paid = drawn.mask.flatten(1) & (drawn.episodic != 0)
    counts = paid.sum(1, keepdim=True)
    most = int(counts.max())
    if 2 * most > paid.shape[1]:
        # The same rows as below, so that a learner's bonus does not depend on how many the others have.
        return bonus.score(drawn.transitions.with_valid(paid & drawn.transitions.mask), drawn.episodic)
    scores = torch.zeros(paid.shape, device=paid.device)
    if most:
        # Each learner's ones side by side, and beyond them rows that are no transitions.
        learner, item = paid.nonzero(as_tuple=True)
        place = (paid.cumsum(1) - 1)[learner, item]
        items = torch.zeros(len(paid), most, dtype=torch.int64, device=paid.device)
        items[learner, place] = item
        transitions = drawn.at(items)
        real = torch.arange(most, device=paid.device) < counts
        bonuses = bonus.score(transitions.with_valid(real & transitions.mask), drawn.episodic.gather(1, items))
        scores[learner, item] = bonuses[learner, place]
    return scores
