"""E21 and E22 with fresh seeds: jumps of dimensionality, and stages of geometry."""

import numpy as np
import pytest

from tms_widgets import evaluate, measures, paper
from tms_widgets.paper import dynamics

from .test_claims import holds


def test_features_jump_and_the_loss_falls():
    """Fewer steps than in full, since most late jumps come early, and losses on fewer inputs."""
    holds(dynamics.energy_levels(steps=4500, n_samples=10_000))


@pytest.mark.paper
def test_features_jump_and_the_loss_falls_in_full():
    holds(paper["E21"])


@pytest.fixture(scope="module")
def shapes():
    return holds(paper["E22"])


def test_the_shapes_follow_each_other(shapes):
    """One direction a set, then right angles within the sets, then antipodes."""
    for course in dynamics.courses(shapes.runs[0]):
        pca, octahedron = np.flatnonzero(course.is_pca), np.flatnonzero(course.is_octahedron)
        if len(pca) and len(octahedron):
            assert course.step[pca[-1]] < course.step[octahedron[0]]
            antiprism = np.flatnonzero(course.is_antiprism & (course.step > course.step[pca[-1]]))
            assert not len(antiprism) or antiprism[0] < octahedron[-1]


def test_the_film_is_judged_on_common_inputs(shapes):
    run = shapes.runs[0][0]
    judged = dynamics.judged(run, 2000)
    assert judged.frames.loss.shape == run.frames.loss.shape
    np.testing.assert_allclose(judged.loss, evaluate(run, n_samples=2000).loss)
    np.testing.assert_array_equal(judged.frames.W, run.frames.W)
    # neighbouring frames of a rested model differ by less than on the film's own few inputs
    assert (
        np.abs(np.diff(judged.frames.loss[-50:, 0])).mean() < np.abs(np.diff(run.frames.loss[-50:, 0])).mean()
    )


@pytest.mark.parametrize(
    "experiment", [dynamics.energy_levels(steps=1, n_samples=100), paper["E22"]], ids=lambda one: one.id
)
def test_models_that_have_not_learned_fail(experiment):
    findings = experiment.check(experiment.run(n_seeds=2, steps=1))
    assert not any(finding.holds for finding in findings)


def test_a_jump_at_the_start_is_not_late(monkeypatch):
    jumps = tuple(measures.Jump(0, at - 100, at + 100, 0.3, 0.5) for at in (500, 2249, 2251, 9000))
    monkeypatch.setattr(measures, "jumps", lambda step, D: jumps)
    run = dynamics.energy_levels(steps=2).run(n_seeds=1).runs[0]
    assert [[(jump.step_from + jump.step_to) // 2 for jump in mine] for mine in dynamics.late_jumps(run)] == [
        [2251, 9000]
    ]
