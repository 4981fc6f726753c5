"""The traits of a bandit policy: what it loses beside ε-greedy and UCB, how it meets other scales, and how fast it is.

Regret is measured as for bonuses and strategies (`bandits.trial.regret`), on more runs and pulls.
"""
PROBES: tuple = ()
