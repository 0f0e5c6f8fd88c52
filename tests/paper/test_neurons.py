"""Neurons of a privileged basis: what the claims E26 to E28 notice.

That they hold in their quick form, notebook 09 asserts with fresh seeds; behind ``paper`` is the full size.
"""

import numpy as np
import pytest

from tms_widgets import measures, paper
from tms_widgets.core import train
from tms_widgets.paper import neurons
from tms_widgets.paper.experiment import Result

from .test_claims import holds

NAMES = ("E26", "E27", "E28")


@pytest.mark.paper
@pytest.mark.parametrize("name", NAMES)
def test_the_claims_hold_at_full_size(name):
    holds(paper.EXPERIMENTS[name])


@pytest.mark.parametrize("name", NAMES)
def test_models_that_have_not_learned_fail(name):
    experiment = paper.EXPERIMENTS[name].twin
    findings = experiment.check(experiment.run(n_seeds=2, steps=1))
    # a rotation changes any model with ReLU; another claim may hold by chance
    assert sum(finding.holds for finding in findings) <= 1, "\n".join(map(str, findings))


@pytest.fixture(scope="module")
def counted() -> Result:
    """E27 with models made by hand, with 5, 5, 4, 3, 2 and 0 monosemantic neurons."""
    experiment = paper.EXPERIMENTS["E27"].twin
    result = experiment.run(n_seeds=1, steps=1)
    for run, alone in zip(result.runs, (5, 5, 4, 3, 2, 0), strict=True):
        run.W[0] = np.eye(5, 10)
        run.W[0, alone:, 5:] = np.eye(5)[alone:]
    return result


def test_neurons_are_counted_in_the_best_model(counted):
    experiment = paper.EXPERIMENTS["E27"]
    assert [neurons.monosemantic_neurons(run) for run in counted.runs] == [5, 5, 4, 3, 2, 0]
    assert [neurons.represented_features(run) for run in counted.runs] == [5, 5, 6, 7, 8, 10]
    alone, both, represented = experiment.check(counted)
    assert not alone.holds  # two are left at p = .03
    assert both.holds
    assert represented.holds
    assert both.measured == "p=0.35: 4 and 1; p=0.15: 3 and 2; p=0.03: 2 and 3"


def test_a_count_that_rises_again_is_noticed(counted):
    order = [0, 1, 3, 2, 5, 5]
    runs = tuple(counted.runs[k] for k in order)
    swapped = [train(run.problem, n_seeds=1, steps=1, n_frames=1) for run in counted.runs]
    for run, source in zip(swapped, runs, strict=True):
        run.W[0] = source.W[0]
    alone, _, represented = paper.EXPERIMENTS["E27"].check(Result(tuple(swapped)))
    assert not alone.holds
    assert not represented.holds


def test_active_fractions_of_constructed_neurons():
    run = train(neurons.neurons(0.2, hidden_bias=True), n_seeds=1, steps=1, n_frames=1)
    run.W[0], run.b_hidden[0] = 0.0, [1.0, -1.0, 0.0, 0.0, -0.5]
    run.W[0, 3, :2] = 1.0  # on when one of two features is
    run.W[0, 4, 0] = 1.0  # on when a feature is above ½
    expected = [1.0, 0.0, 0.0, 1 - 0.8**2, 0.1]
    np.testing.assert_allclose(neurons.active_fraction(run)[0], expected, atol=0.03)


def test_turning_changes_only_a_model_with_neurons():
    linear, hidden = (
        train(neurons.TEN.replace(density=0.5, architecture=kind), n_seeds=2, n_frames=1)
        for kind in ("relu_output", "relu_hidden")
    )
    assert neurons.turned_loss(linear) == pytest.approx(1.0, abs=1e-4)
    assert neurons.turned_loss(hidden) > 1.02
    assert measures.basis_alignment(hidden.W).mean() > measures.basis_alignment(linear.W).mean()
