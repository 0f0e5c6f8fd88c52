"""What is said about the machine, and the counting of operations."""

from __future__ import annotations

import contextlib
import os

import numpy as np
import pytest

import tms_widgets as tms
from benchmarks.machine import ceiling, cores, memory_added, multiply_add, one_core, peak
from benchmarks.operations import ADAM, active_features, operations
from benchmarks.words import duration, times
from tms_widgets.core.engines import module_of
from tms_widgets.core.schedule import Schedule


def test_the_loop_of_the_peak_computes_eight_multiply_adds_a_number() -> None:
    x = np.linspace(0.0, 0.5, 64, dtype=np.float32)
    y = np.linspace(1.0, 2.0, 64, dtype=np.float32)
    expected = y.astype(np.float64)
    for _ in range(3 * 8):
        expected = expected * np.tile(x[:16], 4) + 0.3
    multiply_add(x, y, 3)
    assert np.allclose(y, expected, rtol=1e-5)
    assert peak(repeats=2) > 0.0
    assert ceiling(repeats=1) > 0.0


def test_one_core_is_one_core_and_then_all_again() -> None:
    before = cores()
    with one_core():
        assert cores() == (1 if hasattr(os, "sched_setaffinity") else before)
    assert cores() == before
    with contextlib.suppress(ZeroDivisionError), one_core():
        raise ZeroDivisionError
    assert cores() == before


def test_memory_that_work_takes_for_a_while_is_noticed() -> None:
    added = memory_added(lambda: np.ones(200_000_000 // 8))
    assert 1.5e8 < added < 4e8


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (102.4, "102 s"),
        (5.338, "5.34 s"),
        (0.9996, "1 s"),
        (0.00415, "4.15 ms"),
        (2.5e-6, "2.5 µs"),
        (4321.0, "4321 s"),
    ],
)
def test_a_duration_has_three_digits(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_ratio_below_ten_has_a_decimal() -> None:
    assert [times(r) for r in (0.84, 9.94, 9.96, 1850.4)] == ["0.8×", "9.9×", "10×", "1850×"]


def test_active_features_of_those_inputs_that_count() -> None:
    two = tms.Problem(2, 1, density=0.5)
    assert active_features(two, 1) == pytest.approx(4 / 3)
    assert active_features(two, 2) == 2.0
    assert active_features(tms.Problem(1, 1, density=0.5), 2) == 0.0


def test_operations_are_those_of_the_products() -> None:
    problem = tms.Problem(400, 30, density=0.3)
    n, m, batch = 400, 30, 1024
    dense = operations("dense", problem, Schedule(10, batch, 0.01))
    assert dense == pytest.approx(10 * batch * n * m, rel=0.1)
    # twice the samples, twice the work on them
    small = tms.Problem(20, 5, density=0.3)
    counts = [operations("stratified", small, Schedule(10, batch, 0.01)) for batch in (0, 32, 64)]
    assert counts[2] - counts[1] == pytest.approx(counts[1] - counts[0])
    assert counts[1] - counts[0] == pytest.approx(32 * 20 * (4 * active_features(small, 2) + 5))
    # one other feature: 1 point without it and one for each of its nodes, for each of two outputs
    (nodes,) = module_of("exact").NODES[1]
    exact = operations("exact", tms.Problem(2, 1), Schedule(10, 1, 0.01))
    assert exact == (6 + 4 + 8) + 2 * (26 + nodes * 30) + 4 * ADAM
