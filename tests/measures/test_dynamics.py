import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets import measures
from tms_widgets.core import SettingError

seeds = st.integers(0, 2**32 - 1)


def spacing(kind, rng):
    """Recorded steps, as films have them."""
    if kind == "even":
        return np.arange(0, 15_001, 50)
    if kind == "log":
        return np.unique(np.concatenate(([0], np.geomspace(1, 15_000, 900).round()))).astype(int)
    return np.sort(rng.choice(15_000, 600, replace=False))


def sigmoid(step, at, width):
    return 1.0 / (1.0 + np.exp(-np.clip((step - at) / width, -50, 50)))


@pytest.mark.parametrize("kind", ["even", "log", "random"])
def test_a_jump_is_found_where_it_is(kind):
    rng = np.random.default_rng()
    step = spacing(kind, rng)
    D = np.full((len(step), 4), 0.5) + 0.01 * rng.normal(size=(len(step), 4))
    D[:, 1] += -0.3 * sigmoid(step, 6000, 40)
    D[:, 2] += -0.25 + 0.25 * sigmoid(step, 9000, 40)
    D[:, 3] += -0.4 * step / step.max()  # as far, but slowly
    found = measures.jumps(step, D)
    assert [jump.feature for jump in found] == [1, 2]
    for jump, at, before, after in zip(found, (6000, 9000), (0.5, 0.25), (0.2, 0.5), strict=True):
        assert abs((jump.step_from + jump.step_to) / 2 - at) < 150
        assert jump.step_from < at < jump.step_to < jump.step_from + 700
        assert jump.before == pytest.approx(before, abs=0.03)
        assert jump.after == pytest.approx(after, abs=0.03)
        assert {jump.step_from, jump.step_to} <= set(step.tolist())


def test_a_feature_may_jump_more_than_once_and_back():
    step = np.arange(0, 12_000, 20)
    D = 0.2 + 0.3 * sigmoid(step, 3000, 30) - 0.25 * sigmoid(step, 6000, 30)
    found = measures.jumps(step, D[:, None])
    assert [(round(jump.before, 2), round(jump.after, 2)) for jump in found] == [(0.2, 0.5), (0.5, 0.25)]
    assert not measures.jumps(step, D[:, None], height=0.35)


@given(seeds)
def test_noise_does_not_jump(seed):
    rng = np.random.default_rng(seed)
    step = np.arange(0, 15_000, 20)
    assert measures.jumps(step, 0.4 + 0.05 * rng.normal(size=(len(step), 8))) == ()


def test_the_plateaus_of_a_staircase():
    step = np.unique(np.geomspace(1, 20_000, 500).round())
    noise = np.exp(0.002 * np.random.default_rng().normal(size=len(step)))
    logs = np.log(0.2) - 2.0 * sigmoid(np.log(step), np.log(200), 0.1)
    loss = np.exp(logs - 1.0 * sigmoid(np.log(step), np.log(2000), 0.1)) * noise
    found = measures.stages(step, loss)
    levels = 0.2 * np.exp([0.0, -2.0, -3.0])
    np.testing.assert_allclose([stage.loss for stage in found], levels, rtol=0.05)
    for stage, (low, high) in zip(found, [(1, 200), (200, 2000), (2000, 20_000)], strict=True):
        assert low <= stage.step_from < stage.step_to <= high
        assert stage.step_to > 3 * stage.step_from
    scaled = measures.stages(step, 100.0 * loss)
    assert [(s.step_from, s.step_to) for s in scaled] == [(s.step_from, s.step_to) for s in found]


@pytest.mark.parametrize("power", [0.2, 0.5, 1.0])
def test_a_loss_that_falls_steadily_has_no_stages(power):
    step = np.arange(0, 5000, 10)
    assert measures.stages(step, (1.0 + step) ** -power) == ()
    (whole,) = measures.stages(step, (1.0 + step) ** -power, flat=2.0)
    assert (whole.step_from, whole.step_to) == (10, 4990)


def test_few_frames_are_enough_to_say_nothing():
    assert measures.stages([5], [1.0]) == ()
    assert measures.jumps([5], [[1.0, 2.0]]) == ()


@pytest.mark.parametrize(
    ("step", "D", "words"),
    [
        ([1, 2], [[0.5]], "shape"),
        ([1, 2], [0.5, 0.4], "frames, n_features"),
        ([2, 1], [[0.5], [0.4]], "must rise"),
        ([1, 2], [[0.5], [np.nan]], "finite"),
        ([1, 2], "no", "arrays of numbers"),
    ],
)
def test_what_has_no_jumps_is_said(step, D, words):
    with pytest.raises(SettingError, match=words):
        measures.jumps(step, D)


def test_what_has_no_stages_is_said():
    with pytest.raises(SettingError, match="no logarithm"):
        measures.stages([1, 2], [0.5, 0.0])
    with pytest.raises(SettingError, match="flat=0 is not allowed"):
        measures.stages([1, 2], [0.5, 0.4], flat=0)
    with pytest.raises(SettingError, match="within"):
        measures.jumps([1, 2], [[0.5], [0.5]], within=-1)
