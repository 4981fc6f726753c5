"""The front door: every name is there, and nothing heavy comes with it."""

import subprocess
import sys

import explore


def test_every_public_name_can_be_imported():
    assert all(getattr(explore, name) is not None for name in explore.__all__)


def test_importing_explore_does_not_import_torch():
    code = "import sys, explore; print([m for m in ('torch', 'gymnasium', 'numba') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
