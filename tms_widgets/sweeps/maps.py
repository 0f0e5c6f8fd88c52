"""The sweeps behind the paper's figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np

from ..core import checks
from ..core.checks import SettingError
from ..core.problem import MAX_IMPORTANCE, MIN_DENSITY, Problem
from .axes import FIELDS
from .sweep import Sweep


def phase_sweep(
    n_features: int = 2,
    n_hidden: int = 1,
    *,
    side: int = 51,
    density: tuple[float, float] = (1.0, 0.01),
    importance: tuple[float, float] = (0.1, 10.0),
    **settings: Any,
) -> Sweep:
    """The sweep of the paper's phase maps (*Superposition as a Phase Change*).

    The dimensions are ``density`` and ``importance``, both evenly spaced in the logarithm. The importance is
    that of the last feature; the others have 1.

    Parameters
    ----------
    n_features, n_hidden : int
        2 and 1 in the first map, 3 and 2 in the second.
    side : int, default 51
        Values on each axis.
    density, importance : (float, float)
        The first and the last value.
    **settings
        Other fields of `Problem` (``activation``, ``bias``, …), and settings of `Sweep` (``n_seeds``,
        ``quality``, …).

    Returns
    -------
    Sweep

    Examples
    --------
    >>> phase_sweep(3, 2, side=20, n_seeds=5)
    <Sweep density 20 × importance 20 × seed 5: 2,000 models, exact>
    """
    side = checks.integer("side", side, low=2, high=1000)
    fields = {name: settings.pop(name) for name in FIELDS if name in settings}
    problem = Problem(n_features, n_hidden, **fields)
    last = _spaced("importance", importance, side, low=1e-6, high=MAX_IMPORTANCE)
    return Sweep(
        problem,
        density=_spaced("density", density, side, low=MIN_DENSITY, high=1.0),
        importance=[(1.0,) * (problem.n_features - 1) + (one,) for one in last],
        **settings,
    )


def _spaced(name: str, ends: object, side: int, *, low: float, high: float) -> list[float]:
    """Values from the first end to the last, evenly spaced in the logarithm; both ends are exact."""
    pair = list(cast(Iterable[object], ends)) if checks.is_sequence(ends) else []
    if len(pair) != 2:
        raise SettingError(f"{name}={checks.shown(ends)} is not a first and a last value; use two numbers.")
    first, last = (checks.real(name, checks.unboxed(end), low=low, high=high) for end in pair)
    return [first, *np.geomspace(first, last, side)[1:-1].tolist(), last]
