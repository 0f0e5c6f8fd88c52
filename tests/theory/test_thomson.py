"""The generalised Thomson problem, against Monte Carlo, closed forms and random competitors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tms_widgets import measures, theory
from tms_widgets.core.checks import SettingError


def random_points(m: int, n: int, count: int = 1) -> np.ndarray:
    points = np.random.default_rng().normal(size=(count, m, n))
    return points / np.linalg.norm(points, axis=-2, keepdims=True)


def test_energy_is_three_times_the_interference_of_single_features():
    """Each feature active alone, x uniform on [0, 1], no bias: the loss is what the others wrongly show."""
    W = random_points(3, 7)[0]
    strength = (np.arange(2000) + 0.5) / 2000
    loss = 0.0
    for i in range(7):
        inputs = np.outer(strength, np.eye(7)[i])
        outputs = np.maximum(inputs @ measures.gram(W), 0)
        loss += np.square(inputs - outputs).sum(axis=1).mean()
    assert theory.thomson_energy(W) == pytest.approx(3 * loss, rel=1e-5)


def test_energies_of_the_catalogue():
    fifth = math.cos(math.radians(72)) ** 2
    expected = {
        "digon": 0,
        "tetrahedron": 0,
        "octahedron": 0,
        "triangular bipyramid": 0,
        "pentagon": 10 * fifth,
        "pentagonal bipyramid": 10 * fifth,
        "hexagon": 12 / 4,
        "cube": 24 / 9,
    }
    for name, energy in expected.items():
        W = theory.polytope(name).vertices.T
        assert theory.thomson_energy(W) == pytest.approx(energy, abs=1e-12)
    antiprism = theory.polytope("square antiprism").vertices.T
    assert theory.thomson_energy(antiprism) < theory.thomson_energy(theory.polytope("cube").vertices.T) - 0.5


@pytest.mark.parametrize("name", theory.POLYTOPES)
def test_tight_frames_are_all_alike_to_a_linear_model(name):
    shape = theory.polytope(name)
    if len(shape.factors) == 1 or len(set(shape.factors)) == 1:
        n, m = len(shape.vertices), shape.dimension
        energy = theory.thomson_energy(shape.vertices.T, positive_only=False)
        assert energy == pytest.approx(n * n / m - n)
        rivals = theory.thomson_energy(random_points(m, n, 200), positive_only=False)
        assert (rivals >= energy - 1e-9).all()


def test_leading_axes_are_kept():
    W = random_points(3, 6, 4)
    assert theory.thomson_energy(W).shape == (4,)
    assert theory.thomson_energy(W)[2] == pytest.approx(float(theory.thomson_energy(W[2])))


@pytest.mark.parametrize(
    ("n", "m", "name"),
    [
        (2, 2, "2 dedicated features"),
        (2, 1, "digon"),
        (3, 2, "triangle"),
        (4, 2, "two digons (a square)"),
        (4, 3, "tetrahedron"),
        (5, 3, "a triangle and a digon (a triangular bipyramid)"),
        (6, 3, "three digons (an octahedron)"),
        (5, 4, "simplex of 5 features"),
        (16, 12, "4 tetrahedra"),
        (18, 12, "6 triangles"),
    ],
)
def test_where_no_interference_is_needed_the_minima_are_tegum_products_of_simplices(n, m, name):
    found = theory.thomson_minimum(n, m)
    assert found.exact
    assert found.energy == pytest.approx(0, abs=1e-12)
    assert str(measures.geometry(found.W)) == name
    rivals = random_points(m, n, 2000)
    free = theory.thomson_energy(rivals) < 1e-12
    own = theory.thomson_energy(found.W, positive_only=False)
    assert (theory.thomson_energy(rivals, positive_only=False)[free] >= own - 1e-9).all()


@pytest.mark.parametrize(
    ("n", "m", "name", "energy"),
    [
        (5, 2, "regular pentagon", 10 * math.cos(math.radians(72)) ** 2),
        (6, 2, "regular hexagon", 3.0),
        (7, 3, "a regular pentagon and a digon (a pentagonal bipyramid)", 0.954915),
        (8, 3, "square antiprism", 2.043833),
        (9, 4, "2 digons, 1 regular pentagon", 0.954915),
    ],
)
def test_the_polytopes_of_the_paper_are_minima(n, m, name, energy):
    found = theory.thomson_minimum(n, m)
    assert not found.exact
    assert found.W.shape == (m, n)
    np.testing.assert_allclose(np.linalg.norm(found.W, axis=0), 1)
    assert str(measures.geometry(found.W)) == name
    assert measures.geometry(found.W).distance < 1e-3
    assert found.energy == pytest.approx(energy, abs=1e-5)
    assert found.energy == pytest.approx(float(theory.thomson_energy(found.W)))
    assert (theory.thomson_energy(random_points(m, n, 2000)) > found.energy).all()
    near = found.W + 0.02 * np.random.default_rng().normal(size=(2000, m, n))
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    assert (theory.thomson_energy(near) >= found.energy - 1e-9).all()


def test_the_antiprism_of_least_energy_has_the_height_that_calculus_gives():
    """Σ = 16 t² + 16 (1/√2 - (1 + 1/√2) t)², by hand for squares at squared height t above the centre."""
    half = math.sqrt(0.5)
    t = half * (1 + half) / (1 + (1 + half) ** 2)
    energy = 16 * t**2 + 16 * (half - (1 + half) * t) ** 2
    best = measures.polytopes.square_antiprism(t)
    assert theory.thomson_energy(best) == pytest.approx(energy)
    assert theory.thomson_minimum(8, 3).energy == pytest.approx(energy)


def test_seven_and_ten_in_a_plane_are_not_regular():
    for n in (7, 10):
        regular = measures.polytopes.polygon(n)
        assert theory.thomson_minimum(n, 2).energy < theory.thomson_energy(regular) - 0.01
    doubled = np.repeat(measures.polytopes.polygon(5), 2, axis=1)
    assert theory.thomson_minimum(10, 2).energy == pytest.approx(float(theory.thomson_energy(doubled)))


def test_ten_in_four_dimensions_are_the_middles_of_the_edges_of_a_simplex_of_five():
    """As tight as two pentagons (D = 2/5), with less interference: 5/3 against 1.91."""
    simplex = theory.polytope("simplex of 5 features")
    middles = (simplex.vertices[simplex.edges[:, 0]] + simplex.vertices[simplex.edges[:, 1]]).T
    middles /= np.linalg.norm(middles, axis=0)
    found = theory.thomson_minimum(10, 4)
    assert found.energy == pytest.approx(5 / 3)
    assert theory.thomson_energy(middles) == pytest.approx(5 / 3)
    np.testing.assert_allclose(measures.feature_dimensionality(found.W), 2 / 5, atol=1e-3)


def test_a_line_has_two_ends():
    found = theory.thomson_minimum(5, 1)
    assert found.exact
    assert found.energy == 3 * 2 + 2 * 1
    assert np.abs(found.W).tolist() == [[1.0] * 5]


def test_wrong_settings_are_refused_with_words():
    for arguments in [(0, 2), (33, 2), (5, 17), (True, 2), (5.0, 2)]:
        with pytest.raises(SettingError, match=r"n_features|n_hidden"):
            theory.thomson_minimum(*arguments)
    with pytest.raises(SettingError, match="positive_only"):
        theory.thomson_energy(np.eye(2), positive_only=1)
    with pytest.raises(SettingError, match=r"W has the shape \(2,\)"):
        theory.thomson_energy([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        theory.thomson_minimum(3, 2).W[0, 0] = 5.0
