"""Where the features of one component are drawn: as the polytope looks that they form.

A component that fills one, two or three dimensions is drawn from the features' own directions, so that an
irregular pentagon looks irregular. One that fills more has no such picture: its features stand in a ring, in
the order in which they lie around the plane that holds most of them.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FLAT = 0.97
"""A component counts as flat, or as a body, when two or three dimensions hold this share of it."""
PITCH = 0.4
"""How far a body is tilted towards the reader, in radians."""
LOOKS = 48
"""Turns about the upright axis among which the one is chosen that keeps the vertices furthest apart."""

Array = NDArray[np.float64]


def places(directions: Array) -> Array:
    """Where to draw each feature of a component.

    Parameters
    ----------
    directions : array, shape (n_hidden, size)
        The unit vectors of its features, in the order of `measures.Component`.

    Returns
    -------
    array, shape (size, 3)
        x to the right, y up, depth towards the reader, all within -1 to 1; depth is 0 for what is flat.
    """
    size = directions.shape[1]
    if size == 1:
        return np.zeros((1, 3))
    directions = np.vstack([directions, np.zeros((max(0, 3 - len(directions)), size))])
    squares, axes = np.linalg.eigh(directions @ directions.T)
    shares = np.cumsum(squares[::-1]) / squares.sum()
    inside = axes[:, ::-1].T @ directions
    if size == 2 and shares[0] > FLAT:
        slope = math.sqrt(0.5)  # aslant, so that digons in a row do not make one line
        return np.array([[-slope, -slope, 0.0], [slope, slope, 0.0]])
    if shares[1] > FLAT:
        return _flat(inside[:2])
    if shares[2] > FLAT:
        return _body(inside[:3])
    return _ring(inside[:2])


def _flat(inside: Array) -> Array:
    """The plane, turned and reflected so that the first vertex is on top and the second to its right."""
    angles = np.arctan2(inside[1], inside[0])
    turned = angles - angles[0]
    if size_of_turn(turned[1]) > 0:
        turned = -turned
    radii = np.hypot(*inside)
    return np.stack(
        [radii * np.cos(turned + math.pi / 2), radii * np.sin(turned + math.pi / 2), 0 * radii], axis=1
    )


def size_of_turn(angle: float) -> float:
    """The same angle between -π and π."""
    return math.remainder(float(angle), 2 * math.pi)


def _body(inside: Array) -> Array:
    """Three dimensions: an axis of symmetry upright, then tilted and turned so that no vertex hides another.

    Along an antiprism the vertices alternate between its two faces, so the alternating sum is its axis; where
    that sum is short the first vertex stands on top.
    """
    up = inside @ (-1.0) ** np.arange(inside.shape[1])
    if np.linalg.norm(up) < 0.5 * math.sqrt(inside.shape[1]):
        up = inside[:, 0]
    up = up / np.linalg.norm(up)
    across = np.linalg.svd(up[None])[2][1:]
    upright = np.stack([across[0] @ inside, across[1] @ inside, up @ inside])
    looks = [_seen(upright, 2 * math.pi * k / LOOKS) for k in range(LOOKS)]
    return looks[int(np.argmax([_nearest(look) for look in looks]))]


def _seen(upright: Array, yaw: float) -> Array:
    x, y, z = upright
    across = x * math.cos(yaw) + y * math.sin(yaw)
    away = y * math.cos(yaw) - x * math.sin(yaw)
    return np.stack(
        [
            across,
            z * math.cos(PITCH) + away * math.sin(PITCH),
            z * math.sin(PITCH) - away * math.cos(PITCH),
        ],
        axis=1,
    )


def _nearest(look: Array) -> float:
    """How far apart the two vertices are that are seen closest together."""
    apart = np.linalg.norm(look[:, None, :2] - look[None, :, :2], axis=2)
    return float((apart + 9.0 * np.eye(len(look))).min())


def _ring(inside: Array) -> Array:
    size = inside.shape[1]
    order = np.argsort(np.arctan2(inside[1], inside[0]), kind="stable")
    angles = np.empty(size)
    angles[order] = math.pi / 2 - 2 * math.pi * np.arange(size) / size
    return np.stack([np.cos(angles), np.sin(angles), np.zeros(size)], axis=1)
