"""E35: the exact loss of two features in one dimension without a bias, and what its surface explains."""

from __future__ import annotations

import numpy as np

from .. import theory
from ..core import Problem
from .experiment import Claim, Experiment, Result
from .sampling import sampled_loss

DENSITIES = (0.5, 0.57, 0.62, 0.8, 1.0)
TIE = (40 - 4 * 14**0.5) / 43
"""Where the two minima are equally deep: (4 + 3p)(8 − 6p) = (8 − 5p)², p = .5822."""
CONFUSED = 0.5**0.5
NEAR = 0.01
"""How far from a minimum a trained model may end."""


def _is_sampled(result: Result) -> tuple[bool, str]:
    rng = np.random.default_rng()
    largest = 0.0
    for _ in range(20):
        W, p, last = rng.normal(size=(1, 2)), rng.uniform(0.05, 1.0), 10.0 ** rng.uniform(-1.0, 1.0)
        mean, error = sampled_loss(W, np.zeros(2), p, np.array([1.0, last]), 100_000, rng)
        largest = max(largest, abs(mean - float(theory.loss_without_bias(W[0, 0], W[0, 1], p, last))) / error)
    # these claims are checked so often that beyond 4, once in 800 times, would be met by chance
    return largest < 5.0, f"20 random weights, densities and importances: |z| ≤ {largest:.2f}"


def _dense_is_confused(result: Result) -> tuple[bool, str]:
    deepest = [theory.surface_minima(p).W[0] for p in (0.8, 1.0)]
    off = float(np.abs(np.array(deepest) - CONFUSED).max())
    return off < 1e-6, f"off by {off:.1e}"


def _jumps(result: Result) -> tuple[bool, str]:
    """From antipodal to confused between p = .5 and .62, found by bisection."""
    low, high = 0.5, 0.62
    opposed = [bool(theory.surface_minima(p).W[0, 1] < 0.0) for p in (low, high)]
    for _ in range(40):
        middle = (low + high) / 2.0
        antipodal = theory.surface_minima(middle).W[0, 1] < 0.0
        low, high = (middle, high) if antipodal else (low, middle)
    before, after = (theory.surface_minima(p).W[0] for p in (low - 1e-6, high + 1e-6))
    jump = float(np.linalg.norm(after - before))
    return opposed == [True, False] and abs(low - TIE) < 1e-6 and jump > 1.0, (
        f"at p = {low:.6f} (exactly (40 − 4√14)/43 = {TIE:.6f}), from {np.round(before, 3).tolist()} to "
        f"{np.round(after, 3).tolist()}"
    )


def _training_finds_them(result: Result) -> tuple[bool, str]:
    """Every model ends in a minimum, the best of them in the deepest; each minimum is reached.

    That takes exact gradients. With sampled ones a model of p = 1 now and then strands at about [0, ±1],
    which is flat on the side of opposite signs: there the first output is off and learns nothing.
    """
    holds, seen = True, []
    for run in result.runs:
        p = float(run.problem.density_vector[0])
        minima = theory.surface_minima(p).W
        W = run.W[:, 0] * np.where(run.W[:, 0, :1] < 0.0, -1.0, 1.0)
        away = np.linalg.norm(W[:, None] - minima, axis=-1)
        where, off = away.argmin(axis=1), float(away.min(axis=1).max())
        counts = np.bincount(where, minlength=len(minima))
        holds &= off < NEAR and counts.min() > 0 and int(where[run.best_index]) == 0
        seen.append(f"p={p:g}: {counts.tolist()} models in the minima, deepest first, within {off:.4f}")
    return holds, "; ".join(seen)


E35 = Experiment(
    id="E35",
    section="Comments: Replication & Further Results",
    title="Two features without a bias, exactly",
    summary="The loss of two weights in closed form. Sparse features are antipodal; dense ones are "
    "“confused”, both with the weight 1/√2. For I = 1 both are minima, and at p = .582 they change places.",
    problems=tuple(Problem(2, 1, density=p, bias=False) for p in DENSITIES),
    n_seeds=24,
    claims=(
        Claim("The closed form is the sampled loss", _is_sampled),
        Claim("Dense features are confused: W₁ = W₂ = 1/√2 at p = .8 and 1", _dense_is_confused),
        Claim("The deepest minimum jumps between p = .5 and .62", _jumps),
        Claim("Training ends in these minima, and the start decides in which", _training_finds_them),
    ),
)
