"""The generalised Thomson problem: how features would lie if only their interference counted.

*Mathematical Understanding*: with features of length one, uniform importance and no bias, the loss on inputs
with a single active feature is a third of Σ_{i≠j} ReLU(W_i·W_j)², so a model packs points on a sphere under
an unusual energy: only features at less than a right angle repel each other.

Up to 2m features in m dimensions the energy can vanish, and then the geometry is a matter of linear algebra:
vectors at right or obtuse angles to each other, k more than they have dimensions, fall into at least k groups
in orthogonal subspaces. These are the tegum factors. Beyond 2m the points have to be found by descent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from ..core.checks import flag, integer
from ..measures import canonical_rotation, gram
from ..measures import polytopes as shapes
from .arrays import FloatArray, as_numbers

# Small cases: the number of local minima grows quickly with the number of points.
MAX_FEATURES, MAX_HIDDEN = 32, 16
N_STARTS, N_STEPS, N_POLISHING = 96, 1000, 4000
FIRST_STEP, FASTER, SLOWER = 0.1, 1.1, 0.5


@dataclass(frozen=True, eq=False)
class ThomsonMinimum:
    """Unit vectors of least interference.

    Attributes
    ----------
    W : array, shape (n_hidden, n_features)
        In canonical rotation.
    energy : float
        Its ``thomson_energy``.
    exact : bool
        Whether the minimum is known in closed form; otherwise it is the best that descent found from many
        random starts.
    """

    W: FloatArray
    energy: float
    exact: bool


def thomson_energy(W: ArrayLike, *, positive_only: bool = True) -> FloatArray:
    """Σ_{i≠j} ReLU(W_i·W_j)²: what features cost each other when one is active at a time.

    Section *Mathematical Understanding*. Three times the interference term of the loss on inputs with one
    active feature, uniform on [0, 1], at uniform importance and zero bias.

    Parameters
    ----------
    W : array, shape (..., n_hidden, n_features)
        Unit vectors, in the Thomson problem; other lengths count as they are.
    positive_only : bool
        True (default): a negative W_i·W_j is free, because the ReLU removes it. False: Σ_{i≠j}(W_i·W_j)²,
        the interference of a linear model, which every tight frame minimises (n²/m - n for unit vectors).

    Returns
    -------
    array, shape (...)

    Raises
    ------
    SettingError
        If ``W`` is not an array of weights.
    """
    overlaps = gram(as_numbers("W", W))
    overlaps = overlaps * (1.0 - np.eye(overlaps.shape[-1]))
    if flag("positive_only", positive_only):
        overlaps = np.maximum(overlaps, 0.0)
    return np.asarray(np.square(overlaps).sum(axis=(-1, -2)))


def thomson_minimum(n_features: int, n_hidden: int) -> ThomsonMinimum:
    """Unit vectors with the least ``thomson_energy``, for small cases.

    * Up to ``n_hidden`` features: right angles, energy 0.
    * Up to twice as many: energy 0 in many ways. The one given has least negative interference too: a tegum
      product of n - m simplices as equal as possible (tetrahedra, triangles, digons as n grows). These are
      the plateaus 3/4, 2/3 and 1/2 of the dimensionalities.
    * Beyond: the best of 96 descents. Five and six features in a plane form a pentagon and a hexagon, seven
      in three dimensions a pentagonal bipyramid, eight a square antiprism. Seven in a plane and more are
      better off unevenly spaced, ten of them as two to each corner of a pentagon.

    Parameters
    ----------
    n_features : int
        1 to 32.
    n_hidden : int
        1 to 16.

    Raises
    ------
    SettingError
        If a number is outside these ranges.
    """
    n = integer("n_features", n_features, low=1, high=MAX_FEATURES)
    m = integer("n_hidden", n_hidden, low=1, high=MAX_HIDDEN)
    return _minimum(n, m)


@cache
def _minimum(n: int, m: int) -> ThomsonMinimum:
    points, exact = _known(n, m), True
    if points is None:
        points, exact = _descended(n, m), False
    points = canonical_rotation(points) @ points
    points.setflags(write=False)  # shared between calls
    return ThomsonMinimum(points, float(thomson_energy(points)), exact)


def _known(n: int, m: int) -> FloatArray | None:
    """The closed forms: right angles, equal simplices, and both ends of a line in turn."""
    if n <= m:
        return np.eye(m, n)
    if m == 1:
        return np.where(np.arange(n) % 2, -1.0, 1.0)[None]
    return _equal_simplices(n, m) if n <= 2 * m else None


def _equal_simplices(n: int, m: int) -> FloatArray:
    """n - m simplices in m dimensions altogether, as equal as they can be, the larger ones first.

    The negative interference of a simplex in d dimensions is 1 + 1/d: convex, so that equal shares are best.
    """
    share, larger = divmod(m, n - m)
    dimensions = [share + 1] * larger + [share] * (n - m - larger)
    return shapes.tegum_product(*(shapes.simplex(d + 1) for d in dimensions))


def _descended(n: int, m: int) -> FloatArray:
    """The lowest of many descents, polished; the same one every time."""
    starts = np.random.default_rng(0).normal(size=(N_STARTS, m, n))
    found = _descend(starts, N_STEPS)
    best = int(np.argmin(thomson_energy(found)))
    return _descend(found[best : best + 1], N_POLISHING)[0]


def _descend(starts: FloatArray, n_steps: int) -> FloatArray:
    """Follow the gradient on the spheres; each start has a step of its own that grows until it fails."""
    points, energy, slope = _on_spheres(starts)
    step = np.full((len(points), 1, 1), FIRST_STEP)
    for _ in range(n_steps):
        tried, its_energy, its_slope = _on_spheres(points - step * slope)
        better = its_energy <= energy
        points = np.where(better, tried, points)
        energy = np.where(better, its_energy, energy)
        slope = np.where(better, its_slope, slope)
        step *= np.where(better, FASTER, SLOWER)
    return points


def _on_spheres(vectors: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Vectors drawn to length one, their energy (…, 1, 1), and its gradient along the spheres."""
    points = vectors / np.linalg.norm(vectors, axis=-2, keepdims=True)
    overlaps = np.maximum(gram(points), 0.0) * (1.0 - np.eye(points.shape[-1]))
    slope = 4 * points @ overlaps
    slope -= points * (points * slope).sum(axis=-2, keepdims=True)
    return points, np.square(overlaps).sum(axis=(-1, -2), keepdims=True), slope
