"""Which polytope a set of directions is, if it is one.

Directions are compared by their cosines, which no rotation changes. The order of the vertices is found from
the shape itself (around a polygon, along an antiprism), so that permuting the features changes nothing.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import FloatArray
from .polytopes import antiprism_grams, polygon_gram

Order = NDArray[np.intp]

DEDICATED, DIGON = "dedicated feature", "digon"
SIMPLICES = {2: DIGON, 3: "triangle", 4: "tetrahedron", 5: "simplex of 5 features"}
POLYGONS = {5: "pentagon", 6: "hexagon", 7: "heptagon", 8: "octagon"}

# How far the cosines of so many features may deviate from those of a polytope, root mean square over all
# pairs. The fewer there are, the less noise averages out: normal noise of 3 % of the length on every entry
# goes beyond these about once in a million times. Two: antipodal, a cosine below -0.95.
TOLERANCES = {2: 0.05, 3: 0.15, 4: 0.13, 5: 0.11}
TOLERANCE = 0.1  # six and more
REGULAR_TOLERANCE = 0.05  # a polygon called regular
OUT_OF_PLANE = 0.02  # mean square sine of the angles between a polygon's vertices and its plane
# Squared heights of an antiprism: edges equal at 0.261, the Thomson problem at 0.314, tight frame at 1/3.
ANTIPRISM_HEIGHTS = (0.22, 0.37)
# The longest feature may be so many times as long as the shortest.
ALIKE = 1.5
REGULAR_ALIKE = 1.1


class Fit(NamedTuple):
    """A polytope found; ``order`` lists its vertices so that their ideal Gram matrix is ``gram``."""

    name: str
    dimension: int
    order: Order
    gram: FloatArray
    distance: float


def fit(directions: FloatArray, cosines: FloatArray, lengths: FloatArray) -> Fit | None:
    """The polytope that some features form, or None when it is none of those known here.

    Parameters
    ----------
    directions : array, shape (n_hidden, size)
        Unit vectors.
    cosines : array, shape (size, size)
        Their inner products.
    lengths : array, shape (size,)
        How long the features are; only their ratio counts.
    """
    size = len(cosines)
    if size == 1:
        return Fit(DEDICATED, 1, np.arange(1), np.eye(1), 0.0)
    if size > 2 and not alike(lengths, ALIKE):
        return None
    found = _simplex(cosines) if size in SIMPLICES else None
    if found is None and size in POLYGONS:
        found = _polygon(directions, cosines, lengths)
    if found is None and size == 8:
        found = _antiprism(cosines)
    return found


def tolerance(size: int) -> float:
    """How far the cosines of ``size`` features may deviate from those of a polytope, root mean square."""
    return TOLERANCES.get(size, TOLERANCE)


def alike(lengths: FloatArray, ratio: float) -> bool:
    """Whether the longest is at most ``ratio`` times as long as the shortest."""
    return bool(lengths.max() <= ratio * lengths.min())


def rms(deviations: FloatArray) -> float:
    """Root mean square over the pairs of features, the entries off the diagonal; 0 for a single feature."""
    pairs = max(1, len(deviations) * (len(deviations) - 1))
    return math.sqrt(float(np.vdot(deviations, deviations)) / pairs)


def _simplex(cosines: FloatArray) -> Fit | None:
    """A digon, triangle, tetrahedron, or one more: every cosine is -1/(size - 1)."""
    size = len(cosines)
    ideal = np.full((size, size), -1 / (size - 1))
    ideal[np.arange(size), np.arange(size)] = 1.0
    distance = rms(cosines - ideal)
    if distance >= tolerance(size):
        return None
    return Fit(SIMPLICES[size], size - 1, np.arange(size), ideal, distance)


def _polygon(directions: FloatArray, cosines: FloatArray, lengths: FloatArray) -> Fit | None:
    """A polygon: all vertices in one plane, and around it in nearly equal steps, which gives their order."""
    size = len(cosines)
    _, spread, axes = np.linalg.svd(directions, full_matrices=False)
    if np.square(spread[2:]).sum() > OUT_OF_PLANE * size or len(spread) < 2:
        return None
    order = np.argsort(np.arctan2(spread[1] * axes[1], spread[0] * axes[0]))
    ideal = polygon_gram(size)
    distance = rms(cosines[order[:, None], order] - ideal)
    if distance >= tolerance(size):
        return None
    regular = distance < REGULAR_TOLERANCE and alike(lengths, REGULAR_ALIKE)
    name = f"regular {POLYGONS[size]}" if regular else POLYGONS[size]
    return Fit(name, 2, order, ideal, distance)


def _antiprism(cosines: FloatArray) -> Fit | None:
    """A square antiprism of any height within the stated range.

    Every vertex has two that are far from it, both in the other square. Walking from far vertex to far vertex
    visits all eight, in the order in which the Gram matrix is circulant and linear in the squared height.
    """
    far = np.argsort(cosines, axis=1)[:, :2].tolist()
    walk = [0, far[0][0]]
    while len(walk) < 8:
        before, here = walk[-2:]
        if before not in far[here]:
            return None
        walk.append(far[here][1 - far[here].index(before)])
    if len(set(walk)) < 8:
        return None
    order = np.array(walk)
    flat, slope = antiprism_grams()
    found = cosines[order[:, None], order]
    best = float(np.vdot(found - flat, slope) / np.vdot(slope, slope))
    low, high = ANTIPRISM_HEIGHTS
    ideal = flat + min(max(best, low), high) * slope
    distance = rms(found - ideal)
    return Fit("square antiprism", 3, order, ideal, distance) if distance < tolerance(8) else None
