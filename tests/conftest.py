"""Settings of every test: no time limit on hypothesis' examples, as the first of them may compile."""

from hypothesis import settings

settings.register_profile("escapade", deadline=None)
settings.load_profile("escapade")
