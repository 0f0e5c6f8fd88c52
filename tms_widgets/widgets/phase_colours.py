"""The colours of maps: the paper's for phases, viridis for any other number, and pictures made of them.

*Superposition as a Phase Change* colours each cell by two numbers of the extra feature: how long its vector
is (white when it is not represented) and how much it is disturbed by others (blue when it has a dimension of
its own, red when it shares one).
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .svg import VIRIDIS

NOT_REPRESENTED, DEDICATED, SUPERPOSITION = (255, 255, 255), (38, 92, 208), (214, 39, 40)
NOT_TRAINED = (190, 194, 200)

Pixels = NDArray[np.uint8]

_VIRIDIS = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in VIRIDIS], dtype=float)


def phase_pixels(norm: ArrayLike, interference: ArrayLike) -> Pixels:
    """Colours (..., 3) of features with these norms and interferences; grey where either is NaN.

    White at norm 0; at norm 1 or more blue without interference and red at interference 1 or more; mixed
    evenly between.
    """
    strength, shared = _share(norm)[..., None], _share(interference)[..., None]
    white, blue, red = (np.array(c, dtype=float) for c in (NOT_REPRESENTED, DEDICATED, SUPERPOSITION))
    hue = (1.0 - shared) * blue + shared * red
    return _pixels((1.0 - strength) * white + strength * hue)


def sequential_pixels(values: ArrayLike, low: float, high: float) -> Pixels:
    """Viridis colours (..., 3) of numbers on a scale from ``low`` to ``high``; grey where they are NaN."""
    share = _share((np.asarray(values, dtype=float) - low) / ((high - low) or 1.0))
    place = share * (len(_VIRIDIS) - 1)
    known = np.where(np.isnan(place), 0.0, place)
    first = np.minimum(known.astype(int), len(_VIRIDIS) - 2)
    part = (place - first)[..., None]
    return _pixels((1.0 - part) * _VIRIDIS[first] + part * _VIRIDIS[first + 1])


def filled(values: NDArray[Any], known: NDArray[np.bool_]) -> NDArray[Any]:
    """Give every unknown cell of a map (rows, columns, ...) the value of a known one near it.

    The picture of a map that fills from coarse to fine: each cell that is trained stands for those around it.
    """
    rows = np.flatnonzero(known.any(axis=1))
    if not len(rows):
        return values
    result = values.copy()
    columns = np.arange(known.shape[1])
    for row in rows:
        result[row] = values[row, _nearest(np.flatnonzero(known[row]), columns)]
    return result[_nearest(rows, np.arange(len(known)))]


def png(pixels: Pixels) -> bytes:
    """A PNG of pixels (rows, columns, 3)."""
    rows, columns, _ = pixels.shape
    lines = b"".join(b"\x00" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _share(values: ArrayLike) -> NDArray[np.float64]:
    return np.clip(np.asarray(values, dtype=float), 0.0, 1.0)


def _pixels(colours: NDArray[np.float64]) -> Pixels:
    unknown = np.isnan(colours).any(axis=-1, keepdims=True)
    return np.where(unknown, NOT_TRAINED, np.round(np.where(unknown, 0.0, colours))).astype(np.uint8)


def _nearest(known: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each wanted position the nearest of the known ones, which are in order."""
    after = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(
        np.abs(known[after] - wanted) < np.abs(wanted - known[before]), known[after], known[before]
    )
