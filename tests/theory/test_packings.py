"""Random packings against geometry, and vector symbolic operations against algebra."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tms_widgets import theory
from tms_widgets.core.checks import SettingError


def test_how_likely_two_directions_are_close():
    assert theory.pair_probability(2, 0.5) == pytest.approx(2 / 3)  # an arc
    assert theory.pair_probability(3, 0.3) == pytest.approx(0.7)  # Archimedes' hat box
    assert theory.pair_probability(1, 0.9) == 1
    assert theory.pair_probability(7, 0.0) == pytest.approx(1)
    assert theory.pair_probability(7, 1.0) == 0
    cosines = np.abs(theory.cosines(theory.random_directions(50, 1500)))[np.triu_indices(1500, 1)]
    for ε in (0.1, 0.25):
        assert theory.pair_probability(50, ε) == pytest.approx((cosines > ε).mean(), rel=0.05)


def test_it_falls_exponentially_with_the_dimensions():
    values = [theory.pair_probability(m, 0.5) for m in (100, 200, 300)]
    rates = -np.diff(np.log(values)) / 100
    assert rates == pytest.approx(-0.5 * math.log(0.75), rel=0.05)


def test_random_directions_are_even():
    W = theory.random_directions(6, 20_000)
    np.testing.assert_allclose(np.linalg.norm(W, axis=0), 1)
    np.testing.assert_allclose(W @ W.T / 20_000, np.eye(6) / 6, atol=0.02)
    assert (theory.random_directions(3, 4, seed=1) == theory.random_directions(3, 4, seed=1)).all()


def test_collisions_come_as_with_birthdays():
    for m, ε in ((3, 0.9), (20, 0.5)):
        counts = [theory.directions_before_collision(m, ε) for _ in range(200)]
        assert np.mean(counts) == pytest.approx(
            math.sqrt(math.pi / 2 / theory.pair_probability(m, ε)), rel=0.3
        )
    assert theory.directions_before_collision(1, 0.5) == 1
    with pytest.raises(SettingError, match="too many to draw"):
        theory.directions_before_collision(500, 0.6)


def test_a_packing_keeps_its_distance_and_leaves_no_room():
    m, ε = 12, 0.5
    W = theory.random_packing(m, ε, tries=800)
    assert theory.coherence(W) <= ε
    P = theory.pair_probability(m, ε)
    assert W.shape[1] < math.log1p(800 * P) / P  # those kept are further apart than by chance
    assert W.shape[1] > 0.3 * math.log1p(800 * P) / P
    assert theory.random_packing(4 * m, ε, tries=800).shape[1] > 3 * W.shape[1]
    line = theory.random_packing(1, 0.3, tries=50)
    assert line.shape == (1, 1)


@pytest.mark.parametrize("by", theory.BINDINGS)
def test_binding_is_undone_with_noise(by):
    a, b, c = (theory.random_directions(400, 50).T for _ in range(3))
    bound = theory.bind(a, b, by=by)
    np.testing.assert_allclose(bound, theory.bind(b, a, by=by), atol=1e-12)
    assert np.linalg.norm(bound, axis=1).mean() == pytest.approx(1, rel=0.1)
    assert abs((bound * a).sum(axis=1).mean()) < 0.05
    found = theory.unbind(bound, a, by=by)
    cosine = (found * b).sum(axis=1) / np.linalg.norm(found, axis=1)
    assert cosine.mean() == pytest.approx({"convolution": 2**-0.5, "product": 3**-0.5}[by], abs=0.04)
    wrong = theory.unbind(bound, c, by=by)
    assert abs((wrong * b).sum(axis=1).mean()) < 0.05


def test_signs_bind_exactly_by_product():
    a, b = np.sign(np.random.default_rng().normal(size=(2, 30))) / 30**0.5
    np.testing.assert_allclose(theory.unbind(theory.bind(a, b, by="product"), a, by="product"), b)


def test_bundles_and_memories():
    W = np.eye(8)
    assert theory.bundle(W[:3]).tolist() == [1, 1, 1, 0, 0, 0, 0, 0]
    assert theory.clean_up([[0, 0, 3.0, 1, 0, 0, 0, 0]], W).tolist() == [2]
    assert theory.bundling_recovery(W, 5) == 1
    assert theory.bundling_recovery(theory.random_directions(8, 300), 40) < 0.5
    wide, narrow = theory.random_directions(256, 60), theory.random_directions(8, 60)
    assert theory.binding_recovery(wide, 2) > 0.95
    assert theory.binding_recovery(narrow, 8) < 0.3
    assert theory.binding_recovery(wide, 2, seed=3) == theory.binding_recovery(wide, 2, seed=3)


def test_wrong_settings_are_refused_with_words():
    with pytest.raises(SettingError, match="max_cosine"):
        theory.pair_probability(5, 1.2)
    with pytest.raises(SettingError, match="max_cosine"):
        theory.random_packing(5, 1.0)
    with pytest.raises(SettingError, match="tries"):
        theory.random_packing(5, 0.5, tries=0)
    with pytest.raises(SettingError, match="seed"):
        theory.random_directions(5, 5, seed=-1)
    with pytest.raises(SettingError, match="did you mean 'product'"):
        theory.bind([1.0], [1.0], by="products")
    with pytest.raises(SettingError, match="3 components and the other 2"):
        theory.unbind([1, 2, 3], [1, 2])
    with pytest.raises(SettingError, match="a vector a row"):
        theory.bundle([1.0, 2.0])
    with pytest.raises(SettingError, match="one model"):
        theory.clean_up([1.0, 2.0], np.ones((2, 2, 2)))
    with pytest.raises(SettingError, match="n_pairs"):
        theory.binding_recovery(np.eye(4), 3)
