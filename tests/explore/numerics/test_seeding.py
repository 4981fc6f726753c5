"""Seeds: numbers depend on seed and path alone, and come without torch."""

import subprocess
import sys

import numpy as np

from explore.numerics.seeding import stream


def test_equal_paths_give_equal_numbers_and_different_paths_do_not():
    first = stream(1, "replay", 2).random(8)
    np.testing.assert_array_equal(first, stream(1, "replay", 2).random(8))
    for other in (stream(2, "replay", 2), stream(1, "choose", 2), stream(1, "replay", 3), stream(1, "replay")):
        assert not np.array_equal(first, other.random(8))


def test_generators_come_without_torch():
    said = "import sys, explore.numerics.seeding; print('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
