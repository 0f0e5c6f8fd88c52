"""What the bqplot charts of this package are made of: axes with our own ticks, a layer over the figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets

from .extras import bqplot


def axis(scale: Any, ticks: Mapping[float, str], label: str, away: int, *, side: str) -> Any:
    """An axis with these ticks and no grid; its label stands ``away`` pixels from it."""
    return bqplot().Axis(
        scale=scale, tick_values=list(ticks), tick_labels={f"{at:.15g}": text for at, text in ticks.items()},
        label=label, grid_lines="none", label_offset=f"{away}px", side=side,
    )  # fmt: skip


def figure(marks: Sequence[Any], axes: Sequence[Any], margin: Mapping[str, int], height: str) -> Any:
    """A figure as wide as its place, whose scales fill it to its margins."""
    made = bqplot().Figure(
        marks=list(marks), axes=list(axes), fig_margin=dict(margin), padding_x=0, padding_y=0,
        animation_duration=0, layout=ipywidgets.Layout(width="100%", height=height, min_width="0"),
    )  # fmt: skip
    made.display_toolbar = False
    made.add_class("tms-map-chart")
    return made


def layered(below: ipywidgets.DOMWidget, layer: ipywidgets.DOMWidget, height: str) -> ipywidgets.GridBox:
    """A figure with a layer over it, of the same size."""
    below.layout.grid_area = layer.layout.grid_area = "1 / 1 / 2 / 2"
    layer.layout.width, layer.layout.height = "100%", height
    below.layout.margin = layer.layout.margin = "0"  # or the notebook shifts one against the other
    layout = ipywidgets.Layout(
        grid_template_columns="minmax(0, 1fr)", grid_template_rows=height, overflow="hidden"
    )
    return ipywidgets.GridBox([below, layer], layout=layout)
