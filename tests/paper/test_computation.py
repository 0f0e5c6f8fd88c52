"""Computation in superposition: what the claims E29 to E31 notice.

That they hold in their quick form, notebook 10 asserts with fresh seeds; behind ``paper`` is the full size.
"""

import numpy as np
import pytest

from tms_widgets import measures, paper
from tms_widgets.core import Problem, evaluate, train
from tms_widgets.paper import computation

from .test_claims import holds

NAMES = ("E29", "E30", "E31")


@pytest.mark.paper
@pytest.mark.parametrize("name", NAMES)
def test_the_claims_hold_at_full_size(name):
    holds(paper.EXPERIMENTS[name])


@pytest.mark.parametrize("name", NAMES)
def test_models_that_have_not_learned_fail(name):
    experiment = paper.EXPERIMENTS[name].twin
    findings = experiment.check(experiment.run(n_seeds=2, steps=1))
    assert not any(finding.holds for finding in findings), "\n".join(map(str, findings))


def pairs(n_features, n_hidden):
    """Two neurons for each of the first features."""
    W = np.zeros((n_hidden, n_features))
    for i in range(n_hidden // 2):
        W[2 * i : 2 * i + 2, i] = 1.0, -1.0
    return W, np.abs(W.T)


def test_the_circuit_of_pairs_is_exact_however_it_is_scaled():
    rng = np.random.default_rng()
    W, out = pairs(3, 6)
    scale, order = np.exp(rng.normal(size=6)), rng.permutation(6)
    assert computation.is_exact_circuit((W * scale[:, None])[order], (out / scale)[:, order])


@pytest.mark.parametrize(
    ("place", "value"), [((0, 1), 0.03), ((0, 0), -1.0), ((0, 0), 0.0)], ids=["off", "twice", "missing"]
)
def test_other_weights_are_no_exact_circuit(place, value):
    W, out = pairs(3, 6)
    W[place] = value
    assert not computation.is_exact_circuit(W, out)
    W, out = pairs(3, 6)
    out[2, 0] = 0.03
    assert not computation.is_exact_circuit(W, out)


def test_fewer_neurons_than_sides_are_no_exact_circuit():
    assert not computation.is_exact_circuit(*pairs(3, 4))


@pytest.mark.parametrize("density", [1.0, 0.2, 0.01])
def test_the_dedicated_loss_is_that_of_the_pairs(density):
    problem = Problem(8, 6, importance=0.8, density=density, architecture="untied")
    W, out = pairs(8, 6)
    b = np.where(np.arange(8) < 3, 0.0, density / 2)
    evaluation = evaluate(problem, W[None], b[None], out[None], n_samples=100_000)
    sure = 5 * float(evaluation.standard_error[0]) + 1e-6
    assert computation.dedicated_loss(problem) == pytest.approx(float(evaluation.loss[0]), abs=sure)


def test_the_dedicated_features_are_the_most_important_ones():
    problem = Problem(3, 2, importance=[1.0, 3.0, 2.0], density=0.5, architecture="untied")
    assert computation.dedicated_loss(problem) == pytest.approx((1 + 2) * (0.5 / 3 - 0.25 / 4))


@pytest.fixture(scope="module")
def small():
    """A model of eight features and six neurons, to be overwritten."""
    return train(Problem(8, 6, architecture="untied", density=0.1), n_seeds=1, steps=1, n_frames=1)


def test_features_and_neurons_are_counted(small):
    small.W[0], small.W_out[0] = pairs(8, 6)
    assert computation.monosemantic_share(small) == 1.0
    assert computation.computed(small) == 3
    pure, mixed = computation.places_by_kind(small)
    assert pure == 1.0
    assert np.isnan(mixed)

    small.W[0, 4:, 5:7] = 0.5  # features 5 and 6 share the neurons of feature 2
    assert computation.monosemantic_share(small) == pytest.approx(4 / 6)
    assert computation.computed(small) == 3
    assert computation.places_by_kind(small) == (0.5, pytest.approx((2 + 5 + 6) / 3))


def test_motifs_are_listed_by_model():
    run = train(computation.absolute(0.3, 6, 10, 1.0), n_seeds=3, steps=1, n_frames=1)
    run.W[1], run.W_out[1] = 0.0, 0.0
    run.W[1, :2, :2] = [[1.0, 1 / 3], [0.5, 0.0]]
    run.W_out[1, :2, :2] = [[1.0, 0.0], [3.0, -6.0]]
    found = computation.motifs(run)
    assert [len(each) for each in found] == [0, 1, 0]
    assert isinstance(found[1][0], measures.Motif)
