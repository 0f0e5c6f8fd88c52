"""The directions that a model gives to its features."""

from __future__ import annotations

from .base import static_text
from .film_view import FilmView


class FeatureGeometry(FilmView):
    """The columns W_i of W as arrows in the hidden space.

    A line for m = 1, the plane with its unit circle for m = 2, a space to turn for m = 3; above that the
    projection on the plane that shows most of W, and the picture says so. See `FilmView` for the
    parameters.
    """

    _esm = static_text("feature_geometry.js")
    _css = static_text("feature_geometry.css")
    _panel = "geometry"
