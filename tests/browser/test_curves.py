"""The layer over a chart of curves, as a reader meets it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tms_widgets.widgets.curves_layer import CurvesLayer
from tms_widgets.widgets.curves_model import chart_of

from .conftest import Mount
from .host import Mounted

MARGIN = {"left": 50, "top": 10, "right": 90, "bottom": 40}
WIDTH, HEIGHT = 540, 350  # the axes span 400 by 300 pixels
X = [1.0, 5.0, 100.0]
CHART = chart_of(
    X, {"measured": [0.2, np.nan, 0.6], "theory": [0.1, 0.5, 0.9]}, x_label="1/(1−S)",
    y_label="loss (squared error)", x_log=True, y_log=False, guides={"dense": 0.85, "bound": 0.84},
    bands={"measured": (0.1, 0.7)}, markers=[],
)  # fmt: skip


def mounted_layer(mount: Mount, **settings: Any) -> tuple[Mounted, CurvesLayer]:
    """A layer in a box of the size that ipywidgets would give it."""
    one = CurvesLayer(CHART, MARGIN, "Losses of 3 models.")
    mounted = mount(one, width=WIDTH, **settings)
    resize(mounted, WIDTH)
    return mounted, one


def resize(mounted: Mounted, width: int) -> None:
    mounted.root.evaluate(f"el => {{ el.style.height = '{HEIGHT}px'; el.style.width = '{width}px' }}")
    mounted.settle()
    mounted.settle()


def canvas(mounted: Mounted) -> Locator:
    return mounted.root.locator("canvas")


def tip(mounted: Mounted) -> Locator:
    return mounted.root.locator(".tms-layer-tip")


def at(x: float, y: float) -> Any:
    """The place of a value, in pixels of the canvas."""
    return {"x": 50 + 400 * CHART.x.share(x), "y": 10 + 300 * (1 - CHART.y.share(y))}


def painted(mounted: Mounted) -> str:
    mounted.settle()
    return canvas(mounted).evaluate("c => c.toDataURL()")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pointing_tells_the_nearest_value_with_its_units_and_band(mount: Mount, theme: str) -> None:
    mounted, one = mounted_layer(mount, theme=theme)
    before = painted(mounted)
    near = at(100, 0.6)
    canvas(mounted).hover(position={"x": near["x"] - 9, "y": near["y"] + 7})
    assert tip(mounted).inner_text().split("\n") == [
        "measured", "1/(1−S): 100", "loss (squared error): 0.6", "from 0.1 to 0.7",
    ]  # fmt: skip
    assert one.pointed == [0, 2]
    assert painted(mounted) != before
    canvas(mounted).hover(position={"x": 250, "y": 270})
    expect(tip(mounted)).to_be_hidden()
    assert one.pointed is None
    assert painted(mounted) == before
    one.close()


def test_a_pinned_value_stays_inside_of_a_chart_that_shrinks(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    canvas(mounted).click(position=at(100, 0.9))
    mounted.page.mouse.move(WIDTH + 200, HEIGHT + 100)
    mounted.settle()
    assert (one.pointed, one.pinned) == (None, [1, 2])
    assert "theory" in tip(mounted).inner_text()
    resize(mounted, 320)
    inside, around = tip(mounted).bounding_box(), mounted.root.bounding_box()
    assert inside is not None
    assert around is not None
    assert inside["x"] >= around["x"]
    assert inside["x"] + inside["width"] <= around["x"] + around["width"]
    resize(mounted, WIDTH)
    canvas(mounted).click(position=at(100, 0.9))
    assert one.pinned is None, "a second click lets it go"
    one.close()


def test_the_keyboard_reaches_every_value(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    plot = canvas(mounted)
    expect(plot).to_have_attribute("role", "application")
    assert (plot.get_attribute("aria-label") or "").startswith("Losses of 3 models. Left and right")
    plot.focus()
    for key, place in (
        ("ArrowRight", [0, 0]), ("ArrowRight", [0, 2]), ("ArrowRight", [0, 2]), ("ArrowDown", [1, 2]),
        ("ArrowLeft", [1, 1]), ("ArrowUp", [0, 0]), ("ArrowUp", [1, 0]), ("End", [1, 2]), ("Home", [1, 0]),
        ("Shift+ArrowRight", [1, 2]),
    ):  # fmt: skip
        plot.press(key)
        assert one.pointed == place, key
    expect(mounted.root.locator("[aria-live]")).to_have_text(
        "theory, 1/(1−S): 100, loss (squared error): 0.9"
    )
    plot.press("Enter")
    assert one.pinned == [1, 2]
    plot.press("Escape")
    assert (one.pointed, one.pinned) == (None, None)
    expect(tip(mounted)).to_be_hidden()
    one.close()


def test_numbers_that_do_not_fit_are_a_sentence_and_keys_do_nothing(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    one.pinned = [1, 2]
    one._numbers = b"\0" * 8
    mounted.settle()
    expect(mounted.root.get_by_role("alert")).to_contain_text("do not make 6 values")
    canvas(mounted).press("ArrowRight")
    assert one.pointed is None
    one.close()


def test_a_layer_that_is_taken_away_leaves_nothing(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    mounted.view(one, WIDTH)
    mounted.dispose(1)
    mounted.dispose(0)
    assert mounted.listeners() == 0
    assert mounted.roots.count() == 0
    one.close()
