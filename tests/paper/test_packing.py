"""E38 to E40: what their claims notice. That they hold, notebooks 12, 16 and 17 assert with fresh seeds.

Behind ``paper``: the claims at full size, and as much larger as patience allows.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tms_widgets import paper, theory
from tms_widgets.paper import packing, sensing
from tms_widgets.paper.experiment import Result


def assert_holds(experiment):
    result = experiment.run()
    findings = experiment.check(result)
    assert len(findings) == len(experiment.claims) > 0
    assert not paper.failed(findings), paper.failed(findings)


@pytest.mark.paper
@pytest.mark.parametrize("name", ["E38", "E39", "E40"])
def test_the_claims_hold_at_full_size(name):
    assert_holds(paper.EXPERIMENTS[name])


@pytest.mark.paper
def test_the_gain_of_training_shrinks_further():
    """A thousand features in fifty dimensions, four thousand in a hundred."""
    assert_holds(dataclasses.replace(packing.packing((1000, 50), (4000, 100)), n_seeds=1))


def held(experiment, result):
    return [finding.holds for finding in experiment.check(result)]


def test_models_that_have_learned_nothing_are_found_out():
    """What holds of them all the same: the stored models, and what is true of random directions."""
    experiment = paper.EXPERIMENTS["E39"].twin
    assert held(experiment, experiment.run(steps=1)) == [False, True, False, True]
    small = dataclasses.replace(packing.packing((100, 10), (200, 20)), n_seeds=1)
    findings = held(small, small.run(steps=1))
    assert not any(findings[:5])  # two sets of few random vectors may well be bundled as if one was better
    assert not findings[7]
    assert findings[8]


def test_a_linear_staircase_would_be_found_out(monkeypatch):
    """Ramps as wide as steps round nothing."""
    experiment = paper.EXPERIMENTS["E38"]
    right = theory.compression_network
    monkeypatch.setattr(theory, "compression_network", lambda levels, width: right(levels, 1.0))
    assert held(experiment, Result(())) == [False, True, False, False, True]


def test_a_wrong_loss_would_be_found_out(monkeypatch):
    experiment = paper.EXPERIMENTS["E38"]
    right = theory.compression_loss
    monkeypatch.setattr(theory, "compression_loss", lambda levels, width: 1.05 * right(levels, width))
    assert held(experiment, Result(())) == [True, True, True, False, False]


def test_features_are_counted_in_units_of_the_scale():
    run = packing.packing((20, 4)).run(steps=1, n_seeds=1, init=0.5).runs[0]
    per_dimension = sensing.features_per_dimension(run)
    assert per_dimension == pytest.approx(np.square(run.W).sum(axis=(1, 2)) / 4, rel=1e-5)
    assert sensing.over_scale(np.array([10 / np.log(10)]), 10.0) == pytest.approx(1)
    assert sensing.lost_pairs(np.array([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]])) == pytest.approx(2 / 3)


def test_the_best_scale_of_orthogonal_vectors_keeps_everything():
    x = np.random.default_rng().random((50, 6)) * (np.random.default_rng().random((50, 6)) < 0.3)
    assert packing.scaled_loss(x, x) < 0.01 * np.square(x).sum(axis=1).mean()
