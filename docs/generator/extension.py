"""What Sphinx calls: generated pages are written first, docstrings converted, links into the repository completed.

The directive `generated` puts the Markdown of one of `PARTS` into a page. A public symbol without a docstring is a
warning, which ends the build as every warning does.
"""

import inspect
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from docs.generator import REPOSITORY, api, bonuses, parts
from docs.generator.docstrings import to_rst
from docs.generator.markdown import shown
from docs.generator.symbols import OURS, public_symbols, undocumented
from explore.core.spec import Settings

LOGGER = logging.getLogger(__name__)
FOLDERS = {"api": api.write, "bonus": bonuses.write}


class Generated(SphinxDirective):
    """```` ```{generated} NAME ```` : the part of this name."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The nodes of the part."""
        content = parts.PARTS[self.arguments[0]]()
        self.state.document.settings.record_dependencies.add(__file__)
        return self.parse_text_to_nodes(content, allow_section_headings=True)


def write_pages(app: Sphinx) -> None:
    """Write the generated pages into the source folder, where git ignores them; report what has no docstring."""
    for name, write in FOLDERS.items():
        folder = Path(app.srcdir) / name
        shutil.rmtree(folder, ignore_errors=True)
        write(folder)
    for name in undocumented(public_symbols()):
        LOGGER.warning("the public symbol %s has no docstring", name, type="docstrings")


def complete_links(app: Sphinx, name: str, source: list[str]) -> None:
    """Links to files outside of docs/ lead into the repository."""
    docs = Path(app.srcdir).resolve()

    def completed(link: re.Match[str]) -> str:
        target = (docs / name).parent.joinpath(link[1]).resolve()
        inside = target.is_relative_to(docs) or not target.is_relative_to(docs.parent)
        return link[0] if inside else f"]({REPOSITORY}/blob/main/{target.relative_to(docs.parent).as_posix()})"

    source[0] = re.sub(r"\]\((\.\./[^)#]*)\)", completed, source[0])


def convert_docstring(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Replace a docstring by its reStructuredText; a settings class gets the table of its fields."""
    module = inspect.getmodule(value) or inspect.getmodule(getattr(value, "fget", None))
    if module is not None and module.__name__.partition(".")[0] not in OURS:
        return
    lines[:] = to_rst(lines, LINKS)
    if inspect.isclass(value) and issubclass(value, Settings):
        for key, field in value.model_fields.items():
            default = "required" if field.is_required() else f"default ``{shown(field.default)}``"
            lines.append(f"- **{key}**, {default}: {field.description or ''}")
        lines.append("")


def shorten_signature(
    app: Sphinx, what: str, name: str, value: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str, str] | None:
    """A settings class is shown by the list of its fields."""
    return ("", "") if inspect.isclass(value) and issubclass(value, Settings) else None


LINKS = api.names_to_link()


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect everything."""
    app.connect("builder-inited", write_pages)
    app.connect("source-read", complete_links)
    app.connect("autodoc-process-docstring", convert_docstring)
    app.connect("autodoc-process-signature", shorten_signature)
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": False}
