"""Compiled code comes from the cache where nothing has changed, and never where a part of it has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explore.numerics import compiled as numerics

PART = """
from explore.numerics.compiled import kernel_part

@kernel_part
def part(x):
    return x + {added}
"""
KERNEL = """
from explore.numerics.compiled import compiled
from cache_part import part

@compiled
def kernel(x):
    return part(x)
"""
RUN = "from cache_kernel import kernel; print(kernel(1), sum(kernel.stats.cache_hits.values()))"


def run(folder: Path) -> list[str]:
    places = {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, sys.path)]), "NUMBA_CACHE_DIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", RUN], env={**os.environ, **places}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_change_in_a_part_of_another_file_reaches_the_cached_kernel(tmp_path: Path) -> None:
    (tmp_path / "cache_kernel.py").write_text(KERNEL)
    (tmp_path / "cache_part.py").write_text(PART.format(added=1))
    assert run(tmp_path) == ["2", "0"]
    assert run(tmp_path) == ["2", "1"]
    (tmp_path / "cache_part.py").write_text(PART.format(added=10))
    assert run(tmp_path) == ["11", "0"]


@pytest.mark.skipif(os.name == "nt", reason="the home folder is found in another way there")
def test_without_a_place_to_keep_compiled_code_there_is_none_kept(tmp_path: Path) -> None:
    """Numba's "no locator available": a read-only installation without a home folder that can be written to."""
    (tmp_path / "cache_kernel.py").write_text(KERNEL)
    (tmp_path / "cache_part.py").write_text(PART.format(added=1))
    (tmp_path / "__pycache__").write_text("a file, so that no folder can be made here, not even by root")
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    environment = {**os.environ, "HOME": os.devnull, "XDG_CACHE_HOME": os.devnull, "PYTHONPATH": paths}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run([sys.executable, "-c", RUN], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["2", "0"]
    assert done.stderr.count("NUMBA_CACHE_DIR") == 1


@pytest.mark.skipif(os.name == "nt", reason="the home folder is found in another way there")
@pytest.mark.parametrize("writable", [True, False])
def test_whether_compiled_code_is_kept_is_known(tmp_path: Path, writable: bool) -> None:
    """A copy of the module whose `__pycache__` is a file: no folder can be made there, not even by root."""
    (tmp_path / "copied.py").write_text(Path(numerics.__file__).read_text())
    if not writable:
        (tmp_path / "__pycache__").write_text("")
    environment = {**os.environ, "HOME": os.devnull, "XDG_CACHE_HOME": os.devnull, "PYTHONPATH": str(tmp_path)}
    environment.pop("NUMBA_CACHE_DIR", None)
    run = [sys.executable, "-c", "import copied; print(copied.code_is_kept())"]
    done = subprocess.run(run, env=environment, capture_output=True, text=True)
    assert done.stdout == f"{writable}\n", done.stderr
