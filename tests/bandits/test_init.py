"""The front door: every name is there, and no network library comes with it."""

import subprocess
import sys

import pytest

import bandits


def test_every_public_name_can_be_imported():
    assert all(getattr(bandits, name) is not None for name in bandits.__all__)


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("bandits", {"torch", "scipy", "numba"}),
        ("bandits.theory.gittins.duff", {"torch"}),
    ],
)
def test_what_compiles_does_not_wait_for_torch(module, forbidden):
    said = f"import sys, {module}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert not forbidden & set(result.stdout.split())
