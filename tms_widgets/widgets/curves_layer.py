"""The layer over a chart of curves: it shows each value, and tells which one is pointed at or pinned."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from .base import BaseWidget, Index, static_text
from .curves_model import Axis, Chart


class CurvesLayer(BaseWidget):
    """Points at the values of curves.

    Parameters
    ----------
    chart : Chart
    margin : dict
        Pixels between the edge of the chart and its axes: left, top, right, bottom.
    name : str
        What a screen reader calls it.
    """

    _esm = static_text("curves_layer.js")
    _css = static_text("curves_layer.css")

    pointed = traitlets.List(Index(), minlen=2, maxlen=2, allow_none=True, default_value=None).tag(sync=True)
    """Curve and value that the reader points at, or ``None``."""
    pinned = traitlets.List(Index(), minlen=2, maxlen=2, allow_none=True, default_value=None).tag(sync=True)
    """Curve and value that the reader keeps, or ``None``."""

    _name = traitlets.Unicode().tag(sync=True)
    _curves = traitlets.List(traitlets.Dict()).tag(sync=True)
    _numbers = traitlets.Bytes().tag(sync=True)
    _guides = traitlets.List().tag(sync=True)
    _axes = traitlets.Dict().tag(sync=True)

    def __init__(self, chart: Chart, margin: dict[str, int], name: str) -> None:
        super().__init__(
            _name=name,
            _curves=[{"name": one.name, "colour": one.colour, "count": len(one.x)} for one in chart.curves],
            _numbers=_numbers(chart),
            _guides=[[guide, level] for guide, level in chart.guides.items()],
            _axes={"x": _told(chart.x), "y": _told(chart.y), "margin": margin},
        )

    @property
    def caption(self) -> str:
        """The name of the chart."""
        return self._name


def _numbers(chart: Chart) -> bytes:
    """x, y and the ends of the band of each value of each curve, as float64; NaN where there is none."""
    rows = []
    for k, curve in enumerate(chart.curves):
        band = next((one for one in chart.bands if one.curve == k), None)
        nothing = np.full(len(curve.x), np.nan)
        low, high = (nothing, nothing) if band is None else (band.low, band.high)
        rows.append(np.stack([curve.x, curve.y, low, high], axis=1))
    return np.concatenate(rows).astype("<f8").tobytes()


def _told(axis: Axis) -> dict[str, Any]:
    return {"ends": [axis.low, axis.high], "log": axis.log, "label": axis.label}
