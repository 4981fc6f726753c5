"""Exact theory beside practice: divergences, lower and upper bounds on regret, Gittins indices, published values."""
