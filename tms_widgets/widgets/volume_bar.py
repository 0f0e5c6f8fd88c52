"""What moves an ipyvolume figure through a film: buttons, the loss curve as a slider, and words.

It also knows what only the browser can know: whether there is WebGL, and the colour of the page. Where there
is no WebGL, it draws the frames itself, on a plain canvas.
"""

from __future__ import annotations

from typing import Any

import traitlets

from .base import static_text
from .course import geometry_names
from .film import Film
from .film_view import FilmView
from .volume_figure import style


class VolumeBar(FilmView):
    """The controls below the figure of a `Volume`; see `FilmView` for the parameters."""

    _esm = static_text("volume_bar.js")
    _css = static_text("volume_bar.css")

    webgl = traitlets.Bool(None, allow_none=True).tag(sync=True)
    """Whether the browser can draw the figure; ``None`` until one has said so."""

    _style = traitlets.Dict(style("#ffffff")).tag(sync=True)

    def _labels(self, film: Film) -> dict[str, Any]:
        course = {"names": list(geometry_names(film)), "jumps": [], "stages": [], "levels": []}
        return {**film.meta, "course": course}
