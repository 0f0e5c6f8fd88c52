"""Stacks and graphs of neurons as a reader meets them: pointing, keys, choices, frames, themes, looks.

After a change that is meant to be seen, look at the new pictures and keep them:
``TMS_KEEP_PICTURES=1 .venv/bin/python -m pytest tests/browser -k look``.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator

from tms_widgets import NeuronGraph, Selection, StackPlot
from tms_widgets.widgets.film import Film, film_of

from .conftest import Mount
from .host import Mounted
from .pictures import assert_as_kept, picture_of

TIED = np.array([
    [1.0, 0.03, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02],
    [0.0, 0.95, 0.0, 0.6, 0.0, -0.5, 0.0, 0.0],
    [0.0, -0.4, 0.9, 0.0, 0.7, 0.0, 0.45, 0.0],
    [0.02, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.05],
])  # fmt: skip
"""Neuron 0 is for feature 0 alone, neuron 1 for 1 and 3, neuron 2 for 2, 4 and 6, neuron 3 is dead."""
ABSOLUTE = np.vstack([np.eye(3), -np.eye(3)])
UNTIED = (ABSOLUTE, np.zeros(3), np.abs(ABSOLUTE.T))


def large() -> tuple[np.ndarray, ...]:
    """100 features in 40 neurons: the first 15 on pairs of their own, the others anywhere."""
    rng = np.random.default_rng(5)
    W = np.where(rng.random((40, 100)) < 0.12, rng.normal(size=(40, 100)) * 0.4, 0.0)
    W_out = np.where(rng.random((100, 40)) < 0.1, rng.normal(size=(100, 40)) * 0.3, 0.0)
    for i in range(15):
        W[2 * i : 2 * i + 2] = np.outer([1.0, -1.0], np.eye(100)[i])
        W_out[i, 2 * i : 2 * i + 2] = 1.0
    return W, np.zeros(100), W_out


def stacks(source: Any, **traits: Any) -> StackPlot:
    return StackPlot(source, by="neuron", **traits)


VIEWS = pytest.mark.parametrize("view", [stacks, NeuronGraph], ids=["stacks", "graph"])


def growing() -> Film:
    """A film in which neuron 0 comes to stand for three features."""
    film = film_of(TIED, keep_basis=True)
    W = np.stack([TIED, TIED]).astype(np.float32)
    W[1, 0, :4] = [1, 0.8, 0.7, 0]
    return dataclasses.replace(film, W=W, b=np.repeat(film.b, 2, 0), steps=(0, 10))


def canvas(mounted: Mounted, index: int = 0) -> Locator:
    return mounted.roots.nth(index).locator("canvas")


def picture(mounted: Mounted, index: int = 0) -> str:
    mounted.settle()
    return canvas(mounted, index).evaluate("c => c.toDataURL()")


def tip(mounted: Mounted) -> str:
    mounted.settle()
    return mounted.root.locator(".tms-tip").inner_text()


def said(mounted: Mounted) -> str:
    mounted.settle()
    return mounted.root.locator("[aria-live]").inner_text()


def caption(mounted: Mounted) -> str:
    mounted.settle()
    return mounted.root.locator("figcaption").inner_text()


def press(mounted: Mounted, *keys: str) -> None:
    for key in keys:
        mounted.page.keyboard.press(key)
        mounted.settle()


def column(mounted: Mounted, place: int, m: int = 4) -> float:
    """The middle of a column of the stacks."""
    width = canvas(mounted).evaluate("c => c.clientWidth")
    return 56 + (width - 56 - 6) * (place + 0.5) / m


def node(mounted: Mounted, kind: str, place: int, n: int, m: int) -> tuple[float, float]:
    """The middle of a node of the graph, by its place from the top."""
    width, height = canvas(mounted).evaluate("c => [c.clientWidth, c.clientHeight]")
    x = {"feature": 34, "neuron": width / 2, "output": width - 34}[kind]
    return x, 22 + (height - 28) * (place + 0.5) / (m if kind == "neuron" else n)


def between(mounted: Mounted, kind: str, feature: int, place: int, n: int, m: int) -> int:
    """How opaque the graph is in the middle of the line between a feature, or output, and a neuron."""
    (x0, y0), (x1, y1) = node(mounted, kind, feature, n, m), node(mounted, "neuron", place, n, m)
    side = 1 if kind == "feature" else -1
    x = (x0 + side * 6 + x1 - side * 10) / 2  # lines go from rim to rim
    at = [round(x), round((y0 + y1) / 2)]
    return canvas(mounted).evaluate("(c, [x, y]) => c.getContext('2d').getImageData(x, y, 1, 1).data[3]", at)


@VIEWS
@pytest.mark.parametrize("source", [TIED, UNTIED], ids=["tied", "untied"])
@pytest.mark.parametrize("width", [160, 600])
def test_a_view_fits_and_names_itself(mount: Mount, view: Any, source: Any, width: int) -> None:
    mounted = mount(view(source), width=width)
    overflow = mounted.root.evaluate("el => el.scrollWidth - el.clientWidth")
    assert overflow == 0
    assert canvas(mounted).get_attribute("role") == "application"
    assert "neurons monosemantic" in caption(mounted)
    assert caption(mounted).endswith(".")
    legend = mounted.root.locator(".tms-legend").inner_text()
    assert {"monosemantic", "polysemantic", "dead"} <= set(legend.split())
    formula = "(Ŵi·Wj)²" if source is TIED else "gij+²"
    assert formula in legend


@VIEWS
def test_neurons_are_seen_to_become_polysemantic(mount: Mount, view: Any) -> None:
    widget = view(growing(), frame=0)
    mounted = mount(widget)
    assert caption(mounted).startswith("1 of 4 neurons monosemantic, 2 polysemantic, 1 dead")
    before = picture(mounted)
    widget.frame = 1
    assert picture(mounted) != before
    assert caption(mounted).startswith("0 of 4 neurons monosemantic, 3 polysemantic, 1 dead")


@VIEWS
def test_themes_and_high_contrast(mount: Mount, view: Any) -> None:
    mounted = mount(view(TIED))
    light = picture(mounted)
    mounted.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    assert picture(mounted) != light
    sharp = mount(view(TIED), theme="none", forced_colors="active", device_scale_factor=2)
    assert len(picture(sharp)) > len(light)
    assert canvas(sharp).evaluate("c => c.width / c.clientWidth") == pytest.approx(2, abs=0.01)


@VIEWS
def test_what_is_shown_ends_with_its_place(mount: Mount, view: Any) -> None:
    widget = view(TIED)
    mounted = mount(widget, width=300)
    mounted.view(widget, 300)
    widget.pinned = [2]
    assert picture(mounted, 0) == picture(mounted, 1)
    mounted.dispose(0)
    mounted.dispose(0)
    assert mounted.listeners() == 0


def test_pointing_at_a_piece_names_its_weight_and_at_a_column_its_neuron(mount: Mount) -> None:
    widget = stacks(TIED)
    mounted = mount(widget)
    plain = picture(mounted)
    assert widget._meta["neuron_order"] == [0, 1, 2, 3]
    height = canvas(mounted).evaluate("c => c.clientHeight")
    axis = {"top": 16, "bottom": height - 34, "low": -0.5, "high": 2.5}
    down = (axis["bottom"] - axis["top"]) / (axis["high"] - axis["low"])
    piece = {"x": column(mounted, 2), "y": axis["bottom"] - (0.9 + 0.35 - axis["low"]) * down}
    canvas(mounted).hover(position=piece)
    assert tip(mounted) == "W2,4 = +0.70; neuron 2, polysemantic: features 2, 4, 6"
    assert widget.hovered == 4
    assert picture(mounted) != plain
    canvas(mounted).click(position=piece)
    canvas(mounted).hover(position={"x": column(mounted, 3), "y": 30})
    assert tip(mounted) == "neuron 3, dead: no feature"
    assert (widget.hovered, widget.pinned) == (None, [4])
    canvas(mounted).click(position={"x": column(mounted, 3), "y": 30})
    mounted.settle()
    assert widget.pinned == [4], "a neuron is no feature to pin"


def test_weights_out_of_untied_models_are_named(mount: Mount) -> None:
    mounted = mount(stacks(UNTIED))
    height = canvas(mounted).evaluate("c => c.clientHeight")
    canvas(mounted).hover(position={"x": column(mounted, 1, 6), "y": height - 40})
    assert tip(mounted) == "(Wout)0,3 = +1.00; neuron 3, monosemantic: feature 0"


def test_signs_are_left_out_by_a_choice_in_the_legend(mount: Mount) -> None:
    widget = stacks(TIED)
    mounted = mount(widget)
    signed = picture(mounted)
    mounted.root.get_by_label("absolute").check()
    mounted.settle()
    assert widget.weights == "absolute"
    assert picture(mounted) != signed
    mounted.page.keyboard.press("ArrowLeft")
    mounted.settle()
    assert widget.weights == "signed", "arrow keys choose too"
    widget.weights = "absolute"
    mounted.settle()
    assert mounted.root.get_by_label("absolute").is_checked()


@VIEWS
def test_keys_walk_pin_and_clear(mount: Mount, view: Any) -> None:
    widget = view(TIED)
    mounted = mount(widget)
    canvas(mounted).focus()
    press(mounted, "ArrowDown", "ArrowDown")
    assert widget.hovered == 1
    assert said(mounted).startswith("feature 1: ")
    press(mounted, "End", "Enter", "Home", " ")
    assert widget.pinned == [7, 0]
    press(mounted, "Escape")
    assert (widget.hovered, widget.pinned) == (None, [])


def test_pointing_at_a_neuron_traces_its_paths(mount: Mount) -> None:
    widget = NeuronGraph(UNTIED)
    mounted = mount(widget)
    size = (3, 6)
    plain = picture(mounted)
    lines = [("feature", 1, 2), ("output", 1, 2), ("feature", 0, 0), ("output", 2, 5)]
    assert [between(mounted, *line, *size) for line in lines] == [255] * 4
    x, y = node(mounted, "neuron", 2, *size)
    canvas(mounted).hover(position={"x": x, "y": y})
    assert tip(mounted) == "neuron 1, monosemantic: feature 1; in +1.00 x1; out +1.00 y1"
    own, others = lines[:2], lines[2:]
    assert all(between(mounted, *line, *size) == 255 for line in own)
    assert all(between(mounted, *line, *size) < 60 for line in others)
    assert widget.hovered is None
    canvas(mounted).click(position={"x": x, "y": y})
    mounted.page.mouse.move(700, 500)
    mounted.settle()
    assert widget.neuron == 1
    assert between(mounted, *others[0], *size) < 60, "a click keeps it in view"
    canvas(mounted).click(position={"x": x, "y": y})
    mounted.page.mouse.move(700, 500)
    mounted.settle()
    assert widget.neuron is None
    assert picture(mounted) == plain


def test_pointing_at_a_feature_and_at_an_output_traces_their_paths(mount: Mount) -> None:
    widget = NeuronGraph(TIED)
    mounted = mount(widget)
    size = (8, 4)
    x, y = node(mounted, "feature", 3, *size)
    canvas(mounted).hover(position={"x": x, "y": y})
    assert tip(mounted) == "feature 3: +0.60 h1; at its output x3 = 1 alone gives +0.36"
    assert widget.hovered == 3
    assert between(mounted, "feature", 3, 1, *size) == 255
    assert between(mounted, "feature", 5, 1, *size) < 60
    assert 60 < between(mounted, "output", 5, 1, *size) < 180, "what it does to another output stands back"
    x, y = node(mounted, "output", 3, *size)
    canvas(mounted).click(position={"x": x, "y": y})
    assert tip(mounted) == "output 3: +0.60 h1"
    assert between(mounted, "output", 3, 1, *size) == 255
    assert widget.pinned == [3]


def test_keys_reach_the_neurons(mount: Mount) -> None:
    widget = NeuronGraph(TIED)
    mounted = mount(widget)
    canvas(mounted).focus()
    press(mounted, "ArrowDown", "ArrowRight")
    assert widget.hovered is None
    assert said(mounted).startswith("neuron 0, monosemantic: feature 0; in +1.00 x_0")
    press(mounted, "ArrowDown", "ArrowDown")
    assert said(mounted).startswith("neuron 2, polysemantic")
    press(mounted, "Enter")
    assert widget.neuron == 2
    press(mounted, "ArrowUp", "ArrowLeft", "ArrowDown")
    assert widget.hovered == 0
    assert said(mounted).startswith("feature 0: ")
    press(mounted, "Escape")
    assert (widget.hovered, widget.neuron) == (None, None)


def test_a_threshold_leaves_lines_out_and_says_so(mount: Mount) -> None:
    widget = NeuronGraph(TIED)
    mounted = mount(widget)
    assert "weights above 0.05 in size" in caption(mounted)
    before = picture(mounted)
    widget.threshold = 0.65
    assert "weights above 0.65 in size; 8 are drawn, 16 weaker ones left out" in caption(mounted)
    assert picture(mounted) != before
    widget.neuron = 77
    assert picture(mounted) == picture(mounted), "a neuron of another model is ignored"


def test_hover_in_one_highlights_in_the_other(mount: Mount) -> None:
    selection = Selection()
    mounted = mount(stacks(TIED, selection=selection), NeuronGraph(TIED, selection=selection))
    before = picture(mounted, 0)
    box: Any = canvas(mounted, 1).bounding_box()
    canvas(mounted, 1).hover(position={"x": 34, "y": box["height"] / 2})
    mounted.settle()
    assert selection.hovered in (3, 4)
    assert picture(mounted, 0) != before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["stacks-tied", "stacks-large", "graph-tied", "graph-large"])
def test_neurons_look_as_they_did(mount: Mount, name: str, theme: str) -> None:
    kind, size = name.split("-")
    source = TIED if size == "tied" else large()
    settings = {"stacks-large": {"weights": "absolute"}, "graph-large": {"threshold": 0.9}}.get(name, {})
    widget = (stacks if kind == "stacks" else NeuronGraph)(source, **settings)
    width = 360 if name == "graph-large" else 620
    new = picture_of(mount(widget, width=width, theme=theme, viewport={"width": 640, "height": 900}))
    assert_as_kept(new, f"neurons-{name}-{theme}.png")
