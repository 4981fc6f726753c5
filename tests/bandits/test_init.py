"""The public names: every one can be imported, and none of those of policies imports PyTorch."""

import subprocess
import sys

import pytest

import bandits


def test_every_public_name_can_be_imported():
    assert all(getattr(bandits, name) is not None for name in bandits.__all__)


@pytest.mark.parametrize(
    ("program", "forbidden"),
    [
        ("import bandits", {"torch", "scipy", "numba"}),
        ("import bandits.theory.gittins.duff", {"torch"}),
        ("import bandits; bandits.simulate('two-arms', ['ucb1'], runs=2, horizon=20)", {"torch"}),
    ],
)
def test_policies_play_without_torch(program, forbidden):
    code = f"{program}; import sys; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not forbidden & set(result.stdout.split())
