"""A dimensionality plot in a real JupyterLab: what is pointed at is seen in every linked view, at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Locator, expect

from tms_widgets.widgets.dimensionality_chart import MARGIN, Y_ENDS

from .conftest import OpenNotebook

CELLS = (
    """import numpy as np, tms_widgets as tms
sweep = tms.Sweep(tms.Problem(12, 3), density=[1.0, 0.3, 0.1], n_seeds=4, seed={seed})
s = tms.Selection()
plot = tms.DimensionalityPlot(sweep.run(progress=False), density=0.1, selection=s)
plot""",
    """graph = tms.FeatureGraph(np.array(plot.value["W"]), selection=s)
graph""",
)
QUICK_MS = 100
"""From the pointer to the picture of another view."""
WATCH = """([from, to, x, y]) => new Promise((done) => {
  const before = to.toDataURL();
  const start = performance.now();
  const at = {clientX: x, clientY: y, bubbles: true, pointerType: 'mouse'};
  from.dispatchEvent(new PointerEvent('pointermove', at));
  const look = () => {
    if (to.toDataURL() !== before) done(performance.now() - start);
    else if (performance.now() - start > 5000) done(null);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def picture(canvas: Locator) -> str:
    canvas.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    return canvas.evaluate("canvas => canvas.toDataURL()")


def test_a_point_is_highlighted_in_every_linked_graph(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(*(cell.format(seed=seed) for cell in CELLS))
    book.run(0)
    book.run(1)
    plot, other = book.output(0), book.output(1).locator("canvas")
    points, own = plot.locator(".tms-layer canvas"), plot.locator("figure canvas")
    expect(plot.locator(".bqplot .axis")).to_have_count(3)
    expect(own).to_be_visible()
    expect(other).to_be_visible()
    plain, own_plain = picture(other), picture(own)

    # the most represented feature of the densest model that is not the one shown
    level = float(book.python("print(plot._models[1].dimensionality.max())"))
    feature_there = "print(abs(plot._models[1].dimensionality[s.hovered] - {}) < 0.05)"
    x, low, high = (float(book.python(f"print(plot._layer.{what})")) for what in (
        "_models[1]['x']", "_axes['x'][0]", "_axes['x'][1]",
    ))  # fmt: skip
    box: Any = points.bounding_box()
    across = float(np.log(x / low) / np.log(high / low))
    down = (Y_ENDS[1] - level) / (Y_ENDS[1] - Y_ENDS[0])
    spot = {
        "x": MARGIN["left"] + (box["width"] - MARGIN["left"] - MARGIN["right"]) * across,
        "y": MARGIN["top"] + (box["height"] - MARGIN["top"] - MARGIN["bottom"]) * down,
    }
    ms = book.page.evaluate(
        WATCH,
        [points.element_handle(), other.element_handle(), box["x"] + spot["x"], box["y"] + spot["y"]],
    )
    assert ms is not None, "the view in the other cell follows"
    assert ms < QUICK_MS
    points.hover(position=spot)
    book.until(lambda: book.python("print(s.hovered)") != "None", "pointing reaches Python")
    assert book.python(feature_there.format(level)) == "True"
    book.until(lambda: book.python("print(plot.model, plot._graph._model)") == "1 1", "with its model")
    expect(plot.locator(".tms-layer-tip")).to_contain_text("1−S = 0.3")
    expect(plot.locator("figcaption")).to_contain_text("1/(1−S) = 3.33")
    assert picture(own) != own_plain

    points.click(position=spot)
    book.until(lambda: book.python("print(len(plot.value['features']))") == "1", "a click pins")
    book.page.mouse.move(5, 5)
    book.until(lambda: book.python("print(s.hovered)") == "None", "leaving ends pointing")
    assert book.python("print(plot.model)") == "1", "the model of a pinned point stays"
    points.press("Escape")
    book.until(lambda: book.python("print(s.pinned)") == "[]", "Escape clears")
    assert picture(other) == plain
    book.python("plot.close(); plot.close(); graph.close()")
    expect(book.page.locator(".bqplot, .tms")).to_have_count(0)
