"""What a training's curves say in Python: its course, its words, its picture, its errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets import measures
from tms_widgets.core.checks import SettingError
from tms_widgets.widgets.course import MOST_NAMED, course_of
from tms_widgets.widgets.film import Film, film_of

Make = Callable[..., Any]


@pytest.fixture
def make(making: Callable[[Any], Make]) -> Make:
    return making(tms.Dynamics)


@pytest.fixture
def run(seed: int) -> tms.Run:
    problem = tms.Problem(6, 3, density=0.1, features="correlated", set_size=3)
    return tms.train(
        problem, n_seeds=2, seed=seed, init=0.02, learning_rate=1e-3, decay="none", steps=4000, n_frames=150
    )


def bending(frames: int = 200, steps: int = 8000) -> Film:
    """Three features in a plane: the third swings from beside the second to the far side of the first."""
    still = film_of((np.eye(2, 3), np.zeros(3)))
    angle = np.where(np.arange(frames) < frames // 2, np.pi / 2, np.pi)
    W = np.zeros((frames, 2, 3))
    W[:, 0, 0] = W[:, 1, 1] = 1.0
    W[:, 0, 2], W[:, 1, 2] = np.cos(angle), np.sin(angle)
    return Film(
        W=W.astype(np.float32), b=np.repeat(still.b, frames, 0), W_out=None,
        steps=tuple(int(step) for step in np.linspace(0, steps, frames)), losses=(0.5,) * frames,
        architecture="relu_output", importance=still.importance, density=still.density, caption="Three",
    )  # fmt: skip


def test_the_course_of_a_film_is_what_measures_say(make: Make, run: tms.Run) -> None:
    dynamics = make(run)
    expected = measures.feature_dimensionality(run.best.frames.W[:, 0].astype(float))
    np.testing.assert_allclose(dynamics.dimensionality, expected, atol=1e-4)
    assert dynamics.value == run.frames.step[-1]
    dynamics.frame = 0
    assert dynamics.value == run.frames.step[0]
    course = dynamics._meta["course"]
    assert len(course["jumps"]) == len(dynamics.jumps)
    assert len(course["stages"]) == len(dynamics.stages)
    assert len(course["names"]) == len(dynamics.film)
    assert course["names"][-1] == measures.geometry(run.best.W).name
    assert {"name": "digon", "D": 0.5} in course["levels"]


def test_a_feature_that_swings_over_jumps_and_the_others_answer() -> None:
    course = course_of(bending())
    assert [(jump.feature, jump.before < jump.after) for jump in course.jumps] == [(0, False), (1, True)]
    np.testing.assert_allclose([(jump.before, jump.after) for jump in course.jumps], [(1, 0.5), (0.5, 1)])
    assert all(3500 < jump.step_from < jump.step_to < 4500 for jump in course.jumps)
    assert course.words.startswith("2 jumps of D_i, ")
    assert len(course.stages) == 1
    assert (course.names[0], course.names[-1]) == (
        measures.geometry([[1, 0, 0], [0, 1, 1]]).name,
        course.names[150],
    )


def test_of_a_short_training_a_tenth_counts_as_quick() -> None:
    short, long = course_of(bending(steps=300)), course_of(bending(steps=100_000))
    assert len(short.jumps) == len(long.jumps) == 2
    assert all(jump.step_to - jump.step_from < 30 for jump in short.jumps)


def test_losses_that_have_no_logarithm_have_no_plateaus() -> None:
    film = bending()
    assert course_of(film).stages
    for losses in ((0.0,) * len(film), (float("nan"),) * len(film), None):
        assert course_of(Film(**{**vars(film), "losses": losses})).stages == ()


def test_many_features_are_drawn_without_names_of_every_frame(seed: int) -> None:
    n = MOST_NAMED + 1
    run = tms.train(tms.Problem(n, 4, density=0.1), n_seeds=1, seed=seed, steps=20, n_frames=3)
    assert course_of(film_of(run)).names == ()


def test_words_and_picture_stand_where_no_kernel_runs(make: Make, run: tms.Run) -> None:
    dynamics = make(run, frame=20)
    assert dynamics.caption.startswith("6 features (2 correlated sets of 3) in 3 dimensions: ")
    assert dynamics.caption.endswith(f"; {course_of(dynamics.film).words}.")
    assert dynamics._meta["caption"] == dynamics.caption
    bundle, _ = dynamics._repr_mimebundle_()
    assert bundle["text/plain"] == dynamics.caption
    picture = bundle["image/svg+xml"]
    assert picture.count("<polyline") == 6 + 1
    assert picture.count("<path") == len(dynamics.jumps)
    assert f"step {run.frames.step[20]}" in picture
    assert len(picture) < 60_000


def test_another_training_is_shown_with_its_own_course(make: Make, run: tms.Run) -> None:
    dynamics = make(run)
    dynamics.show(bending())
    assert len(dynamics.jumps) == 2
    assert dynamics.value == 8000
    before = dynamics._meta
    with pytest.raises(SettingError, match="one frame only"):
        dynamics.show(np.eye(3))
    assert dynamics._meta is before
    assert len(dynamics.film) == 200


@pytest.mark.parametrize("source", [np.eye(3), (np.eye(3), np.zeros(3))])
def test_a_source_without_a_training_is_a_sentence(make: Make, source: Any) -> None:
    with pytest.raises(SettingError, match=r"pass a Run with n_frames=2 or more\.$"):
        make(source)


def test_an_unknown_setting_names_the_nearest(make: Make, run: tms.Run) -> None:
    with pytest.raises(TypeError, match="Dynamics has no setting 'selektion'; did you mean 'selection'"):
        make(run, selektion=None)
    with pytest.raises(SettingError, match="instance=2 is outside 0 to 1"):
        make(run, instance=2)


def test_a_selection_is_shared(make: Make, run: tms.Run) -> None:
    selection = tms.Selection(pinned=[1])
    dynamics = make(run, selection=selection)
    assert dynamics.pinned == [1]
    selection.hovered = 4
    assert dynamics.hovered == 4
    dynamics.close()
    selection.hovered = 2
    assert dynamics.hovered == 4
    selection.close()
