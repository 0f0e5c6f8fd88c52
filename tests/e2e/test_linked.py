"""Views of one run in two cells, tied by a Selection."""

from __future__ import annotations

from playwright.sync_api import Locator

from .conftest import OpenNotebook

CELLS = (
    """import tms_widgets as tms
run = tms.train(tms.Problem(n_features=5, n_hidden=2, importance=0.9, sparsity=0.95), seed={seed})
s = tms.Selection()
matrix = tms.WeightMatrix(run, selection=s)
matrix""",
    """geometry = tms.FeatureGeometry(run, selection=s)
geometry""",
)
STATES = "print(s.hovered, s.pinned, matrix.hovered, matrix.pinned, geometry.hovered, geometry.pinned)"


def picture(canvas: Locator) -> str:
    canvas.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    return canvas.evaluate("canvas => canvas.toDataURL()")


def test_what_is_pointed_at_in_one_cell_is_seen_in_the_other(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(*(cell.format(seed=seed) for cell in CELLS))
    book.run(0)
    book.run(1)
    matrix, geometry = (book.output(cell).locator("canvas") for cell in (0, 1))
    plain = picture(geometry)

    def says(*state: object) -> bool:
        return book.python(STATES) == " ".join(map(str, state * 3))

    box = matrix.bounding_box()
    assert box is not None
    row = {"x": box["width"] / 3, "y": box["height"] / 2}
    matrix.hover(position=row)
    book.until(lambda: book.python("print(s.hovered)") != "None", "pointing at the matrix reaches Python")
    feature = int(book.python("print(s.hovered)"))
    book.until(lambda: says(feature, []), "every view knows what is pointed at")
    hovered = picture(geometry)
    assert hovered != plain

    matrix.click(position=row)
    book.until(lambda: says(feature, [feature]), "a click pins everywhere")
    book.page.mouse.move(5, 5)
    book.until(lambda: says(None, [feature]), "leaving ends pointing, not the pin")
    pinned = picture(geometry)
    assert pinned != plain

    before = picture(matrix)
    geometry.focus()
    geometry.press("Escape")
    book.until(lambda: says(None, []), "Escape in the other view clears everywhere")
    assert picture(geometry) == plain
    geometry.press("End")
    geometry.press("Enter")
    book.until(lambda: "[4]" in book.python("print(matrix.pinned)"), "a key in one pins in the other")
    assert picture(matrix) != before
    book.python("s.pinned = [0, 2]")
    book.until(lambda: book.python("print(geometry.pinned)") == "[0, 2]", "Python pins too")
