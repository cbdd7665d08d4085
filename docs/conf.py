"""Settings of the documentation site: `make docs-site` builds it, warnings are errors."""

import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

import integrity

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))

project = "integrity"
author = "the authors of integrity"
version = release = integrity.__version__
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"integrity {release}"
html_copy_source = False
html_show_sphinx = False
myst_heading_anchors = 3
suppress_warnings = [
    "myst.header",  # parts of the README are included below a title of another level
    "misc.highlighting_failure",  # examples of rules may hold several files, not all of them Python
]
exclude_patterns = ["_build"]


def _write_rules(app: Sphinx, _: Config) -> None:
    """Write a page for every rule before anything is read."""
    from rule_pages import write

    write(Path(app.srcdir) / "rules")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("config-inited", _write_rules)
