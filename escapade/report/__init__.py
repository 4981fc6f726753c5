"""Reports: figures as plain data, tables for the terminal, and the sentence that says what happened."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
