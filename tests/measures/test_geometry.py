import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets import measures
from tms_widgets.measures import polytopes
from tms_widgets.measures.polytopes import polygon, simplex, square_antiprism, tegum_product

dedicated = np.eye(1)
TRUTH = [
    (dedicated, "1 dedicated feature"),
    (np.eye(3), "3 dedicated features"),
    (simplex(2), "digon"),
    (simplex(3), "triangle"),
    (simplex(4), "tetrahedron"),
    (simplex(5), "simplex of 5 features"),
    (polygon(5), "regular pentagon"),
    (polygon(6), "regular hexagon"),
    (polygon(7), "regular heptagon"),
    (polygon(8), "regular octagon"),
    (polygon(4), "two digons (a square)"),
    (polytopes.octahedron(), "three digons (an octahedron)"),
    (polytopes.triangular_bipyramid(), "a triangle and a digon (a triangular bipyramid)"),
    (polytopes.pentagonal_bipyramid(), "a regular pentagon and a digon (a pentagonal bipyramid)"),
    (square_antiprism(), "square antiprism"),
    (square_antiprism(0.2612), "square antiprism"),
    (square_antiprism(0.314), "square antiprism"),
    (tegum_product(dedicated, simplex(2), simplex(2)), "1 dedicated feature, 2 digons"),
    (tegum_product(*[simplex(2)] * 5), "5 digons"),
    (tegum_product(*[simplex(3)] * 6), "6 triangles"),
    (tegum_product(simplex(4), simplex(4)), "2 tetrahedra"),
    (tegum_product(simplex(5), simplex(5)), "2 simplices of 5 features"),
    (
        tegum_product(simplex(4), polygon(5), dedicated),
        "1 dedicated feature, 1 tetrahedron, 1 regular pentagon",
    ),
]


def disguised(vertices: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    """The polytope turned, perhaps into a larger space, its vertices permuted, every entry disturbed.

    ``noise`` is the standard deviation of the normal noise on each entry, relative to the length of a vertex.
    """
    space = len(vertices) + rng.integers(0, 3)
    turn = np.linalg.qr(rng.normal(size=(space, len(vertices))))[0]
    W = turn @ vertices + noise * rng.normal(size=(space, vertices.shape[1]))
    return W[:, rng.permutation(vertices.shape[1])]


@pytest.mark.parametrize(("vertices", "name"), TRUTH, ids=[name for _, name in TRUTH])
def test_every_polytope_is_named_in_any_position(vertices, name):
    rng = np.random.default_rng()
    for noise in (0, 0, 0, 0.003, 0.006):
        for _ in range(10):
            found = measures.geometry(disguised(vertices, noise, rng))
            assert str(found) == found.name == name
            assert found.distance < 0.05 if noise else found.distance < 1e-9


def wrongly_named(vertices: np.ndarray, name: str, n_trials: int) -> list[str]:
    """The names other than ``name`` that the polytope gets under up to 3 % of noise, *regular* or not."""
    rng = np.random.default_rng()
    names = [
        measures.geometry(disguised(vertices, noise, rng)).name for noise in np.linspace(0, 0.03, n_trials)
    ]
    return [found for found in names if found.replace("regular ", "") != name.replace("regular ", "")]


@pytest.mark.parametrize(("vertices", "name"), TRUTH, ids=[name for _, name in TRUTH])
def test_three_per_cent_of_noise_may_cost_the_word_regular_but_not_the_name(vertices, name):
    assert wrongly_named(vertices, name, 100) == []


@pytest.mark.paper
@pytest.mark.parametrize(("vertices", "name"), TRUTH, ids=[name for _, name in TRUTH])
def test_a_thousand_disguises(vertices, name):
    assert wrongly_named(vertices, name, 1000) == []


@pytest.mark.parametrize(("vertices", "name"), TRUTH, ids=[name for _, name in TRUTH])
def test_distances_stay_below_the_tolerances_reported(vertices, name):
    found = measures.geometry(disguised(vertices, 0.03, np.random.default_rng()))
    for component in found.components:
        assert 0 <= component.distance < component.tolerance <= 0.15
        assert component.name in (component.polytope, f"regular {component.polytope}")


def names_in(W: np.ndarray) -> list[str]:
    """The names that need luck: of whole arrangements, and of factors of three or more features."""
    found = measures.geometry(W)
    whole = [found.name] if math.isfinite(found.distance) else []
    factors = [part.name for part in found.components if len(part.features) > 2 and part.name != "unnamed"]
    return whole + factors


def random_frame(m: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Directions drawn uniformly from the sphere, and lengths that differ as those of trained models do."""
    directions = rng.normal(size=(m, n))
    return directions / np.linalg.norm(directions, axis=0) * rng.uniform(0.8, 1.2, n)


def test_none_of_a_thousand_random_frames_has_a_name():
    """From three dimensions and twice as many features on, which is where the plane's luck ends."""
    rng = np.random.default_rng()
    for _ in range(1000):
        m = rng.integers(3, 9)
        W = random_frame(m, rng.integers(2 * m, 4 * m + 1), rng)
        assert names_in(W) == []


@pytest.mark.parametrize(("n", "m", "at_most"), [(3, 2, 0.08), (4, 2, 0.015), (5, 2, 0.005), (8, 2, 0.004)])
def test_few_random_directions_rarely_look_like_a_polytope(n, m, at_most):
    """So few directions come close by chance as often as noise takes a polytope as far: see ``geometry``."""
    rng = np.random.default_rng()
    named = sum(bool(names_in(random_frame(m, n, rng))) for _ in range(1000))
    assert named <= at_most * 1000


def test_a_digon_in_a_random_frame_is_one():
    rng = np.random.default_rng()
    for _ in range(1000):
        W = random_frame(2, 3, rng)
        for component in measures.geometry(W).components:
            if component.name == "digon":
                first, second = (W / np.linalg.norm(W, axis=0))[:, component.features].T
                assert first @ second < -0.95


def in_plane(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)])


