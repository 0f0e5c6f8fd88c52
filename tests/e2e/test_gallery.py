"""Charts that only a notebook can show look as they did, light and dark: bqplot's, and ipyvolume's.

After a change that is meant to be seen, look at the new pictures and keep them:
``TMS_KEEP_PICTURES=1 .venv/bin/python -m pytest tests/e2e/test_gallery.py``.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from ..browser.pictures import assert_as_kept
from .lab import SECONDS, Lab

FOLDER = Path(__file__).with_name("reference")
SETUP = """import numpy as np
import tms_widgets as tms
from tms_widgets import paper"""
GALLERY = {
    "dimensionality-plot": "tms.DimensionalityPlot(paper.stored_sweep(), density=1 / 2.8)",
    "phase-map": "tms.PhaseMap(n_seeds=3, side=21)",
    "curves": """x = np.geomspace(1, 100, 12)
tms.Curves(
    x, {"measured": 0.9 / x, "bound": 1 / x}, caption="Loss L = Σ_i I_i (x_i − x'_i)² of made-up models.",
    x_label="1/(1 − S)", y_label="loss", x_log=True, y_log=True, guides={"noise": 0.02},
    bands={"measured": (0.8 / x, 1.05 / x)}, markers=["measured"])""",
    "loss-surface": "tms.LossSurface(density=0.6)",
}
SOLID = 'tms.Volume(tms.theory.polytope("octahedron").vertices.T)'
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def test_the_charts_look_as_they_did(page: Page, lab: Lab) -> None:
    look(page, lab, GALLERY)


def test_a_solid_looks_as_it_did(webgl_page: Page, lab: Lab) -> None:
    look(webgl_page, lab, {"volume": SOLID})


def look(page: Page, lab: Lab, gallery: dict[str, str]) -> None:
    """Hold every cell's picture against the kept one, in both themes."""
    page.set_viewport_size({"width": 1300, "height": 1100})
    book = lab.open(page, lab.write("gallery.ipynb", SETUP, *gallery.values()))
    for cell in range(len(gallery) + 1):
        book.run(cell)
    for theme, title in THEMES.items():
        book.command("apputils:change-theme", theme=title)
        light = "true" if theme == "light" else "false"
        page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
        for cell, name in enumerate(gallery, start=1):
            view = book.output(cell)
            view.scroll_into_view_if_needed()
            expect(view.locator("canvas, .bqplot").first).to_be_visible(timeout=1000 * SECONDS)
            page.mouse.move(0, 0)
            page.wait_for_timeout(700)  # charts fade to where they belong
            new = Image.open(io.BytesIO(view.screenshot()))
            assert_as_kept(new, f"{name}-{theme}.png", FOLDER)
    book.command("apputils:change-theme", theme=THEMES["light"])
