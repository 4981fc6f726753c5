"""The bandit test bed: arms, policies, the compiled simulator, and exact theory."""
