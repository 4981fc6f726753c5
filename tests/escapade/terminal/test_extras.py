"""A package that is absent is named with the extra that brings it."""

import importlib

import pytest

from escapade.terminal.extras import needed
from explore.errors import BadInput


def test_an_absent_package_is_one_sentence():
    message = r"--html needs the package absent_package, which is not installed: pip install 'escapade\[page\]'\."
    with pytest.raises(BadInput, match=message), needed("--html", "page"):
        importlib.import_module("absent_package")


def test_other_errors_pass():
    with pytest.raises(ZeroDivisionError), needed("--html", "page"):
        raise ZeroDivisionError
