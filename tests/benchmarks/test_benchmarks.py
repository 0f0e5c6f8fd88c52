"""The benchmarks still run; what they say depends on the computer and is not judged."""

from __future__ import annotations

import re

import pytest

from benchmarks.training import shortest

from ..project.repository import ROOT, run, tool


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ["training", "--steps", "20", "--seeds", "1"],
            [
                r"published, 20 steps of 1024: \S+ s, loss \S+",
                r"same recipe, fused: \S+ ms, loss \S+; \d+ times as fast",
                r"to the same loss, fused, \d+ steps: \S+ ms, loss \S+; \d+ times as fast",
            ],
        ),
        (
            ["latency", "--ticks", "2", "--drag", "0.3"],
            [
                r"a tick is painted after \d+ ms \(median\), \d+ ms \(95 % of 2\)",
                r"drag without pause: \d+\.\d pictures a second, the last \d+ ms after it",
            ],
        ),
        (
            ["startup", "--times", "1"],
            [
                r"import tms_widgets: -?\d+ ms",
                r"first picture of a cell: \d+ ms in a fresh kernel, \d+ ms the second time",
            ],
        ),
    ],
)
def test_a_benchmark_prints_its_figures(arguments: list[str], lines: list[str]) -> None:
    said = run(tool("python"), "-m", "benchmarks", *arguments, PYTHONPATH=str(ROOT)).stdout
    assert re.match(r"\w+, \d+ cores", said)
    for line in lines:
        assert re.search(line, said), said


def test_the_same_loss_is_reached_only_where_longer_runs_reach_it_too() -> None:
    losses = {50: 0.9, 100: 0.5, 200: 0.7, 300: 0.6, 400: 0.55}
    assert shortest(losses, 0.6) == 300
    assert shortest(losses, 0.95) == 50
    assert shortest(losses, 0.5) is None
