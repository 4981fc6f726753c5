"""The parts of the documentation site that are made from the packages and from what is recorded, at each build."""

REPOSITORY = "https://github.com/escapade-rl/escapade"
