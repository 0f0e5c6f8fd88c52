"""Axes: what they may be, what stands for their values, and what is said when they cannot be."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets.core.checks import SettingError

PROBLEM = tms.Problem(3, 2)


@pytest.mark.parametrize(
    ("axes", "sentence"),
    [
        ({"density": []}, "density has no values; an axis needs at least one."),
        ({"density": [0.5, math.nan]}, r"density\[1\]=nan is not finite; every value of an axis must be."),
        ({"importance": [(1, 1, math.inf)]}, r"importance\[0\]=\(1, 1, inf\) is not finite;"),
        ({"densty": [0.5]}, r"densty is neither a field .* \(did you mean 'density'\?\)"),
        ({"n_seed": 3}, r"n_seed is neither a field .* \(did you mean 'n_seeds'\?\)"),
        ({"density": 0.5}, r"density=0.5 is one value, .* use density=\[0.5\]"),
        ({"activation": "gelu"}, r"use activation=\['gelu'\]"),
        ({"density": [0.5], "sparsity": [0.5]}, "density and sparsity cannot both be axes"),
        ({"density": [0.5, 2.0]}, "density=2.0 is not allowed"),
        ({"activation": ["relu", "rely"]}, "did you mean 'relu'"),
        ({"importance": [(1, 1)]}, "importance has 2 entries but there are 3 features"),
        ({"density": itertools.repeat(0.5)}, "density has more than 1,000,000 values"),
        ({"how": "zip", "density": [0.5, 0.2], "bias": [True]}, "density has 2, bias has 1; use how='grid'"),
        ({"how": "zip"}, "there is none; use how='grid'"),
        ({"how": "zap", "density": [0.5]}, "did you mean 'zip'"),
        ({"n_seeds": 0}, "n_seeds=0 is outside"),
        ({"init": "notebook"}, "a sweep would depend on its blocks; use init='xavier'"),
    ],
)
def test_an_axis_that_cannot_be_is_refused_in_one_sentence(axes, sentence):
    with pytest.raises(SettingError, match=sentence) as refused:
        tms.Sweep(PROBLEM, **axes)
    assert "\n" not in str(refused.value)


def test_a_grid_that_is_too_large_is_refused_before_its_cells_are_made():
    start = time.perf_counter()
    many = np.linspace(0.1, 1.0, 10_000)
    with pytest.raises(SettingError, match="10000 × 10000 has 100,000,000 cells, over the limit"):
        tms.Sweep(PROBLEM, density=many, l1=many)
    assert time.perf_counter() - start < 5.0


def test_a_grid_has_a_dimension_an_axis_and_its_cells_in_c_order():
    density, activations = [0.5, 0.1, 0.2], ("relu", "gelu")
    sweep = tms.Sweep(PROBLEM, density=np.array(density), activation=iter(activations), n_seeds=4)
    assert (sweep.dims, sweep.shape, sweep.n_models) == (("density", "activation"), (3, 2), 24)
    wanted = [PROBLEM.replace(density=d, activation=a) for d in density for a in activations]
    assert list(sweep.problems) == wanted
    assert sweep.coords["density"][1].tolist() == density
    assert sweep.coords["activation"][1].tolist() == list(activations)


@pytest.mark.parametrize(("axis", "other"), [("density", "sparsity"), ("sparsity", "density")])
def test_density_and_sparsity_stand_on_one_dimension(axis, other):
    sweep = tms.Sweep(PROBLEM, **{axis: [0.05, 0.3]})
    assert sweep.coords[other][0] == (axis,)
    assert sweep.coords[other][1].tolist() == [0.95, 0.7]
    assert [getattr(problem, axis) for problem in sweep.problems] == [0.05, 0.3]


@pytest.mark.parametrize(
    ("values", "coordinate"),
    [
        ([(1, 1, 0.1), (1, 1, 0.2)], [0.1, 0.2]),
        ([(1, 1, 0.1), (1, 0.5, 0.2)], [0, 1]),
        ([(1, 1, 0.1)], [0]),
        ([0.9, (1, 1, 0.1)], [0, 1]),
        ([0.9, 0.8], [0.9, 0.8]),
    ],
)
def test_a_vectors_coordinate_is_the_component_that_varies_or_its_position(values, coordinate):
    sweep = tms.Sweep(PROBLEM, importance=values)
    assert sweep.coords["importance"][1].tolist() == coordinate


def test_zipped_axes_go_along_together():
    sweep = tms.Sweep(PROBLEM, how="zip", density=[0.5, 0.1], activation=["relu", "gelu"])
    assert (sweep.dims, sweep.shape) == (("problem",), (2,))
    assert list(sweep.problems) == [
        PROBLEM.replace(density=0.5),
        PROBLEM.replace(density=0.1, activation="gelu"),
    ]
    assert sweep.coords["activation"][0] == sweep.coords["sparsity"][0] == ("problem",)


def test_a_list_of_problems_is_labelled_by_what_differs():
    problems = [PROBLEM, tms.Problem(4, 2, density=0.2, importance=(1, 2, 3, 4))]
    sweep = tms.Sweep.of(problems, n_seeds=2)
    assert sweep.problems == tuple(problems)
    assert sorted(sweep.coords) == ["density", "n_features", "problem", "sparsity"]
    for wrong in ([], [3], PROBLEM):
        with pytest.raises(SettingError, match=r"Sweep\.of needs a list of Problems, not"):
            tms.Sweep.of(wrong)
    with pytest.raises(SettingError, match="did you mean 'n_seeds'"):
        tms.Sweep.of(problems, n_seed=2)
    with pytest.raises(SettingError, match=r"Sweep needs a Problem to vary, .* Sweep\.of takes a list"):
        tms.Sweep(problems)


def test_without_axes_there_are_only_seeds():
    sweep = tms.Sweep(PROBLEM, n_seeds=5)
    assert (sweep.dims, sweep.shape, sweep.n_models) == ((), (), 5)


def test_the_sweep_of_the_phase_maps():
    sweep = tms.phase_sweep(3, 2, side=5, importance=(0.1, 10), activation="gelu", n_seeds=2)
    density, importance = (sweep.coords[name][1] for name in ("density", "importance"))
    assert sweep.dims == ("density", "importance")
    assert (density[0], density[-1], importance[0], importance[-1]) == (1.0, 0.01, 0.1, 10.0)
    assert np.allclose(np.diff(np.log(importance)), np.log(100) / 4)
    assert {tuple(problem.importance_vector[:2]) for problem in sweep.problems} == {(1.0, 1.0)}
    assert {problem.activation for problem in sweep.problems} == {"gelu"}
    for wrong, sentence in (
        ({"side": 1}, "side=1 is outside 2 to 1000"),
        ({"density": 0.5}, "density=0.5 is not a first and a last value"),
        ({"importance": (0, 1)}, "importance=0 is not allowed"),
        ({"qualty": "draft"}, "did you mean 'quality'"),
    ):
        with pytest.raises(SettingError, match=sentence):
            tms.phase_sweep(**wrong)
