"""E3, E4, E5: *Demonstrating Superposition*. How many features are kept, and which of them share."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .. import measures
from ..core import Problem, Run
from .experiment import Claim, Experiment, Result

DENSITIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
LINEAR_DENSITIES = (1.0, 0.1, 0.01)
SMALL = Problem(n_features=20, n_hidden=5, importance=0.7)
LARGE = Problem(n_features=80, n_hidden=20, importance=0.9)
ALONE = 0.1
"""A represented feature is outside superposition when its interference is below this."""

Check = Callable[[Result], tuple[bool, str]]


def n_represented(run: Run) -> int:
    """Features with ‖W_i‖ > 0.5 in the best instance."""
    return int(measures.represented(run.best.W[0]).sum())


def outside_superposition(run: Run) -> NDArray[np.bool_]:
    """Which features of the best instance are represented and (almost) not interfered with."""
    W = run.best.W[0]
    return measures.represented(W) & (measures.interference(W) < ALONE)


def _relu(result: Result) -> list[Run]:
    return result.where(architecture="relu_output")


def _linear_keeps_the_top(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.where(architecture="linear"):
        W, b, m = run.best.W[0], run.best.b[0], run.problem.n_hidden
        norms = measures.feature_norms(W)
        mean = run.problem.density_vector[m:] / 2
        error = float((np.abs(b[m:] - mean) / (0.1 * mean + 0.005)).max())
        share = float(measures.interference(W)[:m].max())
        kept = bool((np.abs(norms[:m] - 1) < 0.03).all() and norms[m:].max() < 0.1)
        holds &= kept and share < 0.01 and error < 1
        seen.append(
            f"p={run.problem.density:g}: norms {norms[:m].min():.3f}–{norms[:m].max():.3f}, others "
            f"≤ {norms[m:].max():.3f}, interference ≤ {share:.4f}, "
            f"b off p/2 by {np.abs(b[m:] - mean).max():.4f}"
        )
    return holds, "; ".join(seen)


def _dense_is_like_linear(limit: float) -> Check:
    """With p = 1 exactly the top m features are represented, with interference below ``limit``."""

    def check(result: Result) -> tuple[bool, str]:
        run = result.run(architecture="relu_output", density=1.0)
        W, m = run.best.W[0], run.problem.n_hidden
        share = float(measures.interference(W)[:m].max())
        top = bool(measures.represented(W)[:m].all())
        count = n_represented(run)
        return count == m and top and share < limit, f"{count} represented, interference ≤ {share:.4f}"

    return check


def _more_when_sparser(strictly: int) -> Check:
    """The count rises strictly over the first ``strictly`` densities, and is ≥ 2m from p = .03 on."""

    def check(result: Result) -> tuple[bool, str]:
        runs = _relu(result)
        counts = [n_represented(run) for run in runs]
        m = runs[0].problem.n_hidden
        sparse = [
            count
            for run, count in zip(runs, counts, strict=True)
            if float(run.problem.density_vector[0]) <= 0.03
        ]
        rising = all(a < b for a, b in pairwise(counts[:strictly]))
        return rising and min(sparse) >= 2 * m, f"represented: {counts}"

    return check


def _important_ones_share_last(slack: int) -> Check:
    """Those outside superposition are the first of the importance order, up to ``slack`` places, and dwindle.

    A large model has many minima of nearly the same loss, in which neighbours in importance change places.
    """

    def check(result: Result) -> tuple[bool, str]:
        alone = [np.flatnonzero(outside_superposition(run)) for run in _relu(result)]
        counts = [len(features) for features in alone]
        first = all((features < len(features) + slack).all() for features in alone)
        dwindle = all(b <= a + min(slack, 1) for a, b in pairwise(counts))
        return first and dwindle, f"outside superposition: {[features.tolist() for features in alone]}"

    return check


def _looks_linear(result: Result) -> tuple[bool, str]:
    W, m = result.runs[0].best.W[0], SMALL.n_hidden
    norms = measures.feature_norms(W)
    holds = bool((np.abs(norms[:m] - 1) < 0.1).all() and norms[m:].max() < 0.1)
    return holds, f"norms of the first {m}: {np.round(norms[:m], 3).tolist()}, others ≤ {norms[m:].max():.3f}"


def _grid(problem: Problem) -> tuple[Problem, ...]:
    linear = tuple(problem.replace(architecture="linear", density=p) for p in LINEAR_DENSITIES)
    return (*linear, *(problem.replace(density=p) for p in DENSITIES))


LINEAR = Claim("The linear model keeps the m most important features, at any density", _linear_keeps_the_top)
DENSE = "With dense features the ReLU model does the same"
SPARSER = "More features are represented the sparser they are, and at least 2m from p = .03"
FIRST = "The features outside superposition are the most important ones, and ever fewer"

E3 = Experiment(
    id="E3",
    section="3 Demonstrating Superposition",
    title="One model, looked at closely",
    summary="Twenty dense features in five dimensions: WᵀW is almost the identity on the first five, "
    "and every norm is near 1 or 0.",
    problems=(SMALL,),
    n_seeds=4,
    claims=(Claim("The first five norms are near 1, the others near 0", _looks_linear),),
)

E4 = Experiment(
    id="E4",
    section="3 Demonstrating Superposition",
    title="Basic results",
    summary="Twenty features in five dimensions: a linear model, and ReLU models from dense to very sparse.",
    problems=_grid(SMALL),
    n_seeds=48,
    claims=(
        LINEAR,
        Claim(f"{DENSE}, with interference below .05", _dense_is_like_linear(0.05)),
        Claim(SPARSER, _more_when_sparser(4)),
        Claim(FIRST, _important_ones_share_last(0)),
    ),
)

E5 = Experiment(
    id="E5",
    section="3 Demonstrating Superposition",
    title="Basic results, larger",
    summary="The same with eighty features in twenty dimensions.",
    problems=_grid(LARGE),
    n_seeds=6,
    claims=(
        LINEAR,
        Claim(f"{DENSE}, with interference below .25", _dense_is_like_linear(0.25)),
        Claim(SPARSER, _more_when_sparser(5)),
        Claim(f"{FIRST}, give or take a tenth of all", _important_ones_share_last(8)),
    ),
)
