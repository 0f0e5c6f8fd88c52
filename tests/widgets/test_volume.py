"""Polyhedra in Python: hulls, what travels to ipyvolume, words, errors, lives."""

from __future__ import annotations

import builtins
import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.measures.polytopes import octahedron, square_antiprism
from tms_widgets.widgets.extras import ipyvolume
from tms_widgets.widgets.film import film_of
from tms_widgets.widgets.polyhedra import MOST_CORNERS, hull, polyhedra

ipyvolume()  # makes widgets of its own when it is imported, which are nobody's to close
Make = Callable[..., Any]
CUBE = np.array(list(itertools.product((-1.0, 1.0), repeat=3)))
TETRAHEDRON = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])


@pytest.fixture
def make(making: Callable[[Any], Make]) -> Make:
    return making(tms.Volume)


@pytest.fixture
def run(seed: int) -> tms.Run:
    return tms.train(tms.Problem(6, 3, density=0.1), n_seeds=2, seed=seed, steps=200, n_frames=12)


def turned(points: np.ndarray, seed: int) -> np.ndarray:
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return points @ rotation


def corners_first(points: np.ndarray) -> np.ndarray:
    return points if points.shape[1] == 3 else points.T


@pytest.mark.parametrize(
    ("points", "triangles", "edges"),
    [
        (TETRAHEDRON, 4, 6),
        (corners_first(octahedron()), 8, 12),
        (CUBE, 12, 12),
        (corners_first(square_antiprism()), 12, 16),
        (np.vstack([CUBE, [[0.0, 0.0, 0.0], [0.3, 0.1, -0.2]]]), 12, 12),
    ],
    ids=["tetrahedron", "octahedron", "cube", "square antiprism", "points inside a cube"],
)
def test_the_hull_of_a_polytope_has_its_faces_and_edges(
    points: np.ndarray, triangles: int, edges: int, seed: int
) -> None:
    found = hull(turned(points, seed))
    assert (len(found.triangles), len(found.edges)) == (triangles, edges)


def test_every_hull_obeys_euler_and_holds_all_points(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(20):
        points = rng.normal(size=(rng.integers(4, 16), 3))
        triangles = hull(points).triangles
        sides = {tuple(sorted(side)) for t in triangles.tolist() for side in itertools.combinations(t, 2)}
        if len(triangles):
            assert len(set(triangles.ravel())) - len(sides) + len(triangles) == 2
        for a, b, c in points[triangles]:
            above = (points - a) @ np.cross(b - a, c - a)
            assert (above < 1e-3).all() or (above > -1e-3).all()


def test_flat_and_straight_points_have_edges_only(seed: int) -> None:
    flat = turned(CUBE * [1, 1, 0], seed)
    assert (len(hull(flat[::2]).triangles), len(hull(flat[::2]).edges)) == (0, 4)
    line = turned(np.outer([-1.0, -0.2, 0.4, 1.3], [1.0, 0, 0]), seed)
    assert hull(line).triangles.size == 0
    assert sorted(hull(line).edges[0]) == [0, 3]
    for few in (np.zeros((0, 3)), np.ones((1, 3)), np.ones((4, 3)), np.ones((MOST_CORNERS + 1, 3))):
        assert hull(few).edges.size == 0


def test_every_frame_has_the_same_number_of_corners(run: tms.Run) -> None:
    film = film_of(run)
    shapes = polyhedra(film)
    np.testing.assert_allclose(shapes.corners[-1].T, film.W[-1])
    for frame, (faces, edges) in enumerate(shapes.counts):
        assert not shapes.triangles[frame, faces:].any()
        assert not shapes.edges[frame, edges:].any()
        for end in shapes.edges[frame, :edges].reshape(-1, 3):
            assert np.isclose(shapes.corners[frame], end, atol=1e-6).all(axis=1).any()


def test_all_marks_of_the_figure_follow_the_frame(make: Make, run: tms.Run) -> None:
    volume = make(run)
    drawn = volume._drawn
    last = len(volume.film) - 1
    assert volume.frame == last
    assert {mark.sequence_index for mark in drawn.marks} == {last}
    linked = {(link.source[1], link.target[0]) for link in volume._links if link.source[1] == "frame"}
    assert linked == {("frame", mark) for mark in drawn.marks}
    assert all(len(mark.x) == len(volume.film) for mark in drawn.marks)
    assert volume.figure.animation == 0
    for mark in drawn.points:  # or the front end gets what it cannot read
        assert not isinstance(mark.get_state(["size_selected"])["size_selected"], np.ndarray)


def test_the_figure_waits_for_a_browser_that_can_draw_it(make: Make, run: tms.Run) -> None:
    volume = make(run)
    assert volume.children == (volume._bar,)
    volume._bar.webgl = True
    assert volume.children == (volume.figure, volume._bar)
    volume._bar.webgl = False
    assert volume.children == (volume._bar,)


def test_a_chosen_feature_is_larger_and_pointing_goes_both_ways(make: Make, run: tms.Run) -> None:
    selection = tms.Selection(pinned=[2])
    volume = make(run, selection=selection)
    points = volume._drawn.points[0]
    assert volume.value == (2,)
    selection.hovered = 4
    assert volume.hovered == 4
    assert 4 in points.selected
    points.hovered_index = 1
    assert (volume.hovered, selection.hovered) == (1, 1)
    points.hovered_index = None
    assert selection.hovered is None
    points.clicked_index = 3
    assert 3 in volume.value
    points.clicked_index = None
    points.clicked_index = 3
    assert 3 not in volume.value
    selection.close()


def test_frame_is_a_trait_of_the_volume_too(make: Make, run: tms.Run) -> None:
    volume = make(run, frame=3)
    assert volume._bar.frame == volume.frame == 3
    volume.frame = 1
    assert volume._bar.frame == 1
    volume._bar.frame = 2
    assert volume.frame == 2
    with pytest.raises(Exception, match=r"frame=99 is outside 0 to \d+"):
        volume.frame = 99


def test_words_and_picture_stand_where_no_kernel_runs(make: Make, run: tms.Run) -> None:
    volume = make(run)
    bundle = volume._repr_mimebundle_()
    assert bundle["text/plain"] == volume.caption == film_of(run).caption
    assert bundle["image/svg+xml"].startswith("<svg")
    still = make(run.W[0])
    assert len(still.film) == 1
    assert still.picture().startswith("<svg")


@pytest.mark.parametrize("m", [1, 2, 4])
def test_other_dimensions_are_a_sentence(make: Make, m: int) -> None:
    with pytest.raises(SettingError, match=r"three hidden dimensions.*FeatureGeometry draws any\.$"):
        make(np.eye(m, 5))


def test_what_cannot_be_used_is_a_sentence(make: Make, run: tms.Run) -> None:
    with pytest.raises(TypeError, match="Volume has no setting 'frames'; did you mean 'frame'"):
        make(run, frames=3)
    with pytest.raises(SettingError, match="at most 200"):
        make(np.ones((3, 201)))


def test_without_ipyvolume_one_sentence_says_how_to_get_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "ipyvolume":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=re.escape("pip install 'tms-widgets[volume]'")):
        make(np.eye(3))
