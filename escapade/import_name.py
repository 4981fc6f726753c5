"""Whether `import agents` gives Escapade's package: the name is also that of other distributions' packages.

Another one comes first where its folder is earlier on Python's path, or has been installed over ours.
"""

from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

from explore.errors import BadInput
from explore.version import OWN

MARK = "explore.version"  # what the package takes its version from; no other distribution's does


def check_agents() -> None:
    """BadInput where `import agents` would give another package than Escapade's, or none; imports neither."""
    spec = find_spec("agents")
    origin = None if spec is None else spec.origin
    if origin is None:
        raise BadInput("the package 'agents' of Escapade is missing: install Escapade again.")
    if MARK in Path(origin).read_text("utf-8", "replace"):
        return
    others = sorted({*packages_distributions().get("agents", [])} - {OWN})
    if others and "site-packages" in origin:
        raise BadInput(
            f"'import agents' finds {origin}, the package of the distribution '{others[0]}' and not Escapade's: "
            f"install Escapade into an environment of its own, or uninstall {others[0]} and install Escapade again."
        )
    raise BadInput(
        f"'import agents' finds {origin}, which is not Escapade's: rename it, start from another folder, or take it "
        "off PYTHONPATH."
    )
