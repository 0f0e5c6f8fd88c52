"""The phase map in a real JupyterLab: it opens on a picture, a click shows models, nothing else waits."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from .conftest import OpenNotebook

LIVE = """import tms_widgets as tms
phase_map = tms.PhaseMap(seed={seed})
phase_map"""
SWEEP = """import tms_widgets as tms
sweep = tms.Sweep(
    tms.Problem(20, 5), density=[float(0.9**k) for k in range(30)],
    importance=[0.5 + 0.02 * k for k in range(20)], n_seeds=10, seed={seed},
)
phase_map = tms.PhaseMap(sweep)
phase_map"""
SLIDER = """import ipywidgets
slider, echo = ipywidgets.IntSlider(), ipywidgets.Label()
slider.observe(lambda change: setattr(echo, "value", f"echo {change.new}"), "value")
ipywidgets.VBox([slider, echo])"""
SURFACE = """import tms_widgets as tms
surface = tms.LossSurface(density=0.5, seed={seed})
surface"""
NOTHING_OPEN = "from ipywidgets.widgets.widget import _instances; print(len(_instances))"


def cells(view: Locator) -> Locator:
    """The layer over the first map."""
    return view.locator(".tms-layer canvas").first


def picture(view: Locator) -> str:
    """What the cells of the first map show: the picture's own address changes with every painting."""
    return view.locator(".bqplot image").first.get_attribute("href") or ""


def caption(view: Locator) -> Locator:
    return view.locator(".tms-status-text").first


def place(view: Locator, across: float, down: float) -> dict[str, float]:
    """A point of the map, by fractions of its width and height, as its margins leave it."""
    box = cells(view).bounding_box()
    assert box is not None
    return {"x": 58 + across * (box["width"] - 72), "y": 46 + down * (box["height"] - 92)}


def test_a_live_map_opens_chooses_and_trains_again(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(LIVE.format(seed=seed))
    book.run(0)
    view = book.output(0)
    expect(view.locator(".bqplot image")).to_have_count(2)
    expect(caption(view)).to_contain_text("in 2,601 cells")
    assert book.python("print(phase_map.caption)") == caption(view).text_content()
    agreed = re.search(r"theory agrees in ([\d.]+) %", caption(view).text_content() or "")
    assert agreed
    assert float(agreed[1]) > 90

    before = book.python("print(phase_map.cell)")
    canvases = view.locator(".tms-view canvas")
    expect(canvases).to_have_count(2)
    drawn = canvases.first.evaluate("c => c.toDataURL()")
    cells(view).click(position=place(view, 0.01, 0.01))
    book.until(lambda: book.python("print(phase_map.cell)") != before, "Python has the chosen cell")
    assert book.python("print(phase_map.cell['density'])") == "1.0"
    said = "print(phase_map.value['run'].problem)"
    book.until(lambda: "importance=(1.0, 10.0" in book.python(said), "Python has the cell's models")
    book.until(lambda: canvases.first.evaluate("c => c.toDataURL()") != drawn, "its models are drawn")
    expect(view.locator("select[size]").first).to_contain_text("dedicated")

    cells(view).hover(position=place(view, 0.9, 0.5))
    note = view.locator(".tms-layer-tip").first
    expect(note).to_contain_text("exact losses:")
    expect(note).to_contain_text("in superposition")
    cells(view).focus()
    cells(view).press("ArrowRight")
    book.until(lambda: book.python("print(phase_map.cell['density'] < 1)") == "True", "arrow keys walk")

    shown = picture(view)
    view.get_by_label("Activation").select_option("linear")
    expect(caption(view)).to_contain_text("linear, best of 10")
    expect(caption(view)).to_contain_text("in 2,601 cells")
    book.until(lambda: picture(view) != shown, "the map is painted again")
    view.get_by_label("A cell shows").select_option("the paper's average")
    expect(caption(view)).to_contain_text("mean of 9")
    assert book.python("print(phase_map.protocol)") == "average"

    book.python("phase_map.close(); phase_map.close()")
    expect(book.page.locator(".bqplot, .tms")).to_have_count(0)
    assert book.python(NOTHING_OPEN) == "0"


def test_a_sweep_fills_while_everything_else_goes_on(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(SWEEP.format(seed=seed), SLIDER)
    book.run(1)
    book.run(0)
    view = book.output(0)
    expect(caption(view)).to_contain_text("cells so far")
    shown = picture(view)
    handle = book.output(1).locator(".noUi-handle")
    for value in range(1, 6):
        handle.press("ArrowRight")
        expect(book.output(1).locator(".widget-label").last).to_have_text(f"echo {value}")
    book.until(lambda: picture(view) != shown, "meanwhile it fills")
    button = view.get_by_role("button", name="Cancel")
    button.click()
    button = view.get_by_role("button", name="Go on")
    expect(button).to_be_visible()
    progress = "print(phase_map._status._state['progress'])"
    first = float(book.python(progress))
    book.page.wait_for_timeout(500)
    assert float(book.python(progress)) == first < 1, "nothing is trained while it is stopped"
    button.click()
    book.until(lambda: float(book.python(progress)) > first, "it goes on")


def test_running_the_cell_again_leaves_one_map(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(LIVE.format(seed=seed))
    book.run(0)
    expect(caption(book.output(0))).to_contain_text("in 2,601 cells")
    open_before = int(book.python(NOTHING_OPEN))
    book.run(0, times=2)
    expect(caption(book.output(0))).to_contain_text("in 2,601 cells")
    book.until(lambda: int(book.python(NOTHING_OPEN)) <= open_before + 2, "former maps are closed")
    expect(book.output(0).locator(".bqplot image")).to_have_count(2)


def test_a_loss_surface_follows_its_sliders(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(SURFACE.format(seed=seed))
    book.run(0)
    view = book.output(0)
    expect(view.locator(".bqplot image")).to_have_count(1)
    expect(caption(view)).to_contain_text("deepest minimum is antipodal")
    shown = picture(view)
    handle = view.locator(".noUi-handle").first
    for _ in range(8):
        handle.press("ArrowRight")
    expect(caption(view)).to_contain_text("Density 0.58")
    expect(caption(view)).to_contain_text("deepest minimum is antipodal")
    handle.press("ArrowRight")  # the exact jump is at .582
    expect(caption(view)).to_contain_text("deepest minimum is confused")
    assert book.python("print(surface.density)") == "0.59"
    book.until(lambda: picture(view) != shown, "the surface is painted again")
    cells(view).click(position={"x": 200, "y": 200})
    book.until(lambda: "W1" in book.python("print(surface.value)"), "it has a value")
    book.python("surface.close()")
    expect(book.page.locator(".bqplot, .tms")).to_have_count(0)
    assert book.python(NOTHING_OPEN) == "0"
