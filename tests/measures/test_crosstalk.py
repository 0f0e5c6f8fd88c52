"""Interference at the outputs of untied models."""

import numpy as np
import pytest

from tms_widgets import measures
from tms_widgets.core.checks import SettingError

RNG = np.random.default_rng()


def test_it_is_what_single_features_give_other_outputs():
    W, W_out = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 4))
    expected = np.zeros(3)
    for j in range(3):
        for sign in (1.0, -1.0):
            received = W_out @ np.maximum(W @ (sign * np.eye(3)[j]), 0)
            expected += 0.5 * np.square(received) * (np.arange(3) != j)
    np.testing.assert_allclose(measures.output_interference(W, W_out), expected)


def test_features_with_neurons_of_their_own_disturb_nobody():
    W = np.vstack([np.eye(3), -np.eye(3)])
    np.testing.assert_array_equal(measures.output_interference(W, np.abs(W.T)), 0)


def test_scaling_a_neuron_changes_nothing():
    W, W_out = RNG.normal(size=(2, 5, 4)), RNG.normal(size=(2, 4, 5))
    scale = RNG.uniform(0.1, 10, size=(2, 5))
    np.testing.assert_allclose(
        measures.output_interference(W * scale[..., None], W_out / scale[..., None, :]),
        measures.output_interference(W, W_out),
    )


def test_weights_that_do_not_fit_together_are_refused():
    with pytest.raises(SettingError, match=r"needs \(4, 5\)"):
        measures.output_interference(np.ones((5, 4)), np.ones((5, 4)))
