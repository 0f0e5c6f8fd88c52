"""E32, E33, E34: that their claims can fail, and what they are made of. Notebooks 11 and 15 assert them."""

import dataclasses

import numpy as np
import pytest

from tms_widgets import Problem, evaluate, paper, train
from tms_widgets.paper import dictionaries, strategy

from .test_claims import holds


@pytest.fixture
def rng():
    return np.random.default_rng()


@pytest.mark.paper
def test_superposition_disappears_at_all_penalties():
    holds(paper["E32"])


def test_the_least_importance_is_where_keeping_a_feature_costs_as_much_as_dropping_it():
    l1, w = 0.7, np.linspace(0.0, 1.2, 2_000_001)
    importance = strategy.least_importance(l1)
    for factor, kept in ((1.001, True), (0.999, False)):
        cost = importance * factor * (1.0 - w**2) ** 2 / 3.0 + l1 * w / 2.0
        assert (w[cost.argmin()] > 0.5) == kept
        if kept:
            assert w[cost.argmin()] == pytest.approx((2.0 / 3.0) ** 0.5, abs=0.01)


@pytest.mark.parametrize("density", [0.05, 0.4])
def test_what_pairs_and_dedicated_dimensions_earn_is_what_sampling_says(density, rng):
    x = rng.random((1_000_000, 2)) * (rng.random((1_000_000, 2)) < density)
    h = x[:, 0] - x[:, 1]
    output = np.maximum(np.stack([h, -h], axis=1), 0.0)
    earned = 2.0 * x[:, 0].var() - np.square(x - output).sum(axis=1).mean()
    assert earned / (h != 0).mean() == pytest.approx(strategy.antipodal(density), rel=0.02)
    assert x[:, 0].var() / (x[:, 0] > 0).mean() == pytest.approx(strategy.dedicated(density), rel=0.02)


def with_weights(problem, W):
    """A run of one step, with these weights in the place of its own."""
    run = train(problem, n_seeds=1, steps=1, n_frames=1)
    W = np.asarray(W, np.float32)[None, None]
    b = np.zeros((1, 1, problem.n_features), np.float32)
    frames = dataclasses.replace(run.frames, W=W, b=b)
    return dataclasses.replace(run, frames=frames, loss=evaluate(problem, W[0], b[0]).loss)


def test_what_a_model_earns_is_divided_by_how_often_its_dimensions_are_active():
    problem = Problem(4, 2, density=0.1)
    pairs = with_weights(problem, [[1, -1, 0.01, 0], [0, 0.02, 1, -1]])
    value, error = strategy.per_activation(pairs)
    assert value == pytest.approx(float(strategy.antipodal(0.1)), abs=0.005 + 4 * error)
    alone = with_weights(problem.replace(architecture="relu_hidden"), [[1, 0, 0, 0], [0, 0, 1, 0]])
    # two features are answered, and the other two are answered by 0, which costs more than their mean
    value, error = strategy.per_activation(alone)
    exact = strategy.dedicated(0.1) - 2.0 * 0.05**2 / (2 * 0.1)
    assert value == pytest.approx(float(exact), abs=1e-5 + 4 * error)


def test_only_the_top_means_the_top_and_undisturbed():
    W = np.zeros((4, 2, 4))
    W[0, [0, 1], [0, 1]] = 1.0
    W[1, [0, 1], [0, 2]] = 1.0  # not the most important
    W[2, [0, 0], [0, 1]] = 1.0, -1.0  # on one neuron
    W[3, [0, 1, 1], [0, 1, 2]] = 1.0, 1.0, 0.3  # a third feature leaks in
    assert strategy.only_the_top(W).tolist() == [True, False, False, False]


def test_hidden_vectors_are_those_of_inputs_with_an_active_feature(rng):
    problem = Problem(3, 3, density=[0.1, 0.2, 0.3])
    h = dictionaries.hidden_vectors(with_weights(problem, np.diag([1.0, 2.0, -1.0])), 40_000, rng)
    assert h.shape == (40_000, 3)
    assert (h != 0).any(axis=1).all()
    some = 1.0 - 0.9 * 0.8 * 0.7
    np.testing.assert_allclose((h != 0).mean(axis=0), np.array([0.1, 0.2, 0.3]) / some, atol=0.015)
    np.testing.assert_allclose(h.mean(axis=0), np.array([0.05, 0.2, -0.15]) / some, atol=0.015)


def test_a_match_is_with_the_represented_features_alone():
    run = with_weights(Problem(3, 2, density=0.1), [[1.0, 0.0, 0.0], [0.0, 1.0, 0.3]])
    assert dictionaries.true_directions(run).tolist() == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("name", ["E32", "E34"])
def test_models_that_have_not_learned_fail(name):
    experiment = paper[name].twin
    findings = experiment.check(experiment.run(n_seeds=2, steps=1))
    assert sum(not finding.holds for finding in findings) >= 2


def test_dictionaries_that_have_not_learned_fail(monkeypatch):
    monkeypatch.setattr(dictionaries, "STEPS", 1)
    monkeypatch.setattr(dictionaries, "N_VECTORS", 2000)
    experiment = paper["E33"]
    findings = experiment.check(experiment.run(n_seeds=1))
    assert not any(finding.holds for finding in findings)


def test_a_twin_has_the_claims_and_fewer_penalties():
    assert set(strategy.FEWER) < set(strategy.PENALTIES)
    assert paper["E32"].twin.claims == paper["E32"].claims
