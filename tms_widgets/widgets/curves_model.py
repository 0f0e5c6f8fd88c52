"""What a chart of curves shows, checked: curves, bands and guide lines over the axes they have in common."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError, shown
from .axis_ticks import linear_ticks, log_ticks, written

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe–Ito without its black and its yellow: a line of either is lost on dark or on light paper."""
DASHES = ("solid", "dashed", "dotted", "dash_dotted")
MARKERS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
BAND = "#8c959f"
"""The colour of a band that belongs to no curve, and of guide lines."""
MOST_CURVES = len(COLOURS) * len(DASHES)
MOST_POINTS = 100_000
MARKED = 25
"""A line through at most so many values shows where they are."""
BESIDE = 0.04
"""What an axis goes on beyond the first and the last value, as a share of what lies between them."""
SMALLEST, LARGEST = 1e-150, 1e150
"""Of a logarithmic axis, and of every axis: a browser computes with differences and quotients of values."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Values ``y`` (k,) at ``x`` (k,), both finite or NaN where there is no value, and how they are drawn."""

    name: str
    x: Array
    y: Array
    colour: str
    dash: str
    marker: str | None
    joined: bool


@dataclass(frozen=True)
class Band:
    """What lies between ``low`` and ``high`` (k,) at ``x`` (k,)."""

    name: str
    x: Array
    low: Array
    high: Array
    colour: str
    curve: int | None


@dataclass(frozen=True)
class Axis:
    """The ends of an axis, and how it is drawn."""

    label: str
    low: float
    high: float
    log: bool

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the lower end, 1 at the upper one."""
        low, high, at = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        return (at - low) / (high - low)

    @property
    def ticks(self) -> dict[float, str]:
        """Round numbers between the ends, and how they are written."""
        of = log_ticks if self.log else linear_ticks
        found = of(self.low, self.high)
        names = [written(at) for at in found]
        if len(set(names)) < len(names):  # far from 0 and close to each other
            names = [f"{at:.12g}" for at in found]
        return dict(zip(found, names, strict=True))


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn."""

    curves: tuple[Curve, ...]
    bands: tuple[Band, ...]
    guides: dict[str, float]
    x: Axis
    y: Axis


def chart_of(
    x: ArrayLike,
    curves: Mapping[str, Any],
    *,
    x_label: str,
    y_label: str,
    x_log: bool,
    y_log: bool,
    guides: Mapping[str, float],
    bands: Mapping[str, Any],
    markers: Collection[str],
) -> Chart:
    """Check everything, and give each curve its colour."""
    places = _numbers("x", x, x_log)
    _named("curves", curves)
    if not 1 <= len(curves) <= MOST_CURVES:
        raise SettingError(
            f"A chart has from 1 to {MOST_CURVES} curves, not {len(curves)}; use several charts."
        )
    _are_curves("markers", [markers] if isinstance(markers, str) else markers, curves)
    drawn = tuple(
        _curve(k, name, values, places, x_log, y_log, joined=name not in markers)
        for k, (name, values) in enumerate(curves.items())
    )
    if sum(len(curve.x) for curve in drawn) > MOST_POINTS:
        raise SettingError(
            f"These curves have more than {MOST_POINTS} values together; draw every tenth value."
        )
    between = tuple(_band(name, ends, places, drawn, y_log) for name, ends in _named("bands", bands).items())
    levels = {
        name: float(_numbers(f"guides[{name!r}]", [level], y_log)[0])
        for name, level in _named("guides", guides).items()
    }
    across = _axis(x_label, [curve.x for curve in drawn], x_log)
    up = _axis(
        y_label,
        [
            *(curve.y for curve in drawn),
            *(b.low for b in between),
            *(b.high for b in between),
            *levels.values(),
        ],
        y_log,
    )
    return Chart(drawn, between, levels, across, up)


