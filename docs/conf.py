"""The site: pages of this folder, the notebooks as the course, and the API from the docstrings.

``make docs`` runs the notebooks for their pictures; ``TMS_DOCS_RUN=0`` shows their text alone.
"""

import os
import re
import shutil
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
NOTEBOOKS = sorted((HERE.parent / "notebooks").glob("*.ipynb"))
COURSE = HERE / "course"
BADGE = re.compile(r"\[!\[[^]]*\]\([^)]*\)\]\([^)]*\)\s*")  # a picture that another host serves

project = "tms_widgets"
author = "tms_widgets contributors"
project_copyright = "tms_widgets contributors, BSD-3-Clause"
version = release = version_of("tms-widgets")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
html_theme = "furo"
html_title = "tms_widgets"
exclude_patterns = ["_build", "images"]
templates_path: list[str] = []

myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 3
nb_execution_mode = "cache" if os.environ.get("TMS_DOCS_RUN", "1") == "1" else "off"
nb_execution_cache_path = str(HERE / "_build" / "executed")
nb_execution_timeout = 300
nb_execution_raise_on_error = True
# a widget needs a kernel; the picture that every one of ours leaves does not
nb_mime_priority_overrides = [
    ("html", "image/svg+xml", 0),
    ("html", "application/vnd.jupyter.widget-view+json", None),
]

napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_member_order = "bysource"
suppress_warnings = ["ref.python"]  # in the types of parameters W is any W
autodoc_typehints = "none"  # the docstrings say more than the types do


def _copy_course() -> None:
    """Notebooks are read from below this folder; they link to pages and files beside it."""
    shutil.rmtree(COURSE, ignore_errors=True)
    COURSE.mkdir()
    for notebook in NOTEBOOKS:
        text = BADGE.sub("", notebook.read_text(encoding="utf-8"))
        (COURSE / notebook.name).write_text(text, encoding="utf-8")


_copy_course()


def _keep_bars(app, what, name, obj, options, lines) -> None:
    """Docstrings write |x| as mathematics does; to reStructuredText it would be a substitution."""
    for i, line in enumerate(lines):
        parts = line.split("``")
        parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
        lines[i] = "``".join(parts)


def setup(app) -> None:
    """Sphinx calls this once it has read the settings."""
    app.connect("autodoc-process-docstring", _keep_bars)
