"""Strata and held-out inputs: probabilities, and expectations that they must reproduce."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets.core import Problem, evaluate
from tms_widgets.core.evaluation import evaluation_sample
from tms_widgets.core.strata import Strata, binomial

densities = st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=12).map(np.array)


@given(densities)
def test_the_quiet_strata_are_what_enumeration_says(density):
    strata = Strata.of(density)
    assert np.isclose(strata.none_active, np.prod(1 - density))
    for j, p in enumerate(density):
        assert np.isclose(strata.one_active[j], p * np.prod(1 - np.delete(density, j)))


@given(st.integers(1, 2000), st.floats(1e-6, 1.0))
def test_binomial_probabilities_sum_to_one_with_the_right_mean(n, p):
    mass = binomial(n, p)
    assert np.isclose(mass.sum(), 1.0)
    assert np.isclose(mass @ np.arange(n + 1), n * p)


def test_rare_strata_keep_their_relative_accuracy():
    total, cumulative = Strata.of(np.full(5, 1e-6)).candidates(2)
    assert total == pytest.approx(10 * 1e-12, rel=1e-5)
    assert cumulative[-1] == pytest.approx(1.0)


PROBLEMS = [
    Problem(4, 2, density=0.3),
    Problem(4, 2, density=[0.9, 0.1, 0.4, 0.02]),
    Problem(4, 2, density=1.0),
    Problem(4, 2, density=0.3, value_range=(-1, 1)),
    Problem(6, 2, density=0.2, features="correlated", set_size=3),
    Problem(6, 2, density=0.5, features="anticorrelated", set_size=2),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_held_out_inputs_have_the_right_moments(problem):
    x, weight, _ = evaluation_sample(problem, 200_000, seed=int(np.random.default_rng().integers(2**31)))
    assert weight.sum() == pytest.approx(1.0, abs=0.01)
    p = problem.density_vector / (problem.set_size if problem.features == "anticorrelated" else 1)
    signed = problem.value_range[0] < 0
    assert weight @ x == pytest.approx(np.zeros(problem.n_features) if signed else p / 2, abs=0.01)
    assert weight @ x**2 == pytest.approx(p / 3, abs=0.01)
    both = (weight[:, None] * (x[:, :1] != 0)).T @ (x != 0)
    partner, stranger = both[0, 1], both[0, -1]
    if problem.features == "correlated":
        assert partner == pytest.approx(p[0], abs=0.01)
    elif problem.features == "anticorrelated":
        assert partner == 0.0
    else:
        assert partner == pytest.approx(p[0] * p[1], abs=0.01)
    assert stranger == pytest.approx(p[0] * p[-1], abs=0.01)


@pytest.mark.parametrize("architecture", ["linear", "relu_output", "relu_hidden", "untied"])
def test_the_held_out_loss_is_the_plain_expectation(architecture):
    rng = np.random.default_rng()
    problem = Problem(5, 3, importance=0.8, density=0.3, architecture=architecture)
    W, b, W_out = rng.normal(size=(1, 3, 5)), 0.3 * rng.normal(size=(1, 5)), rng.normal(size=(1, 5, 3))
    x = rng.uniform(*problem.value_range, (400_000, 5)) * (rng.random((400_000, 5)) < 0.3)
    hidden = x @ W[0].T
    if architecture in ("relu_hidden", "untied"):
        hidden = np.maximum(hidden, 0)
    out = hidden @ (W_out[0].T if architecture == "untied" else W[0]) + b
    if architecture != "linear":
        out = np.maximum(out, 0)
    target = np.abs(x) if architecture == "untied" else x
    losses = (problem.importance_vector * (target - out) ** 2).sum(axis=1)
    got = evaluate(problem, W, b, W_out if architecture == "untied" else None, n_samples=100_000).loss
    assert got.shape == (1,)
    assert got[0] == pytest.approx(losses.mean(), abs=6 * losses.std() / 400_000**0.5 + 0.01 * losses.mean())
