"""E6: that its claims would notice. That they hold, notebook 03b asserts with fresh seeds."""

import dataclasses

import pytest

from tms_widgets import measures, paper, theory
from tms_widgets.paper.strata import PACKED_DENSITY


@pytest.fixture(scope="module")
def untrained():
    """Models of two densities only, and those that are packed, after one step."""
    experiment = paper.EXPERIMENTS["E6"]
    few = [problem for problem in experiment.problems if problem.density in (0.0003, PACKED_DENSITY)]
    return dataclasses.replace(experiment, problems=few).run(n_seeds=1, steps=1, init=0.3)


def test_models_that_have_learned_nothing_have_other_strata_and_shapes(untrained):
    findings = paper.EXPERIMENTS["E6"].check(untrained)
    # identities hold of any weights
    assert [finding.holds for finding in findings] == [True, True, True, True, False, True, True, False]


def test_other_formulas_would_be_found_out(untrained, monkeypatch):
    experiment = paper.EXPERIMENTS["E6"]
    right, energy = measures.gram, theory.thomson_energy
    monkeypatch.setattr(measures, "gram", lambda W: 1.01 * right(W))
    monkeypatch.setattr(theory, "thomson_energy", lambda W: energy(W, positive_only=False))
    findings = experiment.check(untrained)
    assert [findings[k].holds for k in (0, 2, 6)] == [False, False, False]


@pytest.mark.paper
def test_the_claims_hold():
    experiment = paper.EXPERIMENTS["E6"]
    findings = experiment.check(experiment.run())
    assert not paper.failed(findings), paper.failed(findings)
