"""Each policy's rule in one line, in the field's symbols.

Q average reward of an arm, n its pulls, t the step, K arms, T the horizon, σ² the variance that a reward can have.
"""

from types import MappingProxyType

RULES = MappingProxyType(
    {
        "epsilon-greedy": "a random arm with chance ε, else the largest Q",
        "q-learning": "ε-greedy on Q ← Q + α(R − Q)",
        "epsilon-decreasing": "ε-greedy with ε = min(1, cK/(d²t))",
        "epsilon-first": "random arms for a while, then the largest Q",
        "optimistic": "the largest Q, which begins too high",
        "boltzmann": "arms with chances ∝ e^{Q/τ}",
        "boltzmann-gumbel": "the largest Q + C·Gumbel/√n",
        "gradient": "softmax of preferences, moved by gradient ascent",
        "ucb": "the largest Q + c√(ln t/n)",
        "ucb1": "the largest Q + √(2 ln t/n)",
        "ucb-tuned": "UCB1 with each arm's own variance in the width",
        "ucb-v": "the largest Q + √(2ζV ln t/n) + 3cζ ln t/n, V the arm's variance",
        "moss": "the largest Q + √(4σ² ln₊(T/(Kn))/n)",
        "moss-anytime": "MOSS with t in the place of T",
        "ocucb": "the largest Q + √(ασ² ln(ψT/t)/n)",
        "kl-ucb": "the largest mean q with n·KL(Q, q) ≤ ln t",
        "kl-ucb-plus": "KL-UCB with ln(t/n)",
        "kl-ucb-plus-plus": "KL-UCB with a level that falls with n and knows T",
        "kl-ucb-switch": "KL-UCB for young arms, MOSS for old ones",
        "imed": "the smallest n·KL(Q, max Q) + ln n",
        "bayes-ucb": "the largest 1 − 1/t quantile of the posterior",
        "thompson": "the largest draw from the posteriors: an arm as often as it is likely to be best",
        "top-two-thompson": "Thompson, but half of the time its second choice",
        "besa": "duels of arms on equally many of their rewards",
        "perturbed-history": "the largest average of rewards and random pseudo-rewards",
        "information-directed": "least squared regret per information about which arm is best",
        "exp3": "chances by exponential weights of importance-weighted rewards",
        "exp3-s": "EXP3 whose weights never get lost, so that arms can come back",
        "exp3-ix": "exponential weights with a bias that keeps single runs safe",
        "tsallis-inf": "chances 4/(η(L − x))² of importance-weighted losses L",
        "explore-then-commit": "each arm so often, then the best for ever",
        "successive-elimination": "arms in turn; those surely worse are dropped",
        "median-elimination": "arms in turn; after each phase the worse half is dropped",
        "discounted-ucb": "UCB on rewards that fade by γ a step",
        "sliding-window-ucb": "UCB on the last τ steps",
        "discounted-thompson": "Thompson on rewards that fade by γ a step",
        "sliding-window-thompson": "Thompson on the last τ steps",
        "glr-ucb": "KL-UCB that forgets an arm when a likelihood ratio says it changed",
        "cusum-ucb": "UCB that forgets an arm when its sums drift off",
        "lin-ucb": "the largest plausible linear reward in this context",
        "lin-ts": "the largest linear reward of parameters drawn from the posterior",
        "gittins": "the largest Gittins index",
        "duff": "Q-learning of Gittins indices, with a restart in every state",
    }
)


def rule_of(policy: str) -> str:
    """The rule of the policy of this name or spec string; empty for a stranger's policy."""
    return RULES.get(policy.partition(":")[0].strip(), "")
