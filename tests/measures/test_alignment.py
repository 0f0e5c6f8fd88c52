from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets import measures
from tms_widgets.core import SettingError
from tms_widgets.measures import polytopes
from tms_widgets.measures.alignment import assignment

seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 5), st.integers(1, 7))


def orthogonal(size, rng):
    return np.linalg.qr(rng.normal(size=(size, size)))[0]


def stretching(m, n, rng, steps=8):
    """A family that moves little from one to the next, each turned at random."""
    start, end = rng.normal(size=(2, m, n))
    still = np.stack([start + 0.01 * t * end for t in range(steps)])
    return still, np.stack([orthogonal(m, rng) @ W for W in still])


@given(sizes, seeds)
def test_a_turned_family_lies_as_it_was(size, seed):
    rng = np.random.default_rng(seed)
    still, turned = stretching(*size, rng)
    aligned = measures.align(turned)
    np.testing.assert_allclose(measures.gram(aligned), measures.gram(turned), atol=1e-9)
    np.testing.assert_allclose(aligned[0], measures.canonical_rotation(still[0]) @ still[0], atol=1e-6)
    # no other rotation brings a member nearer to its neighbour than the best one
    steps = np.linalg.norm(np.diff(aligned, axis=0), axis=(1, 2))
    assert (steps <= np.linalg.norm(np.diff(still, axis=0), axis=(1, 2)) + 1e-9).all()


@given(sizes, seeds)
def test_how_members_happened_to_be_turned_does_not_matter(size, seed):
    rng = np.random.default_rng(seed)
    m, n = size
    n = max(m, n)  # fewer features than dimensions leave directions that nothing fixes
    still, turned = stretching(m, n, rng)
    np.testing.assert_allclose(measures.align(turned), measures.align(still), atol=1e-6)


def test_without_alignment_neighbours_lie_far_apart():
    _, turned = stretching(3, 6, np.random.default_rng())
    moved = np.linalg.norm(np.diff(turned, axis=0), axis=(1, 2))
    assert moved.mean() > 10 * np.linalg.norm(np.diff(measures.align(turned), axis=0), axis=(1, 2)).mean()


@pytest.mark.parametrize(
    "vertices",
    [polytopes.polygon(5), polytopes.polygon(6), polytopes.octahedron(), polytopes.square_antiprism()],
)
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_exchangeable_features_find_their_places(vertices, noise):
    rng = np.random.default_rng()
    m, n = vertices.shape
    family = [
        orthogonal(m, rng) @ (vertices + noise * rng.normal(size=vertices.shape))[:, rng.permutation(n)]
        for _ in range(6)
    ]
    aligned = measures.align(family, permute=True)
    assert np.abs(aligned - aligned[0]).max() < 1e-6 + 8 * noise
    norms = np.sort(measures.feature_norms(family), axis=1)
    np.testing.assert_allclose(np.sort(measures.feature_norms(aligned), axis=1), norms)


def test_a_label_keeps_features_from_changing_places():
    rng = np.random.default_rng()
    square = polytopes.polygon(4)
    with_short = np.concatenate((0.3 * square[:, :1], square), axis=1)
    family = [orthogonal(2, rng) @ with_short[:, [0, *rng.permutation(range(1, 5))]] for _ in range(6)]
    aligned = measures.align(family, permute=[0, 1, 1, 1, 1])
    np.testing.assert_allclose(measures.feature_norms(aligned)[:, 0], 0.3)
    np.testing.assert_allclose(aligned, np.broadcast_to(aligned[0], aligned.shape), atol=1e-6)
    fixed = measures.align(family, permute=range(5))
    np.testing.assert_array_equal(fixed, measures.align(family))


@given(st.integers(1, 6), seeds)
def test_the_assignment_is_the_cheapest(n, seed):
    cost = np.random.default_rng(seed).normal(size=(n, n))
    columns = assignment(cost)
    assert sorted(columns) == list(range(n))
    cheapest = min(cost[range(n), order].sum() for order in permutations(range(n)))
    assert cost[range(n), columns].sum() == pytest.approx(cheapest)


@pytest.mark.parametrize(
    ("Ws", "permute", "words"),
    [
        (np.ones((2, 3)), False, "a family is"),
        (np.full((2, 2, 3), np.nan), False, "finite"),
        (np.ones((2, 2, 3)), [0, 1], "2 labels but there are 3 features"),
        (np.ones((2, 2, 3)), ["a", "b", "c"], "label='a' is not a whole number"),
    ],
)
def test_what_cannot_be_aligned_is_said(Ws, permute, words):
    with pytest.raises(SettingError, match=words):
        measures.align(Ws, permute=permute)
