"""Found directions held against true ones, and three ways to count features without knowing them.

The comment *Extracting features with sparse autoencoders* proposes to count by dead units, by losses, and by
comparing dictionaries of different sizes. Directions are the columns of matrices (h_dim, k). Features here
are never negative, so that they are rays: a direction and its opposite are two.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..core.checks import SettingError, real
from ..core.dictionary import Dictionary
from .arrays import FloatArray

CLOSE = 0.9
"""Directions with a cosine above this count as the same: angles below 26°. Features of the toy models that
share a space in m = 20 dimensions are further apart, and atoms that found the same feature much closer."""
SLACK = 0.03
"""A dictionary is large enough when its loss is above the best by no more than this part of it."""


def match_directions(found: ArrayLike, true: ArrayLike) -> FloatArray:
    """How well each true direction was found: the largest cosine with any found one.

    Its mean is the *mean max cosine similarity* of the comment. What chance gives is far from 0: in two
    dimensions five random directions reach about .8.

    Parameters
    ----------
    found : array_like, shape (h_dim, k)
        As columns, of any length; k may be 0.
    true : array_like, shape (h_dim, n_true)
        As columns, such as the represented features of a model.

    Returns
    -------
    array, shape (n_true,)
        From −1 to 1. A column of zeros has no direction and a cosine of 0 with everything; so has what is
        held against no direction at all.
    """
    ours, theirs = _directions("found", found), _directions("true", true)
    if len(ours) != len(theirs):
        raise SettingError(
            f"found has directions in {len(ours)} dimensions and true in {len(theirs)}; "
            "compare directions of the same hidden space."
        )
    if not ours.shape[1]:
        return 0.0 * theirs[0]
    return np.asarray((theirs.T @ ours).max(axis=1), np.float64)


def distinct_directions(directions: ArrayLike, close: float = CLOSE) -> FloatArray:
    """The directions with those left out that repeat an earlier one.

    A sparse autoencoder with more atoms than features often spends several on one: two atoms in the same
    direction cost no more than one.

    Parameters
    ----------
    directions : array_like, shape (h_dim, k)
    close : float, default 0.9
        The cosine above which a direction repeats another.

    Returns
    -------
    array, shape (h_dim, at most k)
        Columns of length 1, in their order.
    """
    limit = real("close", close, low=-1.0, high=1.0)
    unit = _directions("directions", directions)
    cosines, kept = unit.T @ unit, list[int]()
    for k in range(unit.shape[1]):
        if not kept or cosines[k, kept].max() <= limit:
            kept.append(k)
    return unit[:, kept]


@dataclasses.dataclass(frozen=True)
class FeatureCounts:
    """How many features a family of dictionaries of the same activations suggests, counted three ways."""

    alive: int
    """Atoms of the largest dictionary that are not dead. Too many where atoms share a feature."""
    by_loss: int
    """Atoms of the smallest dictionary whose loss is within 3 % of the lowest. No finer than the sizes tried,
    and it depends on that limit."""
    recurring: int
    """Distinct directions of the second largest dictionary that the largest found as well."""


def count_features(dictionaries: Sequence[Dictionary], close: float = CLOSE) -> FeatureCounts:
    """Count features three ways: by dead units, by losses, and by what dictionaries have in common.

    Parameters
    ----------
    dictionaries : sequence of Dictionary
        Of the same activations with the same ``l1``, with at least two sizes.
    close : float, default 0.9
        The cosine above which two directions count as the same.

    Raises
    ------
    SettingError
        If there are fewer than two sizes, or several prices ``l1``.
    """
    family = sorted(dictionaries, key=lambda one: one.n_atoms)
    if len({one.n_atoms for one in family}) < 2 or len({one.l1 for one in family}) > 1:
        raise SettingError(
            "Counting compares dictionaries of different sizes and one l1; "
            "fit_dictionaries(h, [20, 40, 80]) makes three."
        )
    largest = family[-1]
    second = [one for one in family if one.n_atoms < largest.n_atoms][-1]
    lowest = min(one.loss for one in family)
    enough = (one.n_atoms for one in family if one.loss <= (1.0 + SLACK) * lowest)
    shared = match_directions(largest.directions, distinct_directions(second.directions, close)) > close
    return FeatureCounts(int(largest.alive.sum()), next(enough), int(shared.sum()))


def _directions(name: str, columns: ArrayLike) -> FloatArray:
    """The columns scaled to length 1, zeros as they are."""
    try:
        given = np.asarray(columns, np.float64)
    except (TypeError, ValueError, RuntimeError):
        given = np.empty(0)
    if given.ndim != 2 or not given.shape[0] or not np.isfinite(given).all():
        raise SettingError(
            f"{name} has the shape {given.shape}, but finite numbers of shape (h_dim, k) are needed, "
            "a direction a column; those of a model are run.best.W[0]."
        )
    lengths = np.linalg.norm(given, axis=0)
    return given / np.where(lengths > 0.0, lengths, 1.0)
