"""The polytopes the paper finds in trained models, as unit vectors, one column a vertex.

*The Geometry of Superposition* explains its plateaus by them: the dimensionality of a feature in a regular
polytope of k vertices in d dimensions is d/k. Larger ones are tegum products, with factors in orthogonal
subspaces.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np

from .arrays import FloatArray

TIGHT_ANTIPRISM = 1 / 3

# The guide lines of the paper's plot of feature dimensionalities: the D_i of the vertices of each polytope.
LINES: Mapping[str, float] = {
    "dedicated dimension": 1.0,
    "tetrahedron": 3 / 4,
    "triangle": 2 / 3,
    "digon": 1 / 2,
    "pentagon": 2 / 5,
    "square antiprism": 3 / 8,
    "not learned": 0.0,
}


def polygon(n_vertices: int) -> FloatArray:
    """A regular polygon in the plane, counter-clockwise from +x: shape (2, n_vertices)."""
    angles = 2 * np.pi * np.arange(n_vertices) / n_vertices
    return np.stack([np.cos(angles), np.sin(angles)])


def simplex(n_vertices: int) -> FloatArray:
    """A regular simplex: shape (n_vertices - 1, n_vertices), every cosine -1/(n_vertices - 1).

    It is what remains of the standard basis of n_vertices dimensions seen orthogonally to (1, …, 1). The
    first vertex lies on the first axis; below it the others form a simplex in one dimension less.
    """
    if n_vertices == 2:
        return np.array([[1.0, -1.0]])
    below = 1 / (n_vertices - 1)
    vertices = np.zeros((n_vertices - 1, n_vertices))
    vertices[0] = -below
    vertices[0, 0] = 1.0
    vertices[1:, 1:] = np.sqrt(1 - below**2) * simplex(n_vertices - 1)
    return vertices


def square_antiprism(squared_height: float = TIGHT_ANTIPRISM) -> FloatArray:
    """Two parallel squares, one turned by 45 degrees: shape (3, 8).

    ``squared_height`` is that of a square above the centre, for vertices of unit length. At 1/3 (default) the
    vertices form a tight frame, each with the paper's dimensionality 3/8; 0.314 solves the Thomson problem,
    0.261 makes all edges equal. The vertices alternate between the squares, each 135 degrees on from the
    last, so that their Gram matrix is circulant.
    """
    steps = np.arange(8)
    radius, height = np.sqrt(1 - squared_height), np.sqrt(squared_height)
    turn = steps * (3 * np.pi / 4)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), height * (-1.0) ** steps])


def cube() -> FloatArray:
    """The corners of a cube, shape (3, 8): a frame as tight as the antiprism, with more interference."""
    corners = np.array([[x, y, z] for x in (1, -1) for y in (1, -1) for z in (1, -1)])
    return corners.T / np.sqrt(3)


def tegum_product(*factors: FloatArray) -> FloatArray:
    """The given polytopes side by side in orthogonal subspaces."""
    product = np.zeros((sum(len(factor) for factor in factors), sum(factor.shape[1] for factor in factors)))
    row = column = 0
    for factor in factors:
        height, width = factor.shape
        product[row : row + height, column : column + width] = factor
        row, column = row + height, column + width
    return product


def octahedron() -> FloatArray:
    """Three digons at right angles: shape (3, 6)."""
    return tegum_product(simplex(2), simplex(2), simplex(2))


def triangular_bipyramid() -> FloatArray:
    """A triangle and a digon at right angles: shape (3, 5)."""
    return tegum_product(simplex(3), simplex(2))


def pentagonal_bipyramid() -> FloatArray:
    """A pentagon and a digon at right angles: shape (3, 7)."""
    return tegum_product(polygon(5), simplex(2))


@cache
def polygon_gram(n_vertices: int) -> FloatArray:
    """Cosines between the vertices of a regular polygon, taken in order around it."""
    vertices = polygon(n_vertices)
    return vertices.T @ vertices


@cache
def antiprism_grams() -> tuple[FloatArray, FloatArray]:
    """G and S such that a square antiprism of squared height t has the Gram matrix G + t S."""
    flat, upright = square_antiprism(0.0), square_antiprism(1.0)
    base = flat.T @ flat
    return base, upright.T @ upright - base
