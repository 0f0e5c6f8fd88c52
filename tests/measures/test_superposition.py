import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tms_widgets import measures
from tms_widgets.core.checks import SettingError
from tms_widgets.measures import polytopes

entries = st.floats(-4, 4, width=32).filter(lambda x: x == 0 or abs(x) > 1e-3)
models = hnp.array_shapes(min_dims=2, max_dims=2, max_side=8).flatmap(
    lambda shape: hnp.arrays(np.float64, shape, elements=entries)
)
seeds = st.integers(0, 2**32 - 1)


def orthogonal(size: int, seed: int) -> np.ndarray:
    """A random rotation or reflection."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]


@given(models, seeds)
def test_no_measure_sees_a_rotation_of_the_hidden_space(W, seed):
    turned = orthogonal(len(W), seed) @ W
    for measure in (
        measures.gram,
        measures.feature_norms,
        measures.interference,
        measures.feature_dimensionality,
        measures.dimensions_per_feature,
        measures.leverage_scores,
    ):
        np.testing.assert_allclose(measure(turned), measure(W), rtol=1e-7, atol=1e-9)


@given(models, seeds)
def test_permuting_the_features_permutes_the_measures(W, seed):
    order = np.random.default_rng(seed).permutation(W.shape[1])
    for measure in (measures.feature_norms, measures.interference, measures.feature_dimensionality):
        np.testing.assert_allclose(measure(W[:, order]), measure(W)[order], rtol=1e-9, atol=1e-12)


@given(models)
def test_interference_and_dimensionality_stay_in_their_ranges(W):
    dimensionality = measures.feature_dimensionality(W)
    assert (measures.interference(W) >= 0).all()
    assert (dimensionality >= 0).all()
    assert (dimensionality <= 1).all()
    assert dimensionality.sum() <= np.linalg.matrix_rank(W) + 1e-6


@given(models, st.floats(0.1, 10))
def test_dimensionality_does_not_see_the_scale_of_a_model(W, scale):
    expected = measures.feature_dimensionality(W)
    np.testing.assert_allclose(measures.feature_dimensionality(scale * W), expected, atol=1e-9)


@given(models)
def test_the_formulas_are_the_papers(W):
    n = W.shape[1]
    for i in range(n):
        norm = np.linalg.norm(W[:, i])
        if norm == 0:
            assert measures.interference(W)[i] == measures.feature_dimensionality(W)[i] == 0
            continue
        projections = np.array([W[:, i] @ W[:, j] / norm for j in range(n)])
        whole = (projections**2).sum()
        others = sum(projections[j] ** 2 for j in range(n) if j != i)
        assert measures.interference(W)[i] == pytest.approx(others)
        assert measures.feature_dimensionality(W)[i] == pytest.approx(norm**2 / whole)


@pytest.mark.parametrize(
    ("vertices", "expected"),
    [
        (np.eye(3), 1),
        (polytopes.simplex(4), 3 / 4),
        (polytopes.simplex(3), 2 / 3),
        (polytopes.simplex(2), 1 / 2),
        (polytopes.octahedron(), 1 / 2),
        (polytopes.polygon(4), 1 / 2),
        (polytopes.polygon(5), 2 / 5),
        (polytopes.square_antiprism(), 3 / 8),
        (polytopes.triangular_bipyramid(), [2 / 3] * 3 + [1 / 2] * 2),
        (polytopes.pentagonal_bipyramid(), [2 / 5] * 5 + [1 / 2] * 2),
    ],
)
def test_dimensionality_of_the_papers_polytopes(vertices, expected):
    found = measures.feature_dimensionality(vertices)
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), atol=1e-12)
    assert found.sum() == pytest.approx(len(vertices))  # tight frames share out every dimension


@pytest.mark.parametrize(
    "vertices",
    [
        np.eye(3),
        polytopes.simplex(4),
        polytopes.polygon(7),
        polytopes.square_antiprism(),
        polytopes.pentagonal_bipyramid(),
    ],
)
def test_leverage_is_dimensionality_in_tight_frames(vertices):
    scores = measures.leverage_scores(vertices)
    np.testing.assert_allclose(scores, measures.feature_dimensionality(vertices), atol=1e-12)
    np.testing.assert_allclose(measures.leverage_scores(0.7 * vertices), scores, atol=1e-12)


@given(models)
def test_leverage_sums_to_the_rank_and_bounds_dimensionality(W):
    scores = measures.leverage_scores(W)
    assert scores.sum() == pytest.approx(np.linalg.matrix_rank(W, rtol=1e-6), abs=1e-6)
    assert (scores <= 1 + 1e-9).all()
    assert (measures.feature_dimensionality(W) <= scores + 1e-4).all()


def test_leverage_is_the_largest_share_of_any_direction():
    rng = np.random.default_rng()
    W = rng.normal(size=(3, 7))
    shares = np.square(rng.normal(size=(20_000, 3)) @ W)
    shares /= shares.sum(axis=1, keepdims=True)
    scores = measures.leverage_scores(W)
    assert (shares <= scores + 1e-12).all()
    assert (shares.max(axis=0) > 0.98 * scores).all()


def test_leverage_of_a_random_matrix_is_not_its_dimensionality():
    W = np.random.default_rng().normal(size=(10, 30))
    assert measures.leverage_scores(W).sum() == pytest.approx(10)
    assert measures.feature_dimensionality(W).sum() < 9.5


def test_leverage_of_features_that_span_less_than_the_hidden_space():
    assert (measures.leverage_scores(np.zeros((2, 3))) == 0).all()
    flat = np.float32([[1, -1, 0], [1 / 3, -1 / 3, 0], [0.1, -0.1, 0]])
    np.testing.assert_allclose(measures.leverage_scores(flat), [0.5, 0.5, 0], atol=1e-6)


def test_dimensions_per_feature():
    assert measures.dimensions_per_feature(np.eye(3)) == pytest.approx(1)
    assert measures.dimensions_per_feature(polytopes.octahedron()) == pytest.approx(1 / 2)
    assert measures.dimensions_per_feature(np.zeros((2, 3))) == np.inf


def test_a_feature_is_represented_above_the_threshold():
    W = np.array([[0.4, 0.6, 0.5]])
    assert measures.represented(W).tolist() == [False, True, False]
    assert measures.represented(W, threshold=0.3).tolist() == [True, True, True]


def test_leading_axes_are_kept_and_each_model_stands_alone():
    W = np.random.default_rng().normal(size=(2, 3, 4, 5)).astype(np.float32)
    assert measures.gram(W).shape == (2, 3, 5, 5)
    assert measures.dimensions_per_feature(W).shape == (2, 3)
    for measure in (
        measures.feature_norms,
        measures.interference,
        measures.feature_dimensionality,
        measures.leverage_scores,
    ):
        assert measure(W).shape == (2, 3, 5)
        assert measure(W).dtype == np.float64
        np.testing.assert_allclose(measure(W)[1, 2], measure(W[1, 2]))
    assert measures.represented(W).shape == (2, 3, 5)


@pytest.mark.parametrize(
    ("W", "message"),
    [
        ([1.0, 2.0], r"W has the shape \(2,\), but \(\.\.\., n_hidden, n_features\)"),
        (np.zeros((2, 0)), r"W has the shape \(2, 0\)"),
        ([["a", "b"]], "W is not an array of numbers"),
        ([[1.0, np.nan]], "W holds NaN, infinity"),
        ([[1e200, 1.0]], "W holds NaN, infinity or a number beyond 1e70"),
        ([[1.0], [np.inf]], "W holds NaN, infinity"),
    ],
)
def test_wrong_weights_are_refused_with_words(W, message):
    for measure in (measures.gram, measures.feature_dimensionality, measures.geometry):
        with pytest.raises(SettingError, match=message):
            measure(W)


@pytest.mark.parametrize("threshold", [-0.1, np.nan, True, "0.5"])
def test_wrong_thresholds_are_refused_with_words(threshold):
    with pytest.raises(SettingError, match="threshold"):
        measures.represented(np.eye(2), threshold)


@pytest.mark.parametrize(
    "one_model", [measures.geometry, measures.canonical_rotation, measures.principal_plane]
)
def test_several_models_where_one_is_needed(one_model):
    with pytest.raises(SettingError, match=r"needs one model.*run\.best\.W"):
        one_model(np.zeros((3, 2, 5)))
