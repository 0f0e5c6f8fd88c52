"""The Explorer as a reader meets it: real mouse, real keys, a real kernel side."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

import tms_widgets as tms
from tms_widgets.widgets.explorer import Explorer

from .conftest import Mount
from .explorer_page import WIDE, caption, pictures, slider, until
from .host import Mounted

pytestmark = pytest.mark.usefixtures("compiled")
SLOW = tms.Problem(200, 100, importance=0.9, density=0.2, architecture="relu_hidden")
NARROW = {"width": 384, "viewport": {"width": 400, "height": 900}}


def requests(shown: Mounted, kind: str | None = None) -> list[dict[str, Any]]:
    sent = [message["content"] for message in shown.sent() if message["method"] == "custom"]
    return [content for content in sent if kind in (None, content["type"])]


def test_it_opens_on_a_finished_picture_without_asking(explorer: Explorer, mount: Mount) -> None:
    while not explorer._state["done"]:
        explorer._handle_custom_msg({"type": "continue", "token": 1, "budget_ms": 500}, [])
    shown = mount(explorer, **WIDE)
    expect(caption(shown)).to_have_text(explorer.caption)
    assert all(len(picture) > 1000 for picture in pictures(shown))
    assert shown.get("frame") == len(explorer.run.frames) - 1
    shown.page.wait_for_timeout(300)
    said = [message.get("state") for message in shown.sent()]
    assert said == [{"_ready": True}], "nothing plays or trains by itself"


def test_dragging_the_sparsity_slider_retrains(explorer: Explorer, page_of: Mounted) -> None:
    before = pictures(page_of)
    handle = slider(page_of, "Sparsity S")
    box = handle.bounding_box()
    assert box is not None
    mouse, middle = page_of.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * 0.48, middle)
    mouse.down()
    for part in (0.4, 0.3, 0.2, 0.1, 0.0):
        mouse.move(box["x"] + box["width"] * part + 1, middle)
    mouse.up()
    until(page_of, lambda: explorer.density == 1.0)
    until(page_of, lambda: explorer.run.problem.density == 1.0)
    expect(caption(page_of)).to_have_text(explorer.caption)
    expect(page_of.root.locator("output").first).to_have_text("0")
    assert handle.get_attribute("aria-valuetext") == "0, 1 − S = 1 · 1/(1 − S) = 1"
    after = pictures(page_of)
    assert all(old != new for old, new in zip(before, after, strict=True)), "every view shows the new model"


@pytest.mark.parametrize(
    ("name", "key", "trait", "value"),
    [
        ("Sparsity S", "ArrowRight", "sparsity", 0.91),
        ("Sparsity S", "Home", "sparsity", 0.0),
        ("Sparsity S", "End", "density", 0.001),
        ("Importance decay r", "End", "importance", 1),
        ("Features n", "ArrowRight", "n_features", 6),
        ("Hidden dimensions m", "ArrowRight", "n_hidden", 3),
        ("Hidden dimensions m", "End", "n_hidden", 5),
    ],
)
def test_sliders_move_by_key(
    explorer: Explorer, page_of: Mounted, name: str, key: str, trait: str, value: float
) -> None:
    slider(page_of, name).press(key)
    until(page_of, lambda: getattr(explorer, trait) == value)


STEP_THROUGH = """(handle, steps) => {
    const seen = [];
    for (let i = 0; i < steps; i++) {
        handle.stepUp();
        handle.dispatchEvent(new Event("input", { bubbles: true }));
        seen.push(handle.closest(".tmsx-field").querySelector("output").textContent);
    }
    return seen;
}"""


def test_every_sparsity_of_the_paper_can_be_reached(explorer: Explorer, page_of: Mounted) -> None:
    handle = slider(page_of, "Sparsity S")
    handle.press("Home")
    until(page_of, lambda: explorer.density == 1.0)
    steps = int(handle.get_attribute("max") or 0)
    reached = handle.evaluate(STEP_THROUGH, steps)
    assert {"0.8", "0.9", "0.95", "0.99", "0.999"} <= set(reached)
    assert sorted(map(float, reached)) == [float(text) for text in reached]
    assert len(set(reached)) == steps
    until(page_of, lambda: explorer.density == 0.001)


def test_fewer_features_take_the_hidden_dimensions_along(explorer: Explorer, page_of: Mounted) -> None:
    page_of.page.keyboard.press("Tab")
    slider(page_of, "Hidden dimensions m").press("End")
    until(page_of, lambda: explorer.n_hidden == 5)
    slider(page_of, "Features n").press("Home")
    until(page_of, lambda: (explorer.n_features, explorer.n_hidden) == (2, 2))
    assert slider(page_of, "Hidden dimensions m").get_attribute("max") == "1"


def test_the_newest_value_wins_and_one_request_is_under_way(explorer: Explorer, page_of: Mounted) -> None:
    handle = slider(page_of, "Sparsity S")
    handle.evaluate(STEP_THROUGH, 20)
    until(page_of, lambda: explorer.density == 0.005)
    expect(caption(page_of)).to_have_text(explorer.caption)
    first, second = (one["settings"]["density"] for one in requests(page_of, "train"))
    assert (first, second) == (0.09, 0.005), "the values between were never asked for"


def test_digits_typed_into_the_seed_are_a_seed(explorer: Explorer, page_of: Mounted) -> None:
    field = page_of.root.get_by_label("Seed", exact=True)
    field.fill("")
    field.press_sequentially("123")
    field.press("Enter")
    until(page_of, lambda: explorer.seed == 123)
    assert explorer.n_features == 5
    field.fill("-3")
    field.press("Tab")
    expect(field).to_have_value("123")


def test_the_dice_and_the_number_of_seeds(explorer: Explorer, page_of: Mounted) -> None:
    page_of.root.get_by_role("button", name="New seed").click()
    until(page_of, lambda: explorer.seed != 0)
    page_of.root.get_by_label("Best of").select_option("4")
    until(page_of, lambda: explorer.n_seeds == 4)
    expect(page_of.root.locator(".tmsx-seed")).to_have_count(4)


def test_undo_and_redo_by_key_and_button(explorer: Explorer, page_of: Mounted) -> None:
    keyboard = page_of.page.keyboard
    slider(page_of, "Sparsity S").focus()
    for _ in range(5):
        keyboard.press("ArrowRight")
    until(page_of, lambda: explorer.density == 0.05)
    page_of.root.get_by_label("Model", exact=True).select_option("linear")
    until(page_of, lambda: explorer.architecture == "linear")
    keyboard.press("Control+z")
    until(page_of, lambda: explorer.architecture == "relu_output")
    keyboard.press("Control+z")
    until(page_of, lambda: explorer.density == 0.1)
    undo = page_of.root.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    keyboard.press("Control+Shift+z")
    until(page_of, lambda: explorer.density == 0.05)
    undo.click()
    until(page_of, lambda: explorer.density == 0.1)
    page_of.root.get_by_role("button", name="Redo").click()
    until(page_of, lambda: explorer.density == 0.05)
    page_of.root.get_by_role("button", name="Reset").click()
    until(page_of, lambda: explorer.density == 0.1)


def test_clicking_a_seed_shows_it(explorer: Explorer, page_of: Mounted) -> None:
    page_of.root.get_by_role("button", name="E4 S=0.9", exact=True).click()
    until(page_of, lambda: explorer.n_features == 20 and explorer._state["done"])
    expect(caption(page_of)).to_have_text(explorer.caption)
    seeds = page_of.root.locator(".tmsx-seed")
    best = explorer._state["best"]
    expect(seeds.nth(best)).to_contain_text("★")
    before = pictures(page_of)
    other = (best + 3) % 8
    seeds.nth(other).click()
    expect(seeds.nth(other)).to_have_attribute("aria-pressed", "true")
    expect(caption(page_of)).to_contain_text("one seed")
    assert explorer._state["instance"] == other
    assert pictures(page_of) != before


def test_play_moves_through_the_film_and_stops_at_its_end(explorer: Explorer, page_of: Mounted) -> None:
    last = len(explorer.run.frames) - 1
    page_of.root.get_by_label("Speed of playing").select_option("4")
    page_of.root.get_by_role("button", name="First frame").click()
    first = pictures(page_of)
    until(page_of, lambda: explorer.frame == 0)
    play = page_of.root.get_by_role("button", name="Play")
    play.click()
    expect(page_of.root.get_by_role("button", name="Pause")).to_be_visible()
    until(page_of, lambda: 0 < explorer.frame < last)
    until(page_of, lambda: explorer.frame == last)
    expect(play).to_be_visible()
    assert pictures(page_of) != first
    updates = [message["state"] for message in page_of.sent() if message["method"] == "update"]
    assert {name for state in updates for name in state} <= {"_ready", "frame", "hovered", "pinned"}, (
        "no film goes back"
    )
    assert len(updates) < 30


def test_space_plays_and_pauses_and_arrows_step(explorer: Explorer, page_of: Mounted) -> None:
    keyboard, last = page_of.page.keyboard, len(explorer.run.frames) - 1
    page_of.root.get_by_role("button", name="Reset").focus()
    keyboard.press("ArrowLeft")
    keyboard.press("ArrowLeft")
    until(page_of, lambda: explorer.frame == last - 2)
    keyboard.press("ArrowRight")
    until(page_of, lambda: explorer.frame == last - 1)
    keyboard.press("Home")
    until(page_of, lambda: explorer.frame == 0)
    slider(page_of, "Sparsity S").focus()
    keyboard.press("Space")
    until(page_of, lambda: explorer.frame > 3)
    keyboard.press("Space")
    expect(page_of.root.get_by_role("button", name="Play")).to_be_visible()
    page_of.page.wait_for_timeout(300)
    assert explorer.frame < last
    assert explorer.density == 0.1


def test_the_loss_curve_is_the_scrubber(explorer: Explorer, page_of: Mounted) -> None:
    curve = page_of.root.locator(".tmsx-loss canvas")
    box = curve.bounding_box()
    assert box is not None
    curve.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    until(page_of, lambda: 0 < explorer.frame < len(explorer.run.frames) - 1)
    step = int(explorer.run.frames.step[explorer.frame])
    expect(page_of.root.locator(".tmsx-where")).to_contain_text(f"step {step} of 1000")


def test_pointing_and_pinning_are_shared_by_the_views(explorer: Explorer, page_of: Mounted) -> None:
    matrix = page_of.root.locator(".tmsx-matrix canvas")
    geometry = page_of.root.locator(".tmsx-geometry canvas")
    plain = geometry.evaluate("one => one.toDataURL()")
    box = matrix.bounding_box()
    assert box is not None
    matrix.hover(position={"x": box["width"] * 0.4, "y": box["height"] * 0.5})
    until(page_of, lambda: explorer.hovered is not None)
    page_of.settle()
    assert geometry.evaluate("one => one.toDataURL()") != plain
    matrix.click(position={"x": box["width"] * 0.4, "y": box["height"] * 0.5})
    until(page_of, lambda: len(explorer.pinned) == 1)
    page_of.root.get_by_role("button", name="Reset").focus()
    page_of.page.keyboard.press("Escape")
    until(page_of, lambda: explorer.pinned == [])


def test_pins_of_features_that_are_gone_are_dropped(explorer: Explorer, page_of: Mounted) -> None:
    explorer.pinned = [1, 4]
    slider(page_of, "Features n").press("Home")
    until(page_of, lambda: explorer.n_features == 2)
    until(page_of, lambda: explorer.pinned == [1])


def test_python_moves_the_sliders(explorer: Explorer, page_of: Mounted) -> None:
    before = pictures(page_of)
    explorer.density = 0.0123
    expect(page_of.root.locator("output").first).to_have_text("0.9877")
    expect(caption(page_of)).to_have_text(explorer.caption)
    assert pictures(page_of) != before
    explorer.frame = 0
    expect(page_of.root.locator(".tmsx-where")).to_contain_text("step 0 of")
    page_of.root.get_by_role("button", name="Undo").click()
    until(page_of, lambda: explorer.density == 0.1)


def test_vectors_from_python_are_shown_as_such(explorer: Explorer, page_of: Mounted) -> None:
    explorer.problem = explorer.problem.replace(density=[0.1, 0.2, 0.3, 0.4, 0.5])
    expect(page_of.root.locator("output").first).to_have_text("mixed")
    expect(page_of.root.locator(".tmsx-words").first).to_contain_text("from 0.1 to 0.5")
    slider(page_of, "Importance decay r").press("End")
    until(page_of, lambda: explorer.importance == 1)
    assert explorer.density == (0.1, 0.2, 0.3, 0.4, 0.5)


def test_two_views_of_one_instrument_agree(explorer: Explorer, page_of: Mounted) -> None:
    page_of.view(explorer, 1264)
    expect(caption(page_of, 1)).to_have_text(explorer.caption)
    assert pictures(page_of, 1) == pictures(page_of, 0)
    slider(page_of, "Sparsity S").press("Home")
    until(page_of, lambda: explorer.density == 1.0)
    expect(caption(page_of, 0)).to_have_text(explorer.caption)
    expect(caption(page_of, 1)).to_have_text(explorer.caption)
    page_of.dispose(0)
    page_of.view(explorer, 1264)
    expect(caption(page_of, 1)).to_have_text(explorer.caption)
    assert pictures(page_of, 1) == pictures(page_of, 0), "a view that comes late draws the newest film"


def test_disposing_a_view_leaves_no_listeners(explorer: Explorer, page_of: Mounted) -> None:
    before = page_of.listeners()
    for _ in range(3):
        page_of.view(explorer, 600)
        page_of.dispose(1)
    assert page_of.listeners() == before


def test_errors_are_words_in_the_widget(
    explorer: Explorer, page_of: Mounted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMS_MAX_BYTES", "60000")
    before, words = pictures(page_of), explorer.caption
    page_of.root.get_by_role("button", name="E5 S=0.9", exact=True).click()
    notice = page_of.root.get_by_role("alert").filter(has_text="memory")
    expect(notice).to_be_visible()
    expect(caption(page_of)).to_have_text(words)
    assert pictures(page_of) == before, "the last good picture stays"
    assert explorer.n_features == 5
    monkeypatch.delenv("TMS_MAX_BYTES")
    page_of.root.get_by_role("button", name="Undo").click()
    expect(notice).to_be_hidden()


def test_a_kernel_that_does_not_answer_is_named(explorer: Explorer, page_of: Mounted) -> None:
    before = pictures(page_of)
    page_of.page.evaluate("() => { window.revived = window.kernel; window.kernel = undefined; }")
    slider(page_of, "Sparsity S").press("Home")
    notice = page_of.root.get_by_role("alert").filter(has_text="does not answer")
    page_of.page.wait_for_timeout(2000)
    expect(notice).to_be_hidden()
    expect(notice).to_be_visible(timeout=5000)
    expect(notice).to_contain_text("run this cell again")
    assert pictures(page_of) == before
    page_of.page.evaluate("() => { window.kernel = window.revived; }")
    slider(page_of, "Sparsity S").press("ArrowRight")
    until(page_of, lambda: explorer.density == 0.95)
    expect(notice).to_be_hidden()


def test_a_long_training_shows_its_progress_and_can_be_stopped(mount: Mount) -> None:
    explorer = Explorer(SLOW, n_seeds=4)
    shown = mount(explorer, **WIDE)
    cancel = shown.root.get_by_role("button", name="Cancel")
    cancel.click()
    resume = shown.root.get_by_role("button", name="Go on")
    expect(resume).to_be_visible()
    expect(shown.root.locator(".tmsx-progress-text")).to_contain_text("stopped at")
    shown.page.wait_for_timeout(800)
    asked = len(requests(shown))
    progress = explorer._state["progress"]
    assert progress < 1
    shown.page.wait_for_timeout(500)
    assert len(requests(shown)) == asked
    resume.click()
    until(shown, lambda: explorer._state["progress"] > progress)
    explorer.close()


def test_nobody_looking_means_nobody_asking(mount: Mount) -> None:
    explorer = Explorer(SLOW, n_seeds=4)
    shown = mount(explorer, **WIDE)
    until(shown, lambda: len(requests(shown, "continue")) >= 2)
    hide = """hidden => {
        const value = hidden ? "hidden" : "visible";
        Object.defineProperty(document, "visibilityState", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    shown.page.evaluate(hide, True)
    shown.page.wait_for_timeout(800)
    asked = len(requests(shown))
    shown.page.wait_for_timeout(500)
    assert len(requests(shown)) == asked, "a hidden tab asks for nothing"
    shown.page.evaluate(hide, False)
    until(shown, lambda: len(requests(shown)) > asked)
    shown.dispose()
    shown.page.wait_for_timeout(800)
    asked = len(requests(shown))
    shown.page.wait_for_timeout(500)
    assert len(requests(shown)) == asked, "a view that is gone asks for nothing"
    assert not explorer._state["done"]
    explorer.close()


def test_help_opens_and_closes_by_key(page_of: Mounted) -> None:
    reset = page_of.root.get_by_role("button", name="Reset")
    dialog = page_of.root.get_by_role("dialog")
    reset.focus()
    page_of.page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Space")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page_of.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(reset).to_be_focused()


def test_every_control_has_a_name_a_hint_and_its_keys(page_of: Mounted) -> None:
    controls = page_of.root.locator("button, input, select")
    assert controls.count() > 25
    for facts in controls.evaluate_all(
        """all => all.map((one) => ({
            name: one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent.trim(),
            title: one.title, suppress: one.getAttribute("data-lm-suppress-shortcuts"), html: one.outerHTML,
        }))"""
    ):
        assert facts["name"], facts["html"]
        assert facts["title"], facts["html"]
        assert facts["suppress"] == "true", facts["html"]
    live = caption(page_of)
    assert live.get_attribute("aria-live") == "polite"


def test_focus_can_be_seen(page_of: Mounted) -> None:
    page_of.root.get_by_role("button", name="Reset").focus()
    page_of.page.keyboard.press("Tab")
    focused = page_of.page.locator(":focus-visible")
    assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


@pytest.mark.parametrize("preset", ["E28", "E5 S=0.99", "E15", "E19"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("zoom", [1, 2])
def test_nothing_is_wider_than_the_page(mount: Mount, preset: str, size: dict[str, Any], zoom: int) -> None:
    explorer = Explorer(preset=preset, n_seeds=4)
    width, viewport = size["width"] // zoom, {key: value // zoom for key, value in size["viewport"].items()}
    if zoom == 2 and size is NARROW:
        width, viewport = 304, {"width": 320, "height": 480}  # the narrowest page that has to work
    shown = mount(explorer, width=width, viewport=viewport, device_scale_factor=zoom)
    page_width = shown.page.evaluate("() => document.documentElement.scrollWidth")
    assert page_width <= viewport["width"]
    overflowing = shown.root.locator("button, output, p, h3, canvas, select, .tmsx-words").evaluate_all(
        """(all, right) => all.filter((one) => one.getBoundingClientRect().right > right + 1)
            .map((one) => one.outerHTML)""",
        viewport["width"],
    )
    assert overflowing == []
    explorer.close()


@pytest.mark.parametrize("buffers", ["DataView", "Uint8Array"])
def test_replies_of_both_kinds_of_notebook_are_read(explorer: Explorer, mount: Mount, buffers: str) -> None:
    shown = mount(explorer, buffers=buffers, **WIDE)
    slider(shown, "Sparsity S").press("Home")
    until(shown, lambda: explorer.density == 1.0)
    expect(caption(shown)).to_have_text(explorer.caption)


def test_reduced_motion_shows_the_trained_model_at_once(explorer: Explorer, mount: Mount) -> None:
    shown = mount(explorer, reduced_motion="reduce", **WIDE)
    slider(shown, "Sparsity S").press("Home")
    until(shown, lambda: explorer.density == 1.0)
    expect(caption(shown)).to_have_text(explorer.caption)
    expect(shown.root.locator(".tmsx-where")).to_contain_text("step 1000 of 1000")
    expect(shown.root.get_by_role("button", name="Play")).to_be_visible()
