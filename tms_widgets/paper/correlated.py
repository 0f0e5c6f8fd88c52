"""E16 to E20: *Correlated and Anticorrelated Features*. What comes together is kept apart, or side by side.

A correlated set is active as a whole or not at all; of an active anticorrelated set one random member is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..core import Problem, Run
from .experiment import Claim, Experiment, Result
from .nonuniform import SECTION

Array = NDArray[np.float64]
Check = Callable[[Result], tuple[bool, str]]

PAIR_DENSITIES = (0.1, 0.05, 0.03)
HEXAGON_DENSITIES = (0.03, 0.01)
COLLAPSED = {0.5: 3, 0.24: 2, 0.084: 1, 0.02: 0}
"""How many of three pairs are collapsed at these densities."""
COLLAPSE_DENSITIES = tuple(sorted({*np.geomspace(0.5, 0.02, 14).round(4).tolist(), *COLLAPSED}, reverse=True))
SHAKEN = {"steps": 4000, "learning_rate": 0.2}
"""A high rate carries models over the low hills between one order of features and another.

With the schedule for the size, fewer than half of the models of E18 end in the best order.
"""


def sets(n: int, m: int, size: int, density: float, kind: str = "correlated") -> Problem:
    """n features in m dimensions, active in sets."""
    return Problem(n, m, density=density, features=kind, set_size=size)


def cosines(W: NDArray[np.floating]) -> Array:
    """Of the angles between all features, shape ``(..., n_features, n_features)``."""
    unit = W / np.linalg.norm(W, axis=-2, keepdims=True)
    return np.swapaxes(unit, -1, -2) @ unit


def partners(W: NDArray[np.floating]) -> Array:
    """Cosines between the members of each pair, shape ``(..., pairs)``."""
    cosine, first = cosines(W), np.arange(0, W.shape[-1], 2)
    return cosine[..., first, first + 1]


def principal_components(problem: Problem) -> tuple[Array, Array]:
    """The principal components of the data, in closed form.

    In every set the sum of all members is one, and the contrasts between members are the others. (Sets that
    are alike have components of the same variance, and any mixture of those would do as well.)

    Returns
    -------
    variance : array, shape (n_features,)
        Falling.
    components : array, shape (n_features, n_features)
        Orthonormal rows.
    """
    size, n = problem.set_size or 1, problem.n_features
    mean = sum(problem.value_range) / 2.0
    p = problem.density_vector[::size]
    if problem.features == "anticorrelated":
        p = p / size
    together = 0.0 if problem.features == "anticorrelated" else p
    variance, covariance = p / 3.0 - (p * mean) ** 2, (together - p**2) * mean**2
    basis = np.eye(size)
    basis[0] = 1.0
    for k in range(1, size):  # the mean of those before against the next
        basis[k, :k] = -1.0 / k
    basis /= np.linalg.norm(basis, axis=1, keepdims=True)
    strength = np.repeat((variance - covariance)[:, None], size, axis=1)
    strength[:, 0] += size * covariance
    order = np.argsort(-strength.ravel(), kind="stable")
    return strength.ravel()[order], np.kron(np.eye(n // size), basis)[order]


def share_in_principal(W: NDArray[np.floating], problem: Problem) -> float:
    """The share of ‖W‖² that lies in the span of the principal components of the largest variance."""
    variance, components = principal_components(problem)
    leading = components[variance > (1.0 - 1e-9) * variance[0]]
    return float(np.square(W @ leading.T).sum() / np.square(W).sum())


def collapsed_pairs(W: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which pairs of a model are represented by one direction, their principal component."""
    norms = measures.feature_norms(W)
    return (partners(W) > 0.95) & (norms[..., ::2] > 0.3) & (norms[..., 1::2] > 0.3)


