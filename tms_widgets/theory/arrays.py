"""What the closed forms ask of the densities and importances they are given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError
from ..core.problem import MAX_IMPORTANCE

FloatArray = NDArray[np.float64]


def as_numbers(name: str, value: ArrayLike) -> FloatArray:
    """Finite float64 numbers of any shape."""
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise SettingError(f"{name} is not a number or an array of numbers; pass some.") from None
    if not np.isfinite(numbers).all():
        raise SettingError(f"{name} holds NaN or infinity, but every number must be finite.")
    return numbers


def as_density(value: ArrayLike) -> FloatArray:
    """Densities, each above 0 and up to 1."""
    density = as_numbers("density", value)
    if not ((density > 0.0) & (density <= 1.0)).all():
        raise SettingError("density is a probability that features are active; use one above 0 up to 1.")
    return density


def as_importance(value: ArrayLike) -> FloatArray:
    """Importances, none negative."""
    importance = as_numbers("importance", value)
    if not ((importance >= 0.0) & (importance <= MAX_IMPORTANCE)).all():
        raise SettingError(f"importance weighs squared errors; use one from 0 to {MAX_IMPORTANCE:g}.")
    return importance