@pytest.mark.parametrize(
    ("angles", "name"),
    [
        ((0, 74, 142, 215, 288), "regular pentagon"),
        ((0, 80, 140, 215, 290), "pentagon"),
        ((0, 85, 155, 226, 298), "pentagon"),
        ((0, 88, 158, 228, 294), "5 features in no named shape"),
        ((0, 60, 130, 190, 250, 310), "hexagon"),
        ((0, 60, 142, 190, 250, 310), "6 features in no named shape"),
        ((0, 125, 240), "triangle"),
        ((0, 140, 250), "3 features in no named shape"),
        ((0, 170), "digon"),
        ((0, 150), "2 features in no named shape"),
        ((0, 60), "2 features in no named shape"),
        ((0, 1), "2 features in no named shape"),
        ((0, 83), "2 dedicated features"),
        ((0, 90, 177, 270), "two digons (a square)"),
        ((0, 60, 180, 240), "4 features in no named shape"),
        ((0, 90, 180), "1 dedicated feature, 1 digon"),
    ],
)
def test_tolerances_are_the_stated_ones(angles, name):
    assert str(measures.geometry(in_plane(*angles))) == name


def test_lengths_must_be_alike():
    assert str(measures.geometry(polygon(5) * [1, 1.05, 1, 1, 1])) == "regular pentagon"
    assert str(measures.geometry(polygon(5) * [1, 1.2, 1, 1, 1])) == "pentagon"
    assert str(measures.geometry(polygon(5) * [1, 1.6, 1, 1, 1])) == "5 features in no named shape"
    assert str(measures.geometry(polygon(4) * [1, 1.6, 1, 1.6])) == "2 digons"  # a rhombus is not a square


def test_features_that_are_not_represented_do_not_count():
    assert str(measures.geometry(np.zeros((2, 5)))) == "nothing represented"
    assert str(measures.geometry(np.hstack([polygon(5), [[0.3], [0.2]]]))) == "regular pentagon"
    assert str(measures.geometry(np.full((1, 1), 0.5))) == "nothing represented"


def test_many_slight_overlaps_are_not_separate_factors():
    """No single cosine is large, but together the others use up much of each feature's dimension."""
    rng = np.random.default_rng()
    W = rng.choice([-1.0, 1.0], size=(1500, 300)) / math.sqrt(1500)
    assert np.abs(measures.gram(W) - np.eye(300)).max() < 0.2
    assert str(measures.geometry(W)) == "300 features in no named shape"


def test_a_feature_crowded_by_many_faint_ones_is_not_dedicated():
    assert str(measures.geometry(np.array([[1.0] + [0.2] * 5]))) == "1 dedicated feature"
    assert str(measures.geometry(np.array([[1.0] + [0.2] * 8]))) == "1 feature in no named shape"


def test_more_dedicated_features_than_dimensions_are_never_claimed():
    assert str(measures.geometry(simplex(14))) == "14 features in no named shape"


@given(st.integers(1, 6), st.integers(1, 15), st.integers(0, 2**32 - 1))
def test_any_model_has_a_geometry_that_neither_rotation_nor_order_changes(m, n, seed):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(m, n)) * rng.choice([0.2, 1.0, 2.0], size=n)
    found = measures.geometry(W)
    turned = np.linalg.qr(rng.normal(size=(m, m)))[0] @ W[:, rng.permutation(n)]
    assert measures.geometry(turned).name == found.name
    members = [feature for component in found.components for feature in component.features]
    assert sorted(members) == np.flatnonzero(measures.represented(W)).tolist()


def test_components_say_who_is_in_them():
    W = tegum_product(polygon(5), simplex(2), dedicated)[:, [5, 0, 2, 4, 1, 3, 6, 7]]
    found = measures.geometry(W)
    by_name = {component.name: component for component in found.components}
    assert sorted(by_name["digon"].features) == [0, 6]
    assert by_name["dedicated feature"].features == (7,)
    around = by_name["regular pentagon"].features
    neighbours = {frozenset(pair) for pair in zip(around, (*around[1:], around[0]), strict=True)}
    assert neighbours == {frozenset(pair) for pair in [(1, 4), (4, 2), (2, 5), (5, 3), (3, 1)]}
    assert found.distance < 1e-9


def test_distance_is_the_rms_deviation_of_the_cosines():
    W = in_plane(0, 170)
    assert measures.geometry(W).distance == pytest.approx(1 - math.cos(math.radians(10)))
    W = in_plane(0, 180, 85)
    expected = math.sqrt(2 * math.cos(math.radians(85)) ** 2 / 3)  # two of three pairs should be orthogonal
    assert measures.geometry(W).distance == pytest.approx(expected)
    assert measures.geometry(in_plane(0, 60)).distance == math.inf


def test_some_factors_named_and_some_not():
    W = tegum_product(simplex(2), in_plane(0, 50, 110))
    assert str(measures.geometry(W)) == "1 digon, 3 features in no named shape"


def test_vertices_of_the_catalogue_are_unit_vectors_about_the_centre():
    for vertices in (simplex(6), polygon(7), square_antiprism(0.3), polytopes.pentagonal_bipyramid()):
        np.testing.assert_allclose(np.linalg.norm(vertices, axis=0), 1)
        np.testing.assert_allclose(vertices.sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(measures.gram(simplex(4)), (4 * np.eye(4) - 1) / 3, atol=1e-12)


def test_a_cube_is_not_an_antiprism():
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]).T / math.sqrt(3)
    assert str(measures.geometry(corners)) == "8 features in no named shape"
