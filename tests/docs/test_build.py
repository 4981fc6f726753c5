"""The build ends with an error where a public symbol has no docstring; for environments with Sphinx (`tox -e docs`)."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

ROOT = Path(__file__).parents[2]
CONF = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import explore
{{fault}}
extensions = ["sphinx.ext.autodoc", "myst_parser", "docs.generator.extension"]
"""


def build(folder: Path, fault: str) -> subprocess.CompletedProcess[str]:
    (folder / "conf.py").write_text(CONF.format(fault=fault))
    (folder / "index.md").write_text("# Site\n\n```{toctree}\n:glob:\napi/*\nbonus/*\n```\n")
    (folder / "expected_performance.md").write_text("---\norphan: true\n---\n# Expected performance\n")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "dummy", folder, folder / "_build"]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


def test_a_public_symbol_without_a_docstring_ends_the_build(tmp_path: Path) -> None:
    result = build(tmp_path, "explore.make_bonus.__doc__ = None")
    assert result.returncode != 0
    (warning,) = [line for line in result.stderr.splitlines() if "WARNING" in line]
    assert "the public symbol explore.make_bonus has no docstring" in warning
