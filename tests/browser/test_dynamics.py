"""Learning dynamics as a reader meets them: one frame in all pictures, playing, pointing, keys, themes."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets.widgets.film import Film, film_of
from tms_widgets.widgets.volume_bar import VolumeBar

from .conftest import Mount
from .host import Mounted
from .pictures import assert_as_kept, picture_of

NO_WEBGL = """(() => {
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...rest);
  };
})()"""
"""Takes WebGL from a page."""


@pytest.fixture(scope="module")
def run() -> tms.Run:
    problem = tms.Problem(6, 3, density=0.1, features="correlated", set_size=3)
    seed = random.SystemRandom().randrange(10**6)
    return tms.train(
        problem, n_seeds=2, seed=seed, init=0.02, learning_rate=1e-3, decay="none", steps=4000, n_frames=80
    )


def all_pixels(mounted: Mounted) -> list[Any]:
    count = mounted.root.locator("canvas").count()
    return [canvas_pixels(mounted, k) for k in range(count)]


def canvas_pixels(mounted: Mounted, k: int) -> Any:
    return mounted.root.locator("canvas").nth(k).evaluate("c => c.toDataURL()")


@pytest.mark.parametrize("width", [360, 1000])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_three_pictures_fit_and_follow_one_frame(mount: Mount, run: tms.Run, width: int, theme: str) -> None:
    widget = tms.Dynamics(run)
    mounted = mount(widget, width=width, theme=theme)
    assert mounted.root.locator("canvas").count() == 3
    assert mounted.root.evaluate("el => el.scrollWidth - el.clientWidth") == 0
    before = all_pixels(mounted)
    widget.frame = 20
    mounted.settle()
    after = all_pixels(mounted)
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert f"step {widget.value} of" in mounted.root.locator(".tmsx-where").inner_text()
    assert mounted.root.get_by_role("slider").get_attribute("aria-valuenow") == "20"
    widget.close()


def test_the_curves_share_their_steps(mount: Mount, run: tms.Run) -> None:
    mounted = mount(tms.Dynamics(run), width=1000)
    boxes = [mounted.root.locator("canvas").nth(k).bounding_box() for k in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["x"], boxes[0]["width"]) == (boxes[1]["x"], boxes[1]["width"])
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]


def test_it_plays_to_the_end_without_a_kernel_and_pauses_when_scrubbed(mount: Mount, run: tms.Run) -> None:
    widget = tms.Dynamics(run, frame=0)
    mounted = mount(widget, width=800)
    play = mounted.root.get_by_role("button", name="Play the training")
    mounted.page.evaluate("delete window.kernel")
    mounted.page.evaluate("window.kernel = undefined")
    play.click()
    mounted.page.wait_for_timeout(400)
    assert 0 < mounted.get("frame") < len(widget.film) - 1
    mounted.root.get_by_role("slider").press("Home")
    mounted.settle()
    mounted.page.wait_for_timeout(200)
    assert mounted.get("frame") == 0
    assert mounted.root.get_by_role("button", name="Play the training").count() == 1
    mounted.root.get_by_role("combobox").select_option("4")
    mounted.root.get_by_role("slider").press("Space")
    last = len(widget.film) - 1
    mounted.page.wait_for_function(
        "([id, last]) => host.models[id].get('frame') === last", arg=[widget.model_id, last]
    )
    mounted.settle()
    assert mounted.root.get_by_role("button", name="Play the training").count() == 1


def test_dragging_across_the_lines_scrubs_and_a_click_pins(mount: Mount, run: tms.Run) -> None:
    widget = tms.Dynamics(run)
    mounted = mount(widget, width=800)
    lines = mounted.root.locator("canvas").first
    box = lines.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    mounted.page.mouse.move(box["x"] + box["width"] - 20, y)
    mounted.page.mouse.down()
    mounted.page.mouse.move(box["x"] + box["width"] / 2, y, steps=5)
    mounted.page.mouse.up()
    mounted.settle()
    assert 5 < widget.frame < len(widget.film) - 5
    assert widget.pinned == []
    D = widget.dimensionality[-1]
    height = box["height"] - 8
    top = 16 if widget.jumps else 6
    place = {"x": box["width"] - 11, "y": height - float(D[2]) * (height - top) * 0.97}
    lines.hover(position=place)
    mounted.settle()
    assert widget.hovered is not None
    assert abs(D[widget.hovered] - D[2]) < 0.02
    note = mounted.root.locator(".tms-tip:visible").inner_text()
    assert note.startswith(f"feature {widget.hovered} at step")
    lines.click(position=place)
    assert widget.pinned == [widget.hovered]


def test_keys_walk_features_and_escape_clears(mount: Mount, run: tms.Run) -> None:
    widget = tms.Dynamics(run)
    mounted = mount(widget, width=800)
    lines = mounted.root.locator("canvas").first
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        lines.press(key)
    assert (widget.hovered, widget.pinned) == (1, [1])
    lines.press("Escape")
    assert (widget.hovered, widget.pinned) == (None, [])
    first = mounted.root.get_by_role("button", name="One frame back")
    first.press("ArrowLeft")
    mounted.settle()
    assert widget.frame == len(widget.film) - 2


def test_many_features_step_back_until_they_are_chosen(mount: Mount) -> None:
    run = tms.train(tms.Problem(32, 8, density=0.1), n_seeds=1, seed=3, steps=300, n_frames=30)
    widget = tms.Dynamics(run)
    mounted = mount(widget, width=800)
    before = canvas_pixels(mounted, 0)
    widget.pinned = [7]
    mounted.settle()
    assert canvas_pixels(mounted, 0) != before


def test_a_view_that_goes_leaves_nothing(mount: Mount, run: tms.Run) -> None:
    widget = tms.Dynamics(run, frame=0)
    mounted = mount(widget, width=800)
    mounted.root.get_by_role("button", name="Play the training").click()
    mounted.dispose()
    mounted.page.wait_for_timeout(150)
    assert mounted.listeners() == 0
    frame = mounted.get("frame")
    mounted.page.wait_for_timeout(200)
    assert mounted.get("frame") == frame


def test_without_webgl_words_and_a_canvas_take_the_figures_place(mount: Mount, run: tms.Run) -> None:
    bar = VolumeBar(tms.Dynamics(run).film)
    mounted = mount(bar, width=700)
    mounted.dispose()
    mounted.page.evaluate(NO_WEBGL)
    mounted.view(bar, 700)
    assert bar.webgl is False
    assert "no WebGL" in mounted.root.get_by_role("status").inner_text()
    assert mounted.root.locator("canvas").count() == 2
    before = canvas_pixels(mounted, 0)
    mounted.root.get_by_role("slider").press("Home")
    mounted.settle()
    assert bar.frame == 0
    assert canvas_pixels(mounted, 0) != before
    chip = mounted.root.get_by_role("button", name="Feature 3")
    chip.click()
    assert bar.pinned == [3]
    assert chip.get_attribute("aria-pressed") == "true"


def test_the_bar_hands_the_page_s_colour_on(mount: Mount, run: tms.Run) -> None:
    bar = VolumeBar(tms.Dynamics(run).film)
    mounted = mount(bar, width=700, theme="dark")
    assert bar._style["background-color"] == "#111"
    mounted.page.evaluate("document.body.dataset.jpThemeLight = true")
    mounted.settle()
    assert bar._style["background-color"] == "#fff"


def forming() -> Film:
    """Two sets of three features that lie together, and part at frame 40 to become an octahedron."""
    ends = np.concatenate([np.eye(3), -np.eye(3)])
    together = np.repeat([[1.0], [-1.0]], 3, axis=0) * np.ones(3) / np.sqrt(3)
    frame = np.arange(60)
    growth, parting = 1 / (1 + np.exp((20 - frame) / 2)), 1 / (1 + np.exp(40 - frame))
    W = together + parting[:, None, None] * (ends - together)
    W *= (0.05 + 0.95 * growth[:, None, None]) / np.linalg.norm(W, axis=2, keepdims=True)
    still = film_of((ends.T, np.zeros(6)))
    return Film(
        W=W.transpose(0, 2, 1).astype(np.float32), b=np.repeat(still.b, 60, 0), W_out=None,
        steps=tuple(int(step) for step in np.unique(np.geomspace(20, 8000, 60).astype(int))),
        losses=tuple(0.2 - 0.15 * growth - 0.04 * parting), architecture="relu_output",
        importance=still.importance, density=still.density, caption=still.caption,
        features="correlated", set_size=3,
    )  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dynamics_look_as_they_did(mount: Mount, theme: str) -> None:
    """After a change that is meant to be seen: look, and keep, as `test_reference` says."""
    window = {"width": 1016, "height": 800}
    new = picture_of(mount(tms.Dynamics(forming(), frame=42), width=1000, theme=theme, viewport=window))
    assert_as_kept(new, f"dynamics-{theme}-1000.png")
