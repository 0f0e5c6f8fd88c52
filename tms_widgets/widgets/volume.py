"""Features in three hidden dimensions as a solid polyhedron that forms while the model is trained."""

from __future__ import annotations

from typing import Any

import ipywidgets
import traitlets

from ..core.checks import SettingError
from . import svg
from .base import Index
from .composite import Composite
from .extras import ipyvolume
from .film import Film, film_of
from .film_view import existing_frame
from .polyhedra import polyhedra
from .selection import Selection
from .volume_bar import VolumeBar
from .volume_figure import VolumeFigure

MOST_FEATURES = 200


class Volume(Composite):
    """The polyhedron that the features of a model with three hidden dimensions form, in ipyvolume.

    Each feature is a corner, at W_i; the represented ones (‖W_i‖ > 0.5) span the faces and edges of their
    convex hull. While they lie in a plane or on a line there are edges only. Play, drag along the loss curve
    or use the arrow keys to move through the training (*Learning as Geometric Transformations*); drag the
    figure to turn it, and turn the wheel to come nearer. Needs the extra ``tms-widgets[volume]``;
    `FeatureGeometry` shows the same without it.

    Parameters
    ----------
    source : Run, torch module, (W, b) or W
        Of a model with three hidden dimensions.
    instance : int, optional
        Which instance. Default: the best one of a `Run`, the first one of anything else.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``frame``, ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When the source cannot be drawn, or has other than three hidden dimensions.
    ImportError
        When ipyvolume is missing; the message says how to install it.

    Examples
    --------
    >>> problem = Problem(6, 3, density=0.1, features="correlated", set_size=3)
    >>> run = train(problem, init=0.02, learning_rate=1e-3, decay="none", steps=8000, n_frames=200)
    >>> Volume(run)  # doctest: +SKIP
    """

    frame = Index(0)
    """Index of the frame shown, 0 to ``len(film) - 1``. Default: the last."""
    hovered = Index(None, allow_none=True)
    """Index of the feature the reader points at, or ``None``. Default ``None``."""
    pinned = traitlets.List(Index())
    """Indices of the features the reader keeps. Default ``[]``."""

    def __init__(
        self, source: Any, instance: int | None = None, *, selection: Selection | None = None, **traits: Any
    ) -> None:
        ipyvolume()
        self.film: Film = _spatial(film_of(source, instance))
        shared = {name: traits.pop(name) for name in ("frame", "hovered", "pinned") if name in traits}
        super().__init__(**traits)
        self._bar = VolumeBar(self.film, selection=selection, **shared)
        self._drawn = VolumeFigure(self.film, polyhedra(self.film), self._bar.frame)
        self._links = [
            ipywidgets.jslink((self._bar, "frame"), (mark, "sequence_index")) for mark in self._drawn.marks
        ]
        self._links.append(ipywidgets.jslink((self._bar, "_style"), (self._drawn.figure, "style")))
        for name in ("frame", "hovered", "pinned"):
            traitlets.link((self._bar, name), (self, name))
        for mark, members in zip(self._drawn.points, self._drawn.members, strict=True):
            mark.observe(lambda change, members=members: self._pointed(change.new, members), "hovered_index")
            mark.observe(lambda change, members=members: self._clicked(change.new, members), "clicked_index")
        self._bar.observe(self._chosen, ["hovered", "pinned"])
        self._bar.observe(self._decided, "webgl")
        self._own = [self._bar, self._drawn.figure, *self._drawn.marks, *self._links]
        self.add_class("tms-volume-box")
        self.children = [self._bar]
        self._chosen(None)

    @property
    def value(self) -> tuple[int, ...]:
        """The pinned features."""
        return tuple(self._bar.pinned)

    @property
    def figure(self) -> Any:
        """The ``ipyvolume.Figure``, for whatever else ipyvolume can do with it."""
        return self._drawn.figure

    @property
    def caption(self) -> str:
        """One sentence that says what the film ends with."""
        return self.film.caption

    @property
    def error(self) -> str:
        """One sentence shown under the figure; empty when all is well."""
        return self._bar.error

    def picture(self) -> str:
        """Return the frame shown now as a static SVG document."""
        panels = ("geometry", "loss") if self.film.losses else ("geometry",)
        return svg.picture(self.film, self.frame, panels)

    @traitlets.validate("frame")
    def _frame_exists(self, proposal: Any) -> int:
        return existing_frame(self.film, proposal["value"])

    def _decided(self, _change: Any) -> None:
        """A figure where nothing can draw it would only show an error, so it waits for the browser's word."""
        self.children = [self._drawn.figure, self._bar] if self._bar.webgl else [self._bar]

    def _chosen(self, _change: Any) -> None:
        hovered = [] if self._bar.hovered is None else [self._bar.hovered]
        self._drawn.choose([*self._bar.pinned, *hovered])

    def _pointed(self, index: int | None, members: Any) -> None:
        self._bar.hovered = None if index is None else int(members[index])

    def _clicked(self, index: int | None, members: Any) -> None:
        if index is None:
            return
        feature = int(members[index])
        pinned = self._bar.pinned
        self._bar.pinned = (
            [one for one in pinned if one != feature] if feature in pinned else [*pinned, feature]
        )


def _spatial(film: Film) -> Film:
    _, m, n = film.W.shape
    if m != 3:
        dimensions = "1 dimension" if m == 1 else f"{m} dimensions"
        raise SettingError(
            f"Volume draws models with three hidden dimensions, and this one has {dimensions}; "
            "FeatureGeometry draws any."
        )
    if n > MOST_FEATURES:
        raise SettingError(
            f"{n} features are too many for a polyhedron; at most {MOST_FEATURES} can be drawn."
        )
    return film
