import numpy as np
import pytest

from tms_widgets import measures
from tms_widgets.measures import polytopes
from tms_widgets.measures.polytopes import polygon, simplex, square_antiprism, tegum_product


def test_edges_join_features_that_interfere():
    W = tegum_product(simplex(3), simplex(2), np.eye(1))[:, [5, 0, 3, 1, 4, 2]]
    graph = measures.feature_graph(np.insert(W, 2, 0.0, axis=1))  # feature 2 is not represented
    assert graph.features.tolist() == [0, 1, 3, 4, 5, 6]
    assert graph.edges.tolist() == [[1, 4], [1, 6], [3, 5], [4, 6]]
    np.testing.assert_allclose(graph.strength, [-0.5, -0.5, -1, -0.5], atol=1e-12)
    named = {component.name: sorted(component.features) for component in graph.components}
    assert named == {"triangle": [1, 4, 6], "digon": [3, 5], "dedicated feature": [0]}


def test_strength_is_the_inner_product_and_short_features_have_faint_edges():
    graph = measures.feature_graph(np.array([[0.6, -0.8]]))
    assert graph.strength.tolist() == pytest.approx([-0.48])
    W = np.array([[0.6, 0.6 * 0.3], [0.0, 0.6 * np.sqrt(1 - 0.09)]])  # the cosine is .3, the product .108
    assert measures.feature_graph(W).edges.shape == (0, 2)
    assert measures.feature_graph(W / 0.6).edges.tolist() == [[0, 1]]


def test_a_model_that_represents_nothing_is_an_empty_graph():
    graph = measures.feature_graph(np.full((1, 2, 4), 0.01))
    assert graph.features.shape == (0,)
    assert graph.edges.shape == (0, 2)
    assert graph.strength.shape == (0,)
    assert graph.components == ()


def test_every_represented_feature_is_in_one_component():
    W = np.random.default_rng().normal(size=(4, 15)) * 0.4
    graph = measures.feature_graph(W)
    members = [feature for component in graph.components for feature in component.features]
    assert sorted(members) == graph.features.tolist()
    assert (graph.edges[:, 0] < graph.edges[:, 1]).all()


def test_guide_lines_are_the_dimensionalities_of_the_polytopes():
    vertices = {
        "dedicated dimension": np.eye(2),
        "tetrahedron": simplex(4),
        "triangle": simplex(3),
        "digon": polytopes.octahedron(),
        "pentagon": polygon(5),
        "square antiprism": square_antiprism(),
        "not learned": np.zeros((2, 3)),
    }
    assert list(measures.LINES) == list(vertices)
    for name, level in measures.LINES.items():
        np.testing.assert_allclose(measures.feature_dimensionality(vertices[name]), level, atol=1e-12)
