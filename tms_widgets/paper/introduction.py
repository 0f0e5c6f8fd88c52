"""E1: five features in two dimensions, the paper's first picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..core import Problem
from .experiment import Claim, Experiment, Result

FIVE = Problem(n_features=5, n_hidden=2, importance=0.9)
DENSITIES = (1.0, 0.3, 0.2, 0.1, 0.05)


def _best(result: Result, density: float) -> NDArray[np.float32]:
    return result.run(density=density).best.W[0]


def _cosines(W: NDArray[np.float32]) -> NDArray[np.float64]:
    unit = W / np.linalg.norm(W, axis=0)
    return unit.T @ unit


def _two_orthogonal(result: Result) -> tuple[bool, str]:
    W = _best(result, 1.0)
    norms, cosine = measures.feature_norms(W), float(_cosines(W)[0, 1])
    holds = abs(cosine) < 0.1 and norms[:2].min() > 0.5 and norms[2:].max() < 0.5
    return holds, f"cos {cosine:.3f}, norms {np.round(norms, 2).tolist()}"


def _two_antipodal_pairs(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for density in (0.3, 0.2):
        W = _best(result, density)
        norms, cosines = measures.feature_norms(W), _cosines(W)[:4, :4]
        opposite = np.sort(cosines.min(axis=1))
        holds &= bool(opposite.max() < -0.95 and norms[4] < 0.1)
        seen.append(
            f"p={density}: cosines of partners {[round(float(c), 3) for c in opposite]}, fifth {norms[4]:.3f}"
        )
    return holds, "; ".join(seen)


def _pentagon(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for density in (0.1, 0.05):
        W = _best(result, density)
        angles = np.sort(np.degrees(np.arctan2(W[1], W[0])))
        gaps = np.diff(np.append(angles, angles[0] + 360.0))
        holds &= bool(np.abs(gaps - 72.0).max() < 20.0 and measures.feature_norms(W).min() > 0.5)
        seen.append(f"p={density}: gaps {[round(float(gap), 1) for gap in gaps]}°")
    return holds, "; ".join(seen)


E1 = Experiment(
    id="E1",
    section="1 Introduction",
    title="Five features in two dimensions",
    summary="With dense features two are kept at right angles and three are dropped; with sparser ones two "
    "antipodal pairs are kept, and then all five, as a pentagon.",
    problems=tuple(FIVE.replace(density=density) for density in DENSITIES),
    n_seeds=24,
    claims=(
        Claim(
            "p = 1: the two most important features at right angles, the rest not represented",
            _two_orthogonal,
        ),
        Claim("p = .3 and .2: two antipodal pairs, the fifth feature dropped", _two_antipodal_pairs),
        Claim("p = .1 and .05: a pentagon, every gap within 20° of 72°", _pentagon),
    ),
)
