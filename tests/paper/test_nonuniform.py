"""E15 to E20 with fresh seeds: one feature perturbed, and sets of features."""

import numpy as np
import pytest

from tms_widgets import Problem, measures, paper
from tms_widgets.core.evaluation import evaluation_sample
from tms_widgets.paper import correlated, nonuniform

from .test_claims import holds

COLLAPSE = correlated.collapsing(tuple(correlated.COLLAPSED))


@pytest.fixture(scope="module")
def perturbed():
    return holds(paper["E15"])


@pytest.fixture(scope="module")
def both(perturbed):
    return nonuniform.branches(perturbed)


def test_the_pentagon_that_breaks(perturbed, both):
    """The claims hold, and the family that they are about moves little from one factor to the next."""
    factor, W = nonuniform.family(perturbed)
    assert W.shape == (len(factor), 2, 5)
    assert (np.diff(factor) > 0).all()
    np.testing.assert_allclose(W[-1, 1, 0], 0.0, atol=1e-6)  # the densest feature points along the first axis
    steps = np.abs(np.diff(W, axis=0)).max(axis=(1, 2))
    breaks = int(steps.argmax())
    assert nonuniform.branches(perturbed).crossing == pytest.approx(
        factor[breaks : breaks + 2].mean(), rel=0.2
    )
    assert np.delete(steps, breaks).max() < 0.4 < steps[breaks]


def test_both_branches_rise_with_the_density(both):
    sparse = both.factor < 1.0
    for losses in (both.digons, both.pentagon):
        found = losses[sparse & np.isfinite(losses)]
        assert len(found) > 5
        assert (np.diff(found) > 0).all()


@pytest.mark.parametrize("name", ["E16", "E17", "E18", "E19"])
def test_the_claims_about_sets_hold(name):
    holds(paper[name])


def test_the_claims_about_collapse_hold_at_their_densities():
    holds(COLLAPSE)


@pytest.mark.paper
def test_the_claims_about_collapse_hold_at_all_densities():
    holds(paper["E20"])


@pytest.mark.parametrize(
    "experiment", [*(paper[f"E{k}"] for k in range(15, 20)), COLLAPSE], ids=lambda one: one.id
)
def test_models_that_have_not_learned_fail(experiment):
    findings = experiment.check(experiment.run(n_seeds=2, steps=1))
    assert paper.failed(findings)


@pytest.mark.parametrize(
    "problem",
    [
        correlated.sets(6, 2, 2, 0.3),
        correlated.sets(6, 3, 3, 0.2),
        correlated.sets(6, 2, 2, 0.5, "anticorrelated"),
        correlated.sets(4, 2, 2, 0.4).replace(value_range=(-1.0, 1.0)),
        correlated.sets(4, 2, 2, 0.4, "anticorrelated").replace(density=[0.2, 0.2, 0.7, 0.7]),
        Problem(3, 2, density=[0.1, 0.3, 1.0]),
    ],
)
def test_principal_components_are_those_of_the_data(problem):
    variance, components = correlated.principal_components(problem)
    np.testing.assert_allclose(components @ components.T, np.eye(problem.n_features), atol=1e-12)
    assert (np.diff(variance) <= 0).all()
    seed = int(np.random.default_rng().integers(2**31))
    x, weight, _ = evaluation_sample(problem, 200_000, seed)
    mean = weight @ x
    covariance = (x * weight[:, None]).T @ x - np.outer(mean, mean)
    np.testing.assert_allclose(components @ covariance @ components.T, np.diag(variance), atol=0.004)


def test_shares_and_collapsed_pairs_of_constructed_models():
    problem = correlated.sets(6, 2, 2, 0.1)
    angles = np.radians([0.0, 120.0, 240.0])
    W = np.repeat(np.stack([np.cos(angles), np.sin(angles)]), 2, axis=1) / np.sqrt(2)
    assert correlated.share_in_principal(W, problem) == pytest.approx(1.0)
    assert correlated.collapsed_pairs(W).all()
    turned = W.copy()
    turned[:, 1] = W[::-1, 0]  # the partner at right angles
    assert correlated.collapsed_pairs(turned).tolist() == [False, True, True]
    assert correlated.share_in_principal(turned, problem) == pytest.approx(5 / 6)


def test_the_hexagon_order_wants_all_partners_adjacent():
    angle = np.radians(np.array([0.0, 65.0, 120.0, 185.0, 240.0, 305.0]))
    W = np.stack([np.cos(angle), np.sin(angle)])
    assert correlated.in_hexagon_order(W)
    assert correlated.in_hexagon_order(np.stack([W, W[:, [0, 2, 1, 3, 4, 5]]])).tolist() == [True, False]


def test_branches_that_do_not_cross_say_so():
    rising = np.array([1.0, 2.0, 3.0])
    never = nonuniform.Branches(rising, rising, rising - 0.5)
    assert np.isnan(never.crossing)
    assert np.isnan(never.slopes).all()
    lost = nonuniform.Branches(rising, rising * np.nan, rising)
    assert np.isnan(lost.crossing)
    once = nonuniform.Branches(
        np.array([0.1, 0.2, 0.4]), np.array([0.0, 1.0, 3.0]), np.array([1.0, 1.5, 2.0])
    )
    assert once.crossing == pytest.approx(0.2 * 2 ** (1 / 3))
    assert once.slopes == pytest.approx((2 / np.log(2), 0.5 / np.log(2)))


def test_partners_are_the_cosines_of_pairs():
    W = np.random.default_rng().normal(size=(3, 2, 6))
    G, norms = measures.gram(W), measures.feature_norms(W)
    expected = G[:, 2, 3] / (norms[:, 2] * norms[:, 3])
    np.testing.assert_allclose(correlated.partners(W)[:, 1], expected)
