import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets import measures
from tms_widgets.measures import polytopes

sizes = st.tuples(st.integers(1, 7), st.integers(1, 12))
seeds = st.integers(0, 2**32 - 1)


def orthogonal(size: int, rng: np.random.Generator) -> np.ndarray:
    return np.linalg.qr(rng.normal(size=(size, size)))[0]


def picture(W: np.ndarray) -> np.ndarray:
    return measures.canonical_rotation(W) @ W


@given(sizes, seeds)
def test_rotated_and_reflected_copies_give_one_picture(size, seed):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=size)
    R = measures.canonical_rotation(W)
    np.testing.assert_allclose(R @ R.T, np.eye(len(W)), atol=1e-12)
    np.testing.assert_allclose(picture(orthogonal(len(W), rng) @ W), R @ W, atol=1e-7)


@pytest.mark.parametrize(
    "vertices",
    [
        np.eye(4),
        polytopes.polygon(5),
        polytopes.polygon(6),
        polytopes.octahedron(),
        polytopes.square_antiprism(),
        polytopes.tegum_product(polytopes.simplex(4), polytopes.polygon(5)),
        np.hstack([polytopes.octahedron(), 0.01 * polytopes.polygon(5)[[0, 1, 0]]]),
    ],
)
def test_exactly_symmetric_models_give_one_picture_too(vertices):
    rng = np.random.default_rng()
    for _ in range(20):
        turned = orthogonal(len(vertices), rng) @ vertices
        np.testing.assert_allclose(picture(turned), picture(vertices), atol=1e-9)


@given(st.sampled_from([polytopes.polygon(5), polytopes.octahedron(), polytopes.square_antiprism()]), seeds)
def test_a_small_change_of_the_model_is_a_small_change_of_the_picture(vertices, seed):
    rng = np.random.default_rng(seed)
    change = 1e-4 * rng.uniform(-1, 1, size=vertices.shape)
    assert np.abs(picture(vertices + change) - picture(vertices)).max() < 30 * 1e-4


@pytest.mark.parametrize("n_hidden", [2, 3])
def test_the_first_represented_feature_points_along_x(n_hidden):
    W = np.random.default_rng().normal(size=(n_hidden, 6))
    W /= np.linalg.norm(W, axis=0)
    W[:, 0] *= 0.1
    first = picture(W)[:, 1]
    np.testing.assert_allclose(first, np.eye(n_hidden)[0], atol=1e-12)


def test_the_second_axis_is_the_next_feature_that_is_not_nearly_parallel():
    W = np.array([[1.0, -1.0, 0.0], [0.0, 0.1, -1.0]])
    np.testing.assert_allclose(picture(W), [[1, -1, 0], [0, -0.1, 1]], atol=1e-12)


@pytest.mark.parametrize("W", [np.zeros((3, 4)), np.eye(3)[:, :1], np.array([[-0.2]])])
def test_models_that_leave_hidden_directions_unused(W):
    R = measures.canonical_rotation(W)
    np.testing.assert_allclose(R @ R.T, np.eye(len(W)), atol=1e-12)
    assert (R @ W >= -1e-12).all()


def test_a_single_model_may_keep_its_instance_axis():
    W = np.random.default_rng().normal(size=(1, 2, 5))
    np.testing.assert_array_equal(measures.canonical_rotation(W), measures.canonical_rotation(W[0]))


def test_principal_plane_of_few_dimensions_is_the_first_two_axes():
    assert measures.principal_plane(np.array([[0.5, -1]])).tolist() == [[1], [0]]
    assert measures.principal_plane(np.ones((2, 3))).tolist() == [[1, 0], [0, 1]]
    assert measures.principal_plane(np.ones((3, 3))).tolist() == [[1, 0, 0], [0, 1, 0]]


@given(st.integers(4, 8), st.integers(4, 12), seeds)
def test_principal_plane_shows_the_most_and_turns_with_the_model(m, n, seed):
    rng = np.random.default_rng(seed)
    left, right = orthogonal(m, rng), np.linalg.qr(rng.normal(size=(n, n)))[0]
    W = left[:, : min(m, n)] * (2.0 ** -np.arange(min(m, n))) @ right[: min(m, n)]
    plane = measures.principal_plane(W)
    np.testing.assert_allclose(plane @ plane.T, np.eye(2), atol=1e-12)
    assert np.square(plane @ W).sum() == pytest.approx(1 + 1 / 4)
    turn = orthogonal(m, rng)
    np.testing.assert_allclose(measures.principal_plane(turn @ W) @ turn @ W, plane @ W, atol=1e-7)
