"""A model as a graph: from features through neurons to outputs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import traitlets

from ..core.checks import SettingError, real
from . import neuron_graph_svg
from .base import Index, static_text
from .film import Film
from .film_view import FilmView
from .neuron_model import Neurons
from .selection import Selection

MOST_LINES = 300
FAINTEST = 0.05
LARGEST_THRESHOLD = 1e6


class NeuronGraph(FilmView):
    """What goes into each neuron and what comes out of it: features, neurons and outputs, joined by weights.

    Lines are red where the weight is positive and blue where it is negative, the wider the larger; weak ones
    are left out, and the caption says which. Pointing at a neuron traces the paths through it, pointing at a
    feature those that it takes to every output, pointing at an output those that lead to it. Features are
    coloured by interference as in `StackPlot`, neurons by whether they are monosemantic, polysemantic or dead
    (`measures.features_of_neurons`). Weights of untied models are scaled by `measures.rescaled`: the largest
    into each neuron is ±1 (*Computation in Superposition*).

    Keys: ↑ and ↓ walk through the features, → goes to the neurons and ← back; Enter keeps what is pointed at,
    Esc lets go of everything.

    Parameters
    ----------
    source : Run, torch module, (W, b), (W, b, W_out) or W
        What to draw; see `tms_widgets.widgets.film.film_of`. Hidden dimensions stay as they are, also where
        the model has no neurons and may be turned; arrays are taken to be those of a model with neurons.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.
    threshold : float, optional
        Weights up to this size are left out. Default: a twentieth of the largest of the last frame, or as
        much as leaves 300 lines in it.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``neuron``, ``frame``, ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When ``source`` cannot be drawn, or ``threshold`` is not a number from 0.

    Examples
    --------
    >>> run = train(Problem(3, 6, architecture="untied", density=0.3), n_seeds=32)
    >>> NeuronGraph(run)  # doctest: +SKIP
    """

    _esm = static_text("neuron_graph.js")
    _css = static_text("neuron_graph.css")
    _keeps_basis = True

    threshold = traitlets.Float(0.0).tag(sync=True)
    """Weights up to this size are left out, 0 to 1 000 000."""

    neuron = Index(None, allow_none=True).tag(sync=True)
    """Index of the neuron whose paths stay in view, or ``None``; a click sets it. Default ``None``."""

    def __init__(
        self,
        source: Any,
        instance: int | None = None,
        *,
        threshold: float | None = None,
        selection: Selection | None = None,
        **traits: Any,
    ) -> None:
        self._chosen = threshold is not None
        if threshold is not None:
            traits["threshold"] = real("threshold", threshold, low=0.0, high=LARGEST_THRESHOLD)
        super().__init__(source, instance, selection=selection, **traits)
        if threshold is None:
            self.threshold = weakest_drawn(self.film)

    @traitlets.validate("threshold")
    def _threshold_is_possible(self, proposal: Any) -> float:
        try:
            return real("threshold", proposal["value"], low=0.0, high=LARGEST_THRESHOLD)
        except SettingError as wrong:
            raise traitlets.TraitError(str(wrong)) from None

    @property
    def caption(self) -> str:
        """What the model is, what its neurons stand for, and which lines are left out."""
        neurons = Neurons.of(self.film, self.frame)
        drawn, weak = _counts(neurons, self.threshold)
        return (
            f"{self.film.caption.rstrip('.')}; {neurons.words}. Lines: {drawn} weights above "
            f"{self.threshold:.3g} in size, {weak} weaker ones left out."
        )

    def picture(self) -> str:
        """Return the frame shown now as a static SVG document."""
        return neuron_graph_svg.graph(self.film, self.frame, self.threshold, self.caption)

    def show(self, source: Any, instance: int | None = None) -> None:
        """Draw something else, at its last frame; what is pointed at or pinned, and a threshold given, stay.

        Raises
        ------
        SettingError
            When ``source`` cannot be drawn; the picture stays as it was.
        """
        with self.hold_sync():
            super().show(source, instance)
            if not self._chosen:
                self.threshold = weakest_drawn(self.film)


def weakest_drawn(film: Film) -> float:
    """What leaves at most 300 lines in the last frame, and none below a twentieth of the largest weight."""
    neurons = Neurons.of(film, -1)
    sizes = np.sort(np.abs(np.concatenate([neurons.W.ravel(), neurons.decoder.ravel()])))
    least = max(FAINTEST * sizes[-1], sizes[-MOST_LINES - 1] if len(sizes) > MOST_LINES else 0.0)
    if least <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(least)) - 1)  # two digits, rounded up
    return float(f"{math.ceil(least / unit - 1e-9) * unit:.2g}")


def _counts(neurons: Neurons, threshold: float) -> tuple[int, int]:
    """How many weights are drawn, and how many others are not 0."""
    sizes = np.abs(np.concatenate([neurons.W.ravel(), neurons.decoder.ravel()]))
    return int((sizes > threshold).sum()), int(((sizes <= threshold) & (sizes > 0)).sum())
