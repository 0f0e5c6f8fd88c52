"""The catalogue of polytopes, against what is known of them (Euler, the paper's table, hand counts)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tms_widgets import measures, theory
from tms_widgets.core.checks import SettingError
from tms_widgets.theory import Polytope, polytope, tegum_product

# name: vertices, dimensions, edges, two-dimensional faces, D of each vertex
TABLE = {
    "digon": (2, 1, 1, 0, "1/2"),
    "triangle": (3, 2, 3, 1, "2/3"),
    "tetrahedron": (4, 3, 6, 4, "3/4"),
    "simplex of 5 features": (5, 4, 10, 0, "4/5"),
    "pentagon": (5, 2, 5, 1, "2/5"),
    "hexagon": (6, 2, 6, 1, "1/3"),
    "heptagon": (7, 2, 7, 1, "2/7"),
    "octagon": (8, 2, 8, 1, "1/4"),
    "square antiprism": (8, 3, 16, 10, "3/8"),
    "cube": (8, 3, 12, 6, "3/8"),
    "square": (4, 2, 4, 1, "1/2"),
    "octahedron": (6, 3, 12, 8, "1/2"),
    "triangular bipyramid": (5, 3, 9, 6, "2/3 2/3 2/3 1/2 1/2"),
    "pentagonal bipyramid": (7, 3, 15, 10, "2/5 2/5 2/5 2/5 2/5 1/2 1/2"),
}


def exact(shape: Polytope) -> list[Fraction]:
    return [Fraction(float(value)).limit_denominator(100) for value in shape.dimensionality]


@pytest.mark.parametrize("name", theory.POLYTOPES)
def test_every_polytope_is_the_one_in_the_books(name):
    vertices, dimension, edges, faces, levels = TABLE[name]
    shape = polytope(name)
    assert (shape.name, shape.dimension) == (name, dimension)
    assert shape.vertices.shape == (vertices, dimension)
    np.testing.assert_allclose(np.linalg.norm(shape.vertices, axis=1), 1)
    assert len(shape.edges) == edges
    assert len(shape.faces) == faces
    expected = [Fraction(level) for level in levels.split()]
    assert exact(shape) == (expected * vertices if len(expected) == 1 else expected)
    np.testing.assert_allclose(shape.dimensionality, [float(level) for level in exact(shape)], atol=1e-12)
    assert sum(exact(shape)) == dimension
    assert np.linalg.matrix_rank(shape.gram) == dimension
    np.testing.assert_allclose(measures.leverage_scores(shape.vertices.T), shape.dimensionality, atol=1e-12)


def test_the_table_holds_the_whole_catalogue():
    assert set(TABLE) == set(theory.POLYTOPES)


@pytest.mark.parametrize("name", [name for name in theory.POLYTOPES if TABLE[name][1] == 3])
def test_faces_of_solids_close_and_look_outwards(name):
    shape = polytope(name)
    assert len(shape.vertices) - len(shape.edges) + len(shape.faces) == 2  # Euler
    sides: list[tuple[int, int]] = []
    for face in shape.faces:
        corners = shape.vertices[list(face)]
        assert np.linalg.det(corners[:3]) > 0
        sides += zip(face, (*face[1:], face[0]), strict=True)
    assert len(set(sides)) == len(sides)  # each edge once in each direction
    assert {tuple(sorted(side)) for side in sides} == {tuple(edge) for edge in shape.edges.tolist()}


@pytest.mark.parametrize("name", [name for name in theory.POLYTOPES if TABLE[name][1] == 2])
def test_a_polygon_is_its_own_face(name):
    (face,) = polytope(name).faces
    sides = {tuple(sorted(side)) for side in zip(face, (*face[1:], face[0]), strict=True)}
    assert sides == {tuple(edge) for edge in polytope(name).edges.tolist()}


@pytest.mark.parametrize("name", [name for name in theory.POLYTOPES if name != "cube"])
def test_measures_know_every_polytope_by_the_same_name(name):
    found = measures.geometry(polytope(name).vertices.T)
    assert name in found.name
    assert sorted(part.polytope for part in found.components) == sorted(polytope(name).factors)
    assert found.distance < 1e-9


def test_tegum_products_carry_dimensionalities_over():
    triangle, digon, pentagon = polytope("triangle"), polytope("digon"), polytope("pentagon")
    assert tegum_product(digon, triangle).name == "triangular bipyramid"
    assert tegum_product(polytope("square"), digon).name == "octahedron"
    assert tegum_product(pentagon) is pentagon
    large = tegum_product(triangle, pentagon, digon)
    assert large.name == "triangle ⊕ pentagon ⊕ digon"
    assert large.dimension == 5
    assert exact(large) == [Fraction(2, 3)] * 3 + [Fraction(2, 5)] * 5 + [Fraction(1, 2)] * 2
    np.testing.assert_allclose(large.gram[:3, 3:], 0)
    assert len(large.facets) == 3 * 5 * 2
    assert len(large.edges) == 3 + 5 + (3 * 5 + 3 * 2 + 5 * 2)  # the digon's own edge runs through the inside
    with pytest.raises(SettingError, match="at least one polytope"):
        tegum_product()


def test_six_triangles_and_their_many_facets():
    shape = tegum_product(*[polytope("triangle")] * 6)
    assert exact(shape) == [Fraction(2, 3)] * 18
    assert len(shape.facets) == 3**6
    assert len(shape.edges) == 18 * 17 / 2  # every pair


def test_names_are_checked_and_polytopes_cannot_be_changed():
    with pytest.raises(SettingError, match="did you mean 'pentagon'"):
        polytope("pentagram")
    with pytest.raises(ValueError, match="read-only"):
        polytope("octahedron").vertices[0, 0] = 2.0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("digon", [[1, 1]]),
        ("triangle", [[1, 1, 1]]),
        ("tetrahedron", [[1, 1, 1, 1]]),
        ("simplex of 5 features", [[1, 1, 1, 1, 1]]),
        ("square", [[1, 1, 0, 0], [0, 0, 1, 1]]),
        ("octahedron", [[1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]]),
        ("triangular bipyramid", [[1, 1, 1, 0, 0], [0, 0, 0, 1, 1]]),
    ],
)
def test_what_polytopes_leave_out(name, expected):
    W = polytope(name).vertices.T
    left_out = theory.unrepresented(W)
    np.testing.assert_allclose(left_out, expected, atol=1e-9)
    np.testing.assert_allclose(W @ left_out.T, 0, atol=1e-9)
    back = theory.polytope_orthogonal_to(left_out)
    lengths = np.linalg.norm(back, axis=0)
    np.testing.assert_allclose((back / lengths).T @ (back / lengths), polytope(name).gram, atol=1e-9)
    np.testing.assert_allclose(np.square(lengths), polytope(name).dimensionality, atol=1e-9)


@pytest.mark.parametrize("name", theory.POLYTOPES)
def test_every_tight_frame_comes_back_from_what_it_leaves_out(name):
    shape = polytope(name)
    left_out = theory.unrepresented(shape.vertices.T)
    assert left_out.shape == (len(shape.vertices) - shape.dimension, len(shape.vertices))
    back = theory.polytope_orthogonal_to(left_out)
    assert back.shape == shape.vertices.T.shape
    # WᵀW of the projection: the Gram matrix scaled to projections, factor by factor
    np.testing.assert_allclose(
        back.T @ back, np.sqrt(np.outer(shape.dimensionality, shape.dimensionality)) * shape.gram, atol=1e-9
    )


def test_leaving_out_any_direction_gives_a_projection():
    vectors = np.random.default_rng().normal(size=(2, 6))
    W = theory.polytope_orthogonal_to(vectors)
    assert W.shape == (4, 6)
    np.testing.assert_allclose(W @ vectors.T, 0, atol=1e-9)
    np.testing.assert_allclose(W @ W.T, np.eye(4), atol=1e-9)
    squares = np.square(np.linalg.norm(W, axis=0))
    np.testing.assert_allclose(measures.leverage_scores(W), squares, atol=1e-9)
    np.testing.assert_allclose(measures.feature_dimensionality(W), squares, atol=1e-9)
    assert theory.unrepresented(np.eye(3)).shape == (0, 3)
    assert theory.unrepresented(np.zeros((2, 3))).tolist() == np.eye(3).tolist()


def test_what_cannot_be_left_out_is_refused_with_words():
    with pytest.raises(SettingError, match="leave out at most 1"):
        theory.polytope_orthogonal_to(np.eye(2))
    with pytest.raises(SettingError, match="vectors have the shape"):
        theory.polytope_orthogonal_to(np.zeros((1, 2, 3)))
    with pytest.raises(SettingError, match="pass one model"):
        theory.unrepresented(np.zeros((3, 2, 5)))
    with pytest.raises(SettingError, match="NaN"):
        theory.unrepresented([[np.nan, 1.0]])
