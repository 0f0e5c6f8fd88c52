"""The interference microscope: one input on its way through a model."""

from __future__ import annotations

from typing import Any

import traitlets

from .. import measures
from . import microscope_svg
from .base import BaseWidget, static_text
from .looked_at import LookedAt, Sample, collision, looked_at
from .selection import Selection, Tied


class Microscope(Tied, BaseWidget):
    """What one input does inside of a model, and which active feature did what to which output.

    Switch features on, set their values, and read from left to right: the input x, the hidden vector h, the
    sums s = Wᵀh + b with a piece for each active feature and one for the bias, what the ReLU makes of them,
    and what each output costs. The sum of one output is written out below: of the one that is pointed at, the
    one pinned last, or the one that costs most. All of it is worked out in the browser and follows a slider
    at once; `value` is the same as `measures.trace`.

    Parameters
    ----------
    source : Run, torch module, (W, b) or W
        The model, of any architecture; at most 400 features. Of models whose basis is free the hidden vector
        is shown in the canonical rotation, as in every view.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.
    x : sequence of float, or dict of int to float, optional
        The input: a number a feature, or the active ones with their values. Default: the two features that
        disturb each other most.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When ``source`` cannot be looked at, or ``x`` does not fit it.

    Examples
    --------
    >>> Microscope(run, x={0: 1.0, 3: 0.5})  # doctest: +SKIP
    """

    _esm = static_text("microscope.js")
    _css = static_text("microscope.css")

    _weights = traitlets.Bytes().tag(sync=True)
    _meta = traitlets.Dict().tag(sync=True)

    x = Sample().tag(sync=True)
    """The input, one number a feature; a dict of the active ones will do. The sliders change it too."""

    def __init__(
        self,
        source: Any,
        instance: int | None = None,
        *,
        x: Any = None,
        selection: Selection | None = None,
        **traits: Any,
    ) -> None:
        self._model: LookedAt = looked_at(source, instance)
        given = collision(self._model.W) if x is None else x
        super().__init__(_weights=self._model.bytes, _meta=self._model.meta, x=given, **traits)
        self._share(selection)

    @property
    def _n_features(self) -> int:
        return self._model.n

    @property
    def value(self) -> measures.Trace:
        """Every number that is shown, as `measures.trace` works them out."""
        return self._model.trace(self.x)

    @property
    def caption(self) -> str:
        """One sentence that says what is looked at, and what it costs."""
        return microscope_svg.caption(self._model, self.value)

    def picture(self) -> str:
        """Return what the microscope shows now as a static SVG document."""
        return microscope_svg.picture(self._model, self.value)

    def show(self, source: Any, instance: int | None = None) -> None:
        """Look at another model; the input stays where it has as many features, and so does the selection.

        Raises
        ------
        SettingError
            When ``source`` cannot be looked at; the picture stays as it was.
        """
        model = looked_at(source, instance)
        kept = self.x if model.n == self._model.n else collision(model.W)
        with self.hold_sync():  # one message: the browser never sees one model with the input of another
            self._model = model
            self._weights, self._meta, self.x = model.bytes, model.meta, kept
