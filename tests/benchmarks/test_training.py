"""The training benchmark's figures follow from each other, and its published loop trains as ours does."""

from __future__ import annotations

import argparse
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import benchmarks.cases as cases
import benchmarks.first as first
import benchmarks.maps as maps
import benchmarks.memory as memory
import benchmarks.scaling as scaling
import benchmarks.training as training
import tms_widgets as tms
from benchmarks.cases import CASES, Case, engines_for, sampling_engine, seconds_of, trained
from benchmarks.published import Published, best_threads
from benchmarks.table import COLUMNS, Row, Way, shortest
from benchmarks.words import duration, times
from tms_widgets.core.engines import FUSED
from tms_widgets.core.schedule import Wish
from tms_widgets.core.start import initial_weights

SHORT = ["--cases", "n5", "--steps", "60", "--timed", "20", "--seeds", "2", "--lengths", "1", "60", "90"]


def chosen(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    training.options(parser)
    return parser.parse_args(arguments)


@pytest.mark.parametrize("full", [[], ["--full"]])
def test_a_row_follows_from_its_figures(full, monkeypatch, capsys) -> None:
    monkeypatch.setattr(training, "memory", lambda name, engine: 2.5e6 if engine == "published" else 5e5)
    monkeypatch.setattr(training, "ROUNDS", 2)
    monkeypatch.setattr(cases, "JUDGED_ON", 1)
    shown = []
    monkeypatch.setattr(Row, "line", lambda row, line=Row.line: shown.append(row) or line(row))
    training.report(chosen(*SHORT, *full, "--engines", "stratified"))
    said = capsys.readouterr().out
    (row,) = shown
    (line,) = [line for line in said.splitlines() if line.startswith("| n=5")]
    cells = dict(zip(COLUMNS, line.strip("| ").split(" | "), strict=True))
    assert cells["case"] == "n=5 m=2 I=0.9^i p=0.1, one model"
    assert cells["published"] == f"{duration(row.published)} on {row.threads}"
    assert cells["its loss"] == f"{row.loss:.4g} by {'published' if full else 'stratified'}"
    assert cells["same recipe"] == f"{duration(row.same_recipe)}, {times(row.published / row.same_recipe)}"
    for name, way in (("same loss", row.same_loss), ("within 1 %", row.within), ("default", row.default)):
        said_so = f"{duration(way.seconds)}, {times(row.published / way.seconds)} ({way.steps} steps)"
        assert cells[name].startswith(said_so)
    assert row.within.steps <= row.same_loss.steps in (60, 90)  # not one step
    assert row.default.steps == Wish().schedule([CASES["n5"].problem], "stratified").steps
    assert cells["default"].endswith(f"loss {100 * (row.default_loss / row.loss - 1):+.1f} %")
    assert 0.0 < row.peak_share < 1.0
    assert cells["MB"] == "0.5, published 2.5"
    assert f"of 60 published steps {60 if full else 20} were run" in said


def test_a_bar_out_of_reach_is_said_to_be_so() -> None:
    ways = (0.5, None, Way(300, 0.4), Way(400, 0.004))
    row = Row("case", "exact", 2.0, 1, 0.1, "published", *ways, 0.11, 0.5, 0.0, 0.0)
    assert "| 500 ms, 4.0× | not reached | 400 ms, 5.0× (300 steps) |" in row.line()
    assert "| 4 ms, 500× (400 steps), loss +10.0 % | 50.0 % |" in row.line()


def test_the_same_loss_is_reached_only_where_longer_runs_reach_it_too() -> None:
    losses = {50: 0.9, 100: 0.5, 200: 0.7, 300: 0.6, 400: 0.55}
    assert shortest(losses, 0.6) == 300
    assert shortest(losses, 0.95) == 50
    assert shortest(losses, 0.5) is None


def test_the_published_loop_trains_as_our_engine_does_by_its_recipe() -> None:
    seed, models, steps = int(np.random.default_rng().integers(2**31)), 8, 100
    problem = tms.Problem(5, 2, importance=0.9, density=0.3)
    torch.set_num_threads(1)
    loop = Published([problem] * models, range(seed, seed + models))
    start = initial_weights([problem] * models, range(seed, seed + models))
    assert np.array_equal(loop.weights.W, start.W)
    assert loop.train(1).shape == (1,)
    # Adam's first step is the rate, whatever the gradient; the decay of the weights adds a hundredth at most
    assert np.abs(loop.weights.W - start.W).max() == pytest.approx(1e-3, rel=0.05)
    loop.train(steps - 1)
    ours = trained(problem, models, "stratified", seed=seed, **training._recipe(steps)).run()
    moved, ours_moved = (loop.weights.W - start.W).ravel(), (ours.W - start.W).ravel()
    assert moved @ ours_moved > 0.9 * np.linalg.norm(moved) * np.linalg.norm(ours_moved)
    assert np.linalg.norm(moved) == pytest.approx(np.linalg.norm(ours_moved), rel=0.15)


def test_the_better_thread_count_is_set() -> None:
    assert best_threads([tms.Problem(2, 1)], [0], steps=2) == torch.get_num_threads()


def test_the_recipe_in_our_engine_is_the_published_one(monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(training, "seconds_of", lambda *_, **how: calls.append(how) or how["steps"] * 1e-6)
    assert training.same_recipe_seconds(CASES["n20"], "stratified", 10_000, 400) == pytest.approx(0.01)
    assert calls[-1] == {"steps": 10_000, "batch_size": 1024, "learning_rate": 1e-3, "decay": "none"}
    monkeypatch.setattr(training, "seconds_of", lambda *_, **how: how["steps"] * 1e-2)
    assert training.same_recipe_seconds(CASES["n20"], "stratified", 10_000, 400) == pytest.approx(100.0)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_every_case_has_an_engine(case: Case) -> None:
    engines = engines_for(case.problem)
    assert engines
    assert set(engines) <= set(FUSED)
    recipe = Wish(**training._recipe(10_000)).schedule([case.problem], "stratified")
    assert sampling_engine(case.problem, recipe) != "exact"


def test_memory_is_that_of_the_models(capsys) -> None:
    memory.main("n20", "published")
    assert float(capsys.readouterr().out) >= 0.0
    memory.main("n20", "stratified")
    assert float(capsys.readouterr().out) >= 0.0


def test_a_map_has_the_papers_ends() -> None:
    problems = maps.grid("map3", 3)
    assert len(problems) == 9
    assert (problems[0].density, problems[-1].density) == (1.0, pytest.approx(0.01))
    assert problems[0].importance == pytest.approx((1.0, 1.0, 0.1))
    assert problems[-1].importance == pytest.approx((1.0, 1.0, 10.0))
    assert len(maps.grid("map2")) * maps.SEEDS == 26_010


def test_a_map_prints_what_it_took(monkeypatch, capsys) -> None:
    for name, few in (("CELLS", 2), ("BATCHED", 5), ("ROUNDS", 1)):
        monkeypatch.setattr(maps, name, few)
    maps.show("map2", chosen("--steps", "100", "--timed", "5"), side=3)
    said = capsys.readouterr().out
    assert "3×3 cells × 10 models = 90 models" in said
    hours = float(re.search(r"published: (\S+) h", said)[1])
    assert hours >= 0.0
    timings = re.findall(r"(draft|standard): (\S+) s, (\S+) µs a model; (\d+) times", said)
    assert [quality for quality, *_ in timings] == ["draft", "standard"]
    for _, seconds, each, _ in timings:
        assert float(each) == pytest.approx(float(seconds) / 90 * 1e6, rel=0.02)
    assert re.search(r"best of 10 [+-]\d+\.\d+ %, mean [+-]\d+\.\d+ %", said)


def test_threads_are_compared_on_the_same_work(monkeypatch, capsys) -> None:
    one, every = scaling.measure("stratified", rounds=1, steps=20)
    assert one > 0.0
    assert every > 0.0
    monkeypatch.setattr(scaling, "measure", lambda engine: (0.3, 0.2))
    monkeypatch.setattr(scaling, "ceiling", lambda: 1.6)
    scaling.show("threads", SimpleNamespace())
    said = capsys.readouterr().out
    assert "one core 300 ms" in said
    assert "1.50 times as fast" in said
    assert "1.60 times" in said


def test_the_first_model_is_timed_in_a_fresh_process(monkeypatch, capsys) -> None:
    seconds, engine = first.process()
    assert seconds > 0.0
    assert engine in FUSED
    monkeypatch.setattr(first, "process", lambda **cache: (9.0 if cache else 0.5, "exact"))
    first.show("first", SimpleNamespace())
    said = capsys.readouterr().out
    assert "in the cache: 0.50 s" in said
    assert "nothing in the cache: 9.0 s" in said


def test_a_short_run_is_repeated_and_not_judged() -> None:
    case = Case(tms.Problem(3, 2, density=0.5), models=2)
    session = trained(case.problem, 2, "stratified", steps=7)
    assert session.done
    assert session.schedule.steps == 7
    assert 0.0 < seconds_of(case, "stratified", steps=7) < 0.05
