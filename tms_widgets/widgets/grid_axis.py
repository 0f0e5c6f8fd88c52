"""One axis of a map: evenly spaced cells, on a logarithmic or a linear scale, or one name a cell."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError

EVEN = 1e-3
"""How much steps may differ, relative to the largest, and still count as equal."""
MOST_TICKS = 8

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class GridAxis:
    """Where the cells of a map lie along one axis, in the order in which they are drawn.

    Attributes
    ----------
    values : sequence
        Coordinates of the cells, from the left or from the bottom.
    kind : {"log", "linear", "names"}
        ``log`` and ``linear`` have evenly spaced cells on such a scale; anything else is drawn with the cells
        side by side and named.
    """

    values: tuple[Any, ...]
    kind: str

    @classmethod
    def of(cls, values: Sequence[Any]) -> GridAxis:
        """The axis that suits coordinates in the order in which they shall be drawn."""
        plain = tuple(values)
        numbers = len(plain) > 1 and all(_is_number(value) for value in plain)
        if numbers and min(plain) > 0 and _even(np.log(np.array(plain, dtype=float))):
            return cls(plain, "log")
        if numbers and _even(np.array(plain, dtype=float)):
            return cls(plain, "linear")
        return cls(plain, "names")

    def __len__(self) -> int:
        return len(self.values)

    @property
    def ends(self) -> tuple[float, float]:
        """The outer edges of the first and of the last cell, in the units of the scale."""
        if self.kind == "names":
            return -0.5, len(self) - 0.5
        first, second, before, last = (
            self._straight(self.values[k]) for k in (0, 1, len(self) - 2, len(self) - 1)
        )
        edges = first - (second - first) / 2, last + (last - before) / 2
        return (math.exp(edges[0]), math.exp(edges[1])) if self.kind == "log" else edges

    @property
    def reverse(self) -> bool:
        """True when the numbers fall along the axis."""
        return self.ends[0] > self.ends[1]

    @property
    def ticks(self) -> dict[float, str]:
        """Where to write what along the axis."""
        if self.kind == "names":
            step = math.ceil(len(self) / MOST_TICKS)
            return {float(k): _written(self.values[k]) for k in range(0, len(self), step)}
        low, high = sorted(self.ends)
        places = _log_ticks(low, high) if self.kind == "log" else _linear_ticks(low, high)
        return {float(place): _written(place) for place in places}

    def place(self, values: ArrayLike) -> Array:
        """Where coordinates lie, as fractions of the axis from its first edge (0) to its last (1)."""
        numbers = np.asarray(values, dtype=float)
        if self.kind == "names":
            own = np.array([float(value) if _is_number(value) else math.nan for value in self.values])
            order = np.argsort(own)
            spots = np.interp(numbers, own[order], np.arange(len(own))[order], left=np.nan, right=np.nan)
            return (spots + 0.5) / len(self)
        low, high = (self._straight(edge) for edge in self.ends)
        straight = np.log(numbers) if self.kind == "log" else numbers
        return (straight - low) / (high - low)

    def nearest(self, value: Any) -> int:
        """Index of the cell whose coordinate is ``value``, or nearest to it."""
        if value in self.values:
            return self.values.index(value)
        if self.kind == "names":
            named = ", ".join(_written(v) for v in self.values[:MOST_TICKS])
            more = "…" if len(self) > MOST_TICKS else ""
            raise SettingError(f"{value!r} is not on this axis; it has {named}{more}.")
        return int(np.clip(np.floor(self.place(value) * len(self)), 0, len(self) - 1))

    def _straight(self, value: float) -> float:
        return math.log(value) if self.kind == "log" else float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _even(numbers: Array) -> bool:
    steps = np.diff(numbers)
    return bool((np.abs(steps - steps.mean()) <= EVEN * np.abs(steps).max()).all() and steps[0] != 0)


def _log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten, with 2 and 5 of each if there is room for them."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [float(f"{d}e{power}") for power in powers for d in digits]
        inside = [tick for tick in found if low <= tick <= high]
        if len(inside) <= MOST_TICKS:
            break
    return inside


def _linear_ticks(low: float, high: float) -> list[float]:
    power = 10.0 ** math.floor(math.log10((high - low) / MOST_TICKS))
    step = next(s * power for s in (1, 2, 5, 10) if (high - low) / (s * power) <= MOST_TICKS)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 12) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def _written(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text.replace("-", "−") if isinstance(value, (int, float)) else text
