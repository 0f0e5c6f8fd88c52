"""E39: *Compressed Sensing*. How many features a dimension holds, against what its lower bounds allow.

The paper trains nothing for this section. Our models have ten features a dimension and x = 1/(1 − S) from 6
to 25: below, dimensions go to digons whatever x is, and above, there are no more features to represent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import measures, theory
from ..core import Run
from .experiment import Claim, Experiment, Result
from .stored import X, stored_sweep
from .uniform import uniform_problems, x_of

XS = (6.0, 8.0, 10.0, 12.5, 16.0, 20.0, 25.0)
BAND = (0.85, 1.2)
"""Of ‖W‖²_F/m over x/ln x."""
DIGONS = (2.4, 2.8, 3.3)
"""1/(1 − S) of stored models that are made of antipodal pairs."""

Array = NDArray[np.float64]


def features_per_dimension(run: Run) -> Array:
    """‖W‖²_F/m of each instance, which counts features because their norms are near 1."""
    return 1.0 / measures.dimensions_per_feature(run.W)


def over_scale(per_dimension: Array, x: float) -> Array:
    """Features a dimension in units of x/ln x."""
    return per_dimension / float(theory.sparse_features_per_dimension(1.0 / x))


def _in_band(result: Result) -> tuple[bool, str]:
    by_x = {x_of(run): over_scale(features_per_dimension(run.best), x_of(run))[0] for run in result.runs}
    return all(BAND[0] <= ratio <= BAND[1] for ratio in by_x.values()), ", ".join(
        f"{ratio:.2f} at {x:g}" for x, ratio in by_x.items()
    )


def _stored(result: Result) -> tuple[bool, str]:
    sweep = stored_sweep()
    per_dimension = 1.0 / measures.dimensions_per_feature(sweep.W.values)
    by_x = {x: float(over_scale(per_dimension[i], x)) for i, x in enumerate(X) if x >= XS[0]}
    return len(by_x) >= 3 and all(BAND[0] <= ratio <= BAND[1] for ratio in by_x.values()), ", ".join(
        f"{ratio:.2f} at {x:g}" for x, ratio in by_x.items()
    )


def allowed(run: Run) -> tuple[int, float]:
    """How many features the best instance represents, and how many hidden dimensions the bound asks for them.

    With as many active as are on average, rounded down, and a recovery as good as the best in ℓ1 (C = 1).
    """
    kept = int(measures.represented(run.best.W[0]).sum())
    active = int(kept * float(run.problem.density_vector[0]))
    if not 1 <= active <= kept // 2:
        return kept, 0.0
    return kept, theory.compressed_sensing_bound(kept, active)


def _bound_is_kept(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.runs:
        kept, wanted = allowed(run)
        holds &= 0.0 < wanted <= run.problem.n_hidden
        seen.append(f"{kept} features at x = {x_of(run):g} need {wanted:.1f}")
    return holds, f"{'; '.join(seen)}; there are {result.runs[0].problem.n_hidden}"


def _no_isometry(result: Result) -> tuple[bool, str]:
    """δ₂ of models of digons: the sum of two antipodal features is mapped to nothing."""
    sweep, holds, seen = stored_sweep(), True, []
    for x in DIGONS:
        W = sweep.W.values[X.index(x)].astype(np.float64)
        kept = W[:, measures.represented(W)]
        constant, lost = theory.isometry_constant(kept, 2), lost_pairs(kept)
        holds &= constant > 0.99 and lost > 0.9
        seen.append(f"x = {x:g}: δ₂ = {constant:.4f}, {100 * lost:.0f} % of features")
    return holds, "; ".join(seen)


def lost_pairs(W: Array) -> float:
    """The part of features that have an antipode: |W_i + W_j| < .05 for some j."""
    sums = np.linalg.norm(W[:, :, None] + W[:, None, :], axis=0)
    return float((sums.min(axis=1) < 0.05).mean())


E39 = Experiment(
    id="E39",
    section="Related Work: Compressed Sensing",
    title="The compressed-sensing bound",
    summary="Recovering k = (1 − S)n of n features takes at least of the order of k ln(n/k) dimensions, so "
    "the features a dimension holds may grow like x/ln x, x = 1/(1 − S). Trained models do grow like that.",
    problems=uniform_problems(XS, n_features=120, n_hidden=12),
    n_seeds=2,
    n_frames=1,
    quick={"problems": uniform_problems((6.0, 10.0, 16.0, 25.0), n_features=120, n_hidden=12), "n_seeds": 1},
    claims=(
        Claim("‖W‖²/m is x/ln x within −15 % and +20 %, for x from 6 to 25", _in_band),
        Claim("So it is in the stored models of 400 features in 30 dimensions", _stored),
        Claim("The bound, with its constants, asks for fewer dimensions than there are", _bound_is_kept),
        Claim("But digons are no restricted isometry, which the theorem supposes: δ₂ = 1", _no_isometry),
    ),
)
