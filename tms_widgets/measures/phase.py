"""Which of the three phases the last feature is in: the colour of a cell in the paper's phase maps.

*Superposition as a Phase Change* has one "extra" feature, the last, and three outcomes for it. In the exact
solutions that the paper compares (`tms_widgets.theory.phase_solutions`) its norm is 0 or 1, and if it is 1,
its interference is 0 with a dimension of its own and 1 in an antipodal pair. Both thresholds lie halfway.
Trained models rarely come near them: norms stay away from 1/2, and interference leaves the neighbourhood of
0 and 1 only where two phases are about equally good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .superposition import feature_norms, interference

PHASES = ("not represented", "dedicated", "superposition")
"""The names of the phases 0, 1 and 2."""
HALF = 0.5
"""Halfway between the exact solutions, for the norm and for the interference."""


def phase(W: ArrayLike) -> NDArray[np.int64]:
    """The phase of the last feature of each model: an index into `PHASES`.

    0, not represented, for ‖W_i‖ < 1/2; 2, in superposition, where its interference is above 1/2;
    1, with a dimension of its own, otherwise.

    Parameters
    ----------
    W : array_like, shape (..., n_hidden, n_features)

    Returns
    -------
    array of int, shape (...)

    Raises
    ------
    SettingError
        If ``W`` is not an array of finite weights.
    """
    return phase_of(feature_norms(W)[..., -1], interference(W)[..., -1])


def phase_of(norm: ArrayLike, interference: ArrayLike) -> NDArray[np.int64]:
    """The same from a norm and an interference, such as their averages over several models.

    Returns
    -------
    array of int, of the shape of both together
    """
    norms, shared = np.asarray(norm, dtype=np.float64), np.asarray(interference, dtype=np.float64)
    kept = np.where(shared > HALF, PHASES.index("superposition"), PHASES.index("dedicated"))
    return np.where(norms < HALF, PHASES.index("not represented"), kept).astype(np.int64)
