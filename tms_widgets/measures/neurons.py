"""Neurons: which features they stand for, and what an absolute value is made of.

*Superposition in a Privileged Basis* and *Computation in Superposition*: a ReLU on the hidden layer makes
each hidden dimension a neuron, so that W itself can be read, row by row, and not WᵀW alone. Weights have the
shape (..., n_hidden, n_features), output weights (..., n_features, n_hidden); leading axes are kept.

A neuron of an untied model may read α times as much and pass on 1/α of it without any change of what the
model does. What is said of neurons here does not change with α either: weights of a neuron are compared with
the largest of the same neuron.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import real
from .arrays import FloatArray, as_pair, as_weights

STRONG = 0.25
"""A neuron stands for a feature when its weight is above this part of the largest weight of that neuron.

The paper judged by eye. In trained models a neuron's other weights are a few hundredths of its largest, a
tenth where training has not quite turned dense features into the basis, or they are three tenths and more:
the smaller weight of the asymmetric superposition that *Computation in Superposition* describes is the
smallest that matters.
"""
DEAD = 0.1
"""A neuron is dead when its weights are below this part of those of the model's strongest neuron."""
TWO_SIDED = 0.5
"""Half of the absolute value has to come out on either side."""

Flags = NDArray[np.bool_]


def features_of_neurons(W: ArrayLike, W_out: ArrayLike | None = None, *, threshold: float = STRONG) -> Flags:
    """Which features each neuron stands for: those whose weight is above ``threshold`` of its largest.

    With tied weights, x' = ReLU(Wᵀh + b), a neuron can raise output i through a positive W_ai alone, so
    positive weights count: a negative one inhibits. With output weights of their own, sizes ``|W_ai|`` count,
    as a neuron may read −x_i.

    A dead neuron stands for nothing. Its largest weight is below a tenth of the largest of the model; with
    output weights it is the geometric mean of a neuron's largest weight in and largest weight out that is,
    which does not change when the neuron is rescaled.

    Parameters
    ----------
    W : array_like, shape (..., n_hidden, n_features)
    W_out : array_like, shape (..., n_features, n_hidden), optional
        Of an untied model; tied weights need none.
    threshold : float, default `STRONG`
        From 0 to 1; at 1 not even the largest weight counts.

    Returns
    -------
    array of bool, shape (..., n_hidden, n_features)
    """
    limit = real("threshold", threshold, low=0.0, high=1.0)
    size = _strength(W, W_out)
    largest = size.max(axis=-1)
    reach = largest
    if W_out is not None:
        reach = np.sqrt(largest * np.abs(as_pair(W, W_out)[1]).max(axis=-2))
    dead = reach <= DEAD * reach.max(axis=-1, keepdims=True)
    return (size > limit * largest[..., None]) & ~dead[..., None]


def monosemantic(W: ArrayLike, W_out: ArrayLike | None = None, *, threshold: float = STRONG) -> Flags:
    """Which neurons stand for one feature alone; parameters as `features_of_neurons`.

    Returns
    -------
    array of bool, shape (..., n_hidden)
    """
    return features_of_neurons(W, W_out, threshold=threshold).sum(axis=-1) == 1


def polysemantic(W: ArrayLike, W_out: ArrayLike | None = None, *, threshold: float = STRONG) -> Flags:
    """Which neurons stand for two features or more; a dead neuron is neither this nor monosemantic.

    Returns
    -------
    array of bool, shape (..., n_hidden)
    """
    return features_of_neurons(W, W_out, threshold=threshold).sum(axis=-1) > 1


def neuron_order(W: ArrayLike, W_out: ArrayLike | None = None) -> NDArray[np.intp]:
    """The neurons in an order for drawing: by the first of their features, the one of the largest weight.

    Among neurons of one feature those with fewer features come first, then those that respond to positive
    values. Dead neurons are last. Features are taken to stand in order of importance.

    Returns
    -------
    array of int, shape (..., n_hidden)
        Indices of neurons: ``W[neuron_order(W)]`` is one model in that order.
    """
    weights = as_weights(W)
    count = features_of_neurons(weights, W_out).sum(axis=-1)
    main = _strength(weights, W_out).argmax(axis=-1)
    negative = np.take_along_axis(weights, main[..., None], axis=-1)[..., 0] < 0
    return np.lexsort((negative, count, main, count == 0), axis=-1)


def basis_alignment(W: ArrayLike) -> FloatArray:
    """How far features lie along neurons: Σ_a Ŵ_ai⁴, averaged over features with the weights ‖W_i‖².

    1 when every feature has a neuron of its own, or shares one; 1/k when features are spread evenly over k
    neurons. Random directions have 3/(m + 2) on average, so a model without a privileged basis has about that
    after any rotation. 0 when all weights are.

    Returns
    -------
    array, shape (...)
    """
    squares = np.square(as_weights(W))
    norms = squares.sum(axis=-2)
    along = np.divide(np.square(squares).sum(axis=-2), norms, out=np.zeros_like(norms), where=norms > 0)
    whole = np.asarray(norms.sum(axis=-1))
    return np.divide(along.sum(axis=-1), whole, out=np.zeros_like(whole), where=whole > 0)


def rescaled(W: ArrayLike, W_out: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """The same model with the largest ``|W_ai|`` of every neuron at 1, and output weights to match.

    The footnote in *Basic Results* of *Computation in Superposition*: a neuron that reads α times as much and
    passes on 1/α of it changes nothing. (A bias of a neuron goes with its weights in.) A neuron whose weights
    in are all 0 stays as it is.

    Returns
    -------
    W, W_out : arrays
        Of the shapes given.
    """
    weights, out = as_pair(W, W_out)
    largest = np.abs(weights).max(axis=-1)
    scale = np.where(largest > 0, largest, 1.0)
    return weights / scale[..., None], out * scale[..., None, :]


def absolute_gains(W: ArrayLike, W_out: ArrayLike) -> FloatArray:
    """What the neurons give output i for x_i = +1 alone and for x_i = −1 alone, without the bias.

    Σ_a W_out,ia ReLU(±W_ai). A model that computes |x_i| has 1 in both places, one that ignores the feature
    has 0, and 1 in one place means that one side is computed and the other is not.

    Returns
    -------
    array, shape (..., n_features, 2)
    """
    weights, out = as_pair(W, W_out)
    sides = [np.einsum("...ia,...ai->...i", out, np.maximum(sign * weights, 0.0)) for sign in (1.0, -1.0)]
    return np.stack(sides, axis=-1)


def two_sided(W: ArrayLike, W_out: ArrayLike) -> Flags:
    """Of which features the absolute value is computed on both sides: both `absolute_gains` above ½.

    Returns
    -------
    array of bool, shape (..., n_features)
    """
    return np.asarray((absolute_gains(W, W_out) > TWO_SIDED).all(axis=-1))


def _strength(W: ArrayLike, W_out: ArrayLike | None) -> FloatArray:
    """How strongly a neuron can speak for each feature: 0 where a tied weight is negative."""
    weights = as_weights(W)
    return np.maximum(weights, 0.0) if W_out is None else np.abs(weights)
