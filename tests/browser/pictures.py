"""Pictures of widgets, held against those that somebody looked at and kept."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

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


def assert_as_kept(new: Image.Image, name: str, folder: Path = FOLDER) -> None:
    """Hold a picture against the one that was kept, or keep it, if ``TMS_KEEP_PICTURES`` is set."""
    kept = folder / name
    if os.environ.get("TMS_KEEP_PICTURES"):
        folder.mkdir(exist_ok=True)
        new.convert("RGB").save(kept, optimize=True)
    difference = changed(new, Image.open(kept))
    assert difference < FEW, f"{100 * difference:.1f} % of {name} changed; look at it, keep it if it is meant"
