"""The Explorer looks as it did when somebody last looked at it: light and dark, wide and narrow.

After a change that is meant to be seen, look at the new pictures and keep them:
``TMS_KEEP_PICTURES=1 .venv/bin/python -m pytest tests/browser/test_reference.py``.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tms_widgets.core import Problem, train
from tms_widgets.widgets.explorer import Explorer

from .conftest import Mount
from .host import Mounted

FOLDER = Path(__file__).with_name("reference")
# Another version of a font draws letters a little differently, and on another processor a seed may end in
# another minimum: pictures are compared in blocks of 8 by 8 pixels, and a few blocks may differ.
BLOCK, APART, FEW = 8, 40.0, 0.02


def blocks(picture: Image.Image) -> np.ndarray:
    """Mean colour of each block."""
    small = picture.convert("RGB").reduce(BLOCK)
    return np.asarray(small, dtype=np.float64)


def changed(new: Image.Image, old: Image.Image) -> float:
    """Fraction of the blocks whose colour differs; a part that only one of the pictures has counts whole."""
    a, b = blocks(new), blocks(old)
    height, width = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    apart = np.abs(a[:height, :width] - b[:height, :width]).max(axis=2) > APART
    everything = max(a.shape[0], b.shape[0]) * max(a.shape[1], b.shape[1])
    return float(apart.sum() + everything - height * width) / everything


def picture_of(shown: Mounted) -> Image.Image:
    shown.page.evaluate("document.body.style.setProperty('--jp-ui-font-family', 'DejaVu Sans')")
    shown.page.mouse.move(0, 0)
    shown.settle()
    return Image.open(io.BytesIO(shown.root.screenshot()))


def explorer_of(density: float) -> Explorer:
    return Explorer(train(Problem(5, 2, importance=0.9, density=density), n_seeds=8))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_explorer_looks_as_it_did(mount: Mount, theme: str, width: int) -> None:
    explorer = explorer_of(0.1)
    window = {"width": width, "height": 900}
    new = picture_of(mount(explorer, width=width - 16, theme=theme, viewport=window))
    explorer.close()
    kept = FOLDER / f"explorer-{theme}-{width}.png"
    if os.environ.get("TMS_KEEP_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        new.convert("RGB").save(kept, optimize=True)
    difference = changed(new, Image.open(kept))
    assert difference < FEW, (
        f"{100 * difference:.1f} % of {kept.name} changed; look at it, and see this file's top"
    )


def test_another_model_is_seen_as_a_change(mount: Mount) -> None:
    explorer = explorer_of(1.0)
    new = picture_of(mount(explorer, width=1264, viewport={"width": 1280, "height": 900}))
    explorer.close()
    assert changed(new, Image.open(FOLDER / "explorer-light-1280.png")) > FEW
