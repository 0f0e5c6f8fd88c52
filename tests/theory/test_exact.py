import numpy as np
import pytest

from tms_widgets import Problem, evaluate, theory, train
from tms_widgets.core.checks import SettingError
from tms_widgets.core.problem import ACTIVATIONS

from .monte_carlo import sampled


def random_model(n, m, rng):
    return rng.normal(size=(m, n)) / np.sqrt(m), rng.normal(size=n) / 4


@pytest.mark.parametrize("value_range", [(0, 1), (-1, 1)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_is_what_plain_sampling_gives(activation, value_range):
    rng = np.random.default_rng()
    for n, m in [(1, 1), (2, 1), (3, 2), (4, 2), (6, 2)]:
        W, b = random_model(n, m, rng)
        p, worth = rng.uniform(0.1, 1.0, n), rng.uniform(0.1, 2.0, n)
        exact = theory.exact_loss(W, b, p, worth, activation=activation, value_range=value_range)
        loss, error = sampled(W, b, p, worth, 50_000, rng, activation, value_range)
        assert abs(loss - exact) < 5 * error


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("n", "m", "close"), [(2, 1, 1e-5), (3, 2, 1e-4), (5, 2, 3e-4)])
def test_it_is_the_exact_engines_own_loss_of_trained_models(n, m, close, activation):
    """As close as the engine is, which adds up many points in single precision."""
    rng = np.random.default_rng()
    worth, p = rng.uniform(0.3, 2.0, n), rng.uniform(0.05, 0.9)
    run = train(
        Problem(n, m, importance=worth, density=p, activation=activation),
        n_seeds=4, seed=int(rng.integers(2**31)), n_frames=1, steps=300, engine="exact",
    )  # fmt: skip
    exact = theory.exact_loss(run.W, run.b, p, worth, activation=activation)
    np.testing.assert_allclose(exact, run.loss, rtol=close)


def test_it_is_within_the_error_of_the_sampled_evaluation():
    run = train(Problem(6, 2, importance=0.9, density=0.3), n_seeds=2, n_frames=1, engine="stratified")
    exact = theory.exact_loss(run.W, run.b, 0.3, run.problem.importance_vector)
    judged = evaluate(run, n_samples=20_000, seed=int(np.random.default_rng().integers(2**31)))
    assert (np.abs(judged.loss - exact) < 5 * judged.standard_error + 1e-6).all()


@pytest.mark.parametrize("activation", ["relu", "squared_relu"])
def test_splitting_at_the_kinks_is_exact(activation):
    """Against one output's integral over two variables, by a rule of very many points."""
    rng = np.random.default_rng()
    W, b = random_model(2, 1, rng)
    p, worth = rng.uniform(0.1, 1.0, 2), rng.uniform(0.1, 2.0, 2)
    t = (np.arange(1500) + 0.5) / 1500
    loss = 0.0
    for active in [(0, 0), (0, 1), (1, 0), (1, 1)]:
        x = np.stack(np.broadcast_arrays(t[:, None] * active[0], t * active[1]))
        s = np.einsum("ji,jab->iab", W.T @ W, x) + b[:, None, None]
        out = np.maximum(s, 0.0) ** (2 if activation == "squared_relu" else 1)
        error = np.square(out - x).mean(axis=(1, 2)) @ worth
        loss += np.where(active, p, 1 - p).prod() * error
    assert theory.exact_loss(W, b, p, worth, activation=activation) == pytest.approx(loss, rel=1e-5)


def test_leading_axes_are_kept_and_broadcast():
    rng = np.random.default_rng()
    W, b = rng.normal(size=(5, 1, 2)), rng.normal(size=(4, 1, 2))
    density, importance = rng.uniform(0.1, 1, (3, 1, 1, 1)), rng.uniform(0.1, 1, 2)
    loss = theory.exact_loss(W, b, density, importance)
    assert loss.shape == (3, 4, 5)
    alone = theory.exact_loss(W[3], b[2, 0], density[1, 0, 0, 0], importance)
    assert alone.shape == ()
    assert loss[1, 2, 3] == pytest.approx(float(alone), rel=1e-12)


def test_symmetries():
    """Turning the hidden space, and reordering the features, change nothing."""
    rng = np.random.default_rng()
    W, b = random_model(4, 2, rng)
    p, worth, order = rng.uniform(0.1, 1, 4), rng.uniform(0.1, 1, 4), rng.permutation(4)
    loss = theory.exact_loss(W, b, p, worth)
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    assert theory.exact_loss(turn @ W, b, p, worth) == pytest.approx(loss, rel=1e-12)
    again = theory.exact_loss(W[:, order], b[order], p[order], worth[order])
    assert again == pytest.approx(loss, rel=1e-8)


def test_the_linear_model_has_a_closed_form():
    rng = np.random.default_rng()
    problem = Problem(4, 2, importance=0.8, density=[0.9, 0.5, 0.2, 0.1], architecture="linear")
    W, b = random_model(4, 2, rng)
    exact = theory.exact_loss(W, b, problem.density_vector, problem.importance_vector, activation="linear")
    assert exact == pytest.approx(theory.linear_loss(problem, W, b), rel=1e-12)


def test_weights_of_zero_and_certain_features():
    """No kink to be found, and active sets that cannot be."""
    assert theory.exact_loss(np.zeros((1, 3)), np.zeros(3), 1.0) == pytest.approx(1.0)
    assert theory.exact_loss(np.zeros((1, 2)), [0.5, 0.5], 1.0) == pytest.approx(1 / 6)
    assert theory.exact_loss([[1.0, 0.0]], [0.0, 0.0], 0.3) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: theory.exact_loss(np.ones((2, 7)), np.ones(7), 0.5), "7 features are too many"),
        (lambda: theory.exact_loss(np.ones((1, 2)), np.ones(3), 0.5), "do not fit together"),
        (lambda: theory.exact_loss(np.ones((1, 2)), np.ones(2), 0.0), "density is a probability"),
        (lambda: theory.exact_loss(np.ones((1, 2)), [0, np.inf], 0.5), "b holds NaN or infinity"),
        (lambda: theory.exact_loss(np.ones(2), np.ones(2), 0.5), r"\(1, n_features\)"),
        (lambda: theory.exact_loss(np.ones((1, 2)), np.ones(2), 0.5, activation="rel"), "mean 'relu'"),
        (lambda: theory.exact_loss(np.ones((1, 2)), np.ones(2), 0.5, value_range=(0, 2)), r"\(-1, 1\)"),
    ],
)
def test_what_cannot_be_integrated_is_refused_with_words(call, words):
    with pytest.raises(SettingError, match=words):
        call()
