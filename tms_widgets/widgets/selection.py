"""The features a reader points at and keeps, shared by any number of views."""

from __future__ import annotations

from typing import Any

import ipywidgets
import traitlets

from .base import Index, StrictKeywords


class Selectable(traitlets.HasTraits):
    """The two traits that a `Selection` and every view of a film have."""

    hovered = Index(None, allow_none=True).tag(sync=True)
    """Index of the feature the reader points at, or ``None``. Default ``None``."""

    pinned = traitlets.List(Index()).tag(sync=True)
    """Indices of the features the reader keeps, in the order of pinning, each once. Default ``[]``."""

    @traitlets.validate("pinned")
    def _each_once(self, proposal: Any) -> list[int]:
        return list(dict.fromkeys(proposal["value"]))


class Selection(Selectable, StrictKeywords):
    """Hovered and pinned features, shared by views: point at a feature in one, see it in all.

    Examples
    --------
    >>> selection = Selection()
    >>> WeightMatrix(run, selection=selection), StackPlot(run, selection=selection)  # doctest: +SKIP

    A view ignores features that its film does not have. A selection draws nothing itself and needs no
    front-end code: views are tied to it in the browser, so that linked hovering works without waiting for
    the kernel.
    """

    @property
    def value(self) -> tuple[int, ...]:
        """The pinned features."""
        return tuple(self.pinned)

    def __repr__(self) -> str:
        return f"Selection(hovered={self.hovered}, pinned={self.pinned})"


class Tie:
    """Keeps the ``hovered`` and ``pinned`` of a view and of a selection equal until `undo`.

    A change made in Python is copied in Python. A change made in the browser is copied *in the browser*, by a
    ``jslink``: copying it here as well would send every value back late, and fast pointing would flicker.
    """

    NAMES = ("hovered", "pinned")

    def __init__(self, view: ipywidgets.Widget, selection: Selection) -> None:
        if not isinstance(selection, Selection):
            raise TypeError(f"selection must be a tms_widgets.Selection, not {type(selection).__name__}.")
        self.view, self.selection = view, selection
        for name in self.NAMES:
            setattr(view, name, getattr(selection, name))
        self.links = [ipywidgets.jslink((selection, name), (view, name)) for name in self.NAMES]
        view.observe(self._copy, list(self.NAMES))
        selection.observe(self._copy, list(self.NAMES))

    def _copy(self, change: Any) -> None:
        source = change.owner
        from_browser = change.name in source._property_lock
        if not from_browser:
            setattr(self.selection if source is self.view else self.view, change.name, change.new)

    def undo(self) -> None:
        """Let go of both; they keep the values they have."""
        self.view.unobserve(self._copy, list(self.NAMES))
        self.selection.unobserve(self._copy, list(self.NAMES))
        for link in self.links:
            link.close()
        self.links = []


class Tied(Selectable, ipywidgets.Widget):
    """A view that may share its hovered and pinned features through a `Selection`."""

    _tie: Tie | None = None

    def _share(self, selection: Selection | None) -> None:
        """Tie the view to a selection, if there is one."""
        if selection is not None:
            self._tie = Tie(self, selection)

    def close(self) -> None:
        """Remove the view from page and memory, and its ties to a selection. Closing again does nothing."""
        if self._tie is not None:
            self._tie.undo()
            self._tie = None
        super().close()
