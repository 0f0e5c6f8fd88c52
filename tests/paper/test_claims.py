"""The paper's claims, with fresh seeds, on every engine; what is long stands behind the marker ``paper``."""

import dataclasses

import numpy as np
import pytest

from tms_widgets import measures, paper, theory
from tms_widgets.core import Problem, SettingError
from tms_widgets.core.engines import FUSED
from tms_widgets.paper.phases import TrainedMap, trained_maps

# torch autograd needs minutes for what the fused engine does in seconds, so here it trains fewer models on
# smaller batches; ``make paper`` gives it more
REFERENCE = {"engine": "reference", "learning_rate": 0.03, "batch_size": 256}


def assert_holds(name, **settings):
    return holds(paper[name], **settings)


def holds(experiment, **settings):
    """The result, in which all claims hold."""
    result = experiment.run(**settings)
    findings = experiment.check(result)
    assert len(findings) == len(experiment.claims) > 0
    assert not paper.failed(findings), paper.failed(findings)
    engines = {run.engine for run in result.runs}
    assert engines <= ({settings["engine"]} if "engine" in settings else set(FUSED))
    return result


@pytest.mark.parametrize("name", ["E1", "E7"])
def test_the_claims_hold_on_the_fused_engines(name):
    """The notebooks assert those of all others."""
    assert_holds(name)


@pytest.mark.paper
@pytest.mark.parametrize("name", ["E3", "E4", "E5", "E8", "E9", "E35", "E37"])
def test_the_other_claims_hold_on_the_fused_engines(name):
    assert_holds(name)


def test_five_features_on_the_reference_engine():
    assert_holds("E1", **REFERENCE, n_seeds=12, steps=700)


def test_one_model_on_the_reference_engine():
    assert_holds("E3", **REFERENCE, n_seeds=2, steps=3000)


@pytest.mark.paper
@pytest.mark.parametrize(("name", "n_seeds"), [("E4", 24), ("E5", 3)])
def test_the_grids_on_the_reference_engine(name, n_seeds):
    assert_holds(name, **REFERENCE | {"batch_size": 512}, n_seeds=n_seeds, steps=3000)


@pytest.mark.paper
def test_the_phase_maps_as_fine_as_the_paper_has_them():
    holds(trained_maps(51))


@pytest.mark.parametrize("experiment", [paper["E1"], paper["E35"], trained_maps(6)], ids=lambda one: one.id)
def test_a_claim_can_fail(experiment):
    """A model of one step has learned nothing yet."""
    result = experiment.run(n_seeds=2, steps=1)
    assert paper.failed(experiment.check(result))


def test_the_activations_differ_only_once_they_are_trained():
    experiment = paper["E37"]
    assert paper.failed(experiment.check(experiment.run(n_seeds=1, steps=1)))


def test_theory_without_its_weights_would_be_found_out(monkeypatch):
    """A closed form that is 1 % off, and a boundary that is moved, fail."""
    experiment = paper["E7"]
    right = theory.PhaseSolution.loss
    monkeypatch.setattr(
        theory.PhaseSolution,
        "loss",
        lambda self, p, last: right(self, p, last) * (1 + 0.01 * self.paired.any()),
    )
    findings = experiment.check(experiment.run())
    assert [finding.holds for finding in findings] == [False, False, True]


def test_an_experiment_of_theory_trains_nothing():
    assert paper["E7"].run().runs == ()


def test_each_problem_of_an_experiment_has_starts_of_its_own():
    """Ten cells that share their seeds would fail together."""
    result = trained_maps(3).run(seed=5, steps=2)
    seeds = [seed for run in result.runs for seed in run.seeds]
    assert seeds == list(range(5, 5 + len(seeds)))
    assert len(seeds) == 2 * 9 * 10


def test_what_cannot_be_trained_in_one_call_is_trained_in_several():
    problems = [Problem(2, 1, activation=name) for name in ("relu", "gelu", "relu", "linear")]
    problems.append(Problem(3, 1, bias=False))
    experiment = dataclasses.replace(paper["E35"], problems=tuple(problems))
    result = experiment.run(n_seeds=2, steps=2)
    assert [run.problem for run in result.runs] == problems


def test_a_map_counts_each_cell_by_its_own_models():
    result = trained_maps(4).run(n_seeds=3, steps=200)
    trained = TrainedMap.of(result, 3)
    assert trained.W.shape == (16, 3, 2, 3)
    cell = 6
    run = result.where(n_features=3)[cell]
    assert trained.best()[cell] == measures.phase(run.best.W[0])
    assert (trained.loss[cell] == run.loss).all()
    two = np.argsort(run.loss)[:2]
    norm, shared = measures.feature_norms(run.W)[two, -1], measures.interference(run.W)[two, -1]
    assert trained.average()[cell] == measures.phase_of(norm.mean(), shared.mean())
    assert trained.expected[[0, 3]].tolist() == [0, 1]  # dense: the least and the most important


def test_the_catalogue_is_a_mapping_with_words_for_what_is_not_there():
    assert {"E1", "E9", "E15", "E22", "E37"} <= set(paper)
    assert list(paper) == sorted(paper, key=lambda name: int(name[1:]))
    assert len(paper) == len(list(paper))
    assert paper["E4"].section == "3 Demonstrating Superposition"
    with pytest.raises(SettingError, match="There is no experiment 'E99'; there are E1"):
        paper["E99"]


def test_quick_twins_make_the_same_claims_with_less(monkeypatch):
    quick = [one for one in paper.EXPERIMENTS.values() if one.quick]
    assert quick
    for one in quick:
        assert one.twin.claims == one.claims, one.id
        work = [len(each.problems) * each.n_seeds * each.n_frames for each in (one, one.twin)]
        assert work[1] < work[0], one.id
        assert one.twin.twin == one.twin
    assert paper["E10"] is paper.EXPERIMENTS["E10"]
    monkeypatch.setenv("TMS_QUICK", "1")
    assert paper["E10"] == paper.EXPERIMENTS["E10"].twin
    assert paper["E1"] is paper.EXPERIMENTS["E1"]


def test_a_result_is_found_by_its_settings():
    result = paper["E4"].run(n_seeds=1, steps=2)
    assert result.run(architecture="linear", density=0.1).problem.architecture == "linear"
    assert len(result.where(architecture="relu_output")) == 7
    with pytest.raises(ValueError, match="No problem of this experiment"):
        result.run(density=0.5)
