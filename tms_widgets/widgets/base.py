"""What every widget of this package has in common.

Strict keywords, traits that accept only what they can mean, a line for errors, a picture for pages without a
kernel, and a `close` that leaves nothing behind.
"""

from __future__ import annotations

import difflib
import inspect
from importlib.resources import files
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets

from .cells import note_shown

MAX_INDEX = 2**31 - 1


def static_text(name: str) -> str:
    """Return a built front-end file as text.

    Widgets keep their front end as a *string*: a path would make anywidget watch the file, and the watcher
    keeps every widget alive for ever.
    """
    return files("tms_widgets").joinpath("static", name).read_text(encoding="utf-8")


class Index(traitlets.Int):
    """A trait for a position in a list: a whole number from 0; ``True`` is not a number."""

    info_text = "a whole number from 0"

    def validate(self, obj: Any, value: Any) -> int | None:
        """Return ``value`` as a plain int, also when it is numpy's."""
        if value is None and self.allow_none:
            return None
        index: int = -1
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            index = int(value)
        if not 0 <= index <= MAX_INDEX:
            self.error(obj, value)
        return index


class StrictKeywords(ipywidgets.Widget):
    """A widget that refuses keywords it does not know, and names the one that was probably meant."""

    def __init__(self, **kwargs: Any) -> None:
        for name in kwargs:
            if not self.has_trait(name):
                raise TypeError(self._unknown(name))
        super().__init__(**kwargs)

    def _unknown(self, name: str) -> str:
        parameters = inspect.signature(type(self)).parameters.values()
        arguments = {item.name for item in parameters if item.kind is not item.VAR_KEYWORD}
        internal = {"comm", "keys", "log", "error"}
        known = sorted({*self.trait_names(), *arguments} - internal)
        known = [item for item in known if not item.startswith("_")]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
        return f"{type(self).__name__} has no setting {name!r}; did you mean {near!r}?"


class Pictured(StrictKeywords):
    """A widget that says what it shows, in a sentence and as a picture for pages that have no kernel."""

    # ipywidgets 7 would display a widget by this method, without the picture for pages that have no kernel.
    _ipython_display_ = None

    def __init__(self, **kwargs: Any) -> None:
        self._owns_layout = not isinstance(kwargs.get("layout"), ipywidgets.Layout)
        super().__init__(**kwargs)

    @property
    def caption(self) -> str:
        """One sentence that says what the widget shows now."""
        return type(self).__name__

    def picture(self) -> str:
        """What the widget shows now as a static SVG document; empty when there is nothing to draw."""
        return ""

    def _still(self) -> dict[str, str]:
        """What stands in the place of the widget where none can run, by MIME type."""
        picture = self.picture()
        return {"text/plain": self.caption, **({"image/svg+xml": picture} if picture else {})}


class BaseWidget(Pictured, anywidget.AnyWidget):
    """A widget drawn by a built front-end file.

    Subclasses set ``_esm`` and ``_css`` to `static_text` and say what they show through `caption` and
    `picture`.
    """

    error = traitlets.Unicode("").tag(sync=True)
    """One sentence shown under the widget; empty when all is well."""

    _ready = traitlets.Bool(False).tag(sync=True)
    """A browser has set the model up; it says so itself."""

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            note_shown(self)
            bundle[0].update(self._still())
        return bundle

    def close(self) -> None:
        """Remove the widget from the page and from memory. Closing again does nothing.

        The layout is closed too, unless it was passed in and may serve other widgets.
        """
        if self.comm is None:
            return
        layout = self.layout
        super().close()
        if self._owns_layout:
            layout.close()

    def close_when_ready(self) -> None:
        """Close, but not while a browser is setting the model up: anywidget reports that as an error."""
        if self._ready:
            self.close()
        else:
            self.observe(lambda change: self.close(), "_ready")
