"""The benchmarks still run; what they say depends on the computer and is not judged."""

from __future__ import annotations

import re

import pytest

from benchmarks.__main__ import BENCHMARKS, BY_DEFAULT, main

from ..project.repository import ROOT, run, tool


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ["latency", "--ticks", "2", "--drag", "0.3"],
            [
                r"a tick is painted after \d+ ms \(median\), \d+ ms \(95 % of 2\)",
                r"drag without pause: \d+\.\d pictures a second, the last \d+ ms after it",
            ],
        ),
        pytest.param(
            ["map_latency", "--rounds", "1"],
            [
                r"a phase map opens in a fresh kernel, at once: \d+ ms",
                r"a click on a cell shows its models after \d+ ms \(most \d+\)",
                r"Activation to gelu: first new picture \d+ ms, the whole map \d+ ms",
                r"Model to 3 features in 2 dimensions: first new picture \d+ ms, the whole map \d+ ms",
            ],
            marks=pytest.mark.paper,
        ),
        pytest.param(
            ["startup", "--times", "1"],
            [
                r"import tms_widgets: -?\d+ ms",
                r"first picture in a fresh kernel, at once: \d+ ms; again: \d+ ms",
                r"first picture in a fresh kernel, 2 s after the import: \d+ ms; again: \d+ ms",
            ],
            marks=pytest.mark.paper,
        ),
        (
            ["sweeps", "--models", "20", "--steps", "20", "--rounds", "1", "--workers", "1", "--sizes", "5"],
            [
                r"sweep of n=20 m=5: 20 models: about .* s on \d+ cores?, and [\d.]+ kB of results\.",
                r"\| this process \| 1 \| [\d.e-]+ \| \d+ \| \+0 % \|",
                r"\| this process, to a file \| \d+ \| [\d.e-]+ \| \d+ \| [+-]\d+ % \|",
                r"\| Dask, workers: 1 \| 1 \| [\d.e-]+ \| \d+ \| [+-]\d+ % \|",
                r"\| 5 \| [\d.e-]+ \| [\d.e-]+ \|",
            ],
        ),
    ],
)
def test_a_benchmark_prints_its_figures(arguments: list[str], lines: list[str]) -> None:
    said = run(tool("python"), "-m", "benchmarks", *arguments, PYTHONPATH=str(ROOT)).stdout
    assert re.match(r"\w+, \d+ cores", said)
    for line in lines:
        assert re.search(line, said), said


def test_without_a_name_all_but_the_long_ones_run(monkeypatch, capsys) -> None:
    ran = []
    for name, module in BENCHMARKS.items():
        monkeypatch.setattr(module, "report", lambda chosen, name=name: ran.append((name, chosen.name)))
    main([])
    assert ran == [(name, name) for name in BY_DEFAULT]
    assert set(BENCHMARKS) - set(BY_DEFAULT) == {"truth", "schedules"}
    assert re.match(r"\w+, \d+ cores.*, Python 3", capsys.readouterr().out)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_says_what_it_does(name: str, capsys) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"benchmarks {name}" in capsys.readouterr().out
