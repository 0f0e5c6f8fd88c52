"""Found directions against true ones, and counting on dictionaries whose content is known."""

import dataclasses

import numpy as np
import pytest

from tms_widgets import measures
from tms_widgets.core import Dictionary, SettingError


@pytest.fixture
def rng():
    return np.random.default_rng()


def test_what_was_found_has_a_cosine_of_one_whatever_its_length_and_place(rng):
    true = rng.normal(size=(6, 9))
    order = rng.permutation(9)
    found = np.concatenate([rng.normal(size=(6, 4)), (true * rng.uniform(0.1, 9.0, 9))[:, order]], axis=1)
    np.testing.assert_allclose(measures.match_directions(found, true), 1.0)
    np.testing.assert_allclose(measures.match_directions(-true[:, :1], true[:, :1]), -1.0)


def test_the_match_is_the_largest_cosine():
    found = np.array([[1.0, 0.0], [0.0, -1.0]])
    true = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, -3.0, 1.0, 0.0]])
    np.testing.assert_allclose(
        measures.match_directions(found, true), [0.5**0.5, 0.9**0.5, 0.0, 0.0], atol=1e-12
    )
    assert measures.match_directions(np.empty((2, 0)), true).tolist() == [0.0] * 4


def test_five_random_directions_in_two_dimensions_match_at_about_point_eight(rng):
    angle = np.radians(72 * np.arange(5))
    pentagon = np.stack([np.cos(angle), np.sin(angle)])
    mean = np.mean([measures.match_directions(rng.normal(size=(2, 5)), pentagon) for _ in range(2000)])
    assert mean == pytest.approx(0.8, abs=0.03)


def test_directions_that_repeat_others_are_left_out(rng):
    first = np.linalg.qr(rng.normal(size=(8, 3)))[0]
    close = first + 0.1 * np.linalg.qr(rng.normal(size=(8, 3)))[0]
    far = -first[:, :1]
    distinct = measures.distinct_directions(5.0 * np.concatenate([first, close, far], axis=1))
    np.testing.assert_allclose(distinct, np.concatenate([first, far], axis=1))
    assert measures.distinct_directions(np.concatenate([first, close], axis=1), close=0.9999).shape == (8, 6)
    assert measures.distinct_directions(np.empty((3, 0))).shape == (3, 0)


def dictionary(directions, loss, alive=None, l1=0.4):
    atoms = np.asarray(directions, np.float32)
    lives = np.ones(atoms.shape[1], bool) if alive is None else np.array(alive, bool)
    return Dictionary(atoms, atoms, np.zeros(atoms.shape[1], np.float32), l1, loss, loss / 2, 1.0, lives)


def test_three_counts_of_a_family_whose_content_is_known():
    """Four axes; the largest dictionary has two atoms for one of them and a dead atom."""
    axes = np.eye(4)
    small = dictionary(axes[:, :2], 0.5)
    enough = dictionary(axes, 0.205)
    second = dictionary(np.concatenate([axes, [[-1.0], [0], [0], [0]]], axis=1), 0.2)
    largest = dictionary(
        np.concatenate([axes, axes[:, :1], [[0], [-1.0], [0], [0]]], axis=1), 0.2, [1, 1, 1, 1, 1, 0]
    )
    counts = measures.count_features([largest, small, second, enough])
    assert counts == measures.FeatureCounts(alive=5, by_loss=4, recurring=4)
    # a dictionary that is a little worse is not large enough
    worse = dataclasses.replace(enough, loss=0.22)
    assert measures.count_features([small, worse, second, largest]).by_loss == 5


def test_counting_refuses_what_cannot_be_compared():
    axes = np.eye(3)
    with pytest.raises(SettingError, match="dictionaries of different sizes"):
        measures.count_features([dictionary(axes, 0.1), dictionary(axes, 0.2)])
    with pytest.raises(SettingError, match="and one l1"):
        measures.count_features([dictionary(axes, 0.1), dictionary(axes[:, :2], 0.2, l1=0.1)])


@pytest.mark.parametrize("found", [np.ones(3), np.full((2, 2), np.nan), "directions", np.empty((0, 2))])
def test_directions_are_columns(found):
    with pytest.raises(SettingError, match="a direction a column"):
        measures.match_directions(found, np.eye(2))


def test_directions_of_different_spaces_are_not_compared():
    with pytest.raises(SettingError, match="in 2 dimensions and true in 3"):
        measures.match_directions(np.eye(2), np.eye(3))
