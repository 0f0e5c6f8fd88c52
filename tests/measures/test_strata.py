"""The loss by the number of active features: exact where it says so, and in all the loss that it is."""

import random

import numpy as np
import pytest

from tms_widgets import measures
from tms_widgets.core import Problem, SettingError, evaluate
from tms_widgets.measures.strata import _UnitsDrawn  # pyright: ignore[reportPrivateUsage]

KINDS = {
    "relu": {},
    "linear": {"architecture": "linear"},
    "gelu": {"activation": "gelu"},
    "squared relu, both signs": {"activation": "squared_relu", "value_range": (-1, 1)},
    "neurons with biases and a penalty": {"architecture": "relu_hidden", "hidden_bias": True, "l1": 0.05},
    "absolute value": {"architecture": "untied", "n_hidden": 9, "hidden_bias": True},
    "penalty, both signs": {"l1": 0.05, "value_range": (-1, 1)},
    "densities of their own": {"density": (0.05, 0.4, 0.2, 0.1, 0.3, 0.02)},
    "correlated": {"features": "correlated", "set_size": 2},
    "anticorrelated": {"features": "anticorrelated", "set_size": 3},
}


@pytest.fixture
def seed():
    """A fresh one each time; a failure shows it."""
    return random.SystemRandom().randrange(10**6)


def case(name, seed):
    """A random model of a kind, its problem first."""
    rng = np.random.default_rng(seed)
    settings = {"n_hidden": 3, "importance": 0.8, "density": 0.2, **KINDS[name]}
    problem = Problem(6, **settings)
    n, m = problem.n_features, problem.n_hidden
    W_out = rng.normal(size=(n, m)) / 2 if problem.architecture == "untied" else None
    b_hidden = rng.normal(size=m) / 3 if problem.hidden_bias else None
    return problem, rng.normal(size=(m, n)) / np.sqrt(m), rng.normal(size=n) / 4, W_out, b_hidden


@pytest.mark.parametrize("name", KINDS)
def test_the_strata_sum_to_the_held_out_loss(name, seed):
    problem, *arrays = case(name, seed)
    strata = measures.loss_strata(problem, *arrays, seed=seed)
    assert strata.probability.sum() == pytest.approx(1)
    assert strata.share.sum() == pytest.approx(1)
    model = (None if array is None else array[None] for array in arrays)
    held_out = evaluate(problem, *model, n_samples=2**15, seed=seed + 1)
    apart = abs(strata.total - held_out.loss[0])
    assert apart < 5 * np.hypot(strata.total_error, held_out.standard_error[0]) + 1e-6


@pytest.mark.parametrize("name", [name for name in KINDS if name != "correlated"])
def test_none_and_one_active_are_exact(name, seed):
    problem, *arrays = case(name, seed)
    strata = measures.loss_strata(problem, *arrays, n_samples=100)
    assert (strata.k[:2] == [0, 1]).all()
    assert (strata.error[:2] == 0).all()
    assert (strata.error[2:] > 0).all()
    W, b, W_out, b_hidden = arrays
    nothing = measures.trace(problem, W, b, np.zeros(6), W_out, b_hidden)
    assert strata.loss[0] == pytest.approx(nothing.loss)
    # one active feature, plainly: a grid of values, each feature as often as it is the active one
    p = problem.density_vector[:: problem.set_size or 1]
    often = (p / (1 - p)).repeat(problem.set_size or 1)
    low = problem.value_range[0]
    grid = low + (1 - low) * (np.arange(100) + 0.5) / 100
    losses = [
        np.mean([measures.trace(problem, W, b, t * np.eye(6)[i], W_out, b_hidden).loss for t in grid])
        for i in range(6)
    ]
    assert strata.loss[1] == pytest.approx(np.average(losses, weights=often), rel=2e-3)
    if not problem.l1:
        pairs = measures.one_active_costs(problem, *arrays)
        np.testing.assert_allclose(pairs.sum(axis=0), losses, rtol=0.01)


@pytest.mark.parametrize("name", ["relu", "densities of their own", "correlated", "anticorrelated"])
def test_inputs_of_a_stratum_have_that_many_active_features(name, seed):
    problem, *_ = case(name, seed)
    x = _UnitsDrawn(problem, 2).inputs(4000, np.random.default_rng(seed))
    assert set((x != 0).sum(axis=1)) == {4 if name == "correlated" else 2}
    density = problem.density_vector[:: problem.set_size or 1]
    odds = density / (1 - density)
    pairs = np.triu(np.outer(odds, odds), 1)
    chance = (pairs + pairs.T).sum(axis=1) / pairs.sum()
    share = 1 / (problem.set_size or 1) if name == "anticorrelated" else 1
    seen = (x != 0).mean(axis=0)
    np.testing.assert_allclose(seen, share * chance.repeat(problem.set_size or 1), atol=0.05)


def test_a_dense_input_has_one_stratum():
    strata = measures.loss_strata(Problem(7, 2), np.eye(2, 7), np.full(7, 0.5))
    assert strata.k.tolist() == [7]
    assert strata.share.tolist() == [1]
    assert strata.share_up_to(1) == 0


def test_a_perfect_model_has_no_shares():
    strata = measures.loss_strata(Problem(2, 2, density=0.5), np.eye(2), np.zeros(2))
    assert strata.total == pytest.approx(0, abs=1e-30)
    assert measures.LossStrata(strata.k, strata.probability, 0 * strata.loss, strata.error).share.sum() == 0


def test_the_same_seed_draws_the_same_inputs(seed):
    problem, *arrays = case("relu", seed)
    one, same, other = (measures.loss_strata(problem, *arrays, seed=s) for s in (seed, seed, seed + 1))
    assert (one.loss == same.loss).all()
    assert (one.loss != other.loss).any()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"W": np.eye(3), "b": np.zeros(3)}, "they must agree"),
        ({"b": [0.0]}, "b has the shape"),
        ({"n_samples": 1}, "n_samples=1"),
        ({"seed": -1}, "seed=-1"),
    ],
    ids=["features", "biases", "samples", "seed"],
)
def test_what_does_not_fit_is_said(settings, words):
    given = {"problem": Problem(2, 1), "W": [[1.0, -1.0]], "b": [0.0, 0.0], **settings}
    with pytest.raises(SettingError, match=words):
        measures.loss_strata(**given)
