"""Curves over an axis: losses, theory against measurement, sweeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import ipywidgets
from numpy.typing import ArrayLike

from ..core.checks import SettingError, shown
from . import curves_svg
from .composite import Composite
from .curves_chart import CurvesChart
from .curves_layer import CurvesLayer
from .curves_model import chart_of
from .extras import bqplot

HELP = (
    "Pointing shows the nearest value; arrow keys go along a curve and to the next one, "
    "a click or Enter pins, Escape clears."
)


class Curves(Composite):
    """Curves over one axis, each value of which can be read.

    Needs the extra ``tms-widgets[charts]``.

    Parameters
    ----------
    x : array (k,)
        The places of the values, in any order; NaN leaves a gap.
    curves : dict of str to array (k,)
        The values of each curve by its name, NaN where there is none. A pair ``(x, y)`` has places of its
        own. From 1 to 24 curves. Lines through at most 25 values show where these are.
    caption : str
        One sentence that says what is shown: formula, thresholds, sample size.
    x_label, y_label : str
        What the axes show, with the unit.
    x_log, y_log : bool
        Whether an axis is logarithmic; then all its values must lie above 0. Default: linear.
    guides : dict of str to float, optional
        Horizontal lines to compare with, by name.
    bands : dict of str to pair, optional
        Areas between ``(low, high)``, each a number or as long as x. One with the name of a curve belongs to
        it: has its colour, its x, and is told with its values.
    markers : collection of str, optional
        Curves that are drawn as marks and no line: what was measured, beside a line of theory.
    **traits
        ``layout``.

    Raises
    ------
    SettingError
        When something cannot be drawn; the sentence says what would work.
    ImportError
        When bqplot is missing; the message says how to install it.

    Examples
    --------
    >>> Curves([1, 10, 100], {"loss": [1.0, 0.2, 0.1]}, caption="Loss of one model.", x_label="steps",
    ...        y_label="loss", x_log=True)  # doctest: +SKIP
    """

    def __init__(
        self,
        x: ArrayLike,
        curves: Mapping[str, Any],
        *,
        caption: str,
        x_label: str,
        y_label: str,
        x_log: bool = False,
        y_log: bool = False,
        guides: Mapping[str, float] | None = None,
        bands: Mapping[str, Any] | None = None,
        markers: Collection[str] = (),
        **traits: Any,
    ) -> None:
        bqplot()
        if not isinstance(caption, str) or not caption.strip():
            raise SettingError(
                f"caption={shown(caption)} says nothing; pass a sentence that says what is shown."
            )
        self._chart = chart_of(
            x, curves, x_label=x_label, y_label=y_label, x_log=x_log, y_log=y_log, guides=guides or {},
            bands=bands or {}, markers=markers,
        )  # fmt: skip
        self._caption = caption
        super().__init__(**traits)
        drawn = CurvesChart(self._chart)
        self._layer = CurvesLayer(self._chart, drawn.margin, caption)
        self.children = [
            drawn.covered(self._layer),
            ipywidgets.HTML(curves_svg.legend(self._chart)),
            ipywidgets.HTML(
                curves_svg.words(caption) + f'<p style="margin:0;line-height:1.4;opacity:.75">{HELP}</p>'
            ),
        ]

    @property
    def value(self) -> dict[str, Any] | None:
        """``curve``, ``index``, ``x``, ``y`` of what is pointed at, or else pinned; or ``None``."""
        place = self._layer.pointed or self._layer.pinned
        if place is None:
            return None
        curve = self._chart.curves[place[0]]
        return {
            "curve": curve.name,
            "index": place[1],
            "x": float(curve.x[place[1]]),
            "y": float(curve.y[place[1]]),
        }

    @property
    def caption(self) -> str:
        """The sentence that says what is shown."""
        return self._caption

    def picture(self) -> str:
        """Return the chart as a static SVG document."""
        return curves_svg.picture(self._chart, self._caption)
