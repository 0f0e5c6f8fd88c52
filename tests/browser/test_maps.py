"""The layer over a map and the status below it, as a reader meets them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tms_widgets.widgets.map_layer import MapLayer
from tms_widgets.widgets.map_status import MapStatus

from .conftest import Mount
from .host import Mounted

ROWS, COLUMNS = 8, 10
MARGIN = {"left": 50, "top": 40, "right": 10, "bottom": 30}
WIDTH, HEIGHT = 460, 310  # 40 by 30 pixels a cell


def layer(**traits: Any) -> MapLayer:
    one = MapLayer(
        [f"I = {row}" for row in range(ROWS)], [f"p = {column}" for column in range(COLUMNS)],
        name="Phase map", margin=MARGIN, chosen=[4, 5], **traits,
    )  # fmt: skip
    table = np.arange(ROWS * COLUMNS, dtype=float).reshape(ROWS, COLUMNS)
    table[0, 0] = np.nan
    one.tell([{"name": "loss"}, {"name": "exact", "group": "theory"}], [table, np.ones_like(table)])
    return one


def mounted_layer(mount: Mount, **traits: Any) -> tuple[Mounted, MapLayer]:
    """A layer in a box of the size that ipywidgets would give it."""
    one = layer(**traits)
    mounted = mount(one, width=WIDTH)
    for k in range(mounted.roots.count()):
        mounted.roots.nth(k).evaluate(f"el => {{ el.style.height = '{HEIGHT}px' }}")
    mounted.settle()
    return mounted, one


def canvas(mounted: Mounted, view: int = 0) -> Locator:
    return mounted.roots.nth(view).locator("canvas")


def tip(mounted: Mounted, view: int = 0) -> Locator:
    return mounted.roots.nth(view).locator(".tms-layer-tip")


def at(row: float, column: float) -> Any:
    """The middle of a cell, in pixels of the canvas."""
    return {"x": MARGIN["left"] + 40 * (column + 0.5), "y": MARGIN["top"] + 30 * (row + 0.5)}


def painted(mounted: Mounted, view: int = 0) -> str:
    mounted.settle()
    return canvas(mounted, view).evaluate("c => c.toDataURL()")


def drag(mounted: Mounted, start: tuple[int, int], end: tuple[int, int]) -> None:
    box = canvas(mounted).bounding_box()
    assert box is not None
    places = [(box["x"] + spot["x"], box["y"] + spot["y"]) for spot in (at(*start), at(*end))]
    mounted.page.mouse.move(*places[0])
    mounted.page.mouse.down()
    mounted.page.mouse.move(*places[1], steps=5)
    mounted.page.mouse.up()
    mounted.settle()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pointing_shows_the_numbers_of_a_cell(mount: Mount, theme: str) -> None:
    one = layer()
    mounted = mount(one, width=WIDTH, theme=theme)
    mounted.root.evaluate(f"el => {{ el.style.height = '{HEIGHT}px' }}")
    before = painted(mounted)
    canvas(mounted).hover(position=at(2, 3))
    expect(tip(mounted)).to_be_visible()
    assert tip(mounted).inner_text().split("\n") == [
        "p = 3 · I = 2", "loss 23", "theory:", "  exact 1 ← least",
    ]  # fmt: skip
    assert painted(mounted) != before
    canvas(mounted).hover(position=at(0, 0))
    assert "not trained yet" in tip(mounted).inner_text()
    canvas(mounted).hover(position={"x": 5, "y": 5})
    expect(tip(mounted)).to_be_hidden()
    assert painted(mounted) == before
    assert mounted.sent() == [] or all("chosen" not in str(message) for message in mounted.sent())


def test_the_note_stays_inside_of_the_map(mount: Mount) -> None:
    mounted, _ = mounted_layer(mount)
    for row, column in ((0, 0), (0, COLUMNS - 1), (ROWS - 1, 0), (ROWS - 1, COLUMNS - 1)):
        canvas(mounted).hover(position=at(row, column))
        inside, around = tip(mounted).bounding_box(), mounted.root.bounding_box()
        assert inside is not None
        assert around is not None
        assert inside["x"] >= around["x"]
        assert inside["x"] + inside["width"] <= around["x"] + around["width"] + 1
        assert inside["y"] + inside["height"] <= around["y"] + around["height"] + 1


def test_a_click_chooses_and_says_so(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    canvas(mounted).click(position=at(7, 9))
    assert one.chosen == [7, 9]
    assert "loss 79" in (mounted.root.locator("[aria-live]").text_content() or "")
    canvas(mounted).click(position={"x": 2, "y": 2})
    assert one.chosen == [7, 9], "beside the map there is nothing to choose"


def test_keys_walk_and_mark(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    canvas(mounted).focus()
    for key, cell in (
        ("ArrowUp", [3, 5]), ("ArrowRight", [3, 6]), ("ArrowDown", [4, 6]), ("ArrowLeft", [4, 5]),
        ("Shift+ArrowLeft", [4, 0]), ("ArrowLeft", [4, 0]), ("Shift+ArrowDown", [7, 0]),
    ):  # fmt: skip
        canvas(mounted).press(key)
        assert one.chosen == cell, key
    expect(tip(mounted)).to_contain_text("p = 0 · I = 7")
    canvas(mounted).press("Enter")
    assert one.regions == [[7, 0, 7, 0]]
    canvas(mounted).press("Escape")
    assert one.regions == []
    expect(tip(mounted)).to_be_hidden()
    assert canvas(mounted).get_attribute("data-lm-suppress-shortcuts") == "true"
    label = canvas(mounted).get_attribute("aria-label") or ""
    assert label.startswith("Phase map; arrow keys choose a cell")
    assert "Enter marks it" in label


def test_drags_mark_two_regions_and_the_third_begins_again(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    before = painted(mounted)
    drag(mounted, (1, 1), (3, 4))
    assert one.regions == [[1, 1, 3, 4]]
    assert one.chosen == [4, 5], "a drag chooses nothing"
    first = painted(mounted)
    assert first != before
    drag(mounted, (6, 7), (5, 6))
    assert one.regions == [[1, 1, 3, 4], [5, 6, 6, 7]]
    drag(mounted, (0, 8), (2, 30))
    assert one.regions == [[0, 8, 2, 9]], "the pointer may leave the map"
    canvas(mounted).press("Escape")
    assert one.regions == []


def test_a_map_that_compares_nothing_marks_nothing(mount: Mount) -> None:
    mounted, one = mounted_layer(mount, comparable=False)
    drag(mounted, (1, 1), (3, 4))
    canvas(mounted).focus()
    canvas(mounted).press("Enter")
    assert one.regions == []
    assert "Enter" not in (canvas(mounted).get_attribute("aria-label") or "")


def test_two_maps_of_the_same_cells_point_together(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    mounted.view(one, WIDTH)
    mounted.roots.nth(1).evaluate(f"el => {{ el.style.height = '{HEIGHT}px' }}")
    before = painted(mounted, 1)
    canvas(mounted).hover(position=at(2, 2))
    assert painted(mounted, 1) != before
    mounted.page.mouse.move(0, 0)
    assert painted(mounted, 1) == before
    canvas(mounted, 1).click(position=at(0, 9))
    assert one.chosen == [0, 9]
    mounted.dispose(1)
    canvas(mounted).hover(position=at(3, 3))


def test_a_layer_that_is_taken_away_leaves_nothing(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    assert mounted.listeners() > 0
    mounted.dispose()
    assert mounted.listeners() == 0
    one.close()


def test_python_draws_at_once(mount: Mount) -> None:
    mounted, one = mounted_layer(mount)
    before = painted(mounted)
    one.chosen = [0, 0]
    chosen = painted(mounted)
    assert chosen != before
    one.reshape(["a", "b"], ["x", "y"])
    one.tell([{"name": "loss"}], [np.zeros((2, 2))])
    canvas(mounted).hover(position=at(0, 0))
    expect(tip(mounted)).to_contain_text("x · a")


# The status.


class Work:
    """Something that takes ten answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.done, self.stopped = 0, False
        self.status = MapStatus(self.answer)
        self.report()

    def report(self) -> None:
        left = 10 - self.done
        running = left > 0 and not self.stopped
        progress = max(self.done, 0) / 10
        self.status.report(running=running, stopped=self.stopped, progress=progress, eta_s=30.0 * left)

    def answer(self, kind: str, budget_s: float) -> None:
        self.asked.append(kind)
        assert budget_s <= 0.5
        if kind != "continue":
            self.stopped = kind == "cancel"
        self.done += kind == "continue" and not self.stopped
        self.report()


