"""Polyhedra and learning dynamics in a real JupyterLab: they open, play, answer the slider, and end."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, Page, expect

from ..browser.test_dynamics import NO_WEBGL
from .conftest import OpenNotebook
from .lab import SECONDS, Lab, Notebook

TRAIN = """import tms_widgets as tms
problem = tms.Problem(6, 3, density=0.1, features="correlated", set_size=3)
run = tms.train(
    problem, n_seeds=2, seed={seed}, init=0.02, learning_rate=1e-3, decay="none", steps=8000, n_frames=200
)"""
VOLUME = """volume = tms.Volume(run)
volume"""
DYNAMICS = """dynamics = tms.Dynamics(run)
dynamics"""
LIVING = "from ipywidgets.widgets.widget import _instances; print(len(_instances))"
PAINTED = """async canvas => {
  const context = canvas.getContext('2d');
  const clear = context.clearRect.bind(context);
  let painted = 0;
  context.clearRect = (...all) => { painted++; clear(...all); };
  const slider = canvas.closest('.tms-widget').querySelector('[role=slider]');
  const box = slider.getBoundingClientRect();
  const event = (type, x) => slider.dispatchEvent(new PointerEvent(type, {
    bubbles: true, button: 0, buttons: 1, pointerId: 1,
    clientX: box.left + x, clientY: box.top + box.height / 2,
  }));
  slider.setPointerCapture = () => {};
  slider.hasPointerCapture = () => true;
  event('pointerdown', 60);
  const start = performance.now();
  let to = 0;
  while (performance.now() - start < 2000) {
    await new Promise(done => requestAnimationFrame(done));
    event('pointermove', 60 + (to = (to + 7) % (box.width - 80)));
  }
  event('pointerup', 60);
  delete context.clearRect;
  return painted / (performance.now() - start) * 1000;
}"""
"""Drags along the loss for two seconds, and counts how often the canvas is painted each second."""


def drawn(figure: Locator) -> bytes:
    return figure.screenshot()


def opened(page: Page, lab: Lab, name: str, *cells: str) -> Notebook:
    book = lab.open(page, lab.write(f"{name}.ipynb", *cells))
    for cell in range(len(cells)):
        book.run(cell)
    return book


def test_a_polyhedron_opens_plays_and_answers_the_slider(webgl_page: Page, lab: Lab, seed: int) -> None:
    book = opened(webgl_page, lab, "volume", TRAIN.format(seed=seed), VOLUME)
    view = book.output(1)
    figure = view.locator(".tms-volume-box canvas").first
    expect(view.locator(".tms-film-shape")).not_to_be_empty(timeout=1000 * SECONDS)
    book.until(
        lambda: book.python("print(volume._bar.webgl)") == "True", "the browser says that it has WebGL"
    )
    book.until(lambda: view.locator("canvas").count() >= 2, "the figure is there")
    webgl_page.wait_for_timeout(500)
    trained = drawn(figure)

    slider = view.get_by_role("slider")
    slider.press("Home")
    book.until(lambda: drawn(figure) != trained, "the slider moves the figure")
    first = drawn(figure)
    book.until(lambda: book.python("print(volume.frame)") == "0", "Python hears of it")

    view.get_by_role("button", name="Play the training").click()
    book.until(lambda: int(book.python("print(volume.frame)")) > 10, "it plays")
    assert drawn(figure) != first
    slider.press("End")
    last = book.python("print(len(volume.film) - 1)")
    book.until(lambda: book.python("print(volume.frame)") == last, "Python hears where it ends")

    book.python("volume.close(); volume.close()")
    expect(webgl_page.locator(".tms-volume-box")).to_have_count(0)


def test_a_cell_that_is_run_again_and_again_still_draws(webgl_page: Page, lab: Lab, seed: int) -> None:
    warnings: list[str] = []
    webgl_page.on("console", lambda message: "Too many active WebGL" in message.text and warnings.append("!"))
    short = TRAIN.format(seed=seed).replace("n_frames=200", "n_frames=10")
    book = opened(webgl_page, lab, "again", short, VOLUME)
    view = book.output(1)
    for _ in range(18):  # a page has sixteen contexts
        book.run(1)
        book.until(lambda: view.locator("canvas").count() >= 2, "the figure is there")
        webgl_page.wait_for_timeout(600)
    figure = view.locator(".tms-volume-box canvas").first
    webgl_page.wait_for_timeout(500)
    trained = drawn(figure)
    view.get_by_role("slider").press("Home")
    book.until(lambda: drawn(figure) != trained, "the last figure draws")
    assert warnings == []


def test_without_webgl_the_same_frames_are_drawn_flat(page: Page, notebook: OpenNotebook, seed: int) -> None:
    page.add_init_script(NO_WEBGL)
    book = notebook(TRAIN.format(seed=seed), VOLUME)
    book.run(0)
    book.run(1)
    view = book.output(1)
    expect(view.get_by_role("status")).to_contain_text("no WebGL", timeout=1000 * SECONDS)
    expect(view.locator("canvas")).to_have_count(2)
    before = view.locator("canvas").first.evaluate("c => c.toDataURL()")
    view.get_by_role("slider").press("Home")
    book.until(lambda: view.locator("canvas").first.evaluate("c => c.toDataURL()") != before, "it moves")
    book.until(lambda: book.python("print(volume.frame)") == "0", "Python hears of it")


def test_dynamics_scrubs_three_pictures_quickly_and_plays(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(TRAIN.format(seed=seed), DYNAMICS)
    book.run(0)
    book.run(1)
    view = book.output(1)
    expect(view.locator("canvas")).to_have_count(3, timeout=1000 * SECONDS)
    geometry = view.locator(".tms-part-geometry canvas")
    rate = max(geometry.evaluate(PAINTED) for _ in range(3))
    assert rate >= 15, f"{rate:.0f} frames a second"

    slider = view.get_by_role("slider")
    slider.press("Home")
    book.until(lambda: book.python("print(dynamics.value)") == "0", "Python hears of it")
    slider.press("Space")
    start = time.monotonic()
    last = book.python("print(len(dynamics.film) - 1)")
    book.until(lambda: book.python("print(dynamics.frame)") == last, "it plays to the end")
    assert time.monotonic() - start > 2, "and can be watched"

    lines = view.locator(".tms-part-dimensionality canvas")
    lines.press("ArrowRight")
    lines.press("Enter")
    book.until(lambda: book.python("print(dynamics.pinned)") == "[0]", "a key pins")
    book.python("dynamics.close(); dynamics.close()")
    expect(book.page.locator(".tms-dynamics")).to_have_count(0)
    assert book.python(LIVING) == "0"