def in_hexagon_order(W: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Whether the partners of all three pairs are neighbours in a hexagon, shape ``(...)``."""
    cosine = partners(W)
    return np.asarray(((cosine > 0.38) & (cosine < 0.5)).all(axis=-1))


def _pairs_keep_apart(result: Result) -> tuple[bool, str]:
    holds, seen, right = True, [], []
    for run in result.runs:
        within = np.abs(partners(run.W)).max(axis=-1)
        opposite = cosines(run.W)[:, :2, 2:].min(axis=-1).max(axis=-1)
        fits = (within <= 0.05) & (opposite < -0.95)
        right.append(fits)
        best = run.best_index
        holds &= bool(fits[best])
        seen.append(
            f"p={run.problem.density:g}: best |cos| ≤ {within[best]:.3f} within, "
            f"{opposite[best]:.3f} across, {100 * fits.mean():.0f} % of seeds"
        )
    return holds and float(np.mean(right)) >= 0.7, "; ".join(seen)


def _pairs_are_opposite(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.runs:
        within = partners(run.W).max(axis=-1)
        best = run.best_index
        holds &= bool(within[best] < -0.999)
        seen.append(
            f"p={run.problem.density:g}: best {within[best]:.4f}, loss {run.loss[best]:.1e}, "
            f"{100 * float((within < -0.99).mean()):.0f} % of seeds"
        )
    return holds, "; ".join(seen)


def _hexagon(result: Result) -> tuple[bool, str]:
    runs = result.where(features="correlated")
    best = [partners(run.best.W[0]).astype(float).round(2).tolist() for run in runs]
    shares = [float(in_hexagon_order(run.W).mean()) for run in runs]
    holds = all(in_hexagon_order(run.best.W[0]) for run in runs) and float(np.mean(shares)) >= 0.7
    return holds, "; ".join(
        f"p={run.problem.density:g}: best {cosine}, {100 * share:.0f} % of seeds"
        for run, cosine, share in zip(runs, best, shares, strict=True)
    )


def _no_such_order(result: Result) -> tuple[bool, str]:
    shares = [float(in_hexagon_order(run.W).mean()) for run in result.where(features="independent")]
    return max(shares) < 0.2, f"{[f'{100 * share:.0f} %' for share in shares]} of seeds"


def overlaps(run: Run, size: int = 10) -> tuple[Array, Array]:
    """The largest |W_i·W_j| within a set, and the mean within over the mean between, a number a model."""
    G, group = np.abs(measures.gram(run.W)), np.arange(run.problem.n_features) // size
    same = group[:, None] == group
    within = G[:, same & ~np.eye(len(group), dtype=bool)]
    return within.max(axis=1), within.mean(axis=1) / G[:, ~same].mean(axis=1)


def _almost_orthogonal(n: int) -> Check:
    def check(result: Result) -> tuple[bool, str]:
        largest, ratio = overlaps(result.run(n_features=n, features="correlated"))
        return bool(largest.max() < 0.15 and ratio.mean() < 1 / 3), (
            f"|W_i·W_j| ≤ {largest.max():.3f} within; mean within / mean between "
            f"{ratio.min():.2f}–{ratio.max():.2f}"
        )

    return check


def _independent_are_not(result: Result) -> tuple[bool, str]:
    largest, ratio = overlaps(result.run(features="independent"))
    return bool(0.8 < ratio.mean() < 1.2), (
        f"|W_i·W_j| up to {largest.max():.2f}; mean within / mean between {ratio.mean():.2f} on average "
        f"({ratio.min():.2f}–{ratio.max():.2f})"
    )


def _collapse_one_by_one(result: Result) -> tuple[bool, str]:
    counts = {run.problem.density: int(collapsed_pairs(run.best.W[0]).sum()) for run in result.runs}
    return all(counts[p] == count for p, count in COLLAPSED.items()), f"collapsed pairs {counts}"


def _norm_of_a_half(result: Result) -> tuple[bool, str]:
    """Features of a collapsed pair have norm 1/√2, a little less when dense."""
    holds, seen = True, []
    for p, count in COLLAPSED.items():
        W = result.run(density=p).best.W[0]
        members = measures.feature_norms(W)[np.repeat(collapsed_pairs(W), 2)]
        if count and len(members):
            holds &= abs(members.mean() - (0.65 if p == 0.5 else 0.71)) < 0.03
            seen.append(f"p={p:g}: {members.min():.3f}–{members.max():.3f}, mean {members.mean():.3f}")
    return holds and bool(seen), "; ".join(seen)


def _dense_is_pca(result: Result) -> tuple[bool, str]:
    """At p = .5 all of W is in the span of the pairs' sums, at p = .02 the contrasts have their part."""
    shares = {run.problem.density: share_in_principal(run.best.W[0], run.problem) for run in result.runs}
    dense, sparse = max(shares), min(shares)
    variance, _ = principal_components(result.run(density=dense).problem)
    rounded = {p: round(share, 3) for p, share in shares.items()}
    return shares[dense] > 0.99 and shares[sparse] < 0.85, (
        f"share of ‖W‖² in it by density {rounded}; variances at "
        f"p={dense:g}: {np.round(variance, 4).tolist()}"
    )


def _at(densities: Sequence[float], make: Callable[[float], Problem]) -> tuple[Problem, ...]:
    return tuple(make(p) for p in densities)


def collapsing(densities: Sequence[float]) -> Experiment:
    """E20 at these densities."""
    return Experiment(
        id="E20",
        section=SECTION,
        title="Correlated features collapse",
        summary="Three correlated pairs in two dimensions, from sparse to dense: one pair after the other "
        "collapses into its principal component (a + b)/√2, until the solution is principal component "
        "analysis.",
        problems=_at(densities, lambda p: sets(6, 2, 2, p)),
        n_seeds=128,  # at p = .084 one seed in twenty ends below those without a collapsed pair
        n_frames=1,
        claims=(
            Claim("3, 2, 1 and 0 pairs have collapsed at p = .5, .24, .084 and .02", _collapse_one_by_one),
            Claim("Collapsed features have norm .71 ± .03, .65 ± .03 at p = .5", _norm_of_a_half),
            Claim("At p = .5 W is within the leading principal components of the data", _dense_is_pca),
        ),
    )


E16 = Experiment(
    id="E16",
    section=SECTION,
    title="Correlated pairs",
    summary="Two pairs of features in two dimensions; partners come together. The model puts partners at "
    "right angles, each opposite to a member of the other pair.",
    problems=_at(PAIR_DENSITIES, lambda p: sets(4, 2, 2, p)),
    n_seeds=48,
    n_frames=1,
    claims=(
        Claim("Partners are orthogonal, antipodes in the other pair: the best, and 70 %", _pairs_keep_apart),
    ),
)

E17 = Experiment(
    id="E17",
    section=SECTION,
    title="Anticorrelated pairs",
    summary="Two pairs of features in two dimensions; partners never come together. The model makes them "
    "antipodes, and loses nothing: where one is active, the other's ReLU is off.",
    problems=_at(PAIR_DENSITIES, lambda p: sets(4, 2, 2, p, "anticorrelated")),
    n_seeds=48,
    n_frames=1,
    claims=(Claim("The best model has antipodes for partners", _pairs_are_opposite),),
)

E18 = Experiment(
    id="E18",
    section=SECTION,
    title="Three correlated pairs",
    summary="Six features in two dimensions cannot all have their partners at right angles. They form a "
    "hexagon with partners side by side, where interference is positive; independent features do not.",
    problems=(
        *_at(HEXAGON_DENSITIES, lambda p: sets(6, 2, 2, p)),
        *_at(HEXAGON_DENSITIES, lambda p: Problem(6, 2, density=p)),
    ),
    n_seeds=48,
    n_frames=1,
    settings=SHAKEN,
    claims=(
        Claim("A hexagon with partners adjacent (cos .38 to .50): the best, and 70 % of seeds", _hexagon),
        Claim("Six independent features do not take this order", _no_such_order),
    ),
)

E19 = Experiment(
    id="E19",
    section=SECTION,
    title="Local almost-orthogonal bases",
    summary="Sets of ten correlated features: the model as a whole is in superposition, but each set taken "
    "alone is almost orthogonal.",
    problems=(sets(20, 10, 10, 0.05), sets(30, 12, 10, 0.05), Problem(30, 12, density=0.05)),
    n_seeds=8,
    n_frames=1,
    claims=(
        Claim("Two sets in ten dimensions: |W_i·W_j| < .15 within a set", _almost_orthogonal(20)),
        Claim("Three sets in twelve: the same, with a mean below ⅓ of that between", _almost_orthogonal(30)),
        Claim("Independent features are as much in superposition within as between", _independent_are_not),
    ),
)

E20 = collapsing(COLLAPSE_DENSITIES)
