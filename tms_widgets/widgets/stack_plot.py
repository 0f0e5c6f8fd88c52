"""How strongly each feature is represented, and how much the others disturb it."""

from __future__ import annotations

from .base import static_text
from .film_view import FilmView


class StackPlot(FilmView):
    """Bars of the feature norms ‖W_i‖, coloured by interference Σ_{j≠i}(Ŵ_i·W_j)² from 0 to 1.

    Dark bars are features that nothing disturbs, yellow ones share their direction with others
    (*Demonstrating Superposition*). Interference above 1 is marked on the bar. See `FilmView` for the
    parameters.
    """

    _esm = static_text("stack_plot.js")
    _css = static_text("stack_plot.css")
    _panel = "bars"
