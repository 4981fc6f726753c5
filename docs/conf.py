"""The documentation site: `tox -e docs` builds it into docs/_build, without a network; every warning is an error."""

import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))  # for benchmarks, whose recordings are shown, and for docs.generator

from docs import generator  # noqa: E402
from explore.version import __version__  # noqa: E402

project = "Escapade"
author = "The Escapade developers"
copyright = author
version = release = __version__

extensions = ["sphinx.ext.autodoc", "myst_parser", "docs.generator.extension"]
exclude_patterns = ["_build", "generator"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

highlight_language = "text"

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_title = "Escapade"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/favicon.svg"
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_theme_options: dict[str, Any] = {
    "logo": {"text": "Escapade"},
    "icon_links": [{"name": "Source", "url": generator.REPOSITORY, "icon": "fa-brands fa-github"}],
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
}
