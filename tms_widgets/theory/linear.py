"""The linear model x' = WᵀWx + b, solved.

The paper's baseline (*Basic Results*, *Mathematical Understanding*) never uses superposition. Here is why,
for independent features of any density and importance. The best bias makes every output right on average,
and what is left of the loss is

    L = Σ_i I_i [ (1 − ‖W_i‖²)² v_i + Σ_{j≠i} (W_i·W_j)² v_j ],    v_i = Var(x_i),

feature benefit plus interference. Because I_i v_j + I_j v_i ≥ 2 d_i d_j with d_i² = I_i v_i, it is at least
‖D − √D WᵀW √D‖²_F with D = diag(d), and a matrix of rank m comes no closer to D than by keeping its m largest
entries (Eckart and Young). So the optimum keeps the m features with the largest I_i v_i, at unit length and
at right angles, and answers the mean for the others; it loses Σ I_i v_i over them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.checks import SettingError
from ..core.evaluation import linear_loss as core_linear_loss
from ..core.problem import Problem

FloatArray = NDArray[np.float64]


class LinearOptimum(NamedTuple):
    """Weights of a best linear model, (n_hidden, n_features), its bias, (n_features,), and its exact loss."""

    W: FloatArray
    b: FloatArray
    loss: float


def mean(problem: Problem) -> FloatArray:
    """E x_i of every feature: p_i/2 for values in [0, 1], 0 for values in [-1, 1]."""
    _require_independent(problem)
    low, high = problem.value_range
    return problem.density_vector * (low + high) / 2


def variance(problem: Problem) -> FloatArray:
    """Var x_i of every feature: p_i/3 − p_i²/4 for values in [0, 1], p_i/3 for values in [-1, 1]."""
    return problem.density_vector / 3 - np.square(mean(problem))


def linear_loss(problem: Problem, W: ArrayLike, b: ArrayLike) -> float:
    """The exact expected loss of the linear model with these weights, best or not.

    Parameters
    ----------
    problem : Problem
        Independent features; importance, density and value range count, the architecture does not.
    W : array, shape (n_hidden, n_features)
    b : array, shape (n_features,)
    """
    _require_independent(problem)
    return float(core_linear_loss(problem, W, b))


def linear_optimum(problem: Problem) -> LinearOptimum:
    """The best linear model: the m features with the largest I_i Var(x_i) kept, the mean for all others.

    With equal densities these are the m most important features, whatever the density is. Of features that
    tie, the first are kept; any rotation of the hidden space does as well.

    Parameters
    ----------
    problem : Problem
        Independent features; importance, density and value range count, the architecture does not.

    Raises
    ------
    SettingError
        If features are correlated or anticorrelated.
    """
    worth = problem.importance_vector * variance(problem)
    n_kept = min(problem.n_hidden, problem.n_features)
    order = np.argsort(-worth, kind="stable")
    kept, dropped = np.sort(order[:n_kept]), order[n_kept:]
    W = np.zeros((problem.n_hidden, problem.n_features))
    W[np.arange(n_kept), kept] = 1.0
    b = mean(problem)
    b[kept] = 0.0
    return LinearOptimum(W, b, float(worth[dropped].sum()))


def _require_independent(problem: Problem) -> None:
    if not problem.independent:
        raise SettingError(
            f"The linear optimum is known here for independent features, not for {problem.features} ones; "
            "use features='independent'."
        )
