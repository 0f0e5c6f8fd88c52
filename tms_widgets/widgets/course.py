"""How a training goes: the dimensionality of every feature, where it jumps, and where the loss rests."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..measures.dynamics import Jump, Stage, jumps, stages
from .film import Film

QUICK_STEPS, QUICK_SHARE = 600.0, 0.1
"""A jump takes at most so many steps, and at most this share of a short training."""
MOST_NAMED = 40
"""Of more features no frame is named: the search for shapes would have to be waited for."""


@dataclasses.dataclass(frozen=True)
class Course:
    """What happens in the course of a film; see `course_of`.

    Attributes
    ----------
    D : array (F, n)
        `measures.feature_dimensionality` of every frame.
    jumps : tuple of Jump
        In the order of their beginning.
    stages : tuple of Stage
        Plateaus of the loss; none when the film has no losses, or they are not positive numbers.
    names : tuple of str
        What `measures.geometry` calls every frame; empty for more than 40 features.
    """

    D: NDArray[np.float64]
    jumps: tuple[Jump, ...]
    stages: tuple[Stage, ...]
    names: tuple[str, ...]

    @property
    def meta(self) -> dict[str, Any]:
        """What a view needs beside the weights, ready for JSON; it computes D itself."""
        return {
            "jumps": [dataclasses.asdict(jump) for jump in self.jumps],
            "stages": [dataclasses.asdict(stage) for stage in self.stages],
            "names": list(self.names),
            "levels": [{"name": name, "D": float(D)} for name, D in measures.LINES.items()],
        }

    @property
    def words(self) -> str:
        """*12 jumps of D_i, 3 plateaus of the loss*."""
        parts = [(len(self.jumps), "jump", " of D_i"), (len(self.stages), "plateau", " of the loss")]
        return ", ".join(f"{n or 'no'} {thing}{'s' * (n != 1)}{of}" for n, thing, of in parts)


def course_of(film: Film) -> Course:
    """Find the jumps and the plateaus of a film of at least two frames.

    Jumps are the paper's, more than 0.15 within 600 steps; of a training with fewer than 6000 steps, within
    a tenth of it.
    """
    steps = np.array(film.steps, dtype=np.float64)
    D = np.asarray(measures.feature_dimensionality(film.W.astype(np.float64)))
    within = min(QUICK_STEPS, QUICK_SHARE * float(steps[-1] - steps[0]))
    loss = np.array(film.losses or (), dtype=np.float64)
    judged = len(loss) == len(steps) and bool((np.isfinite(loss) & (loss > 0)).all())
    return Course(
        D=D,
        jumps=jumps(steps, D, within=within, smooth=within / 3),
        stages=stages(steps, loss) if judged else (),
        names=geometry_names(film),
    )


def geometry_names(film: Film) -> tuple[str, ...]:
    """What `measures.geometry` calls every frame of a film; nothing for more than 40 features."""
    return tuple(measures.geometry(W).name for W in film.W) if film.W.shape[2] <= MOST_NAMED else ()
