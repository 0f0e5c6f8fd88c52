"""Schedules: rates, qualities, and what users ask for in their place."""

import numpy as np
import pytest

from tms_widgets.core import Problem, SettingError, train
from tms_widgets.core.schedule import TABLES, Schedule, Wish

PROBLEMS = [
    *(Problem(n, m) for n, m in [(2, 1), (5, 2), (20, 5), (400, 30)]),
    Problem(20, 5, architecture="linear"),
]


@pytest.mark.parametrize("steps", [1, 2, 7, 1000])
def test_the_rate_rises_to_its_peak_and_falls_to_nothing(steps):
    rates = Schedule(steps, 32, 0.03).rates
    assert rates.shape == (steps,)
    assert rates.max() == pytest.approx(0.03)
    assert (np.diff(rates[rates.argmax() :]) <= 0).all()
    if steps == 1000:
        assert rates[-1] < 1e-6
        assert rates[0] == pytest.approx(0.03 / 50)


def test_a_constant_rate_is_constant():
    assert set(Schedule(50, 32, 0.001, "none").rates.tolist()) == {0.001}


@pytest.mark.parametrize("engine", TABLES)
@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_a_better_quality_costs_more(engine, problem):
    draft, standard, paper = (
        Wish(quality).schedule([problem], engine) for quality in ("draft", "standard", "paper")
    )
    assert draft.steps < standard.steps < paper.steps
    assert draft.batch_size <= standard.batch_size <= paper.batch_size


def test_own_settings_stand_in_the_place_of_the_tables():
    wish = Wish("draft", steps=7, learning_rate=0.5, decay="none")
    schedule = wish.schedule([Problem(20, 5)], "stratified")
    assert (schedule.steps, schedule.learning_rate, schedule.decay) == (7, 0.5, "none")
    assert schedule.batch_size == Wish("draft").schedule([Problem(20, 5)], "stratified").batch_size


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"quality": "fine"}, "quality='fine' is unknown"), ({"decay": "linear"}, "decay='linear' is unknown")],
)
def test_what_is_unknown_is_refused(settings, words):
    with pytest.raises(SettingError) as caught:
        train(Problem(5, 2), **settings)
    assert words in str(caught.value)


def test_a_draft_is_nearly_as_good():
    problem = Problem(8, 3, importance=0.8, density=0.1)
    draft, paper = (train(problem, n_seeds=16, quality=quality) for quality in ("draft", "paper"))
    assert draft.schedule.steps < paper.schedule.steps
    assert draft.best.loss[0] < 1.15 * paper.best.loss[0]


def test_problems_trained_together_get_the_longest_schedule_of_any():
    problems = [Problem(400, 30, density=p) for p in (0.3, 0.05, 0.01)]
    each = [Wish().schedule([problem], "dense") for problem in problems]
    together = Wish().schedule(problems, "dense")
    assert together.steps == max(one.steps for one in each)
    assert together.batch_size == max(one.batch_size for one in each)
