"""A cell that runs again closes what it showed before.

ipywidgets keeps a widget, its connection and its model in the browser until somebody calls ``close()``.
Nobody does that before running a cell again, so an afternoon of Shift+Enter would leave hundreds of
instruments that nobody can reach.
"""

from __future__ import annotations

import weakref
from typing import Any, Protocol


class Shown(Protocol):
    """What a cell can show and close: one of our widgets, or one made of them."""

    comm: Any

    def close_when_ready(self) -> None:
        """Close, as soon as no browser is setting it up."""
        ...


_shown: dict[str, tuple[str, weakref.WeakSet[Shown]]] = {}
"""For every cell its latest run that showed a widget, and the widgets shown in it."""


def note_shown(widget: Shown) -> None:
    """Note that the running cell shows a widget, and close what only former runs of this cell have shown.

    A widget that another cell shows too, that was shown inside another widget, or by something that is no
    cell (a callback, a notebook run without a front end), stays open.
    """
    cell, run = _running(widget)
    if not cell:
        return
    former_run, former = _shown.get(cell, ("", weakref.WeakSet()))
    if run == former_run:
        former.add(widget)
        return
    _shown[cell] = (run, weakref.WeakSet([widget]))
    still = {one for _, widgets in _shown.values() for one in widgets}
    for old in set(former) - still:
        old.close_when_ready()


def _running(widget: Shown) -> tuple[str, str]:
    """The cell that runs and this run of it, as the front end names them; empty outside of cells."""
    kernel = getattr(widget.comm, "kernel", None)
    if kernel is None:
        return "", ""
    request = kernel.get_parent("shell") or {}
    return request.get("metadata", {}).get("cellId", ""), request.get("header", {}).get("msg_id", "")
