"""The program: commands, experiments, statistics and reports."""
