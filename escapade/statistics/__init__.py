"""Statistics over learners: aggregates, intervals that hold with few learners, tests, ranks and sample sizes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
