"""Exploration plugins: bonuses and action-selection strategies, their contract, and the registry that finds them."""
