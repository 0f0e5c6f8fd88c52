"""The polyhedron that the represented features of a model span, frame by frame, as triangles and edges.

A model has few features in three dimensions, so every triple of them is tried for a face of the convex hull:
that needs no library for geometry.
"""

from __future__ import annotations

import dataclasses
import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .. import measures
from .film import Film

MOST_CORNERS = 30
"""Of more represented features no hull is drawn: their solid would hide all of them."""
FLAT = 0.08
"""Points whose thinnest extent is less than this share of their largest enclose nothing: edges only."""
CREASE = math.cos(math.radians(12))
"""Triangles that meet at a flatter angle than this belong to one face, and have no edge between them."""
APART = 1e-6
"""How far points are moved, in units of their extent, so that no four of them lie in one plane."""

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclasses.dataclass(frozen=True, eq=False)
class Hull:
    """A convex polyhedron over some points.

    Attributes
    ----------
    triangles : array of int (t, 3)
        Faces, cut into triangles; none when the points lie (nearly) in a plane or on a line.
    edges : array of int (k, 2)
        Where faces meet at an angle; the outline of points in a plane, the two ends of points on a line.
    """

    triangles: Indices
    edges: Indices


def hull(points: Array) -> Hull:
    """The convex hull of points (k, 3)."""
    none = Hull(np.zeros((0, 3), np.intp), np.zeros((0, 2), np.intp))
    if not 2 <= len(points) <= MOST_CORNERS:
        return none
    centred = points - points.mean(axis=0)
    _, extents, axes = np.linalg.svd(centred, full_matrices=False)
    extents = np.concatenate([extents, np.zeros(3 - len(extents))])
    if extents[0] < 1e-9:
        return none
    if extents[1] < FLAT * extents[0]:
        along = centred @ axes[0]
        return dataclasses.replace(none, edges=np.array([[along.argmin(), along.argmax()]], np.intp))
    moved = centred + APART * extents[0] * np.random.default_rng(0).standard_normal(points.shape)
    triangles, normals = _faces(moved)
    edges = _creases(triangles, normals)
    solid = extents[2] >= FLAT * extents[0]
    return Hull(triangles if solid else none.triangles, edges)


def _faces(points: Array) -> tuple[Indices, Array]:
    """Triples with all other points on one side, and the unit vectors that point away from those."""
    triples = np.array(list(combinations(range(len(points)), 3)), dtype=np.intp)
    first, second, third = points[triples].transpose(1, 0, 2)
    normals = np.cross(second - first, third - first)
    above = np.einsum("tc,pc->tp", normals, points) - np.einsum("tc,tc->t", normals, first)[:, None]
    np.put_along_axis(above, triples, 0.0, axis=1)
    below, over = (above <= 0).all(axis=1), (above >= 0).all(axis=1)
    outward = np.where(below, 1.0, -1.0)[:, None] * normals
    lengths = np.linalg.norm(outward, axis=1, keepdims=True)
    chosen = (below | over) & (lengths[:, 0] > 0)
    # a lone triangle has two sides
    if len(points) == 3:
        return np.repeat(triples, 2, axis=0), np.concatenate([outward, -outward]) / lengths
    return triples[chosen], (outward / np.maximum(lengths, 1e-300))[chosen]


def _creases(triangles: Indices, normals: Array) -> Indices:
    """The sides on which two triangles meet at an angle."""
    meeting: dict[tuple[int, int], list[int]] = {}
    for face, triangle in enumerate(triangles.tolist()):
        for a, b in combinations(sorted(triangle), 2):
            meeting.setdefault((a, b), []).append(face)
    sharp = [
        side
        for side, faces in meeting.items()
        if len(faces) < 2 or float(normals[faces[0]] @ normals[faces[1]]) < CREASE
    ]
    return np.array(sorted(sharp), dtype=np.intp).reshape(-1, 2)


@dataclasses.dataclass(frozen=True, eq=False)
class Polyhedra:
    """The hulls of all frames, in the form of one mesh that moves: the same number of corners in each.

    Frames with fewer faces or edges than others have the rest of them in the middle, where they are points.

    Attributes
    ----------
    corners : array (F, n, 3)
        Where each feature is, in every frame.
    triangles : array (F, t, 3, 3)
        The corners of each face.
    edges : array (F, k, 2, 3)
        The ends of each edge.
    counts : array of int (F, 2)
        How many of these are faces (triangles) and edges of the frame.
    """

    corners: Array
    triangles: Array
    edges: Array
    counts: NDArray[np.intp]


def polyhedra(film: Film) -> Polyhedra:
    """The convex hulls of the represented features in every frame of a film with three hidden dimensions."""
    corners = film.W.transpose(0, 2, 1).astype(np.float64)
    hulls: list[tuple[Array, Array]] = []
    for frame in corners:
        chosen = frame[measures.represented(frame.T)]
        found = hull(chosen)
        hulls.append((chosen[found.triangles], chosen[found.edges]))
    counts = np.array([[len(triangles), len(edges)] for triangles, edges in hulls], dtype=np.intp)
    triangles = np.zeros((len(hulls), counts[:, 0].max(), 3, 3))
    edges = np.zeros((len(hulls), counts[:, 1].max(), 2, 3))
    for frame, (some_triangles, some_edges) in enumerate(hulls):
        triangles[frame, : len(some_triangles)] = some_triangles
        edges[frame, : len(some_edges)] = some_edges
    return Polyhedra(corners, triangles, edges, counts)
