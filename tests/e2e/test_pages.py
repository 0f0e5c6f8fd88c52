"""What a newcomer meets first: the picture in the README, and the first notebook."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path

from playwright.sync_api import Page, expect

from .lab import ROOT, Lab

PICTURE = "docs/images/explorer.png"
CELL = """import tms_widgets as tms

tms.Explorer(tms.Problem(n_features=5, n_hidden=2, importance=0.9, sparsity=0.95))"""
BADGE = re.compile(r"\[!\[[^]]*\]\([^)]*\)\]\([^)]*\)")  # an image that another host serves
OUTPUTS = """() => [...Array(window.panel.model.cells.length).keys()]
  .map(index => window.panel.model.cells.get(index))
  .filter(cell => cell.type === 'code')
  .flatMap(cell => cell.outputs.toJSON().map(output => output.output_type))"""
HOW = "write it with `TMS_SCREENSHOTS=docs/images .venv/bin/python -m pytest tests/e2e/test_pages.py`"


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG, as its header says."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n"), f"{picture} is no PNG"
    return struct.unpack(">II", head[16:24])


def is_fit_to_show(picture: Path) -> bool:
    width, height = size_of(picture)
    return 1000 <= width <= 2000 and 600 <= height <= 1600 and picture.stat().st_size <= 200_000


def test_the_instrument_can_be_photographed(page: Page, lab: Lab, tmp_path: Path) -> None:
    """Written where TMS_SCREENSHOTS says, when it says so."""
    page.set_viewport_size({"width": 1400, "height": 1060})
    book = lab.open(page, lab.write("explorer.ipynb", CELL))
    book.run(0)
    view = book.output(0)
    expect(view.locator(".tmsx-caption")).to_contain_text("pentagon")
    expect(view.locator(".tmsx-progress")).to_have_class(re.compile("tmsx-idle"))
    assert page.evaluate("() => document.body.dataset.jpThemeLight") == "true"
    folder = Path(os.environ.get("TMS_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / Path(PICTURE).name
    page.screenshot(path=picture)
    assert is_fit_to_show(picture), (size_of(picture), picture.stat().st_size)


def test_the_readme_shows_the_instrument() -> None:
    assert (ROOT / PICTURE).exists(), HOW
    assert is_fit_to_show(ROOT / PICTURE), HOW
    assert f"]({PICTURE})" in (ROOT / "README.md").read_text()


def test_the_first_notebook_runs_and_its_instrument_is_live(page: Page, lab: Lab) -> None:
    name = "00_start_here.ipynb"
    text = (ROOT / "notebooks" / name).read_text()
    (lab.folder / name).write_text(BADGE.sub("", text))
    book = lab.open(page, name)
    book.command("notebook:run-all-cells")
    kinds = page.evaluate(OUTPUTS)
    assert len(kinds) >= 3, "all cells ran"
    assert "error" not in kinds

    view = page.locator(".tmsx").first
    view.scroll_into_view_if_needed()
    caption = view.locator(".tmsx-caption")
    expect(caption).to_contain_text("2 dedicated features")  # a busy computer shows its training on the way
    said = caption.text_content() or ""
    view.get_by_role("slider", name="Sparsity S").press("End")
    expect(caption).not_to_have_text(said)
    book.until(lambda: book.python("print(explorer.sparsity)") == "0.999", "Python has the page's S")
