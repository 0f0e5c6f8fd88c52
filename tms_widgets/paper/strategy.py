"""E32, E34: *The Strategic Picture*. Models without superposition, and what it earns per activation.

E32 follows *Approach 1: Creating Models Without Superposition*, which adds λ‖h‖₁ to the loss and gives no
settings; n, m, importance, density and λ are ours. E34 puts numbers on the remark about mixtures of experts,
that superposition is not optimal in terms of "loss reduction per activation frequency" but becomes as good as
dedicated dimensions; the paper shows no data for it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import measures
from ..core import Problem, Run, evaluate
from .experiment import Claim, Experiment, Result

SECTION = "11 The Strategic Picture of Superposition"
TWENTY = Problem(20, 5, importance=0.7, density=0.05)
GENTLE, SHARING, EXACT = 0.01, 0.1, 0.125
"""λ that does little but align features with the basis; one with which a sixth feature still pays for sharing
a neuron; and one with which it does not."""
PENALTIES = (0.0, 0.003, GENTLE, 0.03, 0.06, SHARING, EXACT, 0.2, 0.3)
FEWER = (0.0, GENTLE, SHARING, EXACT, 0.3)
N_JUDGED = 40_000
"""Inputs that decide between models of one penalty: their losses differ by a few thousandths."""

TEN = Problem(10, 5, l1=0.07)
"""Ten equal features; the penalty is there to turn them into the basis, as otherwise there is nothing whose
activations could be counted."""
DENSITIES = (0.2, 0.1, 0.05, 0.02)
TOUCHED = 0.1
"""A neuron is activated by the features whose weight is above this part of its largest."""

Array = NDArray[np.float64]


def least_importance(l1: ArrayLike) -> Array:
    """The importance below which a feature is not worth a neuron of its own: (9/8)√(3/2) λ ≈ 1.378 λ.

    A feature alone on a neuron with weight w costs p[(I/3)(1 − w²)² + λw/2], and p I/3 if it is dropped
    (without biases). The best w falls to √(2/3) as λ grows, and there both cost the same: the feature
    disappears at once, at a threshold that does not depend on its density.
    """
    return np.asarray(9.0 / 8.0 * np.sqrt(1.5) * np.asarray(l1, np.float64))


def shortlist(run: Run) -> Run:
    """The few instances with the least loss, and of those with the top features alone the best."""
    order = np.argsort(run.loss)
    top = order[only_the_top(run.W[order])]
    return run.instances([int(i) for i in dict.fromkeys([*order[:4], *top[:2]])])


@functools.lru_cache(maxsize=32)
def judged(run: Run) -> tuple[Run, Array]:
    """The `shortlist` with its losses, penalty included, on many inputs."""
    few = shortlist(run)
    return few, evaluate(few, n_samples=N_JUDGED).loss


def best_of(run: Run) -> Run:
    """The instance with the least loss, penalty included."""
    few, loss = judged(run)
    return few[int(loss.argmin())]


@functools.lru_cache(maxsize=32)
def reconstruction_loss(run: Run) -> float:
    """Of the best instance, without the penalty."""
    best = best_of(run)
    return float(evaluate(run.problem.replace(l1=0.0), best.W, best.b, n_samples=N_JUDGED).loss[0])


def only_the_top(W: ArrayLike) -> NDArray[np.bool_]:
    """Which models represent exactly the m most important features, with interference below .02."""
    weights = np.asarray(W)
    m, n = weights.shape[-2:]
    kept = measures.represented(weights)
    exact = (kept == (np.arange(n) < m)).all(axis=-1)
    return exact & (np.where(kept, measures.interference(weights), 0.0) < 0.02).all(axis=-1)


def _relative(result: Result, l1: float) -> float:
    return reconstruction_loss(result.run(l1=l1)) / reconstruction_loss(result.run(l1=0.0))


def _gone(result: Result) -> tuple[bool, str]:
    run = result.run(l1=EXACT)
    W, ratio = best_of(run).W[0], _relative(result, EXACT)
    kept, aligned = measures.represented(W), float(measures.basis_alignment(W))
    share = float(measures.interference(W)[kept].max(initial=0.0))
    holds = bool(only_the_top(W)) and aligned > 0.98 and 2.0 <= ratio <= 5.0
    return holds, (
        f"λ = {EXACT:g}: represented {np.flatnonzero(kept).tolist()}, interference ≤ {share:.4f}, "
        f"alignment {aligned:.3f}, reconstruction loss × {ratio:.2f}; so end "
        f"{only_the_top(run.W).mean():.0%} of {run.n_instances} seeds"
    )


def _sixth_shares(result: Result) -> tuple[bool, str]:
    run = result.run(l1=SHARING)
    kept = np.flatnonzero(measures.represented(best_of(run).W[0]))
    few, loss = judged(run)
    top = only_the_top(few.W)
    above = float(loss[top].min() / loss.min() - 1.0) if top.any() else np.inf
    return kept.tolist() == list(range(6)) and 0.0 < above < 0.05, (
        f"λ = {SHARING:g}: the best represents {kept.tolist()}; {only_the_top(run.W).mean():.0%} of "
        f"{run.n_instances} seeds end with the top five alone, at best {above:.1%} above"
    )


def _threshold(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.runs:
        kept = measures.represented(best_of(run).W[0])
        worth = run.problem.importance_vector > least_importance(run.problem.l1)
        holds &= not bool((kept & ~worth).any())
        seen.append(f"λ = {run.problem.l1:g}: {kept.sum()} of {worth.sum()}")
    return holds, "represented, of those above the threshold: " + ", ".join(seen)


def _aligned_for_nothing(result: Result) -> tuple[bool, str]:
    without, gentle = (float(measures.basis_alignment(result.run(l1=l1).W).mean()) for l1 in (0.0, GENTLE))
    ratio = _relative(result, GENTLE)
    return gentle > without + 0.15 and ratio < 1.25, (
        f"λ = {GENTLE:g}: mean alignment {gentle:.2f} in the place of {without:.2f}, "
        f"reconstruction loss × {ratio:.3f}"
    )


def penalised(penalties: Iterable[float]) -> tuple[Problem, ...]:
    """The twenty features with each λ."""
    return tuple(TWENTY.replace(l1=l1) for l1 in penalties)


def dedicated(density: ArrayLike) -> Array:
    """Loss reduction per activation of a feature with a dimension of its own: (p/3 − p²/4) / p."""
    p = np.asarray(density, np.float64)
    return 1.0 / 3.0 - p / 4.0


def antipodal(density: ArrayLike) -> Array:
    """The same of two features of importance 1 that share a dimension, with weights 1 and −1.

    They lose p²/3 of their 2(p/3 − p²/4), and their dimension is active with probability 2p − p². This is
    below `dedicated` by exactly p² / (4(2 − p)).
    """
    p = np.asarray(density, np.float64)
    return (2.0 / 3.0 - 5.0 / 6.0 * p) / (2.0 - p)


def per_activation(run: Run) -> tuple[float, float]:
    """Loss reduction of the best instance for each activation of a hidden dimension, and its standard error.

    The reduction is from answering the mean of each feature, without any penalty; Σ_a P(h_a ≠ 0), or
    P(h_a > 0) for neurons, is divided by. A dimension with k features (weights above a tenth of its largest)
    is active with probability 1 − (1 − p)^k; of a neuron only the positive ones are counted, which is an
    upper bound: the others can switch it off.
    """
    problem, best = run.problem, run.best
    p = float(problem.density_vector[0])
    judged = evaluate(problem.replace(l1=0.0), best.W, best.b, n_samples=N_JUDGED)
    W = best.W[0] if problem.has_neurons else np.abs(best.W[0])
    largest = np.abs(W).max(axis=1, keepdims=True)
    features = (TOUCHED * largest < W).sum(axis=1)
    activations = float((1.0 - (1.0 - p) ** features).sum())
    variance = p / 3.0 - p * p / 4.0
    earned = problem.n_features * variance - float(judged.loss[0])
    return earned / activations, float(judged.standard_error[0]) / activations


def _pairs(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.where(architecture="relu_output"):
        p = float(run.problem.density_vector[0])
        value, error = per_activation(run)
        ratio, exact = value / dedicated(p), float(antipodal(p) / dedicated(p))
        holds &= bool(value < dedicated(p) + 4.0 * error and abs(ratio - exact) < 0.01)
        seen.append(f"p = {p:g}: {ratio:.4f} (closed form {exact:.4f})")
    return holds, "of a dedicated dimension: " + ", ".join(seen)


def _approaches(result: Result) -> tuple[bool, str]:
    runs = result.where(architecture="relu_output")
    ratios = [per_activation(run)[0] / dedicated(float(run.problem.density_vector[0])) for run in runs]
    rising = all(a < b for a, b in pairwise(ratios))
    return bool(rising and ratios[-1] > 0.998), f"{ratios[0]:.3f} to {ratios[-1]:.4f}"


def _neurons(result: Result) -> tuple[bool, str]:
    holds, seen = True, []
    for run in result.where(architecture="relu_hidden"):
        p = float(run.problem.density_vector[0])
        value, error = per_activation(run)
        holds &= bool(value + 4.0 * error < dedicated(p))
        seen.append(f"p = {p:g}: {value / dedicated(p):.2f}")
    return holds, "of a dedicated neuron: " + ", ".join(seen)


def _difference(result: Result) -> tuple[bool, str]:
    p = np.linspace(0.001, 1.0, 1000)
    off = np.abs(dedicated(p) - antipodal(p) - p**2 / (4.0 * (2.0 - p))).max()
    return bool(off < 1e-12), f"off by at most {off:.0e} over {len(p)} densities"


E32 = Experiment(
    id="E32",
    section=SECTION,
    title="L1 on hidden activations",
    summary="Twenty features in five dimensions with a penalty λ‖h‖₁: features turn into the basis, the less "
    "important ones are dropped one by one, and with λ = .125 each of the top five has a neuron to itself.",
    problems=penalised(PENALTIES),
    n_seeds=160,
    n_frames=1,
    claims=(
        Claim(
            "λ = .125: exactly the top five, interference < .02, one neuron each, at 2–5 times the "
            "reconstruction loss",
            _gone,
        ),
        Claim(
            "λ = .1: a sixth feature still shares a neuron, and the top five alone are a minimum close above",
            _sixth_shares,
        ),
        Claim("No feature with I ≤ 1.378 λ is represented", _threshold),
        Claim(
            "λ = .01 turns features towards the basis at less than 1.25 times the reconstruction loss",
            _aligned_for_nothing,
        ),
    ),
    quick={"problems": penalised(FEWER), "settings": {"quality": "draft"}},
)

E34 = Experiment(
    id="E34",
    section=SECTION,
    title="Loss reduction per activation",
    summary="Ten equal features on five hidden dimensions, in pairs or mixed by ReLU neurons, against "
    "features with a dimension of their own: what the loss falls by, for each time a dimension is active.",
    problems=tuple(
        problem.replace(density=p)
        for problem in (TEN, TEN.replace(l1=0.0, architecture="relu_hidden"))
        for p in DENSITIES
    ),
    n_seeds=16,
    n_frames=1,
    claims=(
        Claim("In closed form an antipodal pair earns p²/(4(2 − p)) less per activation", _difference),
        Claim("Trained pairs earn what the closed form says, within .01, never more than dedicated", _pairs),
        Claim("They approach dedicated dimensions as features get sparser", _approaches),
        Claim("ReLU neurons that mix features earn less per activation at every density", _neurons),
    ),
)
