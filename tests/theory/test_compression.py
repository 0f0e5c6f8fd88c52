"""Nonlinear compression: the network against the formula, its exact loss against sampled ones."""

from __future__ import annotations

import numpy as np
import pytest

from tms_widgets import theory
from tms_widgets.core.checks import SettingError


def points(count: int) -> np.ndarray:
    return np.random.default_rng().random((count, 2))


@pytest.mark.parametrize("Z", [1, 2, 3, 7])
def test_away_from_ramps_the_network_is_the_formula_both_ways(Z):
    network = theory.compression_network(Z, 0.02)
    level = np.random.default_rng().integers(Z, size=500)
    x, y = np.random.default_rng().uniform(0.02, 0.98, (2, 500))
    x = (x + level) / Z
    inside = (y > 0.02) & (y < 0.98)
    t = network.encode(np.stack([x, y], axis=1))
    np.testing.assert_allclose(t, (np.floor(Z * x) + y) / Z, atol=1e-9)
    answer = network.decode(t)[inside]
    np.testing.assert_allclose(answer[:, 0], (level[inside] + 0.5) / Z, atol=1e-9)
    np.testing.assert_allclose(answer[:, 1], y[inside], atol=1e-9)


def test_a_ramp_rises_over_its_width_around_the_jump():
    network = theory.compression_network(2, 0.2)
    x = np.array([0.5 - 0.06, 0.5 - 0.05, 0.5, 0.5 + 0.05, 0.5 + 0.06])
    np.testing.assert_allclose(2 * network.encode(np.stack([x, 0 * x], 1)), [0, 0, 0.5, 1, 1], atol=1e-9)


def test_every_weight_counts():
    network = theory.compression_network(4, 0.3)
    assert network.encoder.inner.shape == (7, 2)
    assert network.decoder.inner.shape == (7, 1)
    by_hand = np.maximum(points(5) @ network.encoder.inner.T + network.encoder.bias, 0)
    assert (by_hand @ network.encoder.outer.T).shape == (5, 1)
    assert network(points(6).reshape(2, 3, 2)).shape == (2, 3, 2)


@pytest.mark.parametrize(("Z", "width"), [(1, 0.5), (2, 0.1), (3, 0.1), (4, 1.0), (9, 0.03)])
def test_the_exact_loss_is_the_sampled_loss(Z, width):
    x = points(60_000)
    errors = np.square(theory.compression_network(Z, width)(x) - x).mean(axis=1)
    error = errors.std() / len(x) ** 0.5
    assert abs(errors.mean() - theory.compression_loss(Z, width)) < 5 * error


def test_without_ramps_only_rounding_is_lost():
    for Z in (1, 2, 3, 10):
        assert theory.compression_loss(Z, 0) == pytest.approx(1 / (24 * Z**2))
    assert theory.compression_loss(1, 0.7) == pytest.approx(theory.LINEAR_COMPRESSION_LOSS)


def test_wider_ramps_lose_more_and_never_as_much_as_a_linear_map():
    for Z in (2, 3, 5, 20):
        losses = [theory.compression_loss(Z, width) for width in (0, 0.01, 0.1, 0.3, 0.6, 1)]
        assert (np.diff(losses) > 0).all()
        assert losses[-2] < theory.LINEAR_COMPRESSION_LOSS
        assert losses[-1] <= theory.LINEAR_COMPRESSION_LOSS * (1 + 1e-12)  # ramps that meet may be one


def test_wrong_settings_are_refused_with_words():
    for levels, width in [(0, 0.1), (2.0, 0.1), (True, 0.1), (3, 0), (3, -0.1), (3, 1.5), (3, np.nan)]:
        with pytest.raises(SettingError, match=r"levels|width"):
            theory.compression_network(levels, width)
    with pytest.raises(SettingError, match="width"):
        theory.compression_loss(3, 2)
    with pytest.raises(SettingError, match=r"points have the shape \(3,\)"):
        theory.compression_network().encode([1, 2, 3])
