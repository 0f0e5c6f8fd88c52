"""The n×n matrix that a model applies to its features, as a heat map."""

from __future__ import annotations

from .base import static_text
from .film_view import FilmView


class WeightMatrix(FilmView):
    """Heat map of WᵀW (W_out·W of an untied model), with the bias b as a strip beside it.

    Blue is negative and red positive, on a scale centred at 0; a perfect model shows the identity
    (*Demonstrating Superposition*). See `FilmView` for the parameters.
    """

    _esm = static_text("weight_matrix.js")
    _css = static_text("weight_matrix.css")
    _panel = "matrix"
