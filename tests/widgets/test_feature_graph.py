"""What a feature graph draws, where, and what it says."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.measures.polytopes import polygon, simplex, square_antiprism, tegum_product
from tms_widgets.widgets.feature_graph import FeatureGraph
from tms_widgets.widgets.graph_layout import places
from tms_widgets.widgets.selection import Selection


@pytest.fixture
def graph(making: Callable[[Any], Callable[..., Any]]) -> Callable[..., Any]:
    return making(FeatureGraph)


def turned(W: np.ndarray, seed: int) -> np.ndarray:
    """The same polytope in a random frame, its features shuffled."""
    rng = np.random.default_rng(seed)
    frame = np.linalg.qr(rng.normal(size=(len(W), len(W))))[0]
    return frame @ W[:, rng.permutation(W.shape[1])]


def test_components_are_drawn_as_what_they_are(graph: Callable[..., Any], seed: int) -> None:
    W = turned(tegum_product(simplex(2), simplex(3), polygon(5), np.zeros((0, 2))), seed)
    one = graph(W)
    assert one.caption == (
        "10 of 12 features represented in 5 dimensions: 1 digon, 1 regular pentagon, 1 triangle."
    )
    (meta,) = one._graphs
    assert {c["name"]: len(c["features"]) for c in meta["components"]} == {
        "digon": 2,
        "triangle": 3,
        "regular pentagon": 5,
    }
    for component in meta["components"]:
        spots = np.array(component["places"])
        assert np.allclose(np.hypot(spots[:, 0], spots[:, 1]), 1, atol=0.01)
        assert (spots[:, 2] == 0).all()
    sent = np.frombuffer(one._weights, "<f4").reshape(5, 12)
    np.testing.assert_allclose(sent.T @ sent, W.T @ W, atol=1e-5)


def test_a_polygon_keeps_its_angles_and_its_order(seed: int) -> None:
    W = polygon(5)
    spots = places(W)[:, :2]
    np.testing.assert_allclose(spots @ spots.T, W.T @ W, atol=1e-9)
    assert spots[0] == pytest.approx([0, 1])
    assert spots[1, 0] > 0, "clockwise from the top"
    frame = np.linalg.qr(np.random.default_rng(seed).normal(size=(7, 7)))[0][:, :2]
    np.testing.assert_allclose(places(frame @ W)[:, :2], spots, atol=1e-9)


@pytest.mark.parametrize("W", [simplex(4), square_antiprism()], ids=["tetrahedron", "square antiprism"])
def test_no_vertex_of_a_body_hides_another(W: np.ndarray) -> None:
    spots = places(W)
    np.testing.assert_allclose(spots @ spots.T, W.T @ W, atol=1e-9)
    apart = np.linalg.norm(spots[:, None, :2] - spots[None, :, :2], axis=2) + 9 * np.eye(len(spots))
    assert apart.min() > 0.25


def test_what_fills_more_dimensions_stands_in_a_ring() -> None:
    spots = places(simplex(7))
    np.testing.assert_allclose(np.hypot(spots[:, 0], spots[:, 1]), 1)
    apart = np.linalg.norm(spots[:, None] - spots[None], axis=2) + 9 * np.eye(7)
    assert apart.min() == pytest.approx(2 * np.sin(np.pi / 7))


@pytest.mark.parametrize("m", [1, 2, 3, 5])
@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_every_component_has_a_place(m: int, size: int, seed: int) -> None:
    directions = np.random.default_rng(seed).normal(size=(m, size))
    spots = places(directions / np.linalg.norm(directions, axis=0))
    assert spots.shape == (size, 3)
    assert (np.abs(spots) <= 1 + 1e-9).all()


def test_the_value_is_the_component_of_the_last_pin(graph: Callable[..., Any]) -> None:
    one = graph(tegum_product(simplex(2), simplex(3), np.zeros((0, 1))))
    assert one.value is None
    one.pinned = [0, 3]
    assert one.value is not None
    assert one.value.name == "triangle"
    one.pinned = [5]
    assert one.value is None, "a feature that is not represented has none"
    one.pinned = [1, 5]
    assert one.value is not None
    assert set(one.value.features) == {0, 1}


def test_it_shares_a_selection_and_shows_something_else(graph: Callable[..., Any]) -> None:
    selection = Selection()
    one = graph(simplex(3), selection=selection)
    selection.hovered = 2
    assert one.hovered == 2
    one.pinned = [1]
    assert selection.value == (1,)
    one.show(polygon(5))
    assert "regular pentagon" in one.caption
    before = one._graphs
    with pytest.raises(SettingError, match="not finite"):
        one.show([[np.nan]])
    assert one._graphs == before
    one.close()
    selection.close()


def test_a_run_is_drawn_by_its_best_instance(graph: Callable[..., Any], seed: int) -> None:
    run = tms.train(tms.Problem(5, 2, density=0.1), n_seeds=4, seed=seed)
    one = graph(run)
    best = tms.measures.feature_graph(run.best.W)
    assert [c.name for c in one.graph.components] == [c.name for c in best.components]
    assert graph(run, 1).caption.startswith(f"{len(tms.measures.feature_graph(run.W[1]).features)} of 5")


def test_a_still_picture_names_every_kind(graph: Callable[..., Any]) -> None:
    W = tegum_product(*[simplex(2)] * 9, polygon(5), simplex(4), np.eye(2))
    root = ElementTree.fromstring(graph(W).picture())
    texts = ["".join(one.itertext()) for one in root.iter() if one.tag.endswith("text")]
    assert {"9 × digon", "D = 0.50", "regular pentagon", "tetrahedron", "D = 0.75", "D = 0.40"} <= set(texts)
    assert sum("dedicated feature" in text and "D =" not in text for text in texts[:20]) == 2
    assert any("|W_i·W_j| > 0.15" in text for text in texts)
    nothing = ElementTree.fromstring(graph(np.zeros((2, 3))).picture())
    assert "nothing represented" in (nothing.get("aria-label") or "")


def test_an_unknown_setting_is_named(graph: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="did you mean 'selection'"):
        graph(simplex(3), selecton=None)
