"""A sample distribution: one bonus and one strategy."""
