"""The folder of the repository comes last on the path, for `docs.generator` and `benchmarks`, which no wheel holds."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
