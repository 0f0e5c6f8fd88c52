"""What every measure asks of the weights it is given."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError

FloatArray = NDArray[np.float64]

# Squares, and products of squares, of such weights still are finite.
LARGEST = 1e70


def as_weights(W: ArrayLike) -> FloatArray:
    """Check weights and return them as float64 with shape (..., n_hidden, n_features).

    Raises
    ------
    SettingError
        If ``W`` is not numeric, has fewer than two axes, has an empty axis, or holds NaN, infinity or a
        number beyond 1e70.
    """
    try:
        weights = np.asarray(W, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError):  # RuntimeError: a tensor that still wants its gradient
        raise SettingError(
            "W is not an array of numbers of shape (..., n_hidden, n_features); pass run.W or a NumPy array."
        ) from None
    if weights.ndim < 2 or 0 in weights.shape:
        raise SettingError(
            f"W has the shape {weights.shape}, but (..., n_hidden, n_features) with no empty axis is needed; "
            "a single hidden dimension is written (1, n_features)."
        )
    if not np.abs(weights).max() < LARGEST:  # NaN is not smaller either
        raise SettingError(
            "W holds NaN, infinity or a number beyond 1e70, but every weight must be finite; "
            "take an earlier frame of the run."
        )
    return weights


def as_one_model(W: ArrayLike) -> FloatArray:
    """Check the weights of a single model and return them with shape (n_hidden, n_features).

    Raises
    ------
    SettingError
        As ``as_weights``, and if a leading axis is longer than one.
    """
    weights = as_weights(W)
    if any(length > 1 for length in weights.shape[:-2]):
        raise SettingError(
            f"W has the shape {weights.shape}, but this needs one model, (n_hidden, n_features); "
            "take one instance, as in run.best.W or W[0]."
        )
    return weights.reshape(weights.shape[-2:])


def as_pair(W: ArrayLike, W_out: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Check weights in and out of the same neurons, ``(..., m, n)`` and ``(..., n, m)``.

    Raises
    ------
    SettingError
        As ``as_weights``, and if they do not fit together.
    """
    weights, out = as_weights(W), as_weights(W_out)
    expected = (*weights.shape[:-2], weights.shape[-1], weights.shape[-2])
    if out.shape != expected:
        raise SettingError(
            f"W_out has the shape {out.shape}, but W of shape {weights.shape} needs {expected}, "
            "(..., n_features, n_hidden); pass run.W_out."
        )
    return weights, out
