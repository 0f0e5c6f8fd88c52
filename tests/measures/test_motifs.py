"""The detector of asymmetric superposition, on circuits made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tms_widgets import measures
from tms_widgets.core import SettingError
from tms_widgets.measures import motifs


def circuit(weak=1 / 3, inhibition=1.0, gain=1.0):
    """Neuron 0 reads x_0, and x_1 weakly; neuron 1 hears some of x_0, and keeps output 1 down."""
    W = np.array([[1.0, weak], [0.5, 0.0], [-1.0, 0.0], [0.0, -1.0]])
    W_out = np.array([[1.0, 0.0, 1.0, 0.0], [gain / weak, -inhibition * gain / weak / 0.5, 0.0, 1.0]])
    return W, W_out


def test_the_motif_is_found_and_described():
    (motif,) = measures.asymmetric_motifs(*circuit(inhibition=0.8, gain=1.2))
    assert motif.features == (0, 1)
    assert motif.neurons == (0, 1)
    assert motif.in_ratio == pytest.approx(3.0)
    assert motif.gains == pytest.approx((1.0, 1.2))
    assert motif.cancelled == pytest.approx(0.8)


@pytest.mark.parametrize(
    "changes",
    [{"inhibition": 0.4}, {"inhibition": -1.0}, {"weak": 0.6}, {"gain": 0.4}, {"gain": 1.7}],
    ids=str,
)
def test_what_lacks_a_part_is_no_motif(changes):
    assert measures.asymmetric_motifs(*circuit(**changes)) == ()


def test_inhibition_on_the_other_side_does_not_count():
    W, W_out = circuit()
    W[1, 0] *= -1
    assert measures.asymmetric_motifs(W, W_out) == ()
    W[0, 0] *= -1  # the strong feature turns both on with its negative side
    assert len(measures.asymmetric_motifs(W, W_out)) == 1


@given(st.integers(0, 2**32 - 1))
def test_scale_and_order_of_neurons_and_features_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    W, W_out = circuit(inhibition=1.3)
    (expected,) = measures.asymmetric_motifs(W, W_out)
    scale, neurons, features = np.exp(rng.normal(size=4)), rng.permutation(4), rng.permutation(2)
    W, W_out = (W * scale[:, None])[neurons][:, features], (W_out / scale)[:, neurons][features]
    (found,) = measures.asymmetric_motifs(W[None], W_out[None])
    assert tuple(features[list(found.features)]) == expected.features
    assert tuple(neurons[list(found.neurons)]) == expected.neurons
    assert found.in_ratio == pytest.approx(expected.in_ratio)
    assert found.gains == pytest.approx(expected.gains)
    assert found.cancelled == pytest.approx(expected.cancelled)


def test_plain_pairs_and_single_neurons_have_none():
    pairs = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    assert measures.asymmetric_motifs(pairs, np.abs(pairs.T)) == ()
    assert measures.asymmetric_motifs([[1.0, 0.3]], [[1.0], [3.0]]) == ()


def test_thresholds_are_the_stated_ones():
    assert (motifs.RATIO, motifs.GAINS, motifs.CANCELLED) == (2.0, (0.5, 1.6), 0.5)


def test_one_model_at_a_time():
    with pytest.raises(SettingError, match="one model"):
        measures.asymmetric_motifs(np.ones((2, 3, 2)), np.ones((2, 2, 3)))
