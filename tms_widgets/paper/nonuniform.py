"""E15: *Non-Uniform Superposition*. One feature is made sparser or denser than the others.

The sets of correlated and anticorrelated features of the same section are in `correlated`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .. import measures, theory
from ..core import Problem, Run
from .experiment import Claim, Experiment, Result

SECTION = "6 The Geometry of Non-Uniform Superposition"
DENSITY = 0.05
"""Of the features that are left alone."""
DENSER = 0.1
FACTORS = tuple(float(factor) for factor in np.geomspace(0.1, 10.0, 17))
"""What the first feature's density is multiplied by."""
CROSSING = {DENSITY: (0.22, 0.25, 0.28, 0.31, 0.33), DENSER: (0.37, 0.4, 0.43, 0.46, 0.5)}
"""Factors near the change, to see where exactly it is."""
UNIFORM = (0.01, 0.03, 0.055)
"""Densities of regular pentagons, whose norms are measured."""
EXCHANGEABLE = (0, 1, 1, 1, 1)

Check = Callable[[Result], tuple[bool, str]]


def perturbed(density: float, factor: float) -> Problem:
    """Five features in two dimensions, the first active so many times as often as the others."""
    return Problem(5, 2, density=[density * factor] + [density] * 4)


@dataclasses.dataclass(frozen=True)
class Branches:
    """The losses of the two solutions while the first feature's density changes."""

    factor: NDArray[np.float64]
    """What its density is multiplied by, rising."""
    digons: NDArray[np.float64]
    """Exact loss of the best two digons without it; NaN where no model ended in them."""
    pentagon: NDArray[np.float64]
    """Exact loss of the best model that represents all five."""

    @property
    def crossing(self) -> float:
        """The factor at which both losses are equal, between the two nearest; NaN if they do not cross."""
        gap = self.digons - self.pentagon
        for k in range(1, len(gap)):
            if gap[k - 1] < 0.0 <= gap[k]:
                part = gap[k - 1] / (gap[k - 1] - gap[k])
                return float(self.factor[k - 1] ** (1.0 - part) * self.factor[k] ** part)
        return math.nan

    @property
    def slopes(self) -> tuple[float, float]:
        """Of the losses of digons and pentagon, in the logarithm of the factor, where they cross."""
        k = int(np.searchsorted(self.factor, self.crossing)) if math.isfinite(self.crossing) else 0
        if not 0 < k < len(self.factor):
            return math.nan, math.nan
        run = math.log(self.factor[k] / self.factor[k - 1])
        digons, pentagon = ((loss[k] - loss[k - 1]) / run for loss in (self.digons, self.pentagon))
        return float(digons), float(pentagon)


def factors_of(result: Result, density: float) -> dict[float, Run]:
    """The run for each factor, rising, where the other features have this density."""
    found: dict[float, Run] = {}
    for run in result.runs:
        first, *others = run.problem.density_vector
        if others[0] == density:
            found[float(first / density)] = run
    return dict(sorted(found.items()))


def branches(result: Result, density: float = DENSITY) -> Branches:
    """Both solutions of E15 at every factor, their losses integrated instead of sampled."""
    runs = factors_of(result, density)
    losses = np.full((2, len(runs)), np.nan)
    for place, run in enumerate(runs.values()):
        norms = measures.feature_norms(run.W)
        kept = (norms[:, 1:] > 0.5).all(axis=1)
        for branch, mine in enumerate((kept & (norms[:, 0] < 0.1), kept & (norms[:, 0] > 0.5))):
            if mine.any():
                best = np.flatnonzero(mine)[run.loss[mine].argmin()]
                p, b = run.problem.density_vector, run.b[best].astype(float)
                if not branch:
                    b[0] = p[0] / 2.0  # best where nothing is seen; a negative one is off, and learns no more
                losses[branch, place] = theory.exact_loss(run.W[best], b, p)
    return Branches(np.array(list(runs)), *losses)


