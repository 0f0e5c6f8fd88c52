"""Neurons: what they stand for, in what order, and what does not change when they are rescaled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tms_widgets import measures
from tms_widgets.core import Problem, SettingError
from tms_widgets.core.evaluation import evaluate

entries = st.floats(-4, 4, width=32).filter(lambda x: x == 0 or abs(x) > 1e-2)
seeds = st.integers(0, 2**32 - 1)
sizes = st.tuples(st.integers(1, 6), st.integers(1, 6))
pairs = sizes.flatmap(
    lambda size: st.tuples(
        hnp.arrays(np.float64, size, elements=entries), hnp.arrays(np.float64, size[::-1], elements=entries)
    )
)

# each row a neuron: one feature, two, one beside an inhibited one, none, and the second feature again
TIED = np.array(
    [
        [0.0, 0.0, 1.0, 0.1],
        [0.9, 0.5, 0.0, 0.0],
        [0.7, -3.0, 0.1, 0.0],
        [0.05, 0.02, 0.0, 0.0],
        [-0.2, 0.8, 0.0, 0.1],
    ]
)


def test_a_neuron_stands_for_the_features_of_its_large_positive_weights():
    stands = measures.features_of_neurons(TIED)
    assert [np.flatnonzero(row).tolist() for row in stands] == [[2], [0, 1], [0], [], [1]]
    assert measures.monosemantic(TIED).tolist() == [True, False, True, False, True]
    assert measures.polysemantic(TIED).tolist() == [False, True, False, False, False]


def test_with_output_weights_a_negative_weight_counts_as_well():
    stands = measures.features_of_neurons(TIED, TIED.T)
    assert [np.flatnonzero(row).tolist() for row in stands] == [[2], [0, 1], [1], [], [1]]


def test_the_threshold_is_a_part_of_the_largest_weight():
    W = np.array([[1.0, 0.3], [4.0, 0.8]])
    assert measures.features_of_neurons(W).sum(axis=1).tolist() == [2, 1]
    assert measures.features_of_neurons(W, threshold=0.1).sum(axis=1).tolist() == [2, 2]
    assert measures.features_of_neurons(W, threshold=1).sum() == 0
    with pytest.raises(SettingError, match="threshold"):
        measures.features_of_neurons(W, threshold=1.1)


def test_a_neuron_without_positive_weights_is_dead_where_weights_are_tied():
    W = np.array([[1.0, 0.0], [-2.0, -1.0]])
    assert not measures.features_of_neurons(W)[1].any()
    assert measures.features_of_neurons(W, W.T)[1].all()


def test_a_neuron_that_nobody_hears_is_dead():
    out = np.eye(2)
    out[1, 1] = 1e-3
    assert measures.features_of_neurons(np.eye(2), out).tolist() == [[True, False], [False, False]]


def test_a_model_without_weights_has_only_dead_neurons():
    W = np.zeros((2, 3, 4))
    assert not measures.features_of_neurons(W).any()
    assert not measures.monosemantic(W).any()
    assert not measures.polysemantic(W, np.zeros((2, 4, 3))).any()


@given(pairs, seeds)
def test_kinds_do_not_change_when_neurons_are_rescaled(both, seed):
    W, W_out = both
    scale = np.exp(np.random.default_rng(seed).normal(size=len(W)))
    other, other_out = W * scale[:, None], W_out / scale
    # a weight right on the threshold may round to either side
    size = np.abs(W)
    edge = np.isclose(size, measures.STRONG * size.max(axis=1, keepdims=True), rtol=1e-9)
    reach = np.sqrt(size.max(axis=1) * np.abs(W_out).max(axis=0))
    if edge.any() or np.isclose(reach, measures.DEAD * reach.max(), rtol=1e-9).any():
        return
    assert (measures.features_of_neurons(W, W_out) == measures.features_of_neurons(other, other_out)).all()
    np.testing.assert_allclose(
        measures.absolute_gains(W, W_out), measures.absolute_gains(other, other_out), atol=1e-9
    )
    for one, two in zip(measures.rescaled(W, W_out), measures.rescaled(other, other_out), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9, atol=1e-12)


@given(pairs)
def test_the_footnotes_scale_has_the_largest_weight_at_one(both):
    W, W_out = both
    scaled, _ = measures.rescaled(W, W_out)
    largest = np.abs(scaled).max(axis=1)
    np.testing.assert_allclose(largest[np.abs(W).max(axis=1) > 0], 1.0)
    assert (largest[np.abs(W).max(axis=1) == 0] == 0).all()


def test_a_rescaled_model_is_the_same_model():
    rng = np.random.default_rng()
    problem = Problem(4, 3, density=0.4, architecture="untied")
    W, W_out, b = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 4))
    before = evaluate(problem, W, b, W_out).loss
    scaled, out = measures.rescaled(W, W_out)
    np.testing.assert_allclose(evaluate(problem, scaled, b, out).loss, before, rtol=1e-4)


@given(pairs, seeds)
def test_order_follows_what_neurons_stand_for(both, seed):
    W, W_out = both
    order = measures.neuron_order(W, W_out)
    assert sorted(order) == list(range(len(W)))
    stands = measures.features_of_neurons(W, W_out)[order]
    alive = stands.any(axis=1)
    assert (np.diff(alive.astype(int)) <= 0).all()
    main = np.abs(W[order]).argmax(axis=1)[alive]
    assert (np.diff(main) >= 0).all()
    for feature in set(main):
        assert (np.diff(stands[alive][main == feature].sum(axis=1)) >= 0).all()


def test_the_order_of_an_example():
    assert measures.neuron_order(TIED).tolist() == [2, 1, 4, 0, 3]
    circuit = np.array([[0, -1], [-1, 0], [0, 1], [1, 0.0]])
    assert measures.neuron_order(circuit, np.abs(circuit.T)).tolist() == [3, 1, 2, 0]


def test_leading_axes_are_kept():
    rng = np.random.default_rng()
    W, W_out = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 3, 5, 4))
    for measure in (
        measures.features_of_neurons,
        measures.monosemantic,
        measures.polysemantic,
        measures.neuron_order,
        measures.absolute_gains,
        measures.two_sided,
        lambda W, W_out: measures.rescaled(W, W_out)[1],
        lambda W, W_out: measures.basis_alignment(W),
    ):
        whole = measure(W, W_out)
        assert whole.shape[:2] == (2, 3)
        np.testing.assert_array_equal(whole[1, 2], measure(W[1, 2], W_out[1, 2]))


def test_alignment_is_one_along_neurons_and_three_over_m_and_two_for_random_directions():
    rng = np.random.default_rng()
    assert measures.basis_alignment([[0, -2, 0, 0], [1, 0, 0, 3], [0, 0, 0.5, 0]]) == pytest.approx(1.0)
    assert measures.basis_alignment(np.full((4, 2), 0.5)) == pytest.approx(1 / 4)
    assert measures.basis_alignment(np.zeros((2, 3))) == 0.0
    for m in (2, 5, 12):
        directions = rng.normal(size=(4000, m, 8))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        assert measures.basis_alignment(directions).mean() == pytest.approx(3 / (m + 2), rel=0.03)


def test_long_features_count_for_more_in_the_alignment():
    W = np.array([[2.0, 1.0], [0.0, 1.0]])
    assert measures.basis_alignment(W) == pytest.approx((4 * 1 + 2 * 0.5) / 6)


def test_gains_of_the_circuit_are_one_on_both_sides():
    W = np.repeat(np.eye(3), 2, axis=0) * np.tile([1.0, -2.0], 3)[:, None]
    out = np.repeat(np.eye(3), 2, axis=0).T / np.tile([1.0, 2.0], 3)
    np.testing.assert_allclose(measures.absolute_gains(W, out), 1.0)
    assert measures.two_sided(W, out).all()
    out[1, 3] = 0.0  # feature 1 is not computed for x < 0
    np.testing.assert_allclose(measures.absolute_gains(W, out)[1], [1.0, 0.0])
    assert measures.two_sided(W, out).tolist() == [True, False, True]


def test_weights_that_do_not_belong_together_are_refused():
    with pytest.raises(SettingError, match=r"W_out has the shape \(3, 2\), but W of shape \(3, 2\) needs"):
        measures.absolute_gains(np.ones((3, 2)), np.ones((3, 2)))
    with pytest.raises(SettingError, match=r"\(4, 2, 3\)"):
        measures.features_of_neurons(np.ones((4, 3, 2)), np.ones((2, 3)))
