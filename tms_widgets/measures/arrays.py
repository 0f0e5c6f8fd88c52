"""What every measure asks of the weights it is given."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def as_weights(W: ArrayLike) -> FloatArray:
    """Check weights and return them as float64 with shape (..., n_hidden, n_features).

    Raises
    ------
    ValueError
        If `W` is not numeric, has fewer than two axes, has an empty axis, or holds NaN or infinity.
    """
    try:
        weights = np.asarray(W, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            "W must be an array of numbers of shape (..., n_hidden, n_features); pass run.W, or a NumPy array."
        ) from None
    if weights.ndim < 2 or 0 in weights.shape:
        raise ValueError(
            f"W has the shape {weights.shape}, but (..., n_hidden, n_features) with no empty axis is needed; "
            "a single hidden dimension is written (1, n_features)."
        )
    if not np.isfinite(weights).all():
        raise ValueError("W holds NaN or infinity, but every weight must be finite; take an earlier frame of the run.")
    return weights


def as_one_model(W: ArrayLike) -> FloatArray:
    """Check the weights of a single model and return them with shape (n_hidden, n_features).

    Raises
    ------
    ValueError
        As `as_weights`, and if a leading axis is longer than one.
    """
    weights = as_weights(W)
    if any(length > 1 for length in weights.shape[:-2]):
        raise ValueError(
            f"W has the shape {weights.shape}, but this needs one model, (n_hidden, n_features); "
            "take one instance, as in run.best.W or W[0]."
        )
    return weights.reshape(weights.shape[-2:])


def as_threshold(value: Any) -> float:
    """Check a norm threshold: a finite number that is not negative.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 <= value < np.inf:
        raise ValueError(f"threshold is {value!r}, but a finite number of at least 0 is needed; the usual one is 0.5.")
    return float(value)
