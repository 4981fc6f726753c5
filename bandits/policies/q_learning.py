"""Q-learning without states, ε-greedy with a constant step.

A pull ends the episode, so that the update of Q-learning (Watkins 1989), Q ← Q + α (R + γ max Q′ − Q), has nothing
after R, and is that of ε-greedy with constant α. Arms with states of their own are for `duff`.
"""

from pydantic import Field

from bandits.policies.epsilon_greedy import EpsilonGreedy


class QLearning(EpsilonGreedy):
    """The incremental Q-value agent of the ten-armed testbed: ε-greedy with α = 0.1."""

    rule = "ε-greedy on Q ← Q + α(R − Q)"
    good_for = "the incremental Q-value agent of the ten-armed testbed, ε-greedy with a constant step; drifting arms"
    needs = "epsilon near 0.1 and a step size of about 0.1"
    source = "Sutton & Barto 2018, 2.5"
    recommended_for = ()
    compared_on = ()

    class Settings(EpsilonGreedy.Settings):
        alpha: float = Field(0.1, ge=0, le=1, description="constant step size; 0 for the sample average")
