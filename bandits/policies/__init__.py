"""The built-in bandit policies, one file per family."""
