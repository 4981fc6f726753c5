"""Traps: mazes whose reward leads an agent astray. Real MiniGrid environments that also run compiled.

agents.mazes.make("escapade/Decoy-8x8-v0", 64)      many at once, on the engine
gymnasium.make("escapade/Decoy-8x8-v0")              one, on real MiniGrid
agents.mazes.traps.facts("escapade/Decoy-8x8-v0")    its local and its global optimum, and what they pay
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
