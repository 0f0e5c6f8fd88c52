"""The loss during training, which is also the control that moves through it."""

from __future__ import annotations

from .base import static_text
from .film_view import FilmView


class LossCurve(FilmView):
    """The held-out loss of every recorded frame; drag along it, or use the arrow keys, to change ``frame``.

    Link ``frame`` to other views with ``ipywidgets.jslink`` to scrub them all. See `FilmView` for the
    parameters.
    """

    _esm = static_text("loss_curve.js")
    _css = static_text("loss_curve.css")
    _panel = "loss"

    @property
    def value(self) -> int:
        """The training step shown."""
        return self.film.steps[self.frame]