def _curve(k: int, name: str, values: Any, x: Array, x_log: bool, y_log: bool, *, joined: bool) -> Curve:
    if isinstance(values, tuple) and len(values) == 2 and np.ndim(values[0]) == 1:
        x, values = _numbers(f"the x of {name!r}", values[0], x_log), values[1]
    y = _numbers(repr(name), values, y_log)
    _as_long(repr(name), y, x)
    if not np.isfinite(x + y).any():
        raise SettingError(f"{name!r} has no value to draw; leave it out.")
    few = len(x) <= MARKED
    style = k // len(COLOURS)
    return Curve(
        name, x, y, COLOURS[k % len(COLOURS)], DASHES[style],
        MARKERS[(k + style) % len(MARKERS)] if few or not joined else None, joined,
    )  # fmt: skip


def _band(name: str, ends: Any, x: Array, curves: tuple[Curve, ...], y_log: bool) -> Band:
    if not isinstance(ends, (tuple, list, np.ndarray)) or len(ends) != 2:
        raise SettingError(f"bands[{name!r}] must be a pair (low, high), each a number or as long as x.")
    owner = next((k for k, curve in enumerate(curves) if curve.name == name), None)
    if owner is not None:
        x = curves[owner].x
    low, high = (
        _numbers(f"bands[{name!r}]", np.full(len(x), end) if np.ndim(end) == 0 else end, y_log)
        for end in ends
    )
    for end in (low, high):
        _as_long(f"bands[{name!r}]", end, x)
    if (low > high).any():
        at = int(np.argmax(low > high))
        raise SettingError(
            f"bands[{name!r}] is upside down at x={x[at]:g}: its low end {low[at]:g} lies above its high end "
            f"{high[at]:g}; pass (low, high)."
        )
    return Band(name, x, low, high, BAND if owner is None else curves[owner].colour, owner)


def _axis(label: str, values: list[Any], log: bool) -> Axis:
    if not isinstance(label, str) or not label:
        raise SettingError(f"A label says what an axis shows, with its unit; {shown(label)} does not.")
    flat = np.concatenate([np.atleast_1d(np.asarray(one, dtype=float)) for one in values])
    low, high = float(np.nanmin(flat)), float(np.nanmax(flat))
    if log:
        beside = max((high / low) ** BESIDE, 1.02)
        return Axis(label, low / beside, high * beside, log)
    wide = (high - low) * BESIDE or 0.1 * abs(high) or 0.1
    return Axis(label, low - wide, high + wide, log)


def _numbers(name: str, values: Any, log: bool) -> Array:
    """One row of numbers, NaN where there is none."""
    try:
        row = np.array(values, dtype=float)
    except (TypeError, ValueError):
        raise SettingError(f"{name} is not a row of numbers; pass a list or an array of them.") from None
    if row.ndim != 1 or not len(row):
        raise SettingError(f"{name} has shape {row.shape}; pass one row of numbers, one for each x.")
    if (np.abs(row) > LARGEST).any():
        worst = row[np.argmax(np.abs(row) > LARGEST)]
        raise SettingError(f"{name} has the value {worst:g}; use NaN where there is nothing to draw.")
    if log and (row < SMALLEST).any():
        worst = row[np.argmax(row < SMALLEST)]
        raise SettingError(
            f"{name} has the value {worst:g}, which a logarithmic axis cannot show; "
            "use NaN there, or a linear axis."
        )
    return row


def _as_long(name: str, values: Array, x: Array) -> None:
    if len(values) != len(x):
        raise SettingError(f"{name} has {len(values)} values but x has {len(x)}; pass one for each x.")


def _named(name: str, values: Any) -> Mapping[str, Any]:
    if not isinstance(values, Mapping) or not all(isinstance(key, str) and key for key in values):
        raise SettingError(f"{name} must be a dictionary by name, not {shown(values)}.")
    return values


def _are_curves(name: str, chosen: Collection[str], curves: Mapping[str, Any]) -> None:
    for one in chosen:
        if one not in curves:
            listed = ", ".join(map(repr, curves))
            raise SettingError(f"{name} names {shown(one)}, which is no curve; choose of {listed}.")


def stretches(*rows: Array) -> list[tuple[Array, ...]]:
    """The parts of rows in which every one of them has a value."""
    there = np.isfinite(np.sum(rows, axis=0))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(int)))
    return [tuple(row[start:end] for row in rows) for start, end in edges.reshape(-1, 2)]
