"""The four views as a reader meets them: pointing, keys, names, sizes, themes, lives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator

from tms_widgets import FeatureGeometry, FeatureGraph, LossCurve, Selection, StackPlot, WeightMatrix
from tms_widgets.widgets.film import Film, film_of

from .conftest import Mount
from .host import Mounted

VIEWS = [FeatureGeometry, LossCurve, StackPlot, WeightMatrix]
OF_FEATURES = [FeatureGeometry, StackPlot, WeightMatrix]
ANGLES = 2 * np.pi * np.arange(5) / 5
PENTAGON = np.stack([np.cos(ANGLES), np.sin(ANGLES)])


def film(m: int = 2, n: int = 5, frames: int = 6) -> Film:
    """A film that grows from nothing to its last frame."""
    W = PENTAGON if (m, n) == (2, 5) else np.random.default_rng(1).normal(size=(m, n)) / math.sqrt(m)
    still = film_of((W, -0.1 * np.ones(n)))
    growth = np.linspace(0.1, 1, frames)
    return Film(
        W=(growth[:, None, None] * still.W[0]).astype(np.float32),
        b=np.repeat(still.b, frames, 0),
        W_out=None,
        steps=tuple(10**k for k in range(frames)),
        losses=tuple(float(x) for x in np.geomspace(1, 0.01, frames)),
        architecture="relu_output",
        importance=still.importance,
        density=still.density,
        caption=still.caption,
    )


def canvas(mounted: Mounted, index: int = 0) -> Locator:
    return mounted.roots.nth(index).locator("canvas")


def pixels(mounted: Mounted, index: int = 0) -> list[int]:
    """How many pixels of the canvas are painted, and a checksum of them."""
    return canvas(mounted, index).evaluate(
        """c => {
          const data = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
          let painted = 0, sum = 0;
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3]) painted++;
            sum = (sum * 31 + data[i] + 7 * data[i + 1] + 49 * data[i + 2] + 343 * data[i + 3]) % 1000003;
          }
          return [painted, sum];
        }"""
    )


def tip_of(width: float, i: int) -> tuple[float, float]:
    """Where the tip of pentagon vertex i is drawn."""
    radius = min(width, 440) / 2 - 18
    height = min(width, 440)
    return width / 2 + radius * math.cos(ANGLES[i]), height / 2 - radius * math.sin(ANGLES[i])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [160, 600])
def test_a_view_draws_fits_and_names_itself(mount: Mount, view: Any, width: int) -> None:
    mounted = mount(view(film()), width=width)
    box = canvas(mounted).bounding_box()
    assert box is not None
    assert width - 12 <= box["width"] <= width
    assert pixels(mounted)[0] > 300
    overflow = mounted.root.evaluate("el => el.scrollWidth - el.clientWidth")
    assert overflow == 0
    figure = mounted.root.get_by_role("figure")
    assert figure.get_attribute("aria-label")
    caption = mounted.root.locator("figcaption")
    assert canvas(mounted).get_attribute("aria-describedby") == caption.get_attribute("id")
    assert caption.inner_text().endswith(".")
    assert canvas(mounted).get_attribute("data-lm-suppress-shortcuts") == "true"


@pytest.mark.parametrize("view", VIEWS)
def test_the_canvas_is_as_sharp_as_the_screen(mount: Mount, view: Any) -> None:
    mounted = mount(view(film()), width=300, device_scale_factor=2)
    assert canvas(mounted).evaluate("c => c.width / c.clientWidth") == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_follows_the_width_of_its_cell(mount: Mount, view: Any) -> None:
    mounted = mount(view(film()), width=500)
    mounted.root.evaluate("el => { el.style.width = '220px' }")
    mounted.settle()
    assert canvas(mounted).evaluate("c => c.width") <= 220
    assert pixels(mounted)[0] > 300


@pytest.mark.parametrize("view", VIEWS)
def test_a_frame_set_in_python_is_drawn(mount: Mount, view: Any) -> None:
    widget = view(film())
    mounted = mount(widget)
    before = pixels(mounted)
    widget.frame = 1
    mounted.settle()
    assert pixels(mounted) != before


@pytest.mark.parametrize("view", VIEWS)
def test_another_source_is_drawn_and_a_broken_film_is_a_sentence(mount: Mount, view: Any) -> None:
    widget = view(film())
    mounted = mount(widget)
    before = pixels(mounted)
    widget.show(film(m=3, n=7, frames=4))
    mounted.settle()
    assert pixels(mounted) != before
    good = pixels(mounted)
    widget._film = b"1234"
    mounted.settle()
    assert "1 values do not make 4 frames" in mounted.root.get_by_role("alert").inner_text()
    assert pixels(mounted) == good, "the last good picture stays"


def test_an_error_of_the_kernel_is_shown(mount: Mount) -> None:
    widget = WeightMatrix(film())
    mounted = mount(widget)
    widget.error = "n_features=0 is outside 1 to 100."
    assert mounted.root.get_by_role("alert").inner_text() == widget.error
    widget.error = ""
    assert mounted.root.get_by_role("alert").count() == 0, "an empty line takes no room"


@pytest.mark.parametrize("buffers", ["DataView", "Uint8Array"])
def test_both_kinds_of_binary_traits_are_read(mount: Mount, buffers: str) -> None:
    mounted = mount(StackPlot(film()), buffers=buffers)
    assert pixels(mounted)[0] > 300


def test_pointing_previews_clicking_pins_and_leaving_ends_it(mount: Mount) -> None:
    widget = FeatureGeometry(film())
    mounted = mount(widget, width=300)
    target = canvas(mounted)
    width = target.evaluate("c => c.clientWidth")
    for feature in (0, 3):
        x, y = tip_of(width, feature)
        target.hover(position={"x": x, "y": y})
        mounted.settle()
        assert widget.hovered == feature
        assert f"feature {feature}: ‖W{feature}‖ = 1" in mounted.root.locator(".tms-tip").inner_text()
    x, y = tip_of(width, 3)
    target.click(position={"x": x, "y": y})
    mounted.settle()
    assert widget.pinned == [3]
    target.click(position={"x": x, "y": y})
    mounted.settle()
    assert widget.pinned == []
    mounted.page.mouse.move(700, 500)
    mounted.settle()
    assert widget.hovered is None
    assert not mounted.root.locator(".tms-tip").is_visible()


def test_a_cell_of_the_matrix_says_what_it_is(mount: Mount) -> None:
    widget = WeightMatrix(film())
    mounted = mount(widget, width=300)
    box = canvas(mounted).bounding_box()
    assert box is not None
    cell = (box["width"] - 22 - 8 - 2) / 6
    canvas(mounted).hover(position={"x": 22 + 2.5 * cell, "y": 22 + 0.5 * cell})
    mounted.settle()
    assert mounted.root.locator(".tms-tip").inner_text() == "(WᵀW)0,2 = −0.81"
    assert widget.hovered == 0
    canvas(mounted).hover(position={"x": 22 + 5.5 * cell + 8, "y": 22 + 4.5 * cell})
    mounted.settle()
    assert mounted.root.locator(".tms-tip").inner_text() == "b4 = −0.10"


@pytest.mark.parametrize("view", OF_FEATURES)
def test_keys_walk_pin_and_clear(mount: Mount, view: Any) -> None:
    widget = view(film())
    mounted = mount(widget)
    canvas(mounted).focus()
    said = mounted.root.locator("[aria-live]")
    for key, hovered in [
        ("ArrowRight", 0),
        ("ArrowRight", 1),
        ("ArrowLeft", 0),
        ("End", 4),
        ("ArrowDown", 4),
    ]:
        mounted.page.keyboard.press(key)
        mounted.settle()
        assert widget.hovered == hovered, key
        assert said.text_content() is not None
        assert said.inner_text().startswith(f"feature {hovered}: ")
    mounted.page.keyboard.press("Enter")
    mounted.page.keyboard.press("Home")
    mounted.page.keyboard.press(" ")
    mounted.settle()
    assert widget.pinned == [4, 0]
    mounted.page.keyboard.press("Escape")
    mounted.settle()
    assert (widget.hovered, widget.pinned) == (None, [])


@pytest.mark.parametrize("view", OF_FEATURES)
def test_what_is_selected_looks_selected(mount: Mount, view: Any) -> None:
    widget = view(film())
    mounted = mount(widget)
    plain = pixels(mounted)
    widget.pinned = [1]
    mounted.settle()
    pinned = pixels(mounted)
    widget.hovered = 3
    mounted.settle()
    assert len({tuple(plain), tuple(pinned), tuple(pixels(mounted))}) == 3
    widget.hovered, widget.pinned = 77, [99]
    mounted.settle()
    assert pixels(mounted) == plain, "features of another film are ignored"


def test_hover_in_one_highlights_in_all(mount: Mount) -> None:
    selection = Selection()
    geometry = FeatureGeometry(film(), selection=selection)
    matrix = WeightMatrix(film(), selection=selection)
    mounted = mount(geometry, matrix, width=300)
    before = pixels(mounted, 1)
    x, y = tip_of(canvas(mounted).evaluate("c => c.clientWidth"), 2)
    canvas(mounted).hover(position={"x": x, "y": y})
    mounted.settle()
    assert (geometry.hovered, selection.hovered, matrix.hovered) == (2, 2, 2)
    assert pixels(mounted, 1) != before
    selection.pinned = [4]
    mounted.settle()
    assert mounted.get("pinned", matrix) == mounted.get("pinned", geometry) == [4]


def test_the_loss_curve_is_a_slider(mount: Mount) -> None:
    widget = LossCurve(film())
    mounted = mount(widget)
    slider = mounted.root.get_by_role("slider", name="Training step")
    assert slider.get_attribute("aria-valuemin") == "0"
    assert slider.get_attribute("aria-valuemax") == "5"
    assert slider.get_attribute("aria-valuenow") == "5"
    slider.focus()
    for key, frame in [
        ("ArrowLeft", 4),
        ("ArrowDown", 3),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("PageUp", 2),
        ("End", 5),
    ]:
        mounted.page.keyboard.press(key)
        mounted.settle()
        assert widget.frame == frame, key
        assert slider.get_attribute("aria-valuenow") == str(frame)
    assert slider.get_attribute("aria-valuetext") == "step 100000, loss 0.01"
    assert widget.value == 100_000


def test_dragging_along_the_loss_moves_through_training(mount: Mount) -> None:
    widget = LossCurve(film())
    mounted = mount(widget, width=400)
    box = canvas(mounted).bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    mounted.page.mouse.move(box["x"] + 60, middle)
    mounted.settle()
    assert widget.frame == 5, "pointing alone only previews"
    assert mounted.root.locator(".tms-tip").inner_text().startswith("step 1, loss 1")
    mounted.page.mouse.down()
    mounted.settle()
    assert widget.frame == 0
    mounted.page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=5)
    mounted.settle()
    assert 2 <= widget.frame <= 4
    mounted.page.mouse.move(box["x"] + box["width"] + 80, middle)
    mounted.settle()
    assert widget.frame == 5, "a drag goes on outside the picture"
    mounted.page.mouse.up()
    mounted.page.mouse.move(box["x"] + 60, middle)
    mounted.settle()
    assert widget.frame == 5


def test_one_frame_leaves_nothing_to_move_through(mount: Mount) -> None:
    widget = LossCurve(PENTAGON)
    mounted = mount(widget)
    slider = mounted.root.get_by_role("slider")
    assert slider.get_attribute("aria-disabled") == "true"
    slider.press("ArrowLeft")
    assert widget.frame == 0
    assert "nothing was recorded" in mounted.root.locator("figcaption").inner_text()


def test_three_dimensions_turn_by_drag_and_keys_and_a_drag_pins_nothing(mount: Mount) -> None:
    widget = FeatureGeometry(film(m=3, n=6))
    mounted = mount(widget, width=300)
    seen = [pixels(mounted)]
    box = canvas(mounted).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mounted.page.mouse.move(x, y)
    mounted.page.mouse.down()
    mounted.page.mouse.move(x + 50, y + 20, steps=4)
    mounted.page.mouse.up()
    mounted.page.mouse.move(700, 500)
    mounted.settle()
    seen.append(pixels(mounted))
    assert widget.pinned == []
    canvas(mounted).focus()
    mounted.page.keyboard.press("Shift+ArrowLeft")
    mounted.settle()
    seen.append(pixels(mounted))
    assert len({tuple(item) for item in seen}) == 3
    assert widget.hovered is None


@pytest.mark.parametrize(
    ("m", "words"), [(1, "one hidden dimension"), (2, "m = 2"), (3, "unit sphere"), (5, "A projection")]
)
def test_the_geometry_says_what_is_drawn(mount: Mount, m: int, words: str) -> None:
    mounted = mount(FeatureGeometry(film(m=m, n=6)), width=160)
    assert words in mounted.root.locator("figcaption").inner_text()
    assert pixels(mounted)[0] > 300


def test_legends_name_their_formula_and_their_ends(mount: Mount) -> None:
    mounted = mount(StackPlot(film()), WeightMatrix(film()))
    bars, matrix = (mounted.roots.nth(k).locator(".tms-legend").inner_text() for k in range(2))
    assert "interference Σj≠i(Ŵi·Wj)²" in bars
    assert "above 1" in bars
    assert "−1" in matrix
    assert "+1" in matrix


@pytest.mark.parametrize("view", VIEWS)
def test_a_theme_switched_while_shown_is_followed(mount: Mount, view: Any) -> None:
    mounted = mount(view(film()), theme="light")
    light = pixels(mounted)
    mounted.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    mounted.settle()
    dark = pixels(mounted)
    assert light != dark
    paper, ink = mounted.root.locator(".tms").evaluate(
        "el => [getComputedStyle(el).backgroundColor, getComputedStyle(el).color]"
    )
    assert (paper, ink) == ("rgb(17, 17, 17)", "rgb(255, 255, 255)")


def test_a_page_without_a_theme_follows_the_system(mount: Mount) -> None:
    dark = mount(StackPlot(film()), theme="none", color_scheme="dark")
    light = mount(StackPlot(film()), theme="none", color_scheme="light")
    papers = [
        m.root.locator(".tms").evaluate("el => getComputedStyle(el).backgroundColor") for m in (dark, light)
    ]
    assert papers == ["rgb(28, 31, 36)", "rgb(255, 255, 255)"]


@pytest.mark.parametrize("view", VIEWS)
def test_high_contrast_still_shows_the_picture(mount: Mount, view: Any) -> None:
    mounted = mount(view(film()), theme="none", forced_colors="active")
    assert pixels(mounted)[0] > 300


@pytest.mark.parametrize("view", VIEWS)
def test_two_views_of_one_model_agree_and_end_apart(mount: Mount, view: Any) -> None:
    widget = view(film())
    mounted = mount(widget, width=300)
    mounted.view(widget, 300)
    widget.frame = 2
    mounted.settle()
    assert pixels(mounted, 0) == pixels(mounted, 1)
    both = mounted.listeners()
    mounted.dispose(0)
    assert mounted.listeners() == both / 2
    before = pixels(mounted, 0)
    widget.frame = 4
    mounted.settle()
    assert pixels(mounted, 0) != before
    mounted.dispose(0)
    assert mounted.listeners() == 0


@pytest.mark.parametrize("view", [*OF_FEATURES, FeatureGraph])
def test_a_view_that_is_gone_says_nothing(mount: Mount, view: Any) -> None:
    """Its picture has the focus, which it loses as it goes; there may be no kernel left to tell."""
    shown = mount(view(PENTAGON))
    shown.root.locator("canvas").first.press("ArrowRight")
    shown.settle()
    assert shown.get("hovered") == 0
    shown.dispose()
    shown.settle()
    assert shown.get("hovered") == 0


def test_a_view_mounted_late_shows_the_present(mount: Mount) -> None:
    widget = LossCurve(film())
    widget.frame = 2
    mounted = mount(widget)
    assert mounted.root.get_by_role("slider").get_attribute("aria-valuenow") == "2"


def test_many_updates_are_drawn_once_a_frame(mount: Mount) -> None:
    mounted = mount(WeightMatrix(film()))
    drawn = mounted.page.evaluate(
        """() => new Promise(done => {
          let count = 0;
          const context = document.querySelector("canvas").getContext("2d");
          const clear = context.clearRect;
          context.clearRect = function (...box) { count++; clear.apply(this, box); };
          const model = Object.values(host.models)[0];
          for (let k = 0; k < 50; k++) model.set("frame", k % 6);
          setTimeout(() => done(count), 200);
        })"""
    )
    assert 1 <= drawn <= 2
