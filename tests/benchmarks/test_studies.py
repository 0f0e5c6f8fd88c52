"""The schedule study and the list of experiments: what they say follows from what they trained."""

from __future__ import annotations

import re

import numpy as np
import pytest

import benchmarks.experiments as experiments
import benchmarks.schedules as schedules
import benchmarks.truth as truth
import tms_widgets as tms
from benchmarks.__main__ import main
from benchmarks.schedules import Candidate, Outcome, Size, excess, quickest
from benchmarks.settings import STUDIES, Part, Study
from tms_widgets.core.schedule import Wish, same_shape

SHORT, LONG = Candidate(4, 8, 0.03), Candidate(200, 32, 0.03)


@pytest.fixture
def two_candidates(monkeypatch) -> None:
    monkeypatch.setitem(schedules.CANDIDATES, "stratified", [SHORT, LONG])
    monkeypatch.setitem(schedules.LONG, "stratified", LONG)
    monkeypatch.setattr(schedules, "JUDGED_ON", 1)
    monkeypatch.setattr(schedules, "candidates", lambda _, engine: schedules.CANDIDATES[engine])


def test_a_candidate_is_held_against_the_same_seeds(two_candidates) -> None:
    size = Size(6, 2, 0.9, (0.3, 0.1), ("stratified",))
    short, long = schedules.study(size, "stratified", seeds=4)
    assert long.excess == (0.0, 0.0)  # the very same training
    assert long.error == (0.0, 0.0)
    assert min(short.excess) > 20.0
    assert short.seconds > 0.0
    assert quickest([short, long], 0.3) is long


def test_excess_is_that_of_the_median_in_per_cent() -> None:
    above, error = excess(np.array([1.1, 2.2, 3.3]), np.array([1.0, 2.0, 3.0]))
    assert above == pytest.approx(10.0)
    assert error == pytest.approx(100.0 * np.std([0.1, 0.2, 0.3]) / np.sqrt(3) / 2.0)


def test_a_quality_holds_at_every_density() -> None:
    fast = Outcome(SHORT, (0.1, 6.0), (0.0, 0.0), 1e-3)
    slow = Outcome(LONG, (0.1, 0.9), (0.0, 0.0), 2e-3)
    assert quickest([fast, slow], 5.0) is slow
    assert quickest([fast, slow], 10.0) is fast
    assert quickest([fast, slow], 0.3) is None
    assert quickest([fast, slow], 0.3, place=0) is fast


def test_the_study_prints_and_writes(two_candidates, monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(schedules, "RESULTS", tmp_path / "schedules")
    monkeypatch.setitem(schedules.SIZES, "5x2", Size(5, 2, 0.9, (0.1,), ("stratified",)))
    main(["schedules", "--engine", "stratified", "--sizes", "5x2", "--seeds", "2", "--write"])
    said = capsys.readouterr().out
    written = (schedules.RESULTS / "5x2-stratified.md").read_text()
    assert re.match(r"# n=5 m=2 .*, stratified\n\nMeasured \d{4}-\d\d-\d\d: \w+, \d+ cores", written)
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\S+) \| (\S+) \| \S+ ± \S+ \|$", written, re.MULTILINE)
    assert sorted(int(steps) for steps, *_ in rows) == [4, 200]
    milliseconds = [float(row[3]) for row in rows]
    assert milliseconds == sorted(milliseconds)
    assert "- standard (within 1 %): 200 steps of 32 at 0.03" in written
    assert written in said


def test_every_size_has_an_engine_with_candidates() -> None:
    for name, size in schedules.SIZES.items():
        assert size.name == name
        assert set(size.engines) <= set(schedules.CANDIDATES)
        assert len(size.problems()) == len(size.densities)
    for engine, candidates in schedules.CANDIDATES.items():
        assert max(one.steps for one in candidates) < schedules.LONG[engine].steps


def test_every_experiment_that_trains_is_there_and_can_be_trained() -> None:
    numbers = [int(re.match(r"E(\d+)", study.id)[1]) for study in STUDIES if not study.large]
    assert numbers == sorted(set(numbers))
    expected = {1, 3, 4, 5, 9, 10, *range(14, 23), *range(26, 33), 35, 37, 39, 40}
    assert set(numbers) == expected
    for study in STUDIES:
        for part in study.parts:
            same_shape(part.problems)
            assert part.n_seeds >= 1
            names = ("quality", "steps", "batch_size", "learning_rate", "decay")
            Wish(**{name: value for name, value in part.settings.items() if name in names})


def test_small_experiments_have_no_wide_models() -> None:
    wide = {study.id for study in STUDIES for part in study.parts if part.problems[0].n_features > 100}
    assert wide == {study.id for study in STUDIES if study.large} | {"E40"}


def test_an_experiment_says_what_it_trained(capsys) -> None:
    main(["experiments", "--only", "E1", "--quality", "draft"])
    said = capsys.readouterr().out
    row = re.search(r"^\| E1 \| (\w+) \| 120 \| (\S+) \|$", said, re.MULTILINE)
    assert row, said
    assert row[1] in ("exact", "stratified")
    total = re.search(r"^(\S+) s for 120 models", said, re.MULTILINE)
    assert total, said
    assert float(total[1]) == pytest.approx(float(row[2]), abs=0.06)


def test_an_experiment_is_trained_as_the_paper_part_says() -> None:
    (study,) = (study for study in STUDIES if study.id == "E14")
    steps = [(part.problems[0].n_features, part.settings["steps"]) for part in study.parts]
    assert steps == [(n, 1000 * longer) for n in (40, 100) for longer in (1, 3, 10)]


def test_an_outcome_adds_up() -> None:
    problem = tms.Problem(3, 2, density=0.5)
    short = {"steps": 5, "batch_size": 8}
    hidden = problem.replace(architecture="relu_hidden")
    study = Study("E0", (Part((problem,), 2, short), Part((hidden, hidden.replace(density=0.1)), 3, short)))
    outcome = experiments.train_all(study)
    assert outcome.models == 8
    assert len(outcome.engines) == 2
    assert outcome.line() == f"| E0 | {', '.join(outcome.engines)} | 8 | {outcome.seconds:.2f} |"


def test_two_ways_of_training_are_compared_seed_by_seed():
    both = truth.compare(tms.Problem(2, 1, density=0.3), n_seeds=4, steps=20)
    assert both.engine == "exact"
    assert len(both.ours) == len(both.theirs) == len(both.kinds[0]) == len(both.kinds[1]) == 4
    assert both.ratio < 1, "twenty published steps learn little"
    rng = np.random.default_rng()
    assert np.quantile(both.ratios(rng), 0.5) < 1
    assert f"{both.ratio:.3f}" in both.line(rng)


def test_chance_explains_like_geometries_and_not_unlike_ones():
    rng = np.random.default_rng()
    like, unlike = ["digon"] * 10 + ["pentagon"] * 10, ["digon"] * 20
    losses = np.ones(20)
    problem = tms.Problem(5, 2)
    comparisons = [truth.Comparison(problem, "exact", losses, losses, (like, b)) for b in (like, unlike)]
    same, other = (comparison.chance(rng) for comparison in comparisons)
    assert same > 0.5
    assert other < 0.01
