"""The microscope in a real JupyterLab: a switched feature is seen at once, and reaches Python."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import OpenNotebook

CELLS = (
    """import tms_widgets as tms
run = tms.train(tms.Problem(5, 2, density=0.05), n_seeds=4, seed={seed})
s = tms.Selection()
scope = tms.Microscope(run, x={{0: 1.0}}, selection=s)
scope""",
    """attack = tms.AttackView(run, selection=s)
attack""",
    """strata = tms.LossStrata(run, n_samples=1000)
strata""",
)


def test_an_input_is_made_with_the_mouse_and_read_in_python(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(*(cell.format(seed=seed) for cell in CELLS))
    for cell in range(len(CELLS)):
        book.run(cell)
    scope, attack, strata = (book.output(cell) for cell in range(3))
    chips = scope.get_by_role("group", name="Features switched on").get_by_role("button")
    expect(chips).to_have_count(5)
    before = scope.locator("figcaption").inner_text()
    chips.nth(2).click()
    expect(chips.nth(2)).to_have_attribute("aria-pressed", "true")
    assert scope.locator("figcaption").inner_text() != before, "the picture does not wait for the kernel"
    book.until(lambda: book.python("print(scope.value.active)") == "(0, 2)", "Python has the input")
    slider = scope.get_by_label("Value of feature 2")
    slider.focus()
    slider.press("ArrowLeft")
    book.until(lambda: book.python("print(round(scope.x[2], 2))") == "0.99", "arrow keys move the slider")

    scope.locator("canvas").hover(position={"x": 300, "y": 34 + 22 * 3.5})
    book.until(lambda: book.python("print(s.hovered, attack.hovered)") == "3 3", "pointing is shared")
    book.python("scope.x = {4: 0.5}")
    expect(chips.nth(4)).to_have_attribute("aria-pressed", "true")

    attack.get_by_role("combobox", name="Attack").select_option("1")
    book.until(lambda: book.python("print(attack.value.attack.feature)") == "1", "the attack is chosen")
    canvas = strata.locator("canvas")
    canvas.focus()
    canvas.press("ArrowRight")
    book.until(lambda: book.python("print(strata.hovered)") == "0", "arrow keys stay with the strata")
    book.python("scope.close(); scope.close(); attack.close(); strata.close(); s.close()")
    expect(book.page.locator(".tms")).to_have_count(0)
