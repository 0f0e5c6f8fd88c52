"""Families of solutions turned so that each looks like its neighbour.

After *Perturbing a Single Feature*: models that are trained apart end in hidden spaces that are turned and
mirrored at random. To see how a solution stretches and breaks while a setting changes, each is rotated to its
neighbour; where features are exchangeable, it also has to be said which of them takes which place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, flag, integer
from .arrays import FloatArray, as_weights
from .rotation import canonical_rotation

STARTS = 100
"""Rotations from which a matching of exchangeable features is looked for."""


def align(Ws: ArrayLike, *, permute: bool | Sequence[int] = False) -> FloatArray:
    """A family of solutions turned so that each looks like its neighbour (*Perturbing a Single Feature*).

    The first stands as `canonical_rotation` has it, and each further one is rotated or reflected to lie as
    near as possible, in least squares over all weights, to the one before it (Procrustes). So the result
    depends on the order of the family, but not on how its members happened to be turned.

    Parameters
    ----------
    Ws : array, shape (k, n_hidden, n_features)
        The family in its order, such as the best model at each density.
    permute : bool or sequence of int, default False
        Whether features may change places too: True for all of them, or a label for each feature, and those
        of one label are exchangeable (``[0, 1, 1, 1, 1]`` keeps the first in its place). The best matching
        is searched from a hundred rotations; in more than about four dimensions it may be missed.

    Returns
    -------
    array, shape (k, n_hidden, n_features)
        ``R @ W`` of each, with its columns in their new places if ``permute`` asks for it.

    Raises
    ------
    SettingError
        If ``Ws`` is not a family of models, or there is not one label a feature.

    Examples
    --------
    >>> turned = np.array([[0.0, -1.0], [1.0, 0.0]])
    >>> bool(np.allclose(align([np.eye(2), turned @ np.eye(2)]), np.eye(2)))
    True
    """
    family = as_weights(Ws)
    if family.ndim != 3:
        raise SettingError(
            f"Ws has the shape {family.shape}, but a family is (k, n_hidden, n_features); "
            "stack one model of each, as in np.stack([run.best.W[0] for run in runs])."
        )
    groups = _groups(permute, family.shape[-1])
    rng = np.random.default_rng(0)  # the same starts for the same family
    aligned = [canonical_rotation(family[0]) @ family[0]]
    for W in family[1:]:
        near = aligned[-1]
        aligned.append(_matched(near, W, groups, rng) if groups else procrustes(near, W) @ W)
    return np.stack(aligned)


def procrustes(target: FloatArray, W: FloatArray) -> FloatArray:
    """The orthogonal R that brings R @ W nearest to ``target`` in least squares."""
    left, _, right = np.linalg.svd(target @ W.T)
    return left @ right


def _groups(permute: bool | Sequence[int], n: int) -> list[NDArray[np.intp]]:
    """The features that may change places with each other, where there is more than one."""
    if isinstance(permute, (bool, np.bool_)):
        labels = [0] * n if flag("permute", permute) else list(range(n))
    else:
        labels = [integer("label", label, low=-(2**31), high=2**31) for label in permute]
        if len(labels) != n:
            raise SettingError(
                f"permute has {len(labels)} labels but there are {n} features; "
                f"pass {n} labels, or True for features that are all alike."
            )
    places = [np.flatnonzero(np.array(labels) == label) for label in dict.fromkeys(labels)]
    return [group for group in places if len(group) > 1]


def _matched(
    target: FloatArray, W: FloatArray, groups: list[NDArray[np.intp]], rng: np.random.Generator
) -> FloatArray:
    """W rotated and its exchangeable columns reordered to lie as near to ``target`` as is found.

    From each start the best order for the rotation and the best rotation for the order take turns, until an
    order comes that has been there before: what follows it is known.
    """
    best, nearest = W, np.inf
    m, n = W.shape
    starts = [procrustes(target, W)]
    for _ in range(STARTS):
        axes, upper = np.linalg.qr(rng.normal(size=(m, m)))
        starts.append(axes * np.sign(np.diag(upper)))  # as often a reflection as not, which qr alone is not
    seen: set[bytes] = set()
    for rotation in starts:
        while True:
            gain = target.T @ (rotation @ W)
            order = np.arange(n, dtype=np.intp)
            for group in groups:
                order[group] = group[assignment(-gain[np.ix_(group, group)])]
            if order.tobytes() in seen:
                break
            seen.add(order.tobytes())
            rotation = procrustes(target, W[:, order])
            turned = rotation @ W[:, order]
            distance = float(np.square(turned - target).sum())
            if distance < nearest - 1e-9:
                best, nearest = turned, distance
    return best


def assignment(cost: FloatArray) -> NDArray[np.intp]:
    """The column for each row that makes the sum of costs least, each column used once.

    The Hungarian method: rows come in one by one, and each makes room along the cheapest path of changes.
    """
    n = len(cost)
    of_row, of_column = np.zeros(n + 1), np.zeros(n + 1)  # the potentials; index n stands for "not yet"
    row_in = np.full(n + 1, -1)
    for row in range(n):
        row_in[n], column = row, n
        slack, came_from = np.full(n, np.inf), np.full(n, n)
        done = np.zeros(n + 1, dtype=bool)
        while row_in[column] >= 0:
            done[column] = True
            here = row_in[column]
            reduced = cost[here] - of_row[here] - of_column[:n]
            shorter = ~done[:n] & (reduced < slack)
            slack[shorter], came_from[shorter] = reduced[shorter], column
            following = int(np.where(done[:n], np.inf, slack).argmin())
            step = slack[following]
            of_row[row_in[done]] += step
            of_column[done] -= step
            slack[~done[:n]] -= step
            column = following
        while column != n:
            row_in[column] = row_in[came_from[column]]
            column = int(came_from[column])
    return np.argsort(row_in[:n])
