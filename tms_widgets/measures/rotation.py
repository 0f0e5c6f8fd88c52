"""One picture for all models that differ only by a rotation of the hidden space.

Without an activation on the hidden layer its basis is not privileged (*Privileged vs Non-privileged Bases*):
W and RW behave the same for every orthogonal R. Pictures of trained models therefore need a convention.
"""

import numpy as np
from numpy.typing import ArrayLike

from .arrays import FloatArray, as_one_model
from .superposition import represented

NEAR_DEPENDENT = 0.25
NOTHING = 1e-9


def canonical_rotation(W: ArrayLike) -> FloatArray:
    """The rotation or reflection R that turns a model into its standard picture, R @ W.

    The first represented feature points along the first axis; each further axis is given, in the order of
    importance, by the next represented feature that sticks out of the axes so far by more than a quarter of
    its length (Gram-Schmidt, so its last coordinate is positive). When none is left, the feature that sticks
    out furthest gives the axis. The picture is the same for every rotated or reflected copy of W and moves
    little when W moves little, except where a feature crosses one of these thresholds.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        One model; leading axes of length one are dropped.

    Returns
    -------
    array, shape (n_hidden, n_hidden)
        Orthogonal.
    """
    weights = as_one_model(W)
    n_hidden = len(weights)
    norms = np.linalg.norm(weights, axis=0)
    worth = np.where(represented(weights), NEAR_DEPENDENT * norms, np.inf)
    axes = np.zeros((0, n_hidden))
    rest = weights
    while len(axes) < n_hidden:
        lengths = np.linalg.norm(rest, axis=0)
        furthest = float(lengths.max())
        if furthest <= NOTHING * float(norms.max()):
            break
        enough = lengths > worth
        if not enough.any():
            enough = (
                lengths >= 0.99 * furthest
            )  # ties go to the more important feature, whatever the rounding
        axis = rest[:, int(np.argmax(enough))]
        axis = axis - axes.T @ (axes @ axis)  # a second time: orthogonal to the last digit
        axes = np.vstack([axes, axis / np.linalg.norm(axis)])
        rest = weights - axes.T @ (axes @ weights)
    return _completed(axes)


def _completed(axes: FloatArray) -> FloatArray:
    """Orthonormal rows, and below them any orthonormal basis of the space they leave."""
    missing = axes.shape[1] - len(axes)
    if missing == 0:
        return axes
    if len(axes) == 0:
        return np.eye(missing)
    return np.vstack([axes, np.linalg.svd(axes)[2][-missing:]])


def principal_plane(W: ArrayLike) -> FloatArray:
    """The plane to look at the hidden space in: the one that shows most of ‖W‖²_F.

    Up to three dimensions it is the first two axes, because there the canonical picture is seen as it is;
    above that the two leading left singular vectors, each with the sign that makes the first feature that
    clearly lies along it point to the positive side. When singular values coincide, as in a tight frame, the
    plane is one of many that show as much.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)
        One model; leading axes of length one are dropped.

    Returns
    -------
    array, shape (2, n_hidden)
        Orthonormal rows; for one hidden dimension the single row ``[[1.0]]`` and a row of zero below it.
    """
    weights = as_one_model(W)
    n_hidden = len(weights)
    if n_hidden <= 3:
        return np.eye(2, n_hidden)
    plane = np.linalg.svd(weights)[0].T[:2]
    along = plane @ weights
    strength = np.abs(along)
    clear = np.argmax(strength > 0.3 * strength.max(axis=1, keepdims=True), axis=1)
    return plane * np.where(along[np.arange(2), clear] < 0, -1.0, 1.0)[:, None]
