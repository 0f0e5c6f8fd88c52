"""How strongly each feature is represented, or what each neuron stands for."""

from __future__ import annotations

from typing import Any

import traitlets

from ..core.checks import choice
from . import neuron_svg
from .base import static_text
from .film_view import FilmView
from .neuron_model import Neurons
from .selection import Selection

BY = ("feature", "neuron")
WEIGHTS = ("signed", "absolute")


class StackPlot(FilmView):
    """Bars of the features, or stacks of the weights of each neuron.

    ``by="feature"``: the norms ‖W_i‖, coloured by interference Σ_{j≠i}(Ŵ_i·W_j)² from 0 to 1. Dark bars are
    features that nothing disturbs, yellow ones share their direction with others (*Demonstrating
    Superposition*). Interference above 1 is marked on the bar.

    ``by="neuron"``: one column a neuron, its weights W_ai on top of each other in the same colours, so that
    a neuron that stands for several features is seen at once (*Superposition in a Privileged Basis*).
    Columns are tinted by whether the neuron is monosemantic, polysemantic or dead, with the number of its
    features below (`measures.features_of_neurons`), and stand in the order of `measures.neuron_order`. Of
    untied models the weights out of each neuron stand below those into it, both scaled by
    `measures.rescaled`. Hidden dimensions are drawn as they are: without a ReLU in the hidden layer they
    are no neurons, and their directions mean nothing. Arrays are taken to be those of a model with neurons.

    Parameters
    ----------
    source : Run, torch module, (W, b), (W, b, W_out) or W
        What to draw; see `tms_widgets.widgets.film.film_of`.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.
    by : {"feature", "neuron"}
        One bar a feature, or one column a neuron. It stays what it is.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``weights``, ``frame``, ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When ``source`` cannot be drawn, or ``by`` is neither.

    Examples
    --------
    >>> run = train(Problem(10, 5, importance=0.75, density=0.15, architecture="relu_hidden"), n_seeds=200)
    >>> StackPlot(run, by="neuron")  # doctest: +SKIP
    """

    _esm = static_text("stack_plot.js")
    _css = static_text("stack_plot.css")
    _panel = "bars"

    by = traitlets.Enum(BY, "feature", read_only=True).tag(sync=True)
    """What there is one bar of; said when the plot is made."""

    weights = traitlets.Enum(WEIGHTS, "signed").tag(sync=True)
    """Whether the weights of a neuron stand with their signs, negative ones below 0, or their sizes alone."""

    def __init__(
        self,
        source: Any,
        instance: int | None = None,
        *,
        by: str = "feature",
        selection: Selection | None = None,
        **traits: Any,
    ) -> None:
        self._keeps_basis = choice("by", by, BY) == "neuron"
        self.set_trait("by", by)
        super().__init__(source, instance, selection=selection, **traits)

    @property
    def caption(self) -> str:
        """One sentence that says what the film ends with; by neuron, what the neurons of the frame do."""
        if not self._keeps_basis:
            return super().caption
        return f"{self.film.caption.rstrip('.')}; {Neurons.of(self.film, self.frame).words}."

    def picture(self) -> str:
        """Return the frame shown now as a static SVG document."""
        if not self._keeps_basis:
            return super().picture()
        return neuron_svg.stacks(self.film, self.frame, self.weights, self.caption)
