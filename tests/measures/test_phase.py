import numpy as np
import pytest

from tms_widgets import measures, theory
from tms_widgets.core.checks import SettingError


@pytest.mark.parametrize(
    ("W", "name"),
    [
        ([[1, 0]], "not represented"),
        ([[1, 0.49]], "not represented"),
        ([[0, 1]], "dedicated"),
        ([[0, -0.51]], "dedicated"),
        ([[1, -1]], "superposition"),
        ([[0.7, -1]], "dedicated"),
        ([[0.72, -1]], "superposition"),
        ([[1, 0, 0], [0, 1, -1]], "superposition"),
        ([[1, -1, 0], [0, 0, 1]], "dedicated"),
        ([[1, 0, 0], [0, 1, 0]], "not represented"),
    ],
)
def test_the_phase_of_the_last_feature(W, name):
    assert measures.PHASES[measures.phase(W)] == name


def test_every_exact_solution_is_in_its_own_phase_however_the_hidden_space_is_turned():
    rng = np.random.default_rng()
    for n, m in [(2, 1), (3, 2)]:
        turn = np.linalg.qr(rng.normal(size=(m, m)))[0]
        for solution in theory.phase_solutions(n, m):
            assert measures.PHASES[measures.phase(turn @ solution.W)] == solution.kind


def test_leading_axes_stay_and_each_model_counts_alone():
    rng = np.random.default_rng()
    W = rng.normal(size=(4, 5, 2, 3))
    phases = measures.phase(W)
    assert phases.shape == (4, 5)
    assert phases[2, 3] == measures.phase(W[2, 3])
    assert set(np.unique(phases)) <= {0, 1, 2}


def test_averages_have_a_phase_too():
    assert measures.phase_of([0.2, 0.8, 0.8], [0.9, 0.2, 0.6]).tolist() == [0, 1, 2]


def test_weights_that_are_none_are_refused():
    with pytest.raises(SettingError, match="NaN"):
        measures.phase([[np.nan, 1.0]])
