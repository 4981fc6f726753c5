"""A sample distribution: one bonus, one strategy and one bandit policy."""
