import numpy as np
import pytest

from tms_widgets import Problem, theory, train
from tms_widgets.core.checks import SettingError

from .monte_carlo import sampled

TIE = (40 - 4 * 14**0.5) / 43
"""The density at which, for I = 1, the antipodal and the confused minimum are equally deep: .5822."""


def test_the_closed_form_is_what_sampling_gives():
    rng = np.random.default_rng()
    for _ in range(20):
        W, p, last = rng.normal(size=2), rng.uniform(0.05, 1), 10 ** rng.uniform(-1, 1)
        loss, error = sampled(W[None], np.zeros(2), p, np.array([1.0, last]), 100_000, rng)
        assert abs(loss - theory.loss_without_bias(*W, p, last)) < 5 * error


def test_the_closed_form_is_the_integral():
    """In every case of the split, on its edges and far out."""
    rng = np.random.default_rng()
    W = np.concatenate([rng.normal(size=(200, 2)), [[0, 0], [0, 1], [1, 0], [1, -1], [-1, 1], [1, 1]]])
    W = np.concatenate([W, [[1e-9, -1], [1, -1e-9], [30, -20]]])
    p, last = rng.uniform(0.01, 1, len(W)), 10 ** rng.uniform(-1, 1, len(W))
    worth = np.stack([np.ones_like(last), last], axis=-1)
    integrated = theory.exact_loss(W[:, None], np.zeros(2), p[:, None], worth)
    np.testing.assert_allclose(theory.loss_without_bias(*W.T, p, last), integrated, rtol=1e-9)


def test_a_surface_is_the_loss_on_a_square():
    surface = theory.loss_surface(0.4, 2.0, extent=2.0, size=41)
    assert surface.W1[[0, 20, -1]].tolist() == surface.W2[[0, 20, -1]].tolist() == [-2.0, 0.0, 2.0]
    assert surface.loss.shape == (41, 41)
    i, j = 7, 30
    one = theory.loss_without_bias(surface.W1[j], surface.W2[i], 0.4, 2.0)
    assert surface.loss[i, j] == one
    np.testing.assert_allclose(surface.loss, surface.loss[::-1, ::-1], rtol=1e-12)


@pytest.mark.parametrize("density", [0.8, 1.0])
def test_dense_features_are_confused(density):
    minima = theory.surface_minima(density)
    np.testing.assert_allclose(minima.W[0], 0.5**0.5, atol=1e-6)


def test_the_antipodal_minimum_jumps_to_the_confused_one():
    """For I = 1 the two are equally deep at p = (40 − 4√14)/43, and both are minima on either side."""
    for density in (0.05, 0.5, TIE - 1e-3):
        minima = theory.surface_minima(density)
        u = (8 - 5 * density) / (8 - 6 * density)
        np.testing.assert_allclose(minima.W[0], [u**0.5, -(u**0.5)], atol=1e-6)
    for density in (TIE + 1e-3, 0.62, 0.9):
        np.testing.assert_allclose(theory.surface_minima(density).W[0], 0.5**0.5, atol=1e-6)
    loss = theory.surface_minima(TIE).loss
    assert len(loss) == 2
    assert loss[0] == pytest.approx(loss[1], rel=1e-12)


def test_every_minimum_is_one_and_no_point_is_lower():
    rng = np.random.default_rng()
    for _ in range(20):
        p, last = rng.uniform(0.02, 1), 10 ** rng.uniform(-1, 1)
        minima = theory.surface_minima(p, last)
        assert (minima.W[:, 0] >= 0).all()
        assert (np.diff(minima.loss) >= 0).all()
        around = minima.W[:, None] + 1e-3 * rng.normal(size=(len(minima.W), 50, 2))
        near = theory.loss_without_bias(around[..., 0], around[..., 1], p, last)
        assert (near >= minima.loss[:, None]).all()
        anywhere = rng.uniform(-1.5, 1.5, (20_000, 2))
        assert theory.loss_without_bias(*anywhere.T, p, last).min() >= minima.loss[0]
        assert np.abs(minima.W).max() < 1.5


def test_trained_models_end_in_the_minima():
    rng = np.random.default_rng()
    problem = Problem(2, 1, importance=[1.0, 1.0], density=0.57, bias=False)
    run = train(problem, n_seeds=20, seed=int(rng.integers(2**31)), n_frames=1)
    minima = theory.surface_minima(0.57)
    W = run.W[:, 0] * np.where(run.W[:, 0, :1] < 0, -1, 1)
    away = np.linalg.norm(W[:, None] - minima.W, axis=-1)
    assert away.min(axis=1).max() < 1e-3
    assert set(away.argmin(axis=1)) == {0, 1}
    np.testing.assert_allclose(run.loss, minima.loss[away.argmin(axis=1)], rtol=1e-4)


def test_what_is_no_surface_is_refused_with_words():
    with pytest.raises(SettingError, match="density is a probability"):
        theory.loss_surface(0.0)
    with pytest.raises(SettingError, match="importance weighs"):
        theory.surface_minima(0.5, -1.0)
    with pytest.raises(SettingError, match=r"extent=0 is not allowed; .* the nearest is 1.5"):
        theory.loss_surface(0.5, extent=0)
    with pytest.raises(SettingError, match=r"size=1 is outside 2 to 2001; the nearest that works is 2"):
        theory.loss_surface(0.5, size=1)
    with pytest.raises(SettingError, match="W1 holds NaN"):
        theory.loss_without_bias(np.nan, 0.0, 0.5)
