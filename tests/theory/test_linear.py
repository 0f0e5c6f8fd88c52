import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets import Problem, measures, theory
from tms_widgets.core.checks import SettingError
from tms_widgets.theory.linear import mean

seeds = st.integers(0, 2**32 - 1)


def samples(problem: Problem, count: int, rng: np.random.Generator) -> np.ndarray:
    """Inputs drawn just as the paper defines them."""
    x = rng.uniform(*problem.value_range, size=(count, problem.n_features))
    return x * (rng.random(x.shape) < problem.density_vector)


def losses(problem: Problem, W: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.square(x - x @ W.T @ W - b) @ problem.importance_vector


def random_problem(rng: np.random.Generator) -> Problem:
    n = int(rng.integers(2, 7))
    return Problem(
        n_features=n,
        n_hidden=int(rng.integers(1, n)),
        importance=rng.uniform(0.1, 2, n).tolist(),
        density=rng.uniform(0.02, 1, n).tolist(),
        architecture="linear",
        value_range=[(0, 1), (-1, 1)][rng.integers(2)],
    )


@pytest.mark.parametrize("density", [1.0, 0.3, 0.05, [0.9, 0.5, 0.2, 0.1, 0.05, 0.02]])
@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1)])
def test_the_closed_forms_agree_with_monte_carlo(density, value_range):
    rng = np.random.default_rng()
    problem = Problem(6, 3, importance=0.8, density=density, architecture="linear", value_range=value_range)
    x = samples(problem, 200_000, rng)
    best = theory.linear_optimum(problem)
    anything = rng.normal(size=(3, 6)) / 2, rng.normal(size=6)
    for (W, b), exact in ((best[:2], best.loss), (anything, theory.linear_loss(problem, *anything))):
        sampled = losses(problem, W, b, x)
        assert abs(sampled.mean() - exact) < 5 * sampled.std() / np.sqrt(len(x))
    np.testing.assert_allclose(x.mean(axis=0), mean(problem), atol=0.01)
    np.testing.assert_allclose(x.var(axis=0), theory.variance(problem), atol=0.01)


@given(seeds)
def test_its_own_weights_reach_the_stated_loss(seed):
    problem = random_problem(np.random.default_rng(seed))
    best = theory.linear_optimum(problem)
    assert theory.linear_loss(problem, best.W, best.b) == pytest.approx(best.loss, abs=1e-12)


@given(seeds)
def test_nothing_found_downhill_is_better(seed):
    """Gradient descent on the exact loss, from random weights, ends at the optimum or above it."""
    rng = np.random.default_rng(seed)
    problem = random_problem(rng)
    best = theory.linear_optimum(problem)
    W = rng.normal(size=best.W.shape) / 2
    importance, spread = problem.importance_vector, theory.variance(problem)
    for _ in range(300):
        error = np.eye(problem.n_features) - W.T @ W
        weighted = importance[:, None] * error * spread
        W = W + 0.05 * W @ (weighted + weighted.T)
    b = (np.eye(problem.n_features) - W.T @ W) @ mean(problem)
    assert theory.linear_loss(problem, W, b) >= best.loss * (1 - 1e-9)


@pytest.mark.parametrize("density", [1.0, 0.1, 0.001])
def test_the_most_important_features_are_kept_at_any_density(density):
    W, b, loss = theory.linear_optimum(Problem(20, 5, importance=0.7, density=density))
    assert measures.feature_norms(W).tolist() == [1] * 5 + [0] * 15
    assert not measures.interference(W).any()
    np.testing.assert_allclose(b, [0] * 5 + [density / 2] * 15)
    v = density / 3 - density**2 / 4
    assert loss == pytest.approx(v * (0.7**5 - 0.7**20) / 0.3)


def test_what_is_kept_is_decided_by_importance_times_variance():
    kept = theory.linear_optimum(Problem(3, 1, importance=[1, 1, 0.9], density=[0.1, 0.2, 0.9])).W
    assert kept.tolist() == [[0, 0, 1]]


def test_room_for_every_feature_means_no_loss():
    W, b, loss = theory.linear_optimum(Problem(2, 4))
    assert W.shape == (4, 2)
    assert loss == 0
    assert not b.any()
    np.testing.assert_array_equal(W.T @ W, np.eye(2))


@pytest.mark.parametrize("call", [theory.linear_optimum, theory.variance])
def test_dependent_features_are_refused_with_words(call):
    problem = Problem(4, 2, features="correlated", set_size=2)
    with pytest.raises(SettingError, match="independent features, not for correlated ones"):
        call(problem)
