import numpy as np
import pytest

from tms_widgets import theory
from tms_widgets.core.checks import SettingError
from tms_widgets.measures import PHASES
from tms_widgets.paper.sampling import sampled_by_set

SIZES = [(2, 1), (3, 2)]
SAMPLES = 30_000


def importances(n, last):
    """(1, …, 1, I) of the last axis, for any shape of I."""
    last = np.asarray(last, dtype=float)
    return np.concatenate([np.ones((*last.shape, n - 1)), last[..., None]], axis=-1)


@pytest.mark.parametrize("size", SIZES)
def test_the_closed_forms_are_the_losses_of_their_weights(size):
    """Sampled within .3 %, and integrated to rounding."""
    rng = np.random.default_rng()
    p, last = rng.uniform(0.05, 1.0, 3), 10 ** rng.uniform(-1.0, 1.0, 3)
    worth = importances(size[0], last)
    for solution in theory.phase_solutions(*size):
        exact, biases = solution.loss(p, last), solution.b(p)
        integrated = theory.exact_loss(solution.W, biases, p[:, None], worth)
        np.testing.assert_allclose(integrated, exact, rtol=1e-12)
        sampled = [
            sampled_by_set(solution.W, *row, SAMPLES, rng) for row in zip(biases, p, worth, strict=True)
        ]
        np.testing.assert_allclose(sampled, exact, rtol=0.003)


@pytest.mark.parametrize("size", SIZES)
def test_no_better_bias_for_an_ignored_feature(size):
    rng = np.random.default_rng()
    p, last = rng.uniform(0.05, 1.0), 10 ** rng.uniform(-1.0, 1.0)
    for solution in theory.phase_solutions(*size):
        other = solution.b(p) + solution.ignored * rng.choice([-0.02, 0.02])
        worse = theory.exact_loss(solution.W, other, p, importances(size[0], last))
        assert worse >= solution.loss(p, last) * (1 - 1e-12)


def test_the_losses_and_kinds_of_the_paper():
    p, last = 0.3, 2.0
    v = p / 3 - p * p / 4
    pair = (1 + last) * p * p / 6
    assert theory.phase_losses(2, 1, p, last) == pytest.approx([last * v, v, pair])
    assert theory.phase_losses(3, 2, p, last) == pytest.approx([last * v, v, pair, p * p / 3])
    kinds = ["not represented", "dedicated", "superposition", "dedicated"]
    for size in SIZES:
        solutions = theory.phase_solutions(*size)
        assert [solution.kind for solution in solutions] == kinds[: len(solutions)]
        assert all(solution.kind in PHASES for solution in solutions)


def test_densities_and_importances_are_broadcast():
    p, last = np.array([1.0, 0.1, 0.01])[:, None], np.array([0.1, 10.0])
    losses = theory.phase_losses(2, 1, p, last)
    assert losses.shape == (3, 3, 2)
    best = theory.phase(2, 1, p, last)
    names = [[theory.phase_solutions(2, 1)[i].name for i in row] for row in best]
    assert names == [["[1, 0]", "[0, 1]"], ["[1, −1]", "[1, −1]"], ["[1, −1]", "[1, −1]"]]
    assert theory.phase(3, 2, 0.8, 3.0) == 1
    assert theory.phase(3, 2, 0.3, 3.0) == 3


@pytest.mark.parametrize("size", SIZES)
def test_boundaries_part_the_best_solutions_at_a_kink(size):
    """Both sides are equally good on it, best beside it, and their slopes differ: a first-order change."""
    names = [solution.name for solution in theory.phase_solutions(*size)]
    for boundary in theory.phase_boundaries(*size):
        pair = [names.index(name) for name in boundary.solutions]
        assert boundary.kinds == tuple(theory.phase_solutions(*size)[i].kind for i in pair)
        p, last = boundary.density[1:-1], boundary.importance[1:-1]
        losses = theory.phase_losses(*size, p, last)
        np.testing.assert_allclose(losses[pair[0]], losses[pair[1]], rtol=1e-9)
        np.testing.assert_allclose(losses.min(axis=0), losses[pair[0]], rtol=1e-9)
        upright = np.all(last == last[0])
        step = (1.0, 1.0001) if upright else (1.0001, 1.0)
        sides = [theory.phase_losses(*size, p * step[0] ** s, last * step[1] ** s) for s in (-1, 1)]
        slopes = (sides[1] - sides[0])[pair] / losses[pair[0]] / 0.0002
        assert np.abs(slopes[1] - slopes[0]).min() > 0.01
        assert {int(i) for side in sides for i in side.argmin(axis=0)} == set(pair)


def test_the_jump_of_the_slope_in_density():
    """dL/dp of the best loss itself, just below and just above each boundary that is crossed by density."""
    step = 1e-6
    for size in SIZES:
        for boundary in theory.phase_boundaries(*size):
            p, last = boundary.density[50:350:50], boundary.importance[50:350:50]
            if np.all(last == 1.0):
                continue

            def best(density, size=size, last=last):
                return theory.phase_losses(*size, density, last).min(axis=0)

            below, above = (best(p) - best(p - step)) / step, (best(p + step) - best(p)) / step
            assert (below - above > 0.01 * below).all()


def test_everything_meets_at_one_point():
    for size in SIZES:
        losses = theory.phase_losses(*size, 4 / 7, 1.0)
        np.testing.assert_allclose(losses, losses[0])
        for boundary in theory.phase_boundaries(*size):
            ends = np.stack([boundary.density, boundary.importance])[:, [0, -1]]
            assert np.isclose(ends, [[4 / 7], [1.0]]).all(axis=0).any()


def test_other_sizes_and_numbers_are_refused_with_words():
    with pytest.raises(SettingError, match=r"n_features=2 with n_hidden=1 and .* not for n_features=5"):
        theory.phase_solutions(5, 2)
    with pytest.raises(SettingError, match="above 0 up to 1"):
        theory.phase_losses(2, 1, [0.5, 0.0], 1.0)
    with pytest.raises(SettingError, match="from 0 to"):
        theory.phase(2, 1, 0.5, -1.0)
    with pytest.raises(SettingError, match="NaN"):
        theory.phase(2, 1, np.nan, 1.0)
    with pytest.raises(SettingError, match="not a number"):
        theory.phase(2, 1, "half", 1.0)
