"""The paper's "toy model of the toy model": a few weights, their losses, and where the best one changes.

*Superposition as a Phase Change* asks what becomes of one extra feature, the last, of importance I; the
others have importance 1, and all have density p. For each of a few natural solutions the loss is a sum over
what it gives up, because features with a dimension of their own cost nothing:

* a feature i that is ignored is answered by its mean, b_i = p/2, and loses I_i v, with v = p/3 − p²/4;
* two features i and j in an antipodal pair, 1 and −1, fail when both are active: each then answers
  ReLU(x_i − x_j) and is off by min(x_i, x_j), whose square is 1/6 on average. The pair loses
  (I_i + I_j) p²/6.

Two such losses cross at an angle, so the best loss has a kink there: a phase change of the first order.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError
from ..measures.phase import PHASES
from .arrays import FloatArray, as_density, as_importance

POINTS = 401
"""Of each boundary."""
FAINTEST = 1e-4
"""Where boundaries end, far outside the paper's maps."""
TRIPLE = 4 / 7
"""The density at which, for I = 1, all solutions are equally good: v = p²/3."""


@dataclasses.dataclass(frozen=True, eq=False)
class PhaseSolution:
    """One natural way of storing the features, with its exact loss."""

    name: str
    """As the paper writes it: the weights, or the direction that they ignore."""
    kind: str
    """What it makes of the last feature: one of `tms_widgets.measures.PHASES`."""
    W: FloatArray
    """The weights that it stands for, shape ``(n_hidden, n_features)``."""

    @property
    def ignored(self) -> NDArray[np.bool_]:
        """Which features have no weight, shape ``(n_features,)``."""
        return np.asarray(~self.W.any(axis=0))

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Which features share a dimension with another, shape ``(n_features,)``."""
        crowded = (self.W != 0.0).sum(axis=1) > 1
        return np.asarray(self.W[crowded].any(axis=0))

    def b(self, density: ArrayLike) -> FloatArray:
        """Its biases: p/2 for the ignored features, 0 for the others; shape ``(..., n_features)``."""
        return as_density(density)[..., None] / 2.0 * self.ignored

    def loss(self, density: ArrayLike, importance: ArrayLike) -> FloatArray:
        """Its exact loss, for densities and importances of the last feature that are broadcast together."""
        p, last = as_density(density), as_importance(importance)

        def total(which: NDArray[np.bool_]) -> FloatArray:
            return which[:-1].sum() + which[-1] * last

        return (p / 3.0 - p * p / 4.0) * total(self.ignored) + p * p / 6.0 * total(self.paired)


@dataclasses.dataclass(frozen=True, eq=False)
class Boundary:
    """A curve on which two solutions are equally good, and better than the others."""

    solutions: tuple[str, str]
    """Their names."""
    kinds: tuple[str, str]
    """What they make of the last feature; the same twice where only the other features change."""
    density: FloatArray
    importance: FloatArray
    """Of the last feature."""


def _solution(name: str, kind: int, *W: list[int]) -> PhaseSolution:
    return PhaseSolution(name, PHASES[kind], np.array(W, dtype=np.float64))


SOLUTIONS = {
    (2, 1): (
        _solution("[1, 0]", 0, [1, 0]),
        _solution("[0, 1]", 1, [0, 1]),
        _solution("[1, −1]", 2, [1, -1]),
    ),
    (3, 2): (
        _solution("⊥ [0, 0, 1]", 0, [1, 0, 0], [0, 1, 0]),
        _solution("⊥ [1, 0, 0]", 1, [0, 1, 0], [0, 0, 1]),
        _solution("⊥ [0, 1, 1]", 2, [1, 0, 0], [0, 1, -1]),
        _solution("⊥ [1, 1, 0]", 1, [1, -1, 0], [0, 0, 1]),
    ),
}


def phase_solutions(n_features: int, n_hidden: int) -> tuple[PhaseSolution, ...]:
    """The natural solutions that the paper compares: three of (2, 1), four of (3, 2).

    Parameters
    ----------
    n_features, n_hidden : int
        2 and 1, or 3 and 2.

    Raises
    ------
    SettingError
        For any other size, whose solutions the paper does not list.
    """
    try:
        return SOLUTIONS[n_features, n_hidden]
    except (KeyError, TypeError):
        raise SettingError(
            f"The exact phases are known for n_features=2 with n_hidden=1 and for n_features=3 with "
            f"n_hidden=2, not for n_features={n_features!r} with n_hidden={n_hidden!r}; use one of the two."
        ) from None


def phase_losses(n_features: int, n_hidden: int, density: ArrayLike, importance: ArrayLike) -> FloatArray:
    """The exact loss of every solution, in the order of `phase_solutions`.

    Parameters
    ----------
    n_features, n_hidden : int
    density : array_like
        Of all features, above 0 and up to 1.
    importance : array_like
        Of the last feature; the others have 1. It is broadcast together with ``density``.

    Returns
    -------
    array, shape (n_solutions, ...)
    """
    solutions = phase_solutions(n_features, n_hidden)
    p, last = np.broadcast_arrays(as_density(density), as_importance(importance))
    return np.stack([solution.loss(p, last) for solution in solutions])


def phase(n_features: int, n_hidden: int, density: ArrayLike, importance: ArrayLike) -> NDArray[np.int64]:
    """The best solution: an index into `phase_solutions`; of equally good ones the first.

    Parameters are those of `phase_losses`. ``phase_solutions(...)[index].kind`` is its name in the phase map.

    Returns
    -------
    array of int, of the shape of density and importance together
    """
    return phase_losses(n_features, n_hidden, density, importance).argmin(axis=0)


def phase_boundaries(n_features: int, n_hidden: int) -> list[Boundary]:
    """The curves between the best solutions, to be drawn over a phase map.

    An ignored last feature gives way to an antipodal pair at p = 4I / (2 + 5I), for I ≤ 1. For I ≥ 1 the pair
    gives way to a last feature on its own: with two features at p = 4 / (5 + 2I), with three at I = 1, since
    then it is the two others that pair up, which they do below p = 4/7. All meet at I = 1, p = 4/7.

    Parameters
    ----------
    n_features, n_hidden : int
        2 and 1, or 3 and 2.

    Returns
    -------
    list of Boundary
        Curves over importances from 1e-4 to 1e4 and densities from 1e-4 to 1: wider than the paper's maps,
        for a figure to cut off.
    """
    solutions = phase_solutions(n_features, n_hidden)
    below, above = np.geomspace(FAINTEST, 1.0, POINTS), np.geomspace(1.0, 1.0 / FAINTEST, POINTS)
    upright = np.ones(POINTS)
    curves = [
        (0, 2, 4.0 * below / (2.0 + 5.0 * below), below),
        (0, 1, np.geomspace(TRIPLE, 1.0, POINTS), upright),
    ]
    if n_features == 2:
        curves.append((1, 2, 4.0 / (5.0 + 2.0 * above), above))
    else:
        curves.append((2, 3, np.geomspace(FAINTEST, TRIPLE, POINTS), upright))
        curves.append((1, 3, np.full(POINTS, TRIPLE), above))
    return [
        Boundary(
            (solutions[i].name, solutions[j].name),
            (solutions[i].kind, solutions[j].kind),
            density,
            importance,
        )
        for i, j, density, importance in curves
    ]
