"""The polytopes of *Why these geometric structures?*, with what can be said of them exactly.

The vertices are those that ``measures`` compares trained models with; here they get their facets, edges and
faces, and the tegum product that makes larger polytopes of them. The second half is the paper's aside
*Polytopes and Low-Rank Matrices*: which directions of feature space a model leaves out, and the polytope that
leaves out given ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, choice
from ..measures import canonical_rotation, feature_dimensionality
from ..measures import polytopes as shapes
from .arrays import FloatArray, as_numbers

ROUNDING = 1e-9

# Of one piece; the others are tegum products.
PIECES = {
    "digon": shapes.simplex(2),
    "triangle": shapes.simplex(3),
    "tetrahedron": shapes.simplex(4),
    "simplex of 5 features": shapes.simplex(5),
    "pentagon": shapes.polygon(5),
    "hexagon": shapes.polygon(6),
    "heptagon": shapes.polygon(7),
    "octagon": shapes.polygon(8),
    "square antiprism": shapes.square_antiprism(),
    "cube": shapes.cube(),
}
PRODUCTS = {
    "square": ("digon", "digon"),
    "octahedron": ("digon", "digon", "digon"),
    "triangular bipyramid": ("triangle", "digon"),
    "pentagonal bipyramid": ("pentagon", "digon"),
}
POLYTOPES: tuple[str, ...] = (*PIECES, *PRODUCTS)


@dataclass(frozen=True, eq=False)
class Polytope:
    """A polytope around the origin whose vertices stand for features of length one.

    Attributes
    ----------
    name : str
        One of ``POLYTOPES``, or the names of the factors joined by ``" ⊕ "``.
    vertices : array, shape (n, d)
        Unit vectors, one row a vertex; ``vertices.T`` is a W with n features in d hidden dimensions.
    facets : tuple of tuple of int
        The vertices of each face of dimension d - 1, ascending.
    factors : tuple of str
        The names of its tegum factors; a polytope of one piece is its own.
    """

    name: str
    vertices: FloatArray
    facets: tuple[tuple[int, ...], ...]
    factors: tuple[str, ...]

    @property
    def dimension(self) -> int:
        """The number of dimensions it fills, d."""
        return self.vertices.shape[1]

    @cached_property
    def gram(self) -> FloatArray:
        """WᵀW, the cosines between the vertices: shape (n, n), of rank d."""
        return self.vertices @ self.vertices.T

    @cached_property
    def dimensionality(self) -> FloatArray:
        """The paper's D_i of each vertex, shape (n,): k vertices in d dimensions that are all alike have d/k.

        In a tegum product each vertex keeps that of its factor. The sum is d, because the catalogue's
        polytopes are made of tight frames.
        """
        return feature_dimensionality(self.vertices.T)

    @cached_property
    def edges(self) -> NDArray[np.intp]:
        """Pairs of vertices joined by an edge, shape (k, 2), ascending.

        These are the edges of the solid; interference also joins vertices that no edge does, as the two of a
        digon inside an octahedron.
        """
        if self.dimension == 1:
            return np.array([[0, 1]])
        at = [
            frozenset(f for f, facet in enumerate(self.facets) if i in facet)
            for i in range(len(self.vertices))
        ]
        found = [
            (i, j)
            for i, j in combinations(range(len(at)), 2)
            # The smallest face that holds both is what all facets that hold both share.
            if (shared := at[i] & at[j]) and sum(shared <= facets for facets in at) == 2
        ]
        return np.array(found, dtype=np.intp).reshape(-1, 2)

    @cached_property
    def faces(self) -> tuple[tuple[int, ...], ...]:
        """Vertex indices of each polygon to draw, in the order around it.

        In three dimensions the faces, counter-clockwise seen from outside; in two the polygon itself; none
        in one, or in more than three.
        """
        if self.dimension == 2:
            return (_around(self.vertices, np.arange(len(self.vertices)), np.eye(2)),)
        if self.dimension != 3:
            return ()
        return tuple(_around(self.vertices, np.array(facet), None) for facet in self.facets)


def polytope(name: str) -> Polytope:
    """One of the catalogue, ``POLYTOPES``, by its name.

    Raises
    ------
    SettingError
        If there is none of that name; the message names the nearest.
    """
    return _catalogued(choice("name", name, POLYTOPES))


def tegum_product(*polytopes: Polytope) -> Polytope:
    """The given polytopes in orthogonal subspaces: no vertex interferes with those of another factor.

    The vertices are those of the first factor, then those of the second, and so on; each keeps its
    dimensionality. A facet takes one facet of every factor.

    Raises
    ------
    SettingError
        Without a factor.
    """
    if not polytopes:
        raise SettingError("A tegum product needs at least one polytope; pass polytope('digon'), for one.")
    if len(polytopes) == 1:
        return polytopes[0]
    factors = tuple(name for factor in polytopes for name in factor.factors)
    known = {tuple(sorted(parts)): name for name, parts in PRODUCTS.items()}
    starts = np.cumsum([0] + [len(factor.vertices) for factor in polytopes])
    lifted = [
        [tuple(int(start) + i for i in facet) for facet in factor.facets]
        for start, factor in zip(starts, polytopes, strict=False)
    ]
    return Polytope(
        name=known.get(tuple(sorted(factors)), " ⊕ ".join(factors)),
        vertices=_fixed(shapes.tegum_product(*(factor.vertices.T for factor in polytopes)).T),
        facets=tuple(sum(facets, ()) for facets in product(*lifted)),
        factors=factors,
    )


def unrepresented(W: ArrayLike) -> FloatArray:
    """The directions of feature space that W leaves out: a basis of the vectors x with W x = 0.

    Section *Polytopes and Low-Rank Matrices*. In reduced echelon form, so that each tegum factor leaves its
    own directions: (1, 1, 1) for a triangle, (1, 1, 0, 0) and (0, 0, 1, 1) for two digons. Inputs along them
    are lost in the hidden layer.

    Parameters
    ----------
    W : array, shape (n_hidden, n_features)

    Returns
    -------
    array, shape (n_features - rank, n_features)
        The first non-zero entry of each row is 1, and the only one in its column.
    """
    weights = as_numbers("W", W)
    if weights.ndim != 2 or 0 in weights.shape:
        raise SettingError(f"W has the shape {weights.shape}; pass one model, (n_hidden, n_features).")
    return _echelon(_null_space(weights))


def polytope_orthogonal_to(vectors: ArrayLike) -> FloatArray:
    """The W that leaves out given directions and is otherwise as much like the identity as it can be.

    Section *Polytopes and Low-Rank Matrices*: the basis vectors of feature space, projected orthogonally to
    ``vectors``. WᵀW is that projection, so ‖W_i‖² = D_i = τ_i. Leaving out (1, …, 1) gives a regular simplex,
    leaving out (1, 1, 0, 0) and (0, 0, 1, 1) a square.

    Parameters
    ----------
    vectors : array, shape (n_features,) or (k, n_features)
        What not to represent.

    Returns
    -------
    array, shape (n_features - rank, n_features)
        In canonical rotation.

    Raises
    ------
    SettingError
        If nothing is left to represent.
    """
    left_out = np.atleast_2d(as_numbers("vectors", vectors))
    if left_out.ndim != 2 or 0 in left_out.shape:
        raise SettingError(
            f"vectors have the shape {left_out.shape}; pass one, (n_features,), or some, (k, n_features)."
        )
    kept = _null_space(left_out)
    if not len(kept):
        n = left_out.shape[1]
        raise SettingError(
            f"{n} independent vectors leave nothing of {n} features; leave out at most {n - 1}."
        )
    return canonical_rotation(kept) @ kept


def _null_space(rows: FloatArray) -> FloatArray:
    """An orthonormal basis of the vectors at right angles to all rows, a row each."""
    _, spread, axes = np.linalg.svd(rows)
    return axes[np.count_nonzero(spread > ROUNDING * max(spread[0], ROUNDING)) :]


@cache
def _catalogued(name: str) -> Polytope:
    if name in PRODUCTS:
        return tegum_product(*(_catalogued(factor) for factor in PRODUCTS[name]))
    vertices = PIECES[name].T
    return Polytope(name, _fixed(vertices), _facets(vertices), (name,))


def _fixed(vertices: FloatArray) -> FloatArray:
    """The same vertices, which nobody can change: polytopes are shared."""
    fixed = vertices.copy()
    fixed.setflags(write=False)
    return fixed


def _facets(vertices: FloatArray) -> tuple[tuple[int, ...], ...]:
    """The facets of the convex hull of a few points around the origin: planes with no point beyond them."""
    dimension: int = vertices.shape[1]
    found: set[tuple[int, ...]] = set()
    for chosen in combinations(range(len(vertices)), dimension):
        points = vertices[list(chosen)]
        if abs(np.linalg.det(points)) < ROUNDING:
            continue  # their plane goes through the origin
        heights = vertices @ np.linalg.solve(points, np.ones(dimension))
        if heights.max() < 1 + ROUNDING:
            found.add(tuple(np.flatnonzero(heights > 1 - ROUNDING).tolist()))
    return tuple(sorted(found))


def _around(vertices: FloatArray, members: NDArray[np.intp], plane: FloatArray | None) -> tuple[int, ...]:
    """The members in the order around their polygon, from the first; ``plane`` holds two axes as rows."""
    points = vertices[members]
    centre = points.mean(axis=0)
    if plane is None:  # the face of a solid: its centre points outwards
        first = points[0] - centre
        plane = np.stack([first, np.cross(centre, first) / np.linalg.norm(centre)])
    across, up = plane @ (points - centre).T
    angles = np.arctan2(up, across)
    order = np.argsort(np.mod(angles - angles[0] + ROUNDING, 2 * np.pi))
    return tuple(members[order].tolist())


def _echelon(rows: FloatArray) -> FloatArray:
    """The reduced row echelon form of independent rows."""
    reduced = rows.copy()
    done = 0
    for column in range(reduced.shape[1]):
        if done == len(reduced):
            break
        best = done + int(np.argmax(np.abs(reduced[done:, column])))
        if abs(reduced[best, column]) < ROUNDING:
            continue
        reduced[[done, best]] = reduced[[best, done]]
        reduced[done] /= reduced[done, column]
        others = np.arange(len(reduced)) != done
        reduced[others] -= np.outer(reduced[others, column], reduced[done])
        done += 1
    return reduced
