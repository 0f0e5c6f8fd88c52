"""What the four views of a film have in common on the Python side."""

from __future__ import annotations

from typing import Any

import traitlets

from . import svg
from .base import BaseWidget, Index
from .film import Film, film_of
from .selection import Selection, Tied


class FilmView(Tied, BaseWidget):
    """A picture of one frame of a film.

    Parameters
    ----------
    source : Run, torch module, (W, b), (W, b, W_out) or W
        What to draw; see `tms_widgets.widgets.film.film_of`.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``frame``, ``hovered``, ``pinned``, ``layout``.
    """

    _film = traitlets.Bytes().tag(sync=True)
    _meta = traitlets.Dict().tag(sync=True)

    frame = Index(0).tag(sync=True)
    """Index of the frame shown, 0 to ``len(film) - 1``. Default: the last."""

    _panel = "geometry"
    _keeps_basis = False
    """Whether hidden dimensions are drawn one by one, and so stay as they are."""

    def __init__(
        self, source: Any, instance: int | None = None, *, selection: Selection | None = None, **traits: Any
    ) -> None:
        self.film: Film = film_of(source, instance, keep_basis=self._keeps_basis)
        traits = {"frame": len(self.film) - 1, **traits}
        super().__init__(_film=self.film.bytes, _meta=self._labels(self.film), **traits)
        self._share(selection)

    @traitlets.validate("frame")
    def _frame_exists(self, proposal: Any) -> int:
        return existing_frame(self.film, proposal["value"])

    @property
    def value(self) -> Any:
        """The pinned features, as a tuple of indices."""
        return tuple(self.pinned)

    @property
    def caption(self) -> str:
        """One sentence that says what the film ends with."""
        return self.film.caption

    def picture(self) -> str:
        """Return the frame shown now as a static SVG document."""
        return svg.picture(self.film, self.frame, (self._panel,))

    def show(self, source: Any, instance: int | None = None) -> None:
        """Draw something else, at its last frame; hovered and pinned features stay.

        Raises
        ------
        SettingError
            When ``source`` cannot be drawn; the picture stays as it was.
        """
        film = film_of(source, instance, keep_basis=self._keeps_basis)
        labels = self._labels(film)
        with self.hold_sync():  # one message: the browser never sees one film with the labels of another
            self.film = film
            self._film, self._meta = film.bytes, labels
            self.frame = len(film) - 1

    def _labels(self, film: Film) -> dict[str, Any]:
        """What the front end gets beside the weights."""
        return film.meta


def existing_frame(film: Film, frame: int) -> int:
    """Return the index of a frame that the film has; a `TraitError` names the nearest to any other."""
    last = len(film) - 1
    if frame > last:
        raise traitlets.TraitError(f"frame={frame} is outside 0 to {last}; the nearest that works is {last}.")
    return frame
