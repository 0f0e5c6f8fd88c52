"""E13, E36: what is exact about the geometry. Tegum products, low-rank matrices and leverage scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .. import measures, theory
from ..core import Run
from .experiment import Claim, Experiment, Result
from .uniform import SECTION, UNIFORM, uniform_problems

EXACT = 1e-9
LOOKED_AT = (1.2, 1.4, 1.53, 2.8, 4.5, 8.0)
"""1/(1 − S) of the models of E36: among tetrahedra, triangles, digons, antiprisms, and where levels blur."""
SOLIDS: Mapping[str, tuple[tuple[int, float], ...]] = {
    "triangular bipyramid": ((3, 2 / 3), (2, 1 / 2)),
    "pentagonal bipyramid": ((5, 2 / 5), (2, 1 / 2)),
    "octahedron": ((6, 1 / 2),),
}
"""How many vertices have which dimensionality."""

Array = NDArray[np.float64]


def _solids(result: Result) -> tuple[bool, str]:
    off, seen = 0.0, []
    for name, groups in SOLIDS.items():
        D = np.sort(theory.polytope(name).dimensionality)
        wanted = np.sort(np.concatenate([np.full(count, value) for count, value in groups]))
        off = max(off, float(np.abs(D - wanted).max()), abs(float(D.sum()) - 3.0))
        seen.append(f"{name}: " + " and ".join(f"{count} × {value:.3f}" for count, value in groups))
    return off < EXACT, f"{'; '.join(seen)}; off by at most {off:.0e}"


def _products(result: Result) -> tuple[bool, str]:
    rng = np.random.default_rng()
    off, tried = 0.0, 50
    for _ in range(tried):
        factors = [theory.polytope(str(name)) for name in rng.choice(theory.POLYTOPES, rng.integers(2, 5))]
        whole = theory.tegum_product(*factors)
        kept = np.concatenate([factor.dimensionality for factor in factors])
        dimension = sum(factor.dimension for factor in factors)
        off = max(off, float(np.abs(whole.dimensionality - kept).max()))
        off = max(off, abs(float(whole.dimensionality.sum()) - dimension))
    return off < EXACT, f"{tried} random products: off by at most {off:.0e}"


def _mean_of_a_bipyramid(result: Result) -> tuple[bool, str]:
    D = theory.polytope("triangular bipyramid").dimensionality
    mean, count = float(D.mean()), len(D)
    return count == 5 and abs(mean - 3 / 5) < EXACT and 6 * mean > 3.0, (
        f"{count} vertices, {mean:.3f} on average; a sixth would need {6 * mean:.1f} dimensions of 3"
    )


def _low_rank(result: Result) -> tuple[bool, str]:
    """A polytope out of what it leaves out, and back."""
    cases = {
        "triangle": np.ones((1, 3)),
        "tetrahedron": np.ones((1, 4)),
        "simplex of 5 features": np.ones((1, 5)),
        "square": np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]),
        "octahedron": np.kron(np.eye(3), np.ones((1, 2))),
    }
    off = 0.0
    for name, left_out in cases.items():
        W, wanted = theory.polytope_orthogonal_to(left_out), theory.polytope(name)
        unit = W / np.linalg.norm(W, axis=0)
        off = max(off, float(np.abs(unit.T @ unit - wanted.gram).max()))
        off = max(off, float(np.abs(theory.unrepresented(wanted.vertices.T) - left_out).max()))
    return off < EXACT, f"{', '.join(cases)}: off by at most {off:.0e}"


def _scores_of_frames(result: Result) -> tuple[bool, str]:
    rng = np.random.default_rng()
    off, tried = 0.0, 50
    for _ in range(tried):
        factors = [theory.polytope(str(name)) for name in rng.choice(theory.POLYTOPES, rng.integers(1, 5))]
        W = theory.tegum_product(*factors).vertices.T
        rotation = np.linalg.qr(rng.normal(size=(len(W) + 2, len(W))))[0]
        turned = rotation @ W
        scores = measures.leverage_scores(turned)
        off = max(off, float(np.abs(scores - measures.feature_dimensionality(turned)).max()))
        off = max(off, abs(float(scores.sum()) - len(W)))
    return off < EXACT, f"{tried} random tegum products: D_i off τ_i by at most {off:.0e}"


def _scores_of_chance(result: Result) -> tuple[bool, str]:
    rng = np.random.default_rng()
    W = rng.normal(size=(50, 12, 40))
    scores, D = measures.leverage_scores(W), measures.feature_dimensionality(W)
    sums, short = scores.sum(axis=-1), D.sum(axis=-1)
    exact = float(np.abs(sums - 12.0).max())
    below = bool((scores - D).min() > -EXACT)
    return exact < EXACT and below and bool((short < 11.0).all()), (
        f"Στ_i off the rank by {exact:.0e}, ΣD_i from {short.min():.2f} to {short.max():.2f} of 12"
    )


def scores_apart(run: Run) -> float:
    """The largest |D_i − τ_i| over the represented features of all instances; 0 if there are none."""
    apart = np.abs(measures.feature_dimensionality(run.W) - measures.leverage_scores(run.W))
    return float(apart[measures.represented(run.W)].max(initial=0.0))


def _scores_of_models(result: Result) -> tuple[bool, str]:
    apart = [scores_apart(run) for run in result.runs]
    seen = int(sum(measures.represented(run.W).sum() for run in result.runs))
    return seen > 0 and max(apart) < 0.01, f"at most {max(apart):.4f} over {seen} represented features"


E13 = Experiment(
    id="E13",
    section=SECTION,
    title="Tegum products and low-rank matrices",
    summary="Polytopes in orthogonal subspaces do not interfere, so each vertex keeps the dimensionality of "
    "its factor. The directions that WᵀW leaves out decide the polytope.",
    claims=(
        Claim("Bipyramids and the octahedron have the dimensionalities of their factors", _solids),
        Claim("So has every tegum product, and they sum to its dimension", _products),
        Claim("A triangular bipyramid is five times 3/5 on average, not six times", _mean_of_a_bipyramid),
        Claim("Leaving out (1, …, 1) gives a simplex, pair by pair a square or octahedron", _low_rank),
    ),
)

E36 = Experiment(
    id="E36",
    section="Comments: Leverage Score and Feature Dimensionality",
    title="Leverage scores",
    summary="The leverage score τ_i is the most that feature i has of any direction, and all of them sum to "
    "the rank. For tight frames in orthogonal subspaces D_i is the same, and trained models are nearly that.",
    problems=uniform_problems(LOOKED_AT),
    settings=UNIFORM,
    n_seeds=3,
    n_frames=1,
    quick={"problems": uniform_problems((1.4, 2.8, 8.0)), "n_seeds": 1},
    claims=(
        Claim("Tight frames in orthogonal subspaces: D_i = τ_i, and they sum to the rank", _scores_of_frames),
        Claim("Random weights: Στ_i is the rank, ΣD_i falls short of it", _scores_of_chance),
        Claim("Trained models: D_i within .01 of τ_i, every represented feature", _scores_of_models),
    ),
)
