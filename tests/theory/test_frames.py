"""Frames and bounds: exact cases, inequalities that hold of everything, and what chance gives."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from tms_widgets import measures, theory
from tms_widgets.core.checks import SettingError


def test_tight_frames_are_at_the_welch_bound():
    for name in ("triangle", "pentagon", "octahedron", "cube", "simplex of 5 features"):
        W = theory.polytope(name).vertices.T
        m, n = W.shape
        assert theory.frame_tightness(W) == pytest.approx(1)
        assert theory.rms_cosine(W) == pytest.approx(theory.welch_bound(n, m))
    simplex = theory.polytope("tetrahedron").vertices.T  # all angles alike: the largest is at it too
    assert theory.coherence(simplex) == pytest.approx(theory.welch_bound(4, 3))


def test_nothing_is_below_the_welch_bound():
    W = np.random.default_rng().normal(size=(200, 4, 9))
    rms, largest = theory.rms_cosine(W), theory.coherence(W)
    assert (rms >= theory.welch_bound(9, 4)).all()
    assert (largest >= rms).all()
    assert theory.welch_bound(4, 7) == 0
    off = theory.cosines(W)
    np.testing.assert_allclose(rms, np.sqrt(np.square(off).sum(axis=(1, 2)) / 72))
    assert (np.abs(theory.largest_cosine(W)) <= largest + 1e-12).all()


def test_the_largest_cosine_has_a_sign():
    triangle = theory.polytope("triangle").vertices.T
    assert theory.largest_cosine(triangle) == pytest.approx(-0.5)
    assert theory.coherence(3 * triangle) == pytest.approx(0.5)


def test_chance_is_as_tight_as_marchenko_and_pastur_say():
    m, n = 40, 1600
    W = theory.random_directions(m, n)
    assert theory.rms_cosine(W) == pytest.approx(1 / math.sqrt(m), rel=0.03)
    assert theory.frame_tightness(W) == pytest.approx((1 - 0.1581) / (1 + 0.1581), abs=0.05)
    assert theory.frame_tightness(np.zeros((3, 2, 5))).tolist() == [0, 0, 0]


def test_isometry_constants_are_exact_for_pairs_and_never_too_large():
    W = np.random.default_rng().normal(size=(5, 8))
    unit = W / measures.feature_norms(W)
    for k in (2, 3):
        exact = max(
            np.abs(np.linalg.eigvalsh(unit[:, list(some)].T @ unit[:, list(some)]) - 1).max()
            for some in itertools.combinations(range(8), k)
        )
        found = theory.isometry_constant(W, k, n_subsets=400)
        assert found <= exact + 1e-12
        assert found == pytest.approx(exact, rel=1e-9 if k == 2 else 0.15)
    assert theory.isometry_constant(np.eye(4), 3) == pytest.approx(0)
    assert theory.isometry_constant([[1, -2, 0], [0, 0, 1]], 2) == pytest.approx(1)


def test_the_sensing_bound_has_the_constants_of_its_proof():
    assert theory.compressed_sensing_bound(100, 1) == pytest.approx(math.log(100) / math.log(5))
    assert theory.compressed_sensing_bound(100, 1, factor=10) == pytest.approx(math.log(100) / math.log(23))
    # by hand: k = 4, q = 5: 5⁴ words, those that differ in none or one place are 1 + 4·4
    assert theory.log_code_size(4, 5) == pytest.approx(math.log(625 / 17))
    assert theory.compressed_sensing_bound(20, 4) == pytest.approx(math.log(625 / 17) / math.log(5))


@pytest.mark.parametrize(("k", "q"), [(2, 3), (4, 2), (5, 2)])
def test_codes_of_that_size_exist(k, q):
    """A greedy code is at least as large as Gilbert and Varshamov say."""
    code: list[tuple[int, ...]] = []
    for word in itertools.product(range(q), repeat=k):
        if all(2 * sum(a != b for a, b in zip(word, other, strict=True)) >= k for other in code):
            code.append(word)
    assert len(code) >= math.exp(theory.log_code_size(k, q)) - 1e-9


def test_the_sensing_bound_grows_as_its_shape_says():
    """At a fixed density linearly in n; for rare features like ½ k ln(n/k) / ln 5, slowly."""
    small, large = (theory.compressed_sensing_bound(n, n // 20) for n in (2000, 20_000))
    assert large / small == pytest.approx(10, rel=0.1)
    shares = [
        theory.compressed_sensing_bound(10 * x, 10) / (5 * math.log(x) / math.log(5))
        for x in (10, 1000, 10**5)
    ]
    assert shares == sorted(shares)
    assert 0.8 < shares[-1] < 1.2
    assert theory.compressed_sensing_bound(8, 4) >= 0


def test_features_per_dimension_are_least_at_one_in_e():
    p = np.linspace(0.01, 0.99, 99)
    scale = theory.sparse_features_per_dimension(p)
    assert p[scale.argmin()] == pytest.approx(1 / math.e, abs=0.01)
    assert theory.sparse_features_per_dimension(0.1) == pytest.approx(10 / math.log(10))


def test_wrong_settings_are_refused_with_words():
    with pytest.raises(SettingError, match="length 0"):
        theory.rms_cosine([[1, 0, 0], [0, 0, 1]])
    with pytest.raises(SettingError, match="two features or more"):
        theory.coherence([[1.0]])
    with pytest.raises(SettingError, match="n_hidden, n_features"):
        theory.frame_tightness([1.0, 2.0])
    with pytest.raises(SettingError, match="one model"):
        theory.isometry_constant(np.ones((2, 2, 3)), 2)
    with pytest.raises(SettingError, match="n_active"):
        theory.isometry_constant(np.eye(3), 4)
    for arguments in [(1, 1), (10, 0), (10, 6), (10, 2.0)]:
        with pytest.raises(SettingError, match=r"n_features|n_active"):
            theory.compressed_sensing_bound(*arguments)
    with pytest.raises(SettingError, match="factor"):
        theory.compressed_sensing_bound(10, 2, factor=0.5)
    with pytest.raises(SettingError, match=r"below 1, the nearest is 0\.999"):
        theory.sparse_features_per_dimension([0.5, 1.0])
    with pytest.raises(SettingError, match="n_features"):
        theory.welch_bound(1, 1)
