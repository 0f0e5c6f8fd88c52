"""One model's training: the dimensionality of its features above its loss, scrubbed with its geometry."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.checks import SettingError
from ..measures.dynamics import Jump, Stage
from . import svg
from .base import static_text
from .course import Course, course_of
from .film import Film, film_of
from .film_view import FilmView
from .selection import Selection


class Dynamics(FilmView):
    """D_i of every feature during training, above the loss on the same steps, beside the directions W_i.

    Features jump between dimensionalities as electrons do between energy levels, and the loss comes down in
    stages, each with a geometry of its own (*Superposition and Learning Dynamics*). Drag along either curve,
    play, or use the arrow keys: all three pictures show the same step. Pointing at a line names the feature
    and its D; a triangle above the lines marks a jump, a shade a plateau of the loss. Of more than eight
    features only those have colours that move at the step shown, or that are pointed at or pinned.

    Parameters
    ----------
    source : Run
        A training with at least two recorded frames. Jumps are found best with a hundred or more
        (``n_frames=200``).
    instance : int, optional
        Which instance. Default: the best one.
    selection : Selection, optional
        Shared with other views: point at a feature in one, see it in all.
    **traits
        ``frame``, ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When the source has one frame only, or cannot be drawn.

    Examples
    --------
    >>> problem = Problem(6, 3, density=0.1, features="correlated", set_size=3)
    >>> run = train(problem, init=0.02, learning_rate=1e-3, decay="none", steps=8000, n_frames=200)
    >>> Dynamics(run)  # doctest: +SKIP
    """

    _esm = static_text("dynamics.js")
    _css = static_text("dynamics.css")

    def __init__(
        self, source: Any, instance: int | None = None, *, selection: Selection | None = None, **traits: Any
    ) -> None:
        super().__init__(_trained(source, instance), selection=selection, **traits)

    @property
    def value(self) -> int:
        """The training step shown."""
        return self.film.steps[self.frame]

    @property
    def dimensionality(self) -> NDArray[np.float64]:
        """D_i of every frame, shape (frames, n_features)."""
        return self._course.D

    @property
    def jumps(self) -> tuple[Jump, ...]:
        """The jumps that are marked; see `measures.jumps`."""
        return self._course.jumps

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The plateaus of the loss that are shaded; see `measures.stages`."""
        return self._course.stages

    @property
    def caption(self) -> str:
        """What the training ends with, and how many jumps and plateaus it has."""
        return _sentence(self.film, self._course)

    def picture(self) -> str:
        """Return the curves and the step shown now as a static SVG document."""
        return svg.picture(self.film, self.frame, ("dimensionality", "loss", "geometry"))

    def show(self, source: Any, instance: int | None = None) -> None:
        """Draw another training, at its last frame; hovered and pinned features stay.

        Raises
        ------
        SettingError
            When ``source`` has one frame only, or cannot be drawn; the picture stays as it was.
        """
        super().show(_trained(source, instance))

    def _labels(self, film: Film) -> dict[str, Any]:
        self._course: Course = course_of(film)
        caption = _sentence(film, self._course)
        return {**film.meta, "caption": caption, "course": self._course.meta}


def _sentence(film: Film, course: Course) -> str:
    return f"{film.caption.rstrip('.')}; {course.words}."


def _trained(source: Any, instance: int | None) -> Film:
    film = film_of(source, instance)
    if len(film) < 2:
        raise SettingError(
            "Dynamics shows a training, and there is one frame only; pass a Run with n_frames=2 or more."
        )
    return film
