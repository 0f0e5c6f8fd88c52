"""The strata of the input: how probable it is that no feature, one feature, or more are active.

The paper's *Mathematical understanding* writes the loss as L = Σ_k P(k active) L_k. The first two terms
can be had exactly, so only inputs with two or more active features need to be sampled.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Strata:
    """Probabilities of the strata of one problem's input.

    A *unit* is what is active or not by one coin: a feature, or a whole feature set. Units differ in
    density, so a sample is drawn by taking *candidates* as if all had the largest density, and keeping
    candidate j with probability ``density[j] / density.max()``.
    """

    density: Vector
    """Of each unit."""
    none_active: float
    """That no unit is active."""
    one_active: Vector
    """Of each unit, that it alone is active."""

    @classmethod
    def of(cls, density: Vector) -> Strata:
        """The strata of units with these densities, shape ``(units,)``."""
        quiet = 1.0 - density
        before = np.concatenate(([1.0], np.cumprod(quiet)[:-1]))
        after = np.concatenate((np.cumprod(quiet[::-1])[-2::-1], [1.0]))
        return cls(density, float(np.prod(quiet)), density * before * after)

    def candidates(self, at_least: int) -> tuple[float, Vector]:
        """The number of candidates: P(number ≥ ``at_least``), and P(number ≤ k | number ≥ ``at_least``).

        The second has shape ``(units + 1,)``, k = 0 … units; it is all 0 if the first is 0.
        """
        mass = binomial(self.density.size, float(self.density.max()))
        mass[:at_least] = 0.0
        total = float(mass.sum())
        return total, np.cumsum(mass) / total if total > 0.0 else mass


def binomial(n: int, p: float) -> Vector:
    """P(k of n), k = 0 … n, accurate relative to each term however small."""
    if p == 1.0:
        return np.concatenate((np.zeros(n), [1.0]))
    k = np.arange(1, n + 1)
    log_ratio = np.log((n - k + 1) / k) + np.log(p) - np.log1p(-p)
    return np.exp(n * np.log1p(-p) + np.concatenate(([0.0], np.cumsum(log_ratio))))
