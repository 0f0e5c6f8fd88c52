"""The Explorer in a real JupyterLab: a drag retrains, all views follow, mistakes are sentences."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from .conftest import OpenNotebook
from .lab import Notebook

EXPLORER = """import tms_widgets as tms
explorer = tms.Explorer(tms.Problem(n_features=5, n_hidden=2, importance=0.9, sparsity=0.0), seed={seed})
explorer"""
LOSSES = ".tmsx-seeds button"


def caption(view: Locator) -> Locator:
    return view.locator(".tmsx-caption")


def sparsity(view: Locator) -> Locator:
    return view.get_by_role("slider", name="Sparsity S")


def drawn(view: Locator, panel: str = "geometry") -> str:
    """What a canvas shows, once it is painted."""
    view.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return view.locator(f".tmsx-{panel} canvas").evaluate("canvas => canvas.toDataURL()")


def drag(page: Page, handle: Locator, start: float, *stops: float) -> None:
    """Take a slider at one fraction of its length and pull it to others."""
    box = handle.bounding_box()
    assert box is not None
    thumb = box["height"]
    middle = box["y"] + box["height"] / 2

    def x(part: float) -> float:
        return box["x"] + thumb / 2 + part * (box["width"] - thumb)

    page.mouse.move(x(start), middle)
    page.mouse.down()
    for stop in stops:
        page.mouse.move(x(stop), middle, steps=4)
    page.mouse.up()


def shown(notebook: Notebook, cell: int = 0) -> Locator:
    """The instrument below a cell, once its training is finished."""
    view = notebook.output(cell)
    expect(caption(view)).to_contain_text("features in")
    expect(view.locator(".tmsx-progress")).to_have_class(re.compile("tmsx-idle"))
    return view


def test_dragging_sparsity_turns_two_features_into_a_pentagon(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(EXPLORER.format(seed=seed))
    book.run(0)
    view = shown(book)
    expect(caption(view)).to_contain_text("2 dedicated features")
    expect(view.locator(LOSSES)).to_have_count(8)
    before = drawn(view)

    drag(book.page, sparsity(view), 0.0, 0.15, 0.3, 0.45, 0.58)
    value = view.locator("output").first
    book.until(
        lambda: book.python("print(explorer.sparsity)") == value.text_content(), "Python has the page's S"
    )
    assert float(value.text_content() or 0) > 0.8, "the drag ended near S = 0.95"
    while (now := float(value.text_content() or 0)) != 0.95:
        sparsity(view).press("ArrowRight" if now < 0.95 else "ArrowLeft")

    expect(caption(view)).to_contain_text("pentagon")
    expect(view.locator(".tmsx-progress")).to_have_class(re.compile("tmsx-idle"))
    assert book.python("print(explorer.sparsity, explorer.density)") == "0.95 0.05"
    assert book.python("print(explorer.caption)") == caption(view).text_content()
    losses = [text.split()[:3] for text in view.locator(LOSSES).all_inner_texts()]
    assert len(losses) == 8
    assert all(any(0 < number(word) < 1 for word in words) for words in losses), losses
    assert drawn(view) != before


def test_one_sparser_feature_collapses_the_pentagon(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(
        f'import tms_widgets as tms\nexplorer = tms.Explorer(preset="E15", seed={seed})\nexplorer'
    )
    book.run(0)
    view = shown(book)
    expect(caption(view)).to_contain_text("regular pentagon")
    factor = view.get_by_role("slider", name="Density factor")
    drag(book.page, factor, 0.5, 0.4, 0.3, 0.2, 0.1)
    book.until(lambda: float(book.python("print(explorer.factor)")) < 0.2, "Python has the page's factor")
    expect(caption(view)).to_contain_text("two digons (a square)")
    assert book.python("print(explorer.caption)") == caption(view).text_content()
    assert book.python("print(explorer.problem.density[0] < 0.011, explorer.density)") == "True 0.05"
    view.get_by_label("Sets", exact=True).press("ArrowDown")
    book.until(lambda: book.python("print(explorer.features, explorer.set_size)") == "correlated 5", "sets")


def number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return -1.0


def test_two_views_of_one_explorer_follow_each_other(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(EXPLORER.format(seed=seed), "explorer")
    book.run(0, times=5, wait=False)
    book.run(1)
    first, second = shown(book, 0), shown(book, 1)
    expect(book.page.locator(".tmsx")).to_have_count(2)
    expect(caption(second)).to_have_text(caption(first).text_content() or "")

    def said() -> list[str]:
        return book.page.locator(".tmsx-caption").all_text_contents()

    for near, far in ((first, second), (second, first)):
        before, picture = caption(far).text_content() or "", drawn(far)
        near.scroll_into_view_if_needed()
        for _ in range(6):
            sparsity(near).press("ArrowRight")
        expect(caption(far)).not_to_have_text(before)
        book.until(lambda: said() == [book.python("print(explorer.caption)")] * 2, "both say what it is")
        assert drawn(far) != picture


def test_a_mistake_in_python_is_a_sentence_and_the_picture_stays(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(EXPLORER.format(seed=seed), "explorer.density = 5")
    book.run(0)
    view = shown(book)
    said, picture = caption(view).text_content() or "", drawn(view)
    book.run(1)
    error = book.output(1).inner_text().strip().splitlines()[-1]
    assert error.startswith(("TraitError: ", "SettingError: ")), error
    assert "density=5" in error
    assert error.count(". ") == 0
    assert error.endswith(".")
    expect(caption(view)).to_have_text(said)
    assert drawn(view) == picture
    assert book.python("print(explorer.density)") == "1.0"


def test_after_a_restart_the_picture_stays_and_says_how_to_go_on(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(EXPLORER.format(seed=seed))
    book.run(0)
    view = shown(book)
    said, picture = caption(view).text_content() or "", drawn(view)
    notice = view.get_by_role("alert")
    expect(notice).to_have_count(0)
    book.restart()
    expect(caption(view)).to_have_text(said)
    sparsity(view).press("ArrowRight")
    expect(notice).to_contain_text("run this cell again", timeout=4500)
    assert drawn(view) == picture, "the last picture stays"

    book.run(0)
    view = shown(book)
    expect(view.get_by_role("alert")).to_have_count(0)
    sparsity(view).press("ArrowRight")
    book.until(lambda: book.python("print(explorer.sparsity)") == "0.05", "the new one is live")
    expect(caption(view)).not_to_have_text(said)
