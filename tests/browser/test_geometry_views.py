"""The feature graph and the points of a dimensionality plot, as a reader meets them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tms_widgets.measures import LINES
from tms_widgets.measures.polytopes import polygon, simplex, tegum_product
from tms_widgets.widgets.dimensionality_chart import Y_ENDS, x_ends
from tms_widgets.widgets.dimensionality_layer import DimensionalityLayer
from tms_widgets.widgets.dimensionality_source import DensityModel
from tms_widgets.widgets.feature_graph import FeatureGraph
from tms_widgets.widgets.selection import Selection

from .conftest import Mount
from .host import Mounted

MANY = tegum_product(*[simplex(2)] * 120, *[polygon(5)] * 30, np.zeros((0, 10)))
"""400 features: 120 digons, 30 pentagons, and ten that are not represented."""
MARGIN = {"left": 50, "top": 40, "right": 120, "bottom": 30}
WIDTH, HEIGHT = 670, 370  # 500 by 300 pixels of plot


def drawn(mounted: Mounted, view: int = 0) -> str:
    mounted.settle()
    return mounted.roots.nth(view).locator("canvas").evaluate("c => c.toDataURL()")


def canvas(mounted: Mounted, view: int = 0) -> Locator:
    return mounted.roots.nth(view).locator("canvas")


def caption(mounted: Mounted) -> str:
    return mounted.root.locator("figcaption").text_content() or ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_graph_says_what_it_shows_and_by_which_rule(mount: Mount, theme: str) -> None:
    graph = FeatureGraph(tegum_product(simplex(3), simplex(2), np.zeros((0, 1))))
    mounted = mount(graph, theme=theme)
    assert caption(mounted).startswith("5 of 6 features represented in 3 dimensions: 1 digon, 1 triangle.")
    assert "|Wi·Wj| > 0.15" in caption(mounted)
    assert "Di = ‖Wi‖²/Σj(Ŵi·Wj)²" in caption(mounted)
    figure = mounted.root.get_by_role("figure", name="Feature graph")
    expect(figure.get_by_role("application")).to_have_attribute("aria-label", re.compile("arrow keys"))
    plain = drawn(mounted)
    canvas(mounted).focus()
    canvas(mounted).press("ArrowRight")
    assert drawn(mounted) != plain
    assert graph.hovered == 0
    assert "triangle with 1, 2" in (mounted.root.locator("[aria-live]").text_content() or "")
    canvas(mounted).press("End")
    assert "not represented" in (mounted.root.locator("[aria-live]").text_content() or "")
    canvas(mounted).press("Home")
    canvas(mounted).press("Enter")
    assert graph.value is not None
    assert graph.value.name == "triangle"
    canvas(mounted).press("Escape")
    assert (graph.hovered, graph.pinned) == (None, [])
    assert drawn(mounted) == plain
    graph.close()


@pytest.mark.parametrize("width", [300, 900])
def test_four_hundred_features_are_counted_and_each_can_be_reached(mount: Mount, width: int) -> None:
    graph = FeatureGraph(MANY)
    mounted = mount(graph, width=width)
    box = canvas(mounted).bounding_box()
    assert box is not None
    assert box["height"] < 900 * 900 / width
    plain = drawn(mounted)
    shown = mounted.page.evaluate(
        """async ([id, ids]) => {
          const model = host.models[id];
          const canvas = document.querySelector('canvas');
          const seen = new Set();
          for (const feature of ids) {
            model.set('hovered', feature);
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            seen.add(canvas.toDataURL());
          }
          return seen.size;
        }""",
        [graph.model_id, [0, 3, 238, 240, 389, 395]],
    )
    assert shown == 6, "each looks different"
    assert plain != drawn(mounted)
    graph.close()


def test_pointing_at_a_node_names_it_and_its_component(mount: Mount) -> None:
    graph = FeatureGraph(polygon(5))
    mounted = mount(graph)
    canvas(mounted).hover(position={"x": 64, "y": 58})  # the top of the pentagon
    tip = mounted.root.locator(".tms-tip")
    expect(tip).to_contain_text(re.compile(r"feature \d: D\d = 0\.4, .*regular pentagon with"))
    canvas(mounted).click(position={"x": 64, "y": 58})
    assert len(graph.pinned) == 1
    assert graph.value is not None
    assert graph.value.name == "regular pentagon"
    graph.close()


def test_a_graph_follows_what_is_shown_next(mount: Mount) -> None:
    graph = FeatureGraph(simplex(3))
    mounted = mount(graph)
    before = drawn(mounted)
    graph.show(MANY)
    mounted.settle()
    assert "120 digons, 30 regular pentagons" in caption(mounted)
    assert drawn(mounted) != before
    mounted.dispose()
    assert mounted.listeners() == 0
    graph.close()


def models(count: int = 2) -> list[DensityModel]:
    shapes = (tegum_product(simplex(2), simplex(2), np.zeros((0, 1))), polygon(5))
    densities = (0.5, 0.1)
    return [
        DensityModel(W, f"1/(1−S) = {1 / p:g}", density=p)
        for W, p in zip(shapes[:count], densities, strict=False)
    ]


def layer(chosen: list[DensityModel], **traits: Any) -> DimensionalityLayer:
    return DimensionalityLayer(
        chosen, lines=list(LINES.items()), x_ends=x_ends(chosen), y_ends=Y_ENDS, margin=MARGIN, norm_end=1.0,
        **traits,
    )  # fmt: skip


def mounted_layer(mount: Mount, one: DimensionalityLayer, *others: Any, **settings: Any) -> Mounted:
    mounted = mount(one, *others, width=WIDTH, **settings)
    mounted.root.evaluate(f"el => {{ el.style.height = '{HEIGHT}px' }}")
    mounted.settle()
    return mounted


def at(chosen: list[DensityModel], x: float, level: float) -> Any:
    """The place of a dimensionality at a density, in pixels of the canvas."""
    low, high = x_ends(chosen)
    across, down = np.log(x / low) / np.log(high / low), (Y_ENDS[1] - level) / (Y_ENDS[1] - Y_ENDS[0])
    return {"x": 50 + 500 * float(across), "y": 40 + 300 * down}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pointing_at_a_point_tells_its_numbers(mount: Mount, theme: str) -> None:
    chosen = models()
    one = layer(chosen)
    mounted = mounted_layer(mount, one, theme=theme)
    plain = drawn(mounted)
    canvas(mounted).hover(position=at(chosen, 10, 0.4))
    tip = mounted.root.locator(".tms-layer-tip")
    expect(tip).to_be_visible()
    lines = tip.inner_text().split("\n")
    assert re.fullmatch(r"feature \d: regular pentagon", lines[0])
    assert lines[1].endswith("= 0.4")
    assert lines[2].endswith("= 1")
    assert lines[3] == "1/(1−S) = 10, 1−S = 0.1"
    assert one.model == 1
    assert one.hovered in range(5)
    assert drawn(mounted) != plain
    canvas(mounted).hover(position={"x": 5, "y": 5})
    expect(tip).to_be_hidden()
    assert (one.model, one.hovered) == (1, None), "the model stays while the pointer is on the chart"
    mounted.page.mouse.move(WIDTH + 100, HEIGHT + 100)
    mounted.settle()
    assert one.model == 0
    assert drawn(mounted) == plain
    one.close()


def test_a_click_pins_and_a_drag_pins_many(mount: Mount) -> None:
    chosen = models()
    one = layer(chosen)
    mounted = mounted_layer(mount, one)
    canvas(mounted).click(position=at(chosen, 2, 0.5))
    (feature,) = one.pinned
    assert feature in range(4)
    assert one.model == 0
    box = canvas(mounted).bounding_box()
    assert box is not None
    start, end = at(chosen, 8, 0.5), at(chosen, 11, 0.3)
    mouse = mounted.page.mouse
    mouse.move(box["x"] + start["x"], box["y"] + start["y"])
    mouse.down()
    mouse.move(box["x"] + end["x"], box["y"] + end["y"], steps=4)
    mouse.up()
    mounted.settle()
    assert one.pinned == [0, 1, 2, 3, 4]
    assert one.model == 1
    assert "5 features pinned at 1/(1−S) = 10" in (mounted.root.locator("[aria-live]").text_content() or "")
    canvas(mounted).press("Escape")
    assert one.pinned == []
    one.close()


def test_the_keyboard_reaches_every_point(mount: Mount) -> None:
    one = layer(models())
    mounted = mounted_layer(mount, one)
    plot = canvas(mounted)
    expect(plot).to_have_attribute("role", "application")
    plot.focus()
    plot.press("ArrowUp")
    assert one.hovered == 4, "the least dimensionality is that of the feature that is not represented"
    plot.press("Home")
    plot.press("ArrowUp")
    assert one.hovered == 0
    plot.press("ArrowRight")
    assert (one.model, one.hovered) == (1, 0)
    said = mounted.root.locator("[aria-live]")
    expect(said).to_contain_text("feature 0: regular pentagon, D_0 = 0.4")
    plot.press("Enter")
    assert one.pinned == [0]
    plot.press("Shift+Enter")
    assert one.pinned == [0, 1, 2, 3, 4]
    plot.press("Escape")
    plot.press("ArrowLeft")
    expect(said).to_have_text("1/(1−S) = 2")
    plot.press("End")
    assert one.hovered == 3
    one.close()


def test_the_graph_follows_the_points_without_a_kernel(mount: Mount) -> None:
    """Links live in the page: from a point to the picture of its polytope no message has to come back."""
    chosen = models()
    selection = Selection()
    graph = FeatureGraph.of_models(chosen, 0, selection)
    one = layer(chosen)
    mounted = mounted_layer(mount, one, graph)
    mounted.page.evaluate("window.kernel = null")
    for name in ("hovered", "pinned"):
        mounted.page.evaluate("link => host.link(...link)", [one.model_id, name, graph.model_id, name])
    mounted.page.evaluate("link => host.link(...link)", [one.model_id, "model", graph.model_id, "_model"])
    before = drawn(mounted, 1)
    canvas(mounted).hover(position=at(chosen, 10, 0.4))
    mounted.settle()
    assert drawn(mounted, 1) != before
    assert "regular pentagon" in (mounted.roots.nth(1).locator("figcaption").text_content() or "")
    graph.close()
    one.close()
    selection.close()


def test_eight_thousand_points_keep_up_with_the_pointer(mount: Mount) -> None:
    rng = np.random.default_rng()
    chosen = [
        DensityModel(rng.normal(size=(30, 400)) / 6, f"{k}", density=float(p))
        for k, p in enumerate(np.geomspace(1, 0.02, 20))
    ]
    one = layer(chosen)
    mounted = mounted_layer(mount, one)
    spent = mounted.page.evaluate(
        """async (id) => {
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          const [start, model] = [performance.now(), host.models[id]];
          for (let k = 0; k < 20; k++) {
            model.set('hovered', k);
            await frame();
          }
          return (performance.now() - start) / 20;
        }""",
        one.model_id,
    )
    assert spent < 100, "a hundred milliseconds from pointing to picture"
    one.close()


def test_numbers_that_do_not_fit_are_a_sentence(mount: Mount) -> None:
    one, graph = layer(models()), FeatureGraph(simplex(3))
    mounted = mounted_layer(mount, one, graph)
    one._points = b"\0" * 8
    graph._weights = b"\0" * 8
    mounted.settle()
    expect(mounted.root.get_by_role("alert")).to_contain_text("do not make")
    expect(mounted.roots.nth(1).get_by_role("alert")).to_contain_text("do not make 6")
    one.close()
    graph.close()
