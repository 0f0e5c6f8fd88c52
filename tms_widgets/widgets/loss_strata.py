"""The loss of a model, or of several, by the number of active features."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from .. import measures
from ..core.checks import SettingError, shown
from ..core.problem import Problem
from ..core.run import Run
from ..measures.strata import N_SAMPLES
from . import strata_svg
from .base import BaseWidget, Index, static_text

WORTH_DRAWING = 1e-3
"""Strata with less of the probability and of the loss than this are not drawn."""
MOST_MODELS = 16


@dataclasses.dataclass(frozen=True, eq=False)
class StrataModel:
    """One model's strata, and what they are of."""

    problem: Problem
    strata: measures.LossStrata
    n_samples: int

    @property
    def label(self) -> str:
        """The density of the features, in few letters."""
        density = np.unique(self.problem.density_vector)
        if len(density) == 1:
            return f"1−S = {density[0]:.3g}"
        return f"1−S = {density[0]:.3g}…{density[-1]:.3g}"

    @property
    def caption(self) -> str:
        """One sentence: the sum, how much of it few active features have, and what was sampled."""
        n, strata = self.problem.n_features, self.strata
        error = f" ± {strata.total_error:.1g}" if strata.error.any() else ""
        sampled = int(np.count_nonzero(strata.error))
        drawn = f" {self.n_samples} inputs sampled for {plural(sampled)}." if sampled else ""
        return (
            f"n = {n} features, {self.label}: L = Σ_k P(k active) L_k = {strata.total:.3g}{error}; "
            f"{strata.share_up_to(1):.1%} of it with at most one feature active.{drawn}"
        )

    @property
    def drawn(self) -> np.ndarray:
        """Positions of the strata that are worth a bar, without gaps between them."""
        worth = np.flatnonzero(
            (self.strata.probability >= WORTH_DRAWING) | (self.strata.share >= WORTH_DRAWING)
        )
        return np.arange(worth[0], worth[-1] + 1)

    @property
    def meta(self) -> dict[str, Any]:
        """What travels to the browser."""
        strata, drawn = self.strata, self.drawn
        return {
            "label": self.label,
            "caption": self.caption,
            "k": strata.k[drawn].tolist(),
            "probability": strata.probability[drawn].tolist(),
            "loss": strata.loss[drawn].tolist(),
            "error": strata.error[drawn].tolist(),
            "total": strata.total,
        }


class LossStrata(BaseWidget):
    """The loss taken apart: L = Σ_k P(k active) L_k (*Mathematical Understanding*).

    Three rows of bars over the number k of active features: how likely such an input is, what it costs on
    average, and the product of the two as a share of the loss. Of several models, of different densities say,
    the shares of each are one bar above; click a bar, or go up and down with the arrow keys, to see that
    model in full.

    Parameters
    ----------
    source : Run, or sequence of Run
        A run of one problem is shown by its best instance, a run of several by the best of each.
    n_samples : int, default 32768
        Inputs sampled for two and more active features; none and one are integrated.
    seed : int, default 0
        Decides those inputs.
    **traits
        ``model``, ``hovered``, ``pinned``, ``layout``.

    Raises
    ------
    SettingError
        When ``source`` is something else, or has more than 16 problems.

    Examples
    --------
    >>> LossStrata(tms.train([problem.replace(density=p) for p in (0.1, 0.01)]))  # doctest: +SKIP
    """

    _esm = static_text("loss_strata.js")
    _css = static_text("loss_strata.css")

    _models = traitlets.List(traitlets.Dict()).tag(sync=True)

    model = Index(0).tag(sync=True)
    """Index of the model that is shown in full. Default: the first."""

    hovered = Index(None, allow_none=True).tag(sync=True)
    """The number k of active features that the reader points at, or ``None``. Default ``None``."""

    pinned = traitlets.List(Index()).tag(sync=True)
    """The numbers k that the reader keeps, in the order of pinning. Default ``[]``."""

    def __init__(
        self,
        source: Run | Sequence[Run],
        *,
        n_samples: int = N_SAMPLES,
        seed: int = 0,
        **traits: Any,
    ) -> None:
        self._drawn = [_strata_of(run, n_samples, seed) for run in _runs(source)]
        super().__init__(_models=[one.meta for one in self._drawn], **traits)

    @traitlets.validate("model")
    def _model_exists(self, proposal: Any) -> int:
        last = len(self._drawn) - 1
        if proposal["value"] > last:
            raise traitlets.TraitError(
                f"model={proposal['value']} is outside 0 to {last}; the nearest that works is {last}."
            )
        return proposal["value"]

    @property
    def strata(self) -> tuple[measures.LossStrata, ...]:
        """The strata of every model, the rare ones too that are not drawn."""
        return tuple(one.strata for one in self._drawn)

    @property
    def value(self) -> measures.LossStrata:
        """The strata of the model shown in full."""
        return self._drawn[self.model].strata

    @property
    def caption(self) -> str:
        """One sentence that says what the loss of the model shown is made of."""
        return self._drawn[self.model].caption

    def picture(self) -> str:
        """Return the strata as a static SVG document."""
        return strata_svg.picture([one.meta for one in self._drawn], self.model)


def _runs(source: Any) -> list[Run]:
    """One run of one instance for each problem."""
    runs = [source] if isinstance(source, Run) else source
    if not isinstance(runs, Sequence) or not runs or not all(isinstance(run, Run) for run in runs):
        raise SettingError(
            f"LossStrata needs a run, or a list of runs, not {shown(source)}; the problem that a model was "
            "trained on decides its strata."
        )
    found = [one for run in runs for one in run.best]
    if len(found) > MOST_MODELS:
        raise SettingError(
            f"LossStrata was given {len(found)} problems; at most {MOST_MODELS} can be compared."
        )
    return found


def plural(strata: int) -> str:
    """*1 value of k*, *9 values of k*."""
    return f"{strata} value{'s' * (strata != 1)} of k"


def _strata_of(run: Run, n_samples: int, seed: int) -> StrataModel:
    strata = measures.loss_strata(
        run.problem, run.W, run.b, run.W_out, run.b_hidden, n_samples=n_samples, seed=seed
    )
    return StrataModel(run.problem, strata, n_samples)
