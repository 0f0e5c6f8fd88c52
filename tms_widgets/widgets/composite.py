"""A widget made of widgets: it closes all of them, and has a caption and a picture like any other of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets

from .base import Pictured
from .cells import note_shown


class Composite(Pictured, ipywidgets.VBox):
    """A column of widgets with a caption, a static picture, and a `close` that leaves nothing behind.

    Subclasses say what they show through `caption` and `picture`, and list in `_own` the widgets that can
    not be found by following traits from the column.
    """

    def __init__(self, **kwargs: Any) -> None:
        self._own: list[ipywidgets.Widget] = []
        super().__init__(**kwargs)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = self._still()
        if self.comm is not None:
            note_shown(self)
            view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
            bundle["application/vnd.jupyter.widget-view+json"] = view
        return bundle

    def close(self) -> None:
        """Remove the widget and everything it is made of. Closing again does nothing.

        The layout is closed too, unless it was passed in and may serve other widgets.
        """
        if self.comm is None:
            return
        kept = {self} if self._owns_layout else {self, self.layout}
        parts = set().union(*map(_parts, [self, *self._own])) - kept
        super().close()
        for part in parts:
            part.close()

    def close_when_ready(self) -> None:
        """Close, but not while a browser is setting up a part: anywidget reports that as an error."""
        slow = next((part for part in _parts(self) if part.has_trait("_ready") and not part._ready), None)  # pyright: ignore[reportAttributeAccessIssue]
        if slow is None:
            self.close()
        else:
            slow.observe(lambda change: self.close_when_ready(), "_ready")


def _parts(widget: ipywidgets.Widget) -> set[ipywidgets.Widget]:
    """Every widget that is reached from one by its traits, itself included."""
    found: set[ipywidgets.Widget] = set()
    todo = [widget]
    while todo:
        one = todo.pop()
        if one in found:
            continue
        found.add(one)
        for name in one.keys:
            todo.extend(_widgets_in(getattr(one, name, None)))
    return found


def _widgets_in(value: Any) -> Iterator[ipywidgets.Widget]:
    if isinstance(value, ipywidgets.Widget):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _widgets_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _widgets_in(item)
