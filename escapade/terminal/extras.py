"""Packages that are installed only on request: what asks for one that is absent ends with a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from explore.errors import BadInput


@contextmanager
def needed(option: str, extra: str) -> Iterator[None]:
    """Within the block, turn an import that fails into BadInput, which says how the extra is installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise BadInput(
            f"{option} needs the package {error.name}, which is not installed: pip install 'escapade[{extra}]'."
        ) from None
