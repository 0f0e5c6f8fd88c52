"""Adversarial robustness: what its claims notice. That the quick twins hold, notebook 08 asserts."""

import dataclasses

import numpy as np
import pytest

from tms_widgets import measures, paper
from tms_widgets.core import Problem, train
from tms_widgets.paper import adversaries
from tms_widgets.paper.experiment import Result
from tms_widgets.paper.uniform import uniform_problems

NAMES = ("E23", "E24", "E25")


@pytest.mark.paper
@pytest.mark.parametrize("name", NAMES)
def test_the_claims_hold_at_full_size(name):
    experiment = paper.EXPERIMENTS[name]
    findings = experiment.check(experiment.run())
    assert len(findings) == len(experiment.claims) > 0
    assert not paper.failed(findings), paper.failed(findings)


@pytest.mark.paper
def test_trained_as_long_all_models_give_up_superposition():
    """What the claim asks of some models, since the quick twin ends before the last features are gone."""
    experiment = paper.EXPERIMENTS["E25"]
    place = adversaries.FRACTIONS.index(0.8)
    run = train(experiment.problems[place], n_seeds=8, n_frames=1, **experiment.settings[place])
    found = adversaries.hardened(run)
    assert found.separate >= 0.75
    assert found.interference < 0.1


@pytest.mark.parametrize("name", ["E23", "E24", "E25"])
def test_claims_fail_on_models_that_have_learned_nothing(name):
    """Not each of them: of what random weights do to an attack, some is as it should be by chance."""
    twin = paper.EXPERIMENTS[name].twin
    small = {
        "E23": {"problems": uniform_problems((1.0, 2.8, 20.0), 20, 3)},
        "E24": {"problems": twin.problems[:1]},
        "E25": {},
    }[name]
    experiment = dataclasses.replace(twin, **small)
    findings = experiment.check(experiment.run(n_seeds=1, steps=1, init=0.3))
    assert not all(finding.holds for finding in findings), "\n".join(map(str, findings))


def test_the_models_of_a_run_are_exposed_once(monkeypatch):
    run = train(Problem(8, 2, density=0.2), n_seeds=2, steps=20, n_frames=1)
    first = adversaries.exposure(run)
    monkeypatch.setattr(measures, "vulnerability", None)
    assert adversaries.exposures(Result((run,))) == [first]
    assert first.x == 5.0
    assert first.features_per_dimension == pytest.approx(np.square(run.best.W).sum() / 2)


def test_lengths_of_training_are_told_apart():
    experiment = dataclasses.replace(paper.EXPERIMENTS["E25"].twin, n_seeds=1)
    result = experiment.run(steps=2)
    assert list(adversaries.by_length(result)) == list(adversaries.FEWER)
    assert [run.attack for run in result.runs] == list(adversaries.FEWER)
    assert result.runs[0].engine != "reference"


def test_an_ascent_beyond_its_ball_would_be_seen(monkeypatch):
    run = train(Problem(12, 3, density=0.05), n_seeds=1, n_frames=1, steps=200)

    def too_far(problem, W, b, x, size, **settings):
        return 10.0 * measures.strongest_attack(problem, W, b, x, size).perturbation

    monkeypatch.setattr(measures, "pgd_attack", too_far)
    found = adversaries.ascent(run, adversaries.LONG)
    assert found.more > 0.9 > 0.1 > found.less
    assert found.found > found.known > 0.0
