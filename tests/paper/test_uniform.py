"""Uniform superposition: what its claims notice. That they hold, notebooks 05 and 14 assert with fresh seeds.

Behind ``paper``: the claims at full size, and with twice the dimensions.
"""

import dataclasses

import numpy as np
import pytest

from tms_widgets import measures, paper, theory
from tms_widgets.core import Problem, SettingError
from tms_widgets.paper import frames, stored, uniform
from tms_widgets.sweeps import Sweep


def assert_holds(experiment, result):
    findings = experiment.check(result)
    assert len(findings) == len(experiment.claims) > 0
    assert not paper.failed(findings), paper.failed(findings)


def uniform_twin(name, xs):
    """The experiment at these densities only."""
    return dataclasses.replace(paper.EXPERIMENTS[name], problems=uniform.uniform_problems(xs))


def test_the_exact_claims_hold():
    experiment = paper.EXPERIMENTS["E13"]
    assert_holds(experiment, experiment.run())


@pytest.mark.paper
def test_more_pressure_gives_cleaner_structure():
    experiment = uniform.pressure((40, 100), longer=(1, 10))
    assert_holds(experiment, experiment.run())


@pytest.mark.paper
@pytest.mark.parametrize("name", ["E10", "E11", "E12", "E14", "E36"])
def test_the_claims_hold_at_full_size(name):
    experiment = paper.EXPERIMENTS[name]
    assert_holds(experiment, experiment.run())


@pytest.mark.paper
def test_twice_the_dimensions_give_the_same_curve():
    """From x = 2.4 on: at 2.1, where the plateau begins, D* is .52 in twelve dimensions and .53 in 24."""
    experiment = paper.EXPERIMENTS["E10"]
    problems = [
        problem
        for n, m in ((100, 12), (200, 24))
        for problem in uniform.uniform_problems((1.0, 1.2, 2.4, 2.8, 3.3, 6.3), n, m)
    ]
    twin = dataclasses.replace(experiment, problems=problems)
    assert_holds(twin, twin.run())


def test_claims_fail_on_models_that_have_learned_nothing():
    for name, few in (("E10", 0), ("E11", 1), ("E12", 0), ("E36", 2)):
        experiment = uniform_twin(name, uniform.COARSE)
        if name == "E10":
            experiment = dataclasses.replace(
                experiment,
                problems=(*experiment.problems, *uniform.uniform_problems(uniform.FEW, 50, 6)),
            )
        findings = experiment.check(experiment.run(n_seeds=1, steps=1, init=0.3))
        # what holds of any weights at all: no levels (E11), and what is exact of leverage scores (E36)
        assert sum(finding.holds for finding in findings) <= few, "\n".join(map(str, findings))


def test_the_low_rank_claim_would_notice_another_polytope(monkeypatch):
    right = theory.polytope_orthogonal_to
    monkeypatch.setattr(
        theory,
        "polytope_orthogonal_to",
        lambda vectors: right(np.atleast_2d(vectors) + 0.1 * np.eye(1, np.atleast_2d(vectors).shape[1])),
    )
    experiment = paper.EXPERIMENTS["E13"]
    assert [finding.holds for finding in experiment.check(experiment.run())] == [True, True, True, False]


def test_shares_count_what_is_near_a_line():
    D = np.array([0.5, 0.51, 0.53, 0.75])
    assert uniform.share_near(D, 1 / 2) == 0.5
    assert uniform.share_near(D, 1 / 2, 3 / 4) == 0.75
    assert uniform.share_near(np.array([]), 1 / 2) == 0.0
    assert uniform.share_on_lines(np.array([0.0, 0.3])) == 0.0


def test_scores_of_a_lopsided_frame_differ_from_dimensionalities():
    run = paper.EXPERIMENTS["E1"].run(n_seeds=1, steps=1, init=1.0).runs[0]
    assert frames.scores_apart(run) > 0.01


@pytest.fixture(scope="module")
def dataset():
    return paper.stored_sweep()


def test_the_stored_sweep_is_small_and_complete(dataset):
    assert stored.PLACE.stat().st_size < 1_000_000
    assert dict(dataset.sizes) == {"density": 20, "hidden": 30, "feature": 400}
    assert {"W", "b", "loss"} <= set(dataset.data_vars)
    assert dataset.W.dims == ("density", "hidden", "feature")
    assert np.isfinite(dataset.loss.values).all()
    assert 1.0 / dataset.density.values == pytest.approx(stored.X)


def test_the_stored_sweep_is_what_the_command_makes(dataset):
    """Its attributes hold every setting; only the versions it was made with may be others."""
    assert dataset.tms.sweep.definition["recipes"] == stored.uniform_sweep().definition["recipes"]
    assert dataset.tms.sweep.problems == stored.uniform_sweep().problems
    assert dataset.tms.sweep.settings == stored.uniform_sweep().settings
    run = dataset.tms.run(density=0.25)
    assert run.problem.n_features == 400
    assert run.schedule.steps == 6000


def test_the_stored_sweep_shows_what_the_paper_shows(dataset):
    D = measures.feature_dimensionality(dataset.W.values)
    assert D.sum(axis=-1) == pytest.approx(30.0, rel=0.02)
    curve = dict(zip(stored.X, measures.dimensions_per_feature(dataset.W.values), strict=True))
    assert all(abs(curve[x] - 0.5) < 0.03 for x in (2.4, 2.8, 3.3, 3.8))
    assert all(abs(curve[x] - 1.0) < 0.03 for x in (1.0, 1.1, 1.2))


@pytest.mark.paper
def test_a_stored_model_comes_out_again(dataset):
    cell = dataset.isel(density=list(stored.X).index(2.8))
    sweep = stored.uniform_sweep()
    problem = sweep.problems[stored.X.index(2.8)]
    again = Sweep.of(
        [problem], n_seeds=1, seed=int(cell.instance_seed), steps=6000, batch_size=512, learning_rate=0.03
    ).run(progress=False)
    assert float(again.loss[0, 0]) == pytest.approx(float(cell.loss), rel=0.005)


def small_sweep():
    return Sweep(Problem(6, 2), density=[0.5, 0.1], n_seeds=3, steps=20)


def test_a_stored_sweep_is_written_and_read_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "uniform_sweep", small_sweep)
    monkeypatch.setattr(stored, "PLACE", tmp_path / "small.nc")
    made = stored.make_stored_sweep(stored.PLACE, progress=False)
    read = stored.stored_sweep()
    best = small_sweep().run(progress=False).tms.best()
    assert read.equals(made)
    assert read.W.dtype == np.float32
    assert np.abs(read.W - best.W).max() <= stored.STEP / 2
    assert (read.instance_seed == best.instance_seed).all()
    assert [file.name for file in tmp_path.iterdir()] == ["small.nc"]
    with pytest.raises(SettingError, match="exists already"):
        stored.make_stored_sweep(stored.PLACE)


def test_weights_that_do_not_fit_are_refused():
    dataset = small_sweep().run(progress=False).tms.best()
    dataset["W"] = dataset.W * 100 + 3
    with pytest.raises(SettingError, match="W does not fit"):
        stored.packed(dataset)
