"""Bonuses and strategies as bandit policies; imported only where one is simulated, as it needs PyTorch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
