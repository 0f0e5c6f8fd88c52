"""A chart of curves in a real JupyterLab: bqplot's lines lie where the layer over them says that they do."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from .conftest import OpenNotebook

CELL = """import numpy as np, tms_widgets as tms
x = np.array([1.0, 10.0, 100.0])
chart = tms.Curves(
    x, {"rising": [0.1, 0.5, 0.9], "falling": [0.8, 0.3, 0.2]}, caption="Two curves.", x_label="steps",
    y_label="loss", x_log=True, guides={"bound": 0.95}, bands={"rising": (0, 1)}, markers=["falling"])
chart"""


def test_curves_are_drawn_and_their_values_are_read(notebook: OpenNotebook) -> None:
    book = notebook(CELL)
    book.run(0)
    view = book.output(0)
    line = view.locator('.bqplot path.line[style^="stroke: rgb(0, 114, 178)"]')
    expect(view.locator(".bqplot .axis")).to_have_count(2)
    expect(line).to_be_visible()
    expect(view.locator(".bqplot path.dot.element")).to_have_count(3)
    expect(view.get_by_text("falling", exact=True)).to_be_visible()

    canvas = view.locator(".tms-layer canvas")
    box: Any = canvas.bounding_box()
    drawn: Any = line.bounding_box()
    canvas.hover(position={"x": drawn["x"] + drawn["width"] - box["x"], "y": drawn["y"] - box["y"]})
    book.until(lambda: book.python("print(chart.value)") != "None", "pointing reaches Python")
    assert book.python("print(chart.value)") == "{'curve': 'rising', 'index': 2, 'x': 100.0, 'y': 0.9}"
    expect(view.locator(".tms-layer-tip")).to_contain_text("loss: 0.9")
    canvas.press("Enter")
    book.page.mouse.move(5, 5)
    book.until(lambda: book.python("print(chart._layer.pointed)") == "None", "leaving ends pointing")
    assert "rising" in book.python("print(chart.value)"), "a pinned value stays"

    book.python("chart.close(); chart.close()")
    expect(book.page.locator(".bqplot, .tms")).to_have_count(0)
    assert book.python("from ipywidgets.widgets.widget import _instances; print(len(_instances))") == "0"
