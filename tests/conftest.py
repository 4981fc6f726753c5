"""Settings of every test: no time limit on hypothesis' examples, as the first of them may compile; threads."""

import os

from hypothesis import settings

settings.register_profile("escapade", deadline=None)
settings.load_profile("escapade")

if "PYTEST_XDIST_WORKER" in os.environ:
    # There is a worker per core. Threads of OpenMP, more than there are cores, spend most of their time waiting for
    # each other. Set before anything loads torch, and for the programs that tests start.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