def family(result: Result) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The best model at each factor, each turned to its neighbour, and the factors.

    The four other features are alike, so they change places where that makes neighbours look alike.

    Returns
    -------
    factor : array, shape (k,)
    W : array, shape (k, 2, 5)
        The densest stands with its first feature along the first axis.
    """
    runs = factors_of(result, DENSITY)
    best = np.stack([run.best.W[0] for run in runs.values()])
    return np.array(list(runs)), measures.align(best[::-1], permute=EXCHANGEABLE)[::-1]


def _pentagon_breaks(result: Result) -> tuple[bool, str]:
    """Two digons without the first feature up to × .2, all five represented from × .4 to × 3."""
    holds, seen = True, []
    for factor, run in factors_of(result, DENSITY).items():
        W = run.best.W[0]
        norms = measures.feature_norms(W)
        if factor <= 0.2:
            holds &= bool(norms[0] < 0.1 and norms[1:].min() > 0.5)
            holds &= measures.geometry(W).name == "two digons (a square)"
        elif 0.4 <= factor <= 3.0:
            holds &= bool(norms.min() > 0.5)
        seen.append(f"×{factor:.3g} {measures.geometry(W).name}, first {norms[0]:.2f}")
    return holds, "; ".join(seen)


def _crosses(density: float, low: float, high: float) -> Check:
    """The losses cross between two factors, and there the digons' is half as steep again or more."""

    def check(result: Result) -> tuple[bool, str]:
        both = branches(result, density)
        digons, pentagon = both.slopes
        return low <= both.crossing <= high and digons > 1.5 * pentagon > 0.0, (
            f"at × {both.crossing:.4f}, {1 / both.crossing:.2f} times sparser; dL/d ln(factor) is "
            f"{digons:.3g} of the digons, {pentagon:.3g} of the pentagon"
        )

    return check


def _norms_obey(result: Result) -> tuple[bool, str]:
    """‖W_i‖²(1 − |b_i|) is within 4 % of 1, ‖W_i‖(1 − |b_i|) off by more than 8 %."""
    holds, seen = True, []
    for density in UNIFORM:
        model = factors_of(result, density)[1.0].best
        norms, rest = measures.feature_norms(model.W[0]), 1.0 - np.abs(model.b[0])
        squared, plain = norms**2 * rest, norms * rest
        holds &= bool(np.abs(squared - 1.0).max() < 0.04 and plain.max() < 0.92)
        seen.append(
            f"p={density:g}: ‖W‖²(1−|b|) {squared.min():.3f}–{squared.max():.3f}, "
            f"‖W‖(1−|b|) {plain.min():.3f}–{plain.max():.3f}"
        )
    return holds, "; ".join(seen)


E15 = Experiment(
    id="E15",
    section=SECTION,
    title="One feature is perturbed",
    summary="Five features in two dimensions, the first of them sparser or denser than the others. The "
    "pentagon stretches, and where the first is sparse enough it breaks: two digons are left, and the first "
    "feature at the origin. Both are minima, and at the change their losses cross.",
    problems=(
        *(perturbed(DENSITY, factor) for factor in FACTORS),
        *(perturbed(density, factor) for density, near in CROSSING.items() for factor in near),
        *(perturbed(density, 1.0) for density in UNIFORM),
    ),
    n_seeds=24,
    n_frames=1,
    claims=(
        Claim("Two digons at × ≤ .2, the first feature at 0; a pentagon at × .4 to 3", _pentagon_breaks),
        Claim(
            "p = .05: their losses cross at × .22 to .33, with different slopes: a change of first order",
            _crosses(DENSITY, 0.22, 0.33),
        ),
        Claim(
            "p = .1: they cross at × .37 to .48, the text's “about 2.5 times sparser”",
            _crosses(DENSER, 0.37, 0.48),
        ),
        Claim(
            "Pentagons obey ‖W_i‖²(1 − |b_i|) = 1 within 4 % up to p = .055, not ‖W_i‖ = 1/(1 − b_i)",
            _norms_obey,
        ),
    ),
)