def test_it_asks_until_there_is_nothing_left(mount: Mount) -> None:
    work = Work()
    mounted = mount(work.status)
    row = mounted.root.locator(".tms-status-row")
    expect(row).to_be_hidden()
    assert work.asked == ["continue"] * 10
    assert mounted.get("_ready") is True


def test_a_reader_stops_it_and_goes_on(mount: Mount) -> None:
    work = Work()
    work.done = -100_000  # it would take long
    work.report()
    mounted = mount(work.status)
    button = mounted.root.get_by_role("button")
    expect(button).to_have_text("Cancel")
    expect(mounted.root.get_by_role("progressbar", name="Training")).to_be_visible()
    button.click()
    expect(button).to_have_text("Go on")
    expect(mounted.root.locator(".tms-status-percent")).to_contain_text("stopped at")
    mounted.page.wait_for_timeout(100)
    asked = len(work.asked)
    mounted.page.wait_for_timeout(200)
    assert len(work.asked) == asked, "nothing is asked while it is stopped"
    work.done = 5
    button.click()
    expect(mounted.root.locator(".tms-status-row")).to_be_hidden()
    assert work.done == 10


def test_what_is_said_is_read(mount: Mount) -> None:
    status = MapStatus(lambda kind, budget_s: None, text="It is red.", note="Because.", error="")
    mounted = mount(status)
    assert mounted.root.locator("[aria-live=polite]").inner_text() == "It is red."
    expect(mounted.root.locator(".tms-status-row")).to_be_hidden()
    expect(mounted.root.locator(".tms-error")).to_have_text("")
    status.error = "This is too much."
    expect(mounted.root.get_by_role("alert")).to_have_text("This is too much.")
    mounted.dispose()
    assert mounted.listeners() == 2, "the model goes on listening, the view does not"


def test_a_kernel_that_is_gone_is_said(mount: Mount) -> None:
    status = MapStatus(lambda kind, budget_s: None)
    mounted = mount(status)
    mounted.page.evaluate("() => { window.kernel = () => new Promise(() => {}) }")
    status.report(running=True, progress=0.5)
    expect(mounted.root.get_by_role("alert")).to_contain_text("run this cell again", timeout=5000)
