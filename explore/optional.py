"""Packages that need not be installed: what stands in for their classes, so that every module imports without them."""

from typing import Any

from explore.errors import BadInput


def missing_class(package: str, extra: str) -> Any:
    """A class in the place of one of `package`, which is not installed: making an object of a subclass is BadInput.

    extra: the extra of this distribution that installs the package.
    """

    class Missing:
        def __init__(self, *_: Any, **__: Any) -> None:
            name = type(self).__name__
            raise BadInput(f"{name} needs {package}, which is not installed: pip install 'escapade[{extra}]'.")

    return Missing
