"""A layer over a chart that knows the cells of its map.

bqplot draws pictures, axes and lines; it does not say which cell of a picture the pointer is on. This layer
does: it lies over one or more charts, shows the numbers of a cell, and tells which cell is chosen and which
regions are marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from .base import BaseWidget, Index, static_text

MARGIN: dict[str, int] = {"left": 58, "top": 46, "right": 14, "bottom": 46}


class MapLayer(BaseWidget):
    """Points at, chooses and marks cells of a map; rows and columns are counted as drawn, from the top left.

    Parameters
    ----------
    rows, columns : sequence of str
        What each row and each column stands for.
    **traits
        Any trait below.
    """

    _esm = static_text("map_layer.js")
    _css = static_text("map_layer.css")

    name = traitlets.Unicode("Map").tag(sync=True)
    """What a screen reader calls it."""
    margin = traitlets.Dict(MARGIN).tag(sync=True)
    """Pixels between the edge of the chart and its cells: left, top, right, bottom."""
    chosen = traitlets.List(Index(), minlen=2, maxlen=2, allow_none=True, default_value=None).tag(sync=True)
    """Row and column of the chosen cell, or ``None``."""
    regions = traitlets.List(traitlets.List(Index(), minlen=4, maxlen=4), maxlen=2).tag(sync=True)
    """Marked regions, at most two: first row, first column, last row, last column of each."""

    comparable = traitlets.Bool(True).tag(sync=True)
    """Whether regions can be marked."""

    _rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _fields = traitlets.List(traitlets.Dict()).tag(sync=True)
    _numbers = traitlets.Bytes().tag(sync=True)

    def __init__(self, rows: Sequence[str], columns: Sequence[str], **traits: Any) -> None:
        super().__init__(_rows=list(rows), _columns=list(columns), **traits)

    @property
    def caption(self) -> str:
        """The name of the map."""
        return self.name

    def tell(self, fields: Sequence[dict[str, Any]], numbers: Sequence[ArrayLike]) -> None:
        """Say what is known about the cells now.

        Parameters
        ----------
        fields : sequence of dict
            For each number its ``name``; ``words`` if it stands for one of them; ``group`` if it is compared
            with others.
        numbers : sequence of array (rows, columns)
            NaN where nothing is known yet.
        """
        stacked = np.array([np.asarray(one, dtype="<f4") for one in numbers], dtype="<f4")
        with self.hold_sync():
            self._fields = list(fields)
            self._numbers = stacked.tobytes()

    def reshape(self, rows: Sequence[str], columns: Sequence[str]) -> None:
        """Lie over another map: nothing is known about its cells yet, none is chosen or marked."""
        with self.hold_sync():
            self._rows, self._columns = list(rows), list(columns)
            self._fields, self._numbers = [], b""
            self.chosen, self.regions = None, []
